import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import type { JsonObject } from "../../../src/core/index.ts";
import type { NotaryOptions } from "../../lab/notary.ts";
import { keyPair, type KeyPair, type SigningIdentity } from "../../lab/sigstore/index.ts";
import {
  extendedKeyUsage,
  issueCertificate,
  OID,
  type DistinguishedName,
  type Extension,
} from "../../lab/sigstore/certificate.ts";
import { integer, oid, sequence, tlv } from "../../lab/sigstore/der.ts";
import {
  after,
  minutes,
  NOW,
  OTHER_IMAGE,
  PLATFORM,
  reasonOf,
  SIGNED_AT,
  verdict,
  type Circumstances,
} from "../support.ts";
import {
  authority,
  generalName,
  nameConstraints,
  pemOf,
  revocationList,
  type Authority,
  type CertificateOptions,
} from "../x509-lab.ts";
import {
  DAY,
  FORMS,
  judgeNotary,
  notaryLab,
  RELEASE,
  release,
  signedWith,
  timestampAuthority,
  trustingStores,
  tsaStore,
} from "./lab.ts";

const PREFIX = "io.cncf.notary";
/** After the certificates of the lab have run out. */
const LATER = after(SIGNED_AT, 400 * DAY);
const UNKNOWN: Extension = { oid: "1.3.6.1.4.1.55555.1", critical: true, value: Buffer.from([5, 0]) };

interface Case {
  readonly name: string;
  readonly change: Partial<NotaryOptions>;
  readonly stores?: JsonObject;
  readonly circumstances?: Circumstances;
}

