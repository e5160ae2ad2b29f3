import { hash } from "node:crypto";
import { verifyWithScheme } from "./algorithms.ts";
import { validDuring, type Authority, type CertificationPath } from "./authority.ts";
import { Certificate, EXTENDED_KEY_USAGE } from "./certificate.ts";
import { parseTimestampResponse, type TimestampToken, type TokenSigner } from "./cms.ts";
import { refuse, Refusal } from "./refusal.ts";

/**
 * Verifies an RFC 3161 timestamp over one of `stamped`. The signer's certificate is the trusted authority's, or one in
 * the token that the trusted authority issued; nothing else in the token is believed (A048). A token of an authority
 * that is not trusted is `undefined`: it neither counts nor spoils. One that claims a trusted authority must be right.
 * The time is in milliseconds since 1970.
 */
export function verifyTimestamp(
  der: Buffer,
  stamped: readonly Buffer[],
  authorities: readonly Authority[],
): { readonly time: number; readonly authority: Authority } | undefined {
  return proveTimestamp(parseTimestampResponse(der), stamped, authorities);
}

/** As `verifyTimestamp`, of a token that was read; with the signer's certificate and the path above it. */
export function proveTimestamp(
  token: TimestampToken,
  stamped: readonly Buffer[],
  authorities: readonly Authority[],
): ({ readonly time: number } & Signer) | undefined {
  const signer = findSigner(token, authorities);
  if (signer === undefined) return undefined;
  const { certificate, path, authority } = signer;
  checkPurpose(certificate);
  const { time } = token;
  if (!validDuring(authority.validFor, time) || ![certificate, ...path].every((link) => link.validAt(time))) {
    return refuse("time.invalid", "the timestamp was made outside its authority's validity");
  }
  checkSignature(token, certificate);
  const { imprint } = token;
  if (!stamped.some((bytes) => hash(imprint.hash, bytes, "buffer").equals(imprint.value))) {
    return refuse("time.invalid", "the timestamp is over something else than this signature");
  }
  return { time, ...signer };
}

interface Signer {
  readonly certificate: Certificate;
  readonly path: CertificationPath;
  readonly authority: Authority;
}

/**
 * One certificate may stand under several authorities of different validity, as when a chain is renewed: the one that
 * was valid then is preferred.
 */
function findSigner(token: TimestampToken, authorities: readonly Authority[]): Signer | undefined {
  let found: Signer | undefined;
  const inForce = (authority: Authority): boolean => validDuring(authority.validFor, token.time);
  for (const authority of authorities) {
    if (found !== undefined && !inForce(authority)) continue;
    const certificate =
      authority.certificates.find((candidate) => isNamed(token.signer, candidate)) ??
      embeddedSigner(token, authority);
    const path = certificate === undefined ? undefined : authority.pathTo(certificate);
    if (certificate === undefined || path === undefined) continue;
    found = { certificate, path, authority };
    if (inForce(authority)) return found;
  }
  return found;
}

function embeddedSigner(token: TimestampToken, authority: Authority): Certificate | undefined {
  for (const der of token.certificates) {
    const certificate = readable(der);
    if (certificate !== undefined && isNamed(token.signer, certificate)) {
      return authority.namedIssuers(certificate).length > 0 ? certificate : undefined;
    }
  }
  return undefined;
}

/** What a stranger's token carries along need not be anything that we can read. */
function readable(der: Buffer): Certificate | undefined {
  try {
    return new Certificate(der, "time.invalid");
  } catch (thrown) {
    if (thrown instanceof Refusal) return undefined;
    throw thrown;
  }
}

function isNamed({ id }: TokenSigner, certificate: Certificate): boolean {
  return id.kind === "issuer"
    ? certificate.serialNumber === id.serialNumber && certificate.issuer.equals(id.issuer)
    : certificate.subjectKeyIdentifier?.equals(id.subjectKeyIdentifier) === true;
}

/** RFC 3161 §2.3: for timestamping, and for nothing else. */
function checkPurpose(certificate: Certificate): void {
  const [usage, ...more] = certificate.extendedKeyUsage ?? [];
  const fit =
    usage === EXTENDED_KEY_USAGE.timeStamping &&
    more.length === 0 &&
    certificate.mayUse("digitalSignature") &&
    certificate.unknownCriticalExtension() === undefined;
  if (!fit) refuse("time.invalid", "the timestamp's certificate was not issued for timestamping alone");
}

function checkSignature(token: TimestampToken, certificate: Certificate): void {
  const { signer, content } = token;
  const named = hash(signer.certificateDigest.hash, certificate.der, "buffer");
  if (!named.equals(signer.certificateDigest.value)) {
    refuse("time.invalid", "the timestamp names another certificate as its signer's");
  }
  if (!hash(signer.hash, content, "buffer").equals(signer.messageDigest)) {
    refuse("time.invalid", "the timestamp's content was changed after it was signed");
  }
  if (!verifyWithScheme(certificate.key, signer.scheme, signer.signedAttributes, signer.signature)) {
    refuse("time.invalid", "the timestamp is not signed by its authority");
  }
}
