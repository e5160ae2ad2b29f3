import { arrayAt, decodeBase64, member, oneLine, stringAt, type JsonValue } from "../core/index.ts";
import { refuse } from "./refusal.ts";

export const IN_TOTO_PAYLOAD = "application/vnd.in-toto+json";
const MAX_SIGNATURES = 32;
const MAX_SIGNATURE_BYTES = 16 * 1024;

/** A DSSE envelope (secure-systems-lab/dsse, envelope.md). `keyid`s are hints that nothing trusts (T059). */
export interface Envelope {
  readonly payloadType: string;
  /** The bytes that were signed; a statement is parsed from these and from nothing else (T063). */
  readonly payload: Buffer;
  /** DSSEv1 pre-authentication encoding of both. */
  readonly preAuthEncoding: Buffer;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  readonly bytes: Buffer;
  /** A hint; `null` where there is none. */
  readonly keyId: string | null;
  /** slsa-github-generator writes the signing certificate beside the signature; `null` elsewhere. */
  readonly certificatePem: string | null;
}

/** Reads an envelope; base64 standard or URL-safe, but strictly one of them (T062). */
export function readEnvelope(value: JsonValue | undefined): Envelope {
  const payloadType = stringAt(value, "payloadType") ?? "";
  const payload = decodeBase64(stringAt(value, "payload") ?? "*");
  // A list of nothing and no list are the same: an envelope that nobody signed.
  const signatures =
    arrayAt(value, "signatures") ?? (member(value, "signatures") === undefined ? [] : undefined);
  if (payload === undefined || signatures === undefined || payloadType === "") {
    return refuse(
      "format.invalid",
      "not a DSSE envelope: payload, payloadType or signatures are missing or malformed",
    );
  }
  if (signatures.length > MAX_SIGNATURES) {
    return refuse(
      "limit.exceeded",
      `the envelope has ${signatures.length} signatures; at most ${MAX_SIGNATURES} are looked at`,
    );
  }
  return {
    payloadType,
    payload,
    preAuthEncoding: preAuthEncoding(payloadType, payload),
    signatures: signatures.map(readSignature),
  };
}

function readSignature(value: JsonValue): EnvelopeSignature {
  return {
    bytes: signatureBytes(stringAt(value, "sig")),
    keyId: stringAt(value, "keyid") ?? null,
    certificatePem: stringAt(value, "cert") ?? null,
  };
}

/** A signature in base64: there, strict, and of a size that a signature can have. */
export function signatureBytes(base64: string | undefined): Buffer {
  const bytes = decodeBase64(base64 ?? "*");
  if (bytes === undefined) return refuse("format.invalid", "the signature is not base64");
  if (bytes.length === 0) return refuse("signature.absent", "the signature is empty");
  if (bytes.length > MAX_SIGNATURE_BYTES) {
    return refuse(
      "limit.exceeded",
      `a signature of ${bytes.length} bytes; at most ${MAX_SIGNATURE_BYTES} are looked at`,
    );
  }
  return bytes;
}

/** DSSE protocol.md: both lengths count bytes, the type is UTF-8 (threats A017, T064). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Refuses payloads of any type but in-toto's, compared exactly (T060, T061). */
export function requireInTotoPayload(envelope: Envelope): void {
  if (envelope.payloadType !== IN_TOTO_PAYLOAD) {
    refuse(
      "payload.type",
      `the payload type is ${JSON.stringify(oneLine(envelope.payloadType, 100))}, not ${IN_TOTO_PAYLOAD}`,
    );
  }
}