describe("Notary Project signatures", () => {
  const { root, issuing, by, tsa, base, stores, trust } = notaryLab();
  const caOnly = { "acme-ca": stores["acme-ca"] };
  const stamped = { timestamp: { authority: tsa } };
  const signerOf = (above: Authority[], options: CertificateOptions) => {
    const [issuer] = above;
    if (issuer === undefined) throw new Error("nobody to issue it");
    return { by: release(issuer, options), above };
  };
  const expected = {
    status: "verified",
    kind: "signature",
    statement: null,
    annotations: {},
    transparencyLog: [],
    times: [],
  };

  for (const form of FORMS) {
    describe(form, () => {
      const conclude = ({ change, stores: changed, circumstances }: Omit<Case, "name">) =>
        judgeNotary(
          form,
          signedWith(form, base, change),
          changed === undefined ? trust : trustingStores(changed),
          circumstances,
        );

      it("proves who signed the image, by the subject of the certificate", () => {
        const conclusion = conclude({ change: {} });
        expect(conclusion).to.deep.include({
          ...expected,
          subject: { digest: base.digest, matches: "image", platform: null },
        });
        const [found] = conclusion.status === "verified" ? conclusion.signers : [];
        expect(found).to.deep.include({
          kind: "x509",
          identity: "C=US, ST=WA, O=Acme, CN=Release\\2C Team",
          identityType: "subject",
          issuer: null,
          trustRoot: "acme-ca",
        });
      });

      it("proves one platform of the image, and what its signer signed along", () => {
        const annotations = { "com.acme.build": "123" };
        expect(conclude({ change: { digest: PLATFORM, annotations } })).to.deep.include({
          ...expected,
          annotations,
          subject: { digest: PLATFORM, matches: "platform", platform: "linux/amd64" },
        });
      });

      it("a trusted timestamp lets the signature outlive its certificates, and is a time", () => {
        const change = stamped;
        for (const now of [NOW, LATER]) {
          expect(conclude({ change, circumstances: { now } })).to.deep.include({
            ...expected,
            times: [{ time: SIGNED_AT.toISOString(), source: "tsa", trustRoot: "stamps" }],
          });
        }
      });

      it("a signing authority's own time counts, where its store is of that type", () => {
        const change = { scheme: "notary.x509.signingAuthority" } as const;
        const authorityStore = { aws: { type: "signingAuthority", pem: pemOf(root) } };
        const circumstances = { now: LATER };
        expect(conclude({ change, stores: authorityStore, circumstances })).to.deep.include(expected);
      });

      for (const [kind, algorithm] of [
        ["P-384", "ES384"],
        ["P-521", "ES512"],
        ["RSA-2048", "PS256"],
        ["RSA-3072", "PS384"],
        ["RSA-4096", "PS512"],
      ] as const) {
        it(`a key of ${kind} signs with ${algorithm}`, () => {
          const key = kind === "RSA-3072" ? rsa3072() : shared(kind);
          expect(conclude({ change: { by: release(issuing, { key }) } })).to.deep.include(expected);
        });
      }

      const good: readonly Case[] = [
        { name: "an expiry that lies ahead", change: { expiry: after(NOW, 1000) } },
        {
          name: "an attribute that is not critical",
          change: { change: ({ header }) => void (header["com.acme.note"] = "x") },
        },
        { name: "no extended key usage", change: { by: release(issuing, { extendedKeyUsage: null }) } },
        {
          name: "what nobody signed and nobody reads",
          change: { open: (header) => void (header["com.acme"] = "x") },
        },
        {
          name: "the issuing certificate in the store",
          change: {},
          stores: { pinned: { type: "ca", pem: pemOf(issuing) } },
        },
        {
          name: "a stranger's timestamp neither counts nor spoils",
          change: { timestamp: { authority: timestampAuthority("stranger") } },
        },
        {
          name: "a timestamp that is none, where no timestamps are trusted",
          change: {
            open: (header) =>
              void (header[`${PREFIX}.timestampSignature`] = form === "jws" ? "AAAA" : Buffer.from("no")),
          },
          stores: caOnly,
        },
        {
          name: "revocation lists that cover every certificate",
          change: {},
          stores: {
            acme: { type: "ca", pem: pemOf(root), crls: [revocationList(root), revocationList(issuing)] },
          },
        },
        {
          name: "a certificate with revocation services, where the store says to skip them",
          change: signerOf([issuing, root], { more: [distributionPoint()] }),
          stores: { acme: { type: "ca", pem: pemOf(root), revocation: "skip" } },
        },
      ];
      for (const { name, ...rest } of good) {
        it(`accepts ${name}`, () => {
          const conclusion = conclude(rest);
          expect(verdict(conclusion), reasonOf(conclusion)).to.equal("verified");
          expect(conclusion).to.deep.include({ ...expected, times: [] });
        });
      }

      it("names every store that proves it, and none that knows too little of revocations", () => {
        const overlapping = {
          ...caOnly,
          pinned: { type: "ca", pem: pemOf(issuing) },
          listed: { type: "ca", pem: pemOf(root), crls: [revocationList(root)] },
        };
        const conclusion = conclude({ change: {}, stores: overlapping });
        const names = conclusion.status === "verified" ? conclusion.signers.map((one) => one.trustRoot) : [];
        expect(names).to.deep.equal(["acme-ca", "pinned"]);
      });

      it("a timestamp counts at both ends of what it may be wrong by", () => {
        const within = (accuracy: Buffer): string =>
          verdict(conclude({ change: { timestamp: { authority: tsa, options: { accuracy } } } }));
        expect(within(sequence(integer(1)))).to.equal("verified");
        expect(within(sequence(tlv(0x80, Buffer.from([1, 244])), tlv(0x81, Buffer.from([1]))))).to.equal(
          "verified",
        );
        expect(within(sequence(integer((2 * DAY) / 1000)))).to.equal("certificate.expired");
        expect(within(sequence(integer((800 * DAY) / 1000)))).to.equal("time.invalid");
        for (const none of [tlv(0x80), tlv(0x81, Buffer.alloc(3)), tlv(0x82, Buffer.from([1]))]) {
          expect(within(sequence(none))).to.equal("time.invalid");
        }
      });

      it("accepts a certificate that signed itself, where the store holds that very certificate", () => {
        const alone = selfSigned();
        const change = { by: alone, above: [] };
        const trusted = { test: { type: "ca", pem: pemOf(alone) } };
        expect(conclude({ change, stores: trusted })).to.deep.include(expected);
        expect(verdict(conclude({ change }))).to.equal("certificate.untrusted");
      });

      const otherRoot = authority({ name: "Acme Root" });
      const otherIssuing = authority({ name: "Acme Issuing" }, otherRoot);
      const changed = (change: (header: Record<string, unknown>) => void) => ({
        change: ({ header }: { header: Record<string, unknown> }) => change(header),
      });
      const crit = (...names: readonly string[]) =>
        changed((header) => void (header["crit"] = names.map((name) => `${PREFIX}.${name}`)));
      const artifact = (change: JsonObject) => ({
        change: ({ payload }: { payload: Record<string, unknown> }) =>
          void (payload["targetArtifact"] = { mediaType: "a/b", digest: base.digest, size: 1, ...change }),
      });
      const spoilings: readonly (Case & { readonly code: string })[] = [
        { name: "another image's digest", change: { digest: OTHER_IMAGE }, code: "subject.mismatch" },
        { name: "a digest that is none", change: { digest: "sha1:00" }, code: "subject.absent" },
        {
          name: "a payload of another type",
          change: changed((h) => void (h["cty"] = "application/json")),
          code: "payload.type",
        },
        { name: "no payload type", change: changed((h) => void delete h["cty"]), code: "format.invalid" },
        {
          name: "a payload that is no JSON",
          change: { rawPayload: Buffer.from("{") },
          code: "payload.invalid",
        },
        {
          name: "T065 a payload with a key twice",
          change: { rawPayload: Buffer.from('{"a":1,"a":2}') },
          code: "payload.invalid",
        },
        {
          name: "a payload without an artifact",
          change: { rawPayload: Buffer.from("{}") },
          code: "payload.invalid",
        },
        { name: "an artifact without a size", change: artifact({ size: -1 }), code: "payload.invalid" },
        { name: "an artifact without a type", change: artifact({ mediaType: "" }), code: "payload.invalid" },
        {
          name: "annotations that are no text",
          change: artifact({ annotations: { a: 1 } }),
          code: "payload.invalid",
        },
        {
          name: "another key's signature",
          change: { by: { key: keyPair(), certificate: by.certificate } },
          code: "signature.invalid",
        },
        {
          name: "T094 an algorithm that is not the key's",
          change: changed((h) => void (h["alg"] = "PS256")),
          code: "signature.algorithm",
        },
        {
          name: "a symmetric algorithm",
          change: changed((h) => void (h["alg"] = "HS256")),
          code: "signature.algorithm",
        },
        {
          name: "the algorithm none",
          change: changed((h) => void (h["alg"] = "none")),
          code: "signature.algorithm",
        },
        {
          name: "an algorithm that is not allowed",
          change: { ...changed((h) => void (h["alg"] = "EdDSA")) },
          code: "signature.algorithm",
        },
        {
          name: "an unknown scheme",
          change: changed((h) => void (h[`${PREFIX}.signingScheme`] = "notary.x510")),
          code: "format.unsupported",
        },
        {
          name: "no scheme",
          change: changed((h) => void delete h[`${PREFIX}.signingScheme`]),
          code: "format.unsupported",
        },
        {
          name: "no signing time",
          change: changed((h) => void delete h[`${PREFIX}.signingTime`]),
          code: "format.invalid",
        },
        {
          name: "a signing time that is none",
          change: changed((h) => void (h[`${PREFIX}.signingTime`] = "today")),
          code: "format.invalid",
        },
        {
          name: "an authentic time under the scheme that has none",
          change: changed((h) => void (h[`${PREFIX}.authenticSigningTime`] = SIGNED_AT)),
          code: "format.invalid",
        },
        {
          name: "no critical attributes",
          change: changed((h) => void delete h["crit"]),
          code: "format.invalid",
        },
        { name: "an empty list of critical attributes", change: crit(), code: "format.invalid" },
        {
          name: "an attribute twice critical",
          change: crit("signingScheme", "signingScheme"),
          code: "format.invalid",
        },
        {
          name: "a critical attribute that is not there",
          change: crit("signingScheme", "expiry"),
          code: "format.invalid",
        },
        {
          name: "an expiry that is not critical",
          change: { expiry: after(NOW, 1000), ...crit("signingScheme") },
          code: "format.invalid",
        },
        {
          name: "a critical attribute that is not understood",
          change: changed((h) => {
            h[`${PREFIX}.verificationPlugin`] = "com.example.plugin";
            h["crit"] = [`${PREFIX}.signingScheme`, `${PREFIX}.verificationPlugin`];
          }),
          code: "format.unsupported",
        },
        { name: "A086 an expiry that has passed", change: { expiry: NOW }, code: "signature.expired" },
        {
          name: "an expiry that has passed, with a timestamp before it",
          change: { ...stamped, expiry: NOW },
          code: "signature.expired",
        },
        { name: "an expiry before its signing", change: { expiry: SIGNED_AT }, code: "format.invalid" },
        {
          name: "certificates that have run out",
          change: {},
          circumstances: { now: LATER },
          code: "certificate.expired",
        },
        {
          name: "certificates that ran out, with a stranger's timestamp",
          change: { timestamp: { authority: timestampAuthority("stranger") } },
          circumstances: { now: LATER },
          code: "certificate.expired",
        },
        {
          name: "certificates that ran out, with a timestamp of an authority in a store of another type",
          change: stamped,
          stores: { ...caOnly, stamps: { ...tsaStore(tsa), type: "ca" } },
          circumstances: { now: LATER },
          code: "certificate.expired",
        },
        {
          name: "a timestamp from before the certificate",
          change: { timestamp: { authority: tsa, options: { time: after(SIGNED_AT, -2 * DAY) } } },
          code: "certificate.expired",
        },
        {
          name: "a timestamp over something else",
          change: { timestamp: { authority: tsa, options: { over: Buffer.from("x") } } },
          code: "time.invalid",
        },
        {
          name: "a timestamp in the future",
          change: { timestamp: { authority: tsa, options: { time: after(NOW, minutes(10)) } } },
          code: "time.invalid",
        },
        {
          name: "a timestamp whose content was changed",
          change: { timestamp: { authority: tsa, options: { spoilMessageDigest: Buffer.alloc(32) } } },
          code: "time.invalid",
        },
        {
          name: "a timestamp that is none",
          change: {
            open: (h) =>
              void (h[`${PREFIX}.timestampSignature`] = form === "jws" ? "AAAA" : Buffer.from("no")),
          },
          code: "time.invalid",
        },
        {
          name: "a signing authority in a store of another type",
          change: { scheme: "notary.x509.signingAuthority" },
          code: "certificate.untrusted",
        },
        {
          name: "a signing authority's time in the future",
          change: { scheme: "notary.x509.signingAuthority", time: after(NOW, minutes(10)) },
          stores: { aws: { type: "signingAuthority", pem: pemOf(root) } },
          code: "time.invalid",
        },
        {
          name: "a signing authority's time when its certificate was not valid",
          change: { scheme: "notary.x509.signingAuthority", time: after(SIGNED_AT, -2 * DAY) },
          stores: { aws: { type: "signingAuthority", pem: pemOf(root) } },
          code: "certificate.expired",
        },
        {
          name: "an authority of the same name",
          change: { by: release(otherIssuing), above: [otherIssuing, otherRoot] },
          code: "certificate.untrusted",
        },
        {
          name: "a trusted root under another's certificate",
          change: { by: release(otherIssuing), above: [otherIssuing, root] },
          code: "certificate.invalid",
        },
        {
          name: "a certificate that the trusted authority did not sign",
          change: { by: release({ ...issuing, key: keyPair() }) },
          code: "certificate.invalid",
        },
        { name: "no trust stores", change: {}, stores: {}, code: "certificate.untrusted" },
        { name: "a chain without its root", change: { above: [issuing] }, code: "certificate.invalid" },
        { name: "a chain out of order", change: { above: [root, issuing] }, code: "certificate.invalid" },
        {
          name: "a certificate twice",
          change: { above: [issuing, issuing, root] },
          code: "certificate.invalid",
        },
        {
          name: "a stranger's root behind the chain",
          change: { above: [issuing, root, otherRoot] },
          code: "certificate.invalid",
        },
        {
          name: "no certificates",
          change: { open: (h) => void (h["x5c"] = []) },
          code: "certificate.invalid",
        },
        {
          name: "certificates that are missing",
          change: { open: (h) => void delete h["x5c"] },
          code: "certificate.invalid",
        },
        {
          name: "A056 a chain beyond the limit",
          change: { above: Array.from({ length: 10 }, () => root) },
          code: "limit.exceeded",
        },
        {
          name: "A026 a signer that is an authority",
          change: { by: issuing, above: [root] },
          code: "certificate.usage",
        },
        {
          name: "a signer for other signatures too",
          change: signerOf([issuing, root], { usage: "certSign" }),
          code: "certificate.usage",
        },
        ...[OID.anyExtendedKeyUsage, OID.serverAuth, OID.timeStamping].map((usage) => ({
          name: `a signer for ${usage}`,
          change: signerOf([issuing, root], { extendedKeyUsage: [OID.codeSigning, usage] }),
          code: "certificate.usage",
        })),
        {
          name: "a signer without any usage",
          change: { by: withoutUsage(issuing) },
          code: "certificate.usage",
        },
        {
          name: "T115 a critical extension that is not understood",
          change: signerOf([issuing, root], { more: [UNKNOWN] }),
          code: "certificate.invalid",
        },
        {
          name: "an authority that may not have one below it",
          change: chainUnder(authority({ name: "Root", pathLength: 0 })),
          code: "certificate.usage",
        },
        {
          name: "a certificate that may issue none",
          change: chainOfThree({ usage: "digitalSignature" }),
          code: "certificate.usage",
        },
        {
          name: "a certificate above that is no authority",
          change: chainOfThree({ ca: false }),
          code: "certificate.usage",
        },
        {
          name: "a name that an authority may not certify",
          change: chainOfThree({
            more: [nameConstraints([generalName.directory({ organization: "Other" })])],
          }),
          code: "certificate.constraints",
        },
        {
          name: "A083 a subject's part beyond all use",
          change: named({ commonName: "x".repeat(300) }),
          code: "limit.exceeded",
        },
        {
          name: "A083 a certificate beyond all use",
          change: named({ commonName: "x".repeat(20_000) }),
          code: "limit.exceeded",
        },
        {
          name: "A083 a subject of many parts",
          change: named({ attributes: many(40) }),
          code: "limit.exceeded",
        },
        { name: "a subject without any part", change: named({}), code: "certificate.identity" },
        {
          name: "a subject that names an attribute twice",
          change: named({ attributes: [["2.5.4.10", "Other"]], organization: "Acme" }),
          code: "certificate.identity",
        },
        {
          name: "a subject with a line break",
          change: named({ commonName: "a\nb" }),
          code: "certificate.identity",
        },
        {
          name: "a revoked signer",
          change: {},
          stores: listed([revocationList(root), revoking(issuing, by)]),
          code: "certificate.revoked",
        },
        {
          name: "a signer whom one of several stores knows to be revoked",
          change: {},
          stores: { ...caOnly, ...listed([revocationList(root), revoking(issuing, by)]) },
          code: "certificate.revoked",
        },
        {
          name: "a signer revoked after its timestamp",
          change: stamped,
          stores: { ...listed([revocationList(root), revoking(issuing, by)]), stamps: tsaStore(tsa) },
          code: "certificate.revoked",
        },
        {
          name: "a revoked intermediate",
          change: {},
          stores: listed([revoking(root, issuing), revocationList(issuing)]),
          code: "certificate.revoked",
        },
        {
          name: "a signer whom no list covers",
          change: {},
          stores: listed([revocationList(root)]),
          code: "certificate.revocation_unknown",
        },
        {
          name: "a list that has run out",
          change: {},
          stores: listed([
            revocationList(root),
            revocationList(issuing, { nextUpdate: after(SIGNED_AT, DAY) }),
          ]),
          code: "certificate.revocation_unknown",
        },
        {
          name: "a list of another key",
          change: {},
          stores: listed([revocationList(root), revocationList(issuing, { signedBy: keyPair() })]),
          code: "certificate.revocation_unknown",
        },
        {
          name: "a certificate with revocation services, and no list",
          change: signerOf([issuing, root], { more: [distributionPoint()] }),
          code: "certificate.revocation_unknown",
        },
        {
          name: "a certificate with an OCSP responder, and no list",
          change: signerOf([issuing, root], { more: [responder()] }),
          code: "certificate.revocation_unknown",
        },
      ];
      for (const { name, code, ...rest } of spoilings) {
        it(`refuses ${name}: ${code}`, () => {
          const conclusion = conclude(rest);
          expect(conclusion).to.have.keys("status", "reason", "predicateType");
          expect(verdict(conclusion), reasonOf(conclusion)).to.equal(code);
          expect(conclusion).to.include({ status: "failed", predicateType: null });
          expect(reasonOf(conclusion)).to.match(/^[^\n]{10,500}$/);
        });
      }

      it("A056 refuses an envelope beyond the limit before it is read", () => {
        const conclusion = judgeNotary(form, Buffer.alloc(1024 * 1024 + 1, 0x20), trust);
        expect(verdict(conclusion)).to.equal("limit.exceeded");
      });

      it("the other form's reader refuses it", () => {
        const other = form === "jws" ? "cose" : "jws";
        expect(verdict(judgeNotary(other, signedWith(form, base), trust))).to.equal("format.invalid");
      });
    });
  }

  function listed(crls: readonly string[]): JsonObject {
    return { acme: { type: "ca", pem: pemOf(root), crls } };
  }

  function named(subject: DistinguishedName) {
    return { by: release(issuing, { subject }) };
  }

  /** A chain of signer and intermediate below a root with this name that is trusted, the intermediate changed. */
  function chainOfThree(options: CertificateOptions) {
    const changed = authority({ name: "Acme Issuing", ...options }, root);
    return { by: release(changed), above: [changed, root] };
  }

  function chainUnder(other: Authority) {
    const below = authority({ name: "Below" }, other);
    return { by: release(below), above: [below, other] };
  }
});

