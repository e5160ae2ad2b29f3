import { oneLine } from "../../core/index.ts";
import { refuse } from "../refusal.ts";
import { isAlgorithm, type Algorithm } from "./algorithm.ts";

/** Of a whole envelope: ten certificates, a timestamp and a payload of a few kilobytes are some 40 kB (threat A056). */
export const MAX_ENVELOPE_BYTES = 1024 * 1024;
export const MAX_CHAIN = 10;
const MAX_SIGNATURE_BYTES = 1024;
const MAX_CRITICAL = 32;

export type SigningScheme = "notary.x509" | "notary.x509.signingAuthority";

/** Names of the attributes in both forms of envelope (Notary Project signature-specification.md). */
export const ATTRIBUTE = {
  scheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
  expiry: "io.cncf.notary.expiry",
  timestamp: "io.cncf.notary.timestampSignature",
} as const;

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ATTRIBUTE.scheme,
  ATTRIBUTE.authenticSigningTime,
  ATTRIBUTE.expiry,
]);

/** A Notary Project signature of either form, taken apart and not verified. */
export interface NotaryEnvelope extends SignedAttributes {
  readonly algorithm: Algorithm;
  readonly payloadType: string;
  readonly payload: Buffer;
  /** What the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** DER, from the signing certificate to the root. */
  readonly certificates: readonly Buffer[];
  /** An RFC 3161 TimeStampToken over the signature, which anybody may have put there or taken away. */
  readonly timestamp: Buffer | null;
}

export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** When a signing authority says that it signed; `null` under `notary.x509`, whose signing time nobody vouches for. */
  readonly authenticTime: number | null;
  /** Until when, by the signer's own word, the signature counts; the moment itself does not. */
  readonly expiry: number | null;
}

/** The protected header, however it is encoded. */
export interface ProtectedHeader {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** Milliseconds since 1970. */
  time(name: string): number | undefined;
  /** Labels that are marked as critical; `undefined` where there is no list of names. */
  readonly critical: readonly string[] | undefined;
}

/**
 * The attributes that decide how a signature is judged. What must be marked as critical is; what is so marked and not
 * understood, such as the demand for a verification plugin, refuses the signature. Codes: `format.invalid`,
 * `format.unsupported`, `limit.exceeded`.
 */
export function readSignedAttributes(header: ProtectedHeader): SignedAttributes {
  const scheme = header.text(ATTRIBUTE.scheme);
  if (scheme !== "notary.x509" && scheme !== "notary.x509.signingAuthority") {
    return refuse(
      "format.unsupported",
      `the signing scheme ${oneLine(scheme ?? "(none)", 100)} is not known`,
    );
  }
  const [given, foreign] =
    scheme === "notary.x509"
      ? [ATTRIBUTE.signingTime, ATTRIBUTE.authenticSigningTime]
      : [ATTRIBUTE.authenticSigningTime, ATTRIBUTE.signingTime];
  const time = header.time(given);
  if (time === undefined || header.has(foreign)) {
    return refuse(
      "format.invalid",
      `under the scheme ${scheme} the time of signing is ${given}, and no other`,
    );
  }
  const expiry = header.has(ATTRIBUTE.expiry) ? header.time(ATTRIBUTE.expiry) : null;
  if (expiry === undefined || (expiry !== null && expiry <= time)) {
    return refuse("format.invalid", "the signature's expiry is no time after that of its signing");
  }
  const authenticTime = scheme === "notary.x509" ? null : time;
  requireCritical(header, [
    ATTRIBUTE.scheme,
    ...(authenticTime === null ? [] : [ATTRIBUTE.authenticSigningTime]),
    ...(expiry === null ? [] : [ATTRIBUTE.expiry]),
  ]);
  return { scheme, authenticTime, expiry };
}

function requireCritical(header: ProtectedHeader, needed: readonly string[]): void {
  const { critical } = header;
  if (critical === undefined)
    return refuse("format.invalid", "the signature has no list of critical attributes");
  if (critical.length > MAX_CRITICAL) {
    return refuse("limit.exceeded", `the signature marks more than ${MAX_CRITICAL} attributes as critical`);
  }
  const named = new Set(critical);
  if (named.size !== critical.length || critical.some((name) => !header.has(name))) {
    return refuse(
      "format.invalid",
      "the list of critical attributes names one twice, or one that is not there",
    );
  }
  const unknown = critical.find((name) => !UNDERSTOOD.has(name));
  if (unknown !== undefined) {
    return refuse(
      "format.unsupported",
      `the signature has the critical attribute ${oneLine(unknown, 200)}, which is not understood`,
    );
  }
  const missing = needed.find((name) => !named.has(name));
  if (missing !== undefined) refuse("format.invalid", `${missing} is not marked as critical`);
  return undefined;
}

/** The envelope from its parts, each within its bounds. */
export function envelopeOf(parts: {
  readonly header: ProtectedHeader;
  readonly algorithm: string;
  readonly payloadType: string | undefined;
  readonly payload: Buffer;
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly certificates: readonly Buffer[];
  readonly timestamp: Buffer | null;
}): NotaryEnvelope {
  const { header, algorithm, payloadType, payload, signed, signature, certificates, timestamp } = parts;
  if (!isAlgorithm(algorithm)) {
    return refuse(
      "signature.algorithm",
      `the signature algorithm ${oneLine(algorithm, 50)} may not sign here`,
    );
  }
  if (payloadType === undefined)
    return refuse("format.invalid", "the signature does not say what it is over");
  if (signature.length === 0) return refuse("signature.absent", "the signature is empty");
  if (signature.length > MAX_SIGNATURE_BYTES) {
    return refuse("limit.exceeded", `a signature of ${signature.length} bytes`);
  }
  if (certificates.length === 0) return refuse("certificate.invalid", "there is no certificate");
  if (certificates.length > MAX_CHAIN) {
    return refuse(
      "limit.exceeded",
      `a chain of ${certificates.length} certificates; at most ${MAX_CHAIN} are read`,
    );
  }
  const attributes = readSignedAttributes(header);
  return { ...attributes, algorithm, payloadType, payload, signed, signature, certificates, timestamp };
}
