import { hashAlgorithm, signatureScheme, type SignatureScheme } from "./algorithms.ts";
import { context, contextConstructed, parseDer, TAG, type DerElement } from "./der.ts";
import type { HashName } from "./signature.ts";

const OID = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;
const MAX_EMBEDDED = 10;

/** A timestamp token: CMS SignedData (RFC 5652) over a TSTInfo (RFC 3161 §2.4.2), taken apart and not verified. */
export interface TimestampToken {
  /** The TSTInfo in DER, and what it says. */
  readonly content: Buffer;
  readonly imprint: { readonly hash: HashName; readonly value: Buffer };
  /** Milliseconds since 1970. */
  readonly time: number;
  /** By how many milliseconds, rounded up, the time may be wrong; 0 where the authority says nothing of it. */
  readonly accuracy: number;
  readonly signer: TokenSigner;
  /** DER of the certificates in the token: a means to find the signer's, never trusted. */
  readonly certificates: readonly Buffer[];
}

export interface TokenSigner {
  readonly id:
    | { readonly kind: "issuer"; readonly issuer: Buffer; readonly serialNumber: string }
    | { readonly kind: "key"; readonly subjectKeyIdentifier: Buffer };
  readonly hash: HashName;
  readonly scheme: SignatureScheme;
  /** What is signed: the attributes, as a SET (RFC 5652 §5.4). */
  readonly signedAttributes: Buffer;
  readonly messageDigest: Buffer;
  /** Digest of the certificate that the signer says is its own (RFC 5035, ESSCertID). */
  readonly certificateDigest: { readonly hash: HashName | "sha1"; readonly value: Buffer };
  readonly signature: Buffer;
}

/** Reads a TimeStampResp (RFC 3161 §2.4.2) that grants a token. Throws `time.invalid`. */
export function parseTimestampResponse(der: Buffer): TimestampToken {
  const response = parseDer(der, "time.invalid").fields();
  const status = response.next().fields().next();
  if (status.smallInteger() > 1) status.fail("a timestamp response that grants no timestamp");
  const token = response.next();
  response.end();
  return readToken(token);
}

/** Reads a bare TimeStampToken, as other formats carry it without the response around it. Throws `time.invalid`. */
export function parseTimestampToken(der: Buffer): TimestampToken {
  return readToken(parseDer(der, "time.invalid"));
}

function readToken(token: DerElement): TimestampToken {
  const contentInfo = token.fields();
  const type = contentInfo.next();
  if (type.oid() !== OID.signedData) type.fail("a timestamp token that is not CMS signed data");
  return readSignedData(contentInfo.next(contextConstructed(0)).inner());
}

function readSignedData(element: DerElement): TimestampToken {
  const signedData = element.fields();
  signedData.next().smallInteger();
  signedData.next(TAG.set);
  const encapsulated = signedData.next().fields();
  const type = encapsulated.next();
  if (type.oid() !== OID.timestampInfo)
    type.fail("a timestamp token that holds something else than a timestamp");
  const content = encapsulated.next(contextConstructed(0)).inner().octets();
  encapsulated.end();
  const certificates = signedData.optional(contextConstructed(0))?.children() ?? [];
  if (certificates.length > MAX_EMBEDDED)
    element.fail(`a timestamp with more than ${MAX_EMBEDDED} certificates`);
  signedData.optional(contextConstructed(1));
  const [signer, ...more] = signedData.next(TAG.set).children();
  signedData.end();
  if (signer === undefined || more.length > 0)
    return element.fail("a timestamp that has not exactly one signer");
  return {
    content,
    ...readTimestampInfo(content),
    signer: readSigner(signer),
    certificates: certificates.map((certificate) => certificate.raw),
  };
}