function many(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`1.3.6.1.4.1.55555.${index + 1}`, "x"]);
}

function revoking(issuer: Authority, holder: SigningIdentity) {
  return revocationList(issuer, {
    revoked: [{ certificate: holder.certificate, at: after(SIGNED_AT, DAY) }],
  });
}

function distributionPoint(): Extension {
  const url = tlv(0x86, Buffer.from("http://crl.acme.test/a.crl"));
  return { oid: "2.5.29.31", value: sequence(sequence(tlv(0xa0, tlv(0xa0, url)))) };
}

function responder(): Extension {
  const url = tlv(0x86, Buffer.from("http://ocsp.acme.test"));
  return { oid: "1.3.6.1.5.5.7.1.1", value: sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), url)) };
}

const pairs = new Map<string, KeyPair>();

function shared(kind: "P-384" | "P-521" | "RSA-2048" | "RSA-4096"): KeyPair {
  const known = pairs.get(kind) ?? keyPair(kind);
  pairs.set(kind, known);
  return known;
}

/** The lab's keys know no RSA of 3072 bits: a pair of that size, certificates signed with it as those of 2048 are. */
function rsa3072(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
  return { kind: "RSA-2048", privateKey, publicKey, spki, pem, keyId: "" };
}

function selfSigned() {
  return authority({
    ca: false,
    usage: "digitalSignature",
    extendedKeyUsage: [OID.codeSigning],
    name: "Alone",
  });
}

/** A signer's certificate that does not say what its key is for. */
function withoutUsage(issuer: Authority): SigningIdentity {
  const key = keyPair();
  const fields = {
    subject: RELEASE,
    issuer: issuer.name,
    spki: key.spki,
    notBefore: after(SIGNED_AT, -DAY),
    notAfter: after(SIGNED_AT, DAY),
    extensions: [extendedKeyUsage([OID.codeSigning])],
  };
  return { key, certificate: issueCertificate(fields, issuer.key) };
}
