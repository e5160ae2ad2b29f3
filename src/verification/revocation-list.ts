import { verifyWithScheme, signatureScheme, type SignatureScheme } from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { contextConstructed, parseDer, TAG, type DerElement, type DerFields } from "./der.ts";
import { refuse } from "./refusal.ts";

const OID = {
  invalidityDate: "2.5.29.24",
  /** What makes a list speak of some certificates only: not understood, so refused. */
  partial: new Set(["2.5.29.27", "2.5.29.28"]),
} as const;
const MAX_ENTRIES = 100_000;

/** A certificate revocation list (RFC 5280 §5) that speaks of all certificates of its issuer. */
export class RevocationList {
  /** Name in DER. */
  readonly issuer: Buffer;
  /** Milliseconds since 1970: the list counts between these. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** By serial number in hexadecimal: from when on the certificate is not to be trusted. */
  readonly #revoked: ReadonlyMap<string, number>;
  readonly #tbs: DerElement;
  readonly #scheme: SignatureScheme;
  readonly #signature: Buffer;
  readonly #signers = new WeakMap<Certificate, boolean>();

  /** Throws a `Refusal` for a list that is not well formed, never ends, is partial or has what is not understood. */
  constructor(der: Buffer) {
    const whole = parseDer(der, "format.invalid").fields();
    this.#tbs = whole.next(TAG.sequence);
    const outerAlgorithm = whole.next(TAG.sequence);
    this.#signature = whole.next().bitString();
    whole.end();
    this.#scheme = signatureScheme(outerAlgorithm);
    const tbs = this.#tbs.fields();
    if (tbs.next().smallInteger() !== 1) this.#tbs.fail("a revocation list that is not of version 2");
    if (!tbs.next(TAG.sequence).raw.equals(outerAlgorithm.raw)) {
      this.#tbs.fail("a revocation list that names two signature algorithms");
    }
    this.issuer = tbs.next(TAG.sequence).raw;
    this.thisUpdate = tbs.next().time();
    this.nextUpdate =
      optionalTime(tbs) ?? this.#tbs.fail("a revocation list that does not say until when it counts");
    this.#revoked = readRevoked(tbs.optional(TAG.sequence));
    requireUnderstood(tbs.optional(contextConstructed(0))?.inner());
    tbs.end();
  }

  /** From when on the certificate of this serial number is not to be trusted; `undefined` where it is not revoked. */
  revokedSince(serialNumber: string): number | undefined {
    return this.#revoked.get(serialNumber);
  }

  /** Whether this is the list of `authority`, by name and signature; the latter is verified once. */
  isIssuedBy(authority: Certificate): boolean {
    if (!this.issuer.equals(authority.subject) || !authority.mayUse("crlSign")) return false;
    const known =
      this.#signers.get(authority) ??
      verifyWithScheme(authority.key, this.#scheme, this.#tbs.raw, this.#signature);
    this.#signers.set(authority, known);
    return known;
  }
}

function optionalTime(tbs: DerFields): number | undefined {
  return (tbs.optional(TAG.utcTime) ?? tbs.optional(TAG.generalizedTime))?.time();
}

function readRevoked(list: DerElement | undefined): ReadonlyMap<string, number> {
  const revoked = new Map<string, number>();
  for (const entry of list?.children(MAX_ENTRIES) ?? []) {
    const fields = entry.fields();
    const serialNumber = fields.next().integer().toString("hex");
    const date = fields.next().time();
    const invalidSince = requireUnderstood(fields.optional(TAG.sequence));
    fields.end();
    const since = Math.min(date, invalidSince ?? date, revoked.get(serialNumber) ?? date);
    revoked.set(serialNumber, since);
  }
  return revoked;
}

/** Refuses unknown critical extensions, and what makes a list partial; returns the invalidity date where there is one. */
function requireUnderstood(extensions: DerElement | undefined): number | undefined {
  let invalidityDate: number | undefined;
  for (const extension of extensions?.expect(TAG.sequence).children() ?? []) {
    const fields = extension.fields();
    const oid = fields.next().oid();
    const critical = fields.optional(TAG.boolean)?.boolean() ?? false;
    if (critical || OID.partial.has(oid)) {
      refuse("format.invalid", `a revocation list with the extension ${oid}, which is not understood`);
    }
    if (oid === OID.invalidityDate) invalidityDate = fields.next().inner().time();
  }
  return invalidityDate;
}

const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]*)-----END X509 CRL-----/g;

/** DER of every revocation list in a PEM text. */
export function revocationListsInPem(pem: string): readonly Buffer[] {
  return [...pem.matchAll(PEM)].map((match) => Buffer.from((match[1] ?? "").replaceAll(/\s/g, ""), "base64"));
}
