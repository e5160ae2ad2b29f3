import type { KeyObject } from "node:crypto";
import { verifyWithScheme, signatureScheme, type SignatureScheme } from "./algorithms.ts";
import { context, contextConstructed, parseDer, TAG, type DerElement } from "./der.ts";
import { importKey } from "./signature.ts";
import type { ReasonCode } from "./reasons.ts";
import { refuse } from "./refusal.ts";

const MAX_CERTIFICATE_BYTES = 16 * 1024;

const OID = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.extendedKeyUsage,
]);

/** Bits of the first octet (RFC 5280 §4.2.1.3). */
const KEY_USAGE = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const;

export const EXTENDED_KEY_USAGE = {
  any: "2.5.29.37.0",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const;

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The whole extension in DER, to be cut out of a precertificate. */
  readonly raw: Buffer;
  /** What the OCTET STRING holds. */
  readonly value: Buffer;
}

/** An X.509 v3 certificate (RFC 5280), parsed once; the key is imported when it is first needed. */
export class Certificate {
  readonly der: Buffer;
  readonly tbs: DerElement;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** Names in DER: compared as bytes. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Milliseconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Buffer;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly isAuthority: boolean;
  /** `undefined` is unbounded. */
  readonly pathLength: number | undefined;
  /** Absent where the certificate does not restrict it. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly #keyUsage: Buffer | undefined;
  readonly #subjectKeyId: Buffer | undefined;
  readonly #authorityKeyId: Buffer | undefined;
  readonly #scheme: SignatureScheme;
  readonly #signature: Buffer;
  #key: KeyObject | undefined;

  /** Throws a `Refusal` with the code `fault` for anything that is not well formed or not understood. */
  constructor(der: Buffer, fault: ReasonCode) {
    if (der.length > MAX_CERTIFICATE_BYTES) {
      refuse(
        "limit.exceeded",
        `a certificate of ${der.length} bytes; at most ${MAX_CERTIFICATE_BYTES} are read`,
      );
    }
    const whole = parseDer(der, fault).fields();
    this.der = der;
    this.tbs = whole.next(TAG.sequence);
    const outerAlgorithm = whole.next(TAG.sequence);
    this.#signature = whole.next().bitString();
    whole.end();
    this.#scheme = signatureScheme(outerAlgorithm);

    const tbs = this.tbs.fields();
    const version = tbs.optional(contextConstructed(0))?.inner().smallInteger();
    if (version !== 2) this.tbs.fail("a certificate that is not X.509 version 3");
    this.serialNumber = tbs.next().integer().toString("hex");
    const innerAlgorithm = tbs.next(TAG.sequence);
    if (!innerAlgorithm.raw.equals(outerAlgorithm.raw)) {
      this.tbs.fail("a certificate that names two signature algorithms");
    }
    this.issuer = tbs.next(TAG.sequence).raw;
    const validity = tbs.next().fields();
    this.notBefore = validity.next().time();
    this.notAfter = validity.next().time();
    validity.end();
    this.subject = tbs.next(TAG.sequence).raw;
    this.spki = tbs.next(TAG.sequence).raw;
    tbs.optional(context(1));
    tbs.optional(context(2));
    const extensions = tbs.optional(contextConstructed(3));
    tbs.end();
    this.extensions = extensions === undefined ? new Map() : readExtensions(extensions.inner());

    const basic = this.#inner(OID.basicConstraints, fault)?.fields();
    this.isAuthority = basic?.optional(TAG.boolean)?.boolean() ?? false;
    this.pathLength = basic?.optional(TAG.integer)?.smallInteger();
    basic?.end();
    this.extendedKeyUsage = this.#inner(OID.extendedKeyUsage, fault)
      ?.expect(TAG.sequence)
      .children()
      .map((usage) => usage.oid());
    this.#keyUsage = this.#inner(OID.keyUsage, fault)?.expect(TAG.bitString).content;
    this.#subjectKeyId = this.#inner(OID.subjectKeyIdentifier, fault)?.octets();
    this.#authorityKeyId = this.#inner(OID.authorityKeyIdentifier, fault)
      ?.fields()
      .optional(context(0))?.content;
  }

  get key(): KeyObject {
    this.#key ??= importKey(this.spki, "certificate.invalid");
    return this.#key;
  }

  get subjectAlternativeName(): Extension | undefined {
    return this.extensions.get(OID.subjectAltName);
  }

  get nameConstraints(): Buffer | undefined {
    return this.extensions.get(OID.nameConstraints)?.value;
  }

  get subjectKeyIdentifier(): Buffer | undefined {
    return this.#subjectKeyId;
  }

  /** RFC 5280 §4.2.1.3: absent allows everything. */
  mayUse(usage: keyof typeof KEY_USAGE): boolean {
    if (this.#keyUsage === undefined) return true;
    return ((this.#keyUsage[1] ?? 0) & KEY_USAGE[usage]) !== 0;
  }

  validAt(time: number): boolean {
    return this.notBefore <= time && time <= this.notAfter;
  }

  /** Whether the names and key identifiers say that `issuer` issued this: cheap, proves nothing. */
  namesIssuer(issuer: Certificate): boolean {
    if (!this.issuer.equals(issuer.subject)) return false;
    return (
      this.#authorityKeyId === undefined ||
      issuer.#subjectKeyId === undefined ||
      this.#authorityKeyId.equals(issuer.#subjectKeyId)
    );
  }

  isSignedBy(issuer: Certificate): boolean {
    return verifyWithScheme(issuer.key, this.#scheme, this.tbs.raw, this.#signature);
  }

  /** What may not be overlooked in a certificate is either understood or the certificate refused (RFC 5280 §4.2). */
  unknownCriticalExtension(understood?: "nameConstraints"): string | undefined {
    for (const extension of this.extensions.values()) {
      // Not critical or not: whoever does not understand them might go beyond them.
      const limits = extension.oid === OID.nameConstraints;
      if (limits && understood === "nameConstraints") continue;
      if (limits || (extension.critical && !UNDERSTOOD.has(extension.oid))) return extension.oid;
    }
    return undefined;
  }

  #inner(oid: string, fault: ReasonCode): DerElement | undefined {
    const extension = this.extensions.get(oid);
    return extension === undefined ? undefined : parseDer(extension.value, fault);
  }
}

function readExtensions(list: DerElement): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  for (const element of list.expect(TAG.sequence).children()) {
    const fields = element.fields();
    const oid = fields.next().oid();
    const critical = fields.optional(TAG.boolean)?.boolean() ?? false;
    const value = fields.next().octets();
    fields.end();
    if (found.has(oid)) element.fail(`a certificate with the extension ${oid} twice`);
    found.set(oid, { oid, critical, raw: element.raw, value });
  }
  return found;
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/** DER of every certificate in a PEM text (RFC 7468), at most `limit`. */
export function certificatesInPem(pem: string, limit: number): readonly Buffer[] {
  const found: Buffer[] = [];
  for (const match of pem.matchAll(PEM)) {
    if (found.length === limit) refuse("limit.exceeded", `more than ${limit} certificates in one PEM text`);
    found.push(Buffer.from((match[1] ?? "").replaceAll(/\s/g, ""), "base64"));
  }
  return found;
}
