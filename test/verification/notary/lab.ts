import type { JsonObject } from "../../../src/core/index.ts";
import { trustFromData, type Conclusion, type TrustMaterial } from "../../../src/verification/index.ts";
import { notarySignature, type Form, type NotaryOptions } from "../../lab/notary.ts";
import { createTimestampAuthority, type TimestampAuthority } from "../../lab/sigstore/tsa.ts";
import type { DistinguishedName } from "../../lab/sigstore/certificate.ts";
import { after, IMAGE, judge, SIGNED_AT, type Circumstances } from "../support.ts";
import { authority, pem, pemOf, signer, type Authority, type CertificateOptions } from "../x509-lab.ts";

export const DAY = 86_400_000;
export const FORMS: readonly Form[] = ["jws", "cose"];

/** A subject as companies have them. */
export const RELEASE: DistinguishedName = {
  attributes: [
    ["2.5.4.6", "US"],
    ["2.5.4.8", "WA"],
  ],
  organization: "Acme",
  commonName: "Release, Team",
};

/** An authority, an intermediate and a signer; a timestamp authority; and the stores that trust them. */
export function notaryLab() {
  const root = authority({ name: "Acme Root" });
  const issuing = authority({ name: "Acme Issuing", pathLength: 0 }, root);
  const by = release(issuing);
  const tsa = timestampAuthority("tsa.test");
  const base: NotaryOptions = { digest: IMAGE, by, above: [issuing, root], time: SIGNED_AT };
  const stores = { "acme-ca": { type: "ca", pem: pemOf(root) }, stamps: tsaStore(tsa) };
  return { root, issuing, by, tsa, base, stores, trust: trustingStores(stores) };
}

/** A signer's certificate as the Notary Project wants them: any subject, no name besides. */
export function release(issuer: Authority, options: CertificateOptions = {}) {
  return signer(issuer, { subject: RELEASE, names: [], ...options });
}

export function timestampAuthority(name: string): TimestampAuthority {
  return createTimestampAuthority({
    name,
    from: after(SIGNED_AT, -365 * DAY),
    until: after(SIGNED_AT, 3650 * DAY),
  });
}

export function tsaStore({ root }: TimestampAuthority): JsonObject {
  return { type: "tsa", pem: pem("CERTIFICATE", root.der) };
}

export function trustingStores(notary: JsonObject, more: JsonObject = {}): TrustMaterial {
  const trust = trustFromData({ ...more, notary });
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

export function judgeNotary(
  form: Form,
  bytes: Uint8Array,
  trust: TrustMaterial,
  circumstances?: Circumstances,
): Conclusion {
  return judge({ kind: "notary-signature", bytes, envelope: form }, trust, circumstances);
}

export function signedWith(form: Form, base: NotaryOptions, change: Partial<NotaryOptions> = {}): Buffer {
  return notarySignature(form, { ...base, ...change });
}