function readTimestampInfo(der: Buffer): Pick<TimestampToken, "imprint" | "time" | "accuracy"> {
  const info = parseDer(der, "time.invalid").fields();
  const version = info.next();
  if (version.smallInteger() !== 1) version.fail("a timestamp of an unknown version");
  info.next().oid();
  const imprint = info.next().fields();
  const hash = hashAlgorithm(imprint.next());
  const value = imprint.next().octets();
  imprint.end();
  info.next().integer();
  const time = info.next(TAG.generalizedTime).time();
  const accuracy = readAccuracy(info.optional(TAG.sequence));
  info.optional(TAG.boolean);
  info.optional(TAG.integer);
  info.optional(contextConstructed(0));
  for (const extension of info.optional(contextConstructed(1))?.children() ?? []) {
    const fields = extension.fields();
    fields.next().oid();
    if (fields.optional(TAG.boolean)?.boolean() === true)
      extension.fail("a timestamp with an unknown critical extension");
  }
  info.end();
  return { imprint: { hash, value }, time, accuracy };
}

/** Seconds, milliseconds and microseconds, each of which may be absent (RFC 3161 §2.4.2). */
function readAccuracy(element: DerElement | undefined): number {
  const fields = element?.fields();
  const seconds = fields?.optional(TAG.integer)?.smallInteger() ?? 0;
  const fraction = (number: number): number => {
    const part = fields?.optional(context(number));
    if (part === undefined) return 0;
    const { length } = part.content;
    return length === 1 || length === 2
      ? part.content.readUIntBE(0, length)
      : part.fail("a timestamp whose accuracy is none");
  };
  const millis = fraction(0);
  const micros = fraction(1);
  fields?.end();
  return seconds * 1000 + millis + (micros > 0 ? 1 : 0);
}

function readSigner(element: DerElement): TokenSigner {
  const fields = element.fields();
  fields.next().smallInteger();
  const keyId = fields.optional(context(0));
  const id: TokenSigner["id"] =
    keyId === undefined
      ? readIssuerAndSerial(fields.next())
      : { kind: "key", subjectKeyIdentifier: keyId.content };
  const hash = hashAlgorithm(fields.next());
  const attributes = fields.next(contextConstructed(0));
  const declared = signatureScheme(fields.next());
  const signature = fields.next().octets();
  fields.optional(contextConstructed(1));
  fields.end();

  const values = readAttributes(attributes);
  const contentType = values.get(OID.contentType);
  if (contentType?.oid() !== OID.timestampInfo)
    element.fail("a timestamp whose signer signed another kind of content");
  const messageDigest = values.get(OID.messageDigest)?.octets();
  if (messageDigest === undefined) return element.fail("a timestamp whose signer signed no digest of it");
  const signedAttributes = Buffer.from(attributes.raw);
  signedAttributes[0] = TAG.set;
  return {
    id,
    hash,
    scheme: declared.kind === "ed25519" || declared.hash !== undefined ? declared : { ...declared, hash },
    signedAttributes,
    messageDigest,
    certificateDigest: readCertificateDigest(element, values),
    signature,
  };
}

function readIssuerAndSerial(element: DerElement): TokenSigner["id"] {
  const fields = element.fields();
  const issuer = fields.next(TAG.sequence).raw;
  const serialNumber = fields.next().integer().toString("hex");
  fields.end();
  return { kind: "issuer", issuer, serialNumber };
}

/** Each attribute once, with exactly one value, as all that matter here must be. */
function readAttributes(attributes: DerElement): ReadonlyMap<string, DerElement> {
  const found = new Map<string, DerElement>();
  for (const attribute of attributes.children()) {
    const fields = attribute.fields();
    const oid = fields.next().oid();
    const [value, ...more] = fields.next(TAG.set).children();
    fields.end();
    if (value === undefined || more.length > 0 || found.has(oid)) {
      attribute.fail("a timestamp with an attribute that has not exactly one value");
    } else {
      found.set(oid, value);
    }
  }
  return found;
}

function readCertificateDigest(
  element: DerElement,
  attributes: ReadonlyMap<string, DerElement>,
): TokenSigner["certificateDigest"] {
  const v2 = attributes.get(OID.signingCertificateV2);
  if (v2 !== undefined) {
    const first = v2.fields().next().fields().next().fields();
    const identifier = first.optional(TAG.sequence);
    const hash = identifier === undefined ? "sha256" : hashAlgorithm(identifier);
    return { hash, value: first.next().octets() };
  }
  const v1 = attributes.get(OID.signingCertificate);
  if (v1 === undefined) return element.fail("a timestamp that does not name its signer's certificate");
  return { hash: "sha1", value: v1.fields().next().fields().next().fields().next().octets() };
}
