import {
  at,
  decodeBase64,
  isObject,
  member,
  parseDigest,
  parseStrictJson,
  stringAt,
  type JsonValue,
} from "../core/index.ts";
import type { BundleLogEntry } from "./bundle.ts";
import { Certificate, certificatesInPem } from "./certificate.ts";
import { readEnvelope, signatureBytes, type Envelope } from "./dsse.ts";
import type { SignedEvidence } from "./evidence-form.ts";
import { Refusal, refuse } from "./refusal.ts";
import { matchDigest } from "./subject.ts";
import type { SubjectMatch, VerificationTarget } from "./types.ts";

const ANNOTATION = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  chain: "dev.sigstore.cosign/chain",
  rekorBundle: "dev.sigstore.cosign/bundle",
  timestamp: "dev.sigstore.cosign/rfc3161timestamp",
} as const;
const MAX_ANNOTATION_CHARACTERS = 2 * 1024 * 1024;
const MAX_CHAIN = 10;
const MAX_ENVELOPE_BYTES = 96 * 1024 * 1024;
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const SIMPLE_SIGNING_TYPE = "cosign container image signature";

type Annotations = Readonly<Record<string, string>>;

/** A DSSE envelope, bare or as cosign's `.att` layer, whose certificate, log entry and timestamp are annotations. */
export interface StoredEnvelope {
  readonly envelope: Envelope;
  readonly evidence: SignedEvidence;
}

export function readStoredEnvelope(bytes: Uint8Array, annotations: Annotations): StoredEnvelope {
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parsed = parseStrictJson(stored, { bytes: MAX_ENVELOPE_BYTES, depth: 50 });
  if (!parsed.ok)
    return refuse("format.invalid", `the DSSE envelope cannot be read: ${parsed.reason.message}`);
  const envelope = readEnvelope(parsed.value);
  const embedded = envelope.signatures.find(({ certificatePem }) => certificatePem !== null)?.certificatePem;
  const pem = annotation(annotations, ANNOTATION.certificate) ?? embedded ?? undefined;
  return {
    envelope,
    evidence: {
      signed: { kind: "bytes", bytes: envelope.preAuthEncoding, hash: undefined },
      signatures: envelope.signatures.map((signature) => signature.bytes),
      ...readAnnotations(annotations, pem),
      payload: envelope.payload,
      storedEnvelope: stored,
    },
  };
}

/** cosign's `.sig` layer (cosign specs/SIGNATURE_SPEC.md): the payload is what is signed. */
export function readSimpleSigning(bytes: Uint8Array, annotations: Annotations): SignedEvidence {
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    signed: { kind: "bytes", bytes: payload, hash: undefined },
    signatures: [signatureBytes(annotation(annotations, ANNOTATION.signature))],
    ...readAnnotations(annotations, annotation(annotations, ANNOTATION.certificate)),
    payload: null,
    storedEnvelope: null,
  };
}

export function hasSignature(annotations: Annotations): boolean {
  return annotation(annotations, ANNOTATION.signature) !== undefined;
}

/** What a simple-signing payload binds, read from the bytes that were verified (T081). */
export function readSimpleSigningPayload(
  bytes: Uint8Array,
  target: VerificationTarget,
): { readonly subject: SubjectMatch; readonly annotations: Annotations } {
  const parsed = parseStrictJson(bytes, { bytes: MAX_PAYLOAD_BYTES, depth: 50 });
  if (!parsed.ok)
    return refuse("payload.invalid", `the simple-signing payload cannot be read: ${parsed.reason.message}`);
  const critical = at(parsed.value, "critical");
  if (stringAt(critical, "type") !== SIMPLE_SIGNING_TYPE) {
    return refuse("payload.type", `the signed payload is not a ${SIMPLE_SIGNING_TYPE}`);
  }
  const digest = parseDigest(stringAt(critical, "image", "docker-manifest-digest") ?? "");
  if (digest === undefined)
    return refuse("subject.absent", "the simple-signing payload names no image digest");
  const subject = matchDigest(digest, target);
  if (subject === undefined) {
    return refuse(
      "subject.mismatch",
      `the signature is over ${digest}, not over ${target.digest} or its platforms`,
    );
  }
  return { subject, annotations: readOptional(member(parsed.value, "optional")) };
}

function readOptional(optional: JsonValue | undefined): Annotations {
  if (!isObject(optional)) return {};
  return Object.fromEntries(
    Object.entries(optional).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}

function readAnnotations(
  annotations: Annotations,
  pem: string | undefined,
): Pick<SignedEvidence, "certificate" | "intermediates" | "logEntries" | "timestamps"> {
  const bundle = annotation(annotations, ANNOTATION.rekorBundle);
  const timestamp = annotation(annotations, ANNOTATION.timestamp);
  return {
    certificate: pem === undefined ? null : readCertificate(pem),
    intermediates: readChain(annotation(annotations, ANNOTATION.chain) ?? ""),
    logEntries: bundle === undefined ? [] : [readRekorBundle(json(bundle, ANNOTATION.rekorBundle))],
    timestamps: timestamp === undefined ? [] : [readTimestamp(json(timestamp, ANNOTATION.timestamp))],
  };
}

/** cosign writes empty strings where it has nothing to say. */
function annotation(annotations: Annotations, name: string): string | undefined {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  if (value === undefined || value === "") return undefined;
  if (value.length > MAX_ANNOTATION_CHARACTERS)
    refuse("limit.exceeded", `the annotation ${name} is too long`);
  return value;
}

function readCertificate(pem: string): Buffer {
  const [leaf] = certificatesInPem(pem, 10);
  return leaf ?? refuse("certificate.invalid", "the signing certificate is not PEM");
}

/** It proves nothing, and most evidence needs none of it: what cannot be read there is left out. */
function readChain(pem: string): readonly Certificate[] {
  return certificatesInPem(pem, MAX_CHAIN).flatMap((der) => {
    try {
      return [new Certificate(der, "certificate.invalid")];
    } catch (thrown) {
      if (thrown instanceof Refusal) return [];
      throw thrown;
    }
  });
}

/** The offline proof of Rekor v1 as cosign stores it: an entry with its signed promise. */
function readRekorBundle(value: JsonValue): BundleLogEntry {
  const payload = member(value, "Payload");
  const promise = decodeBase64(stringAt(value, "SignedEntryTimestamp") ?? "*");
  const body = decodeBase64(stringAt(payload, "body") ?? "*");
  const logId = stringAt(payload, "logID") ?? "";
  const integratedTime = member(payload, "integratedTime");
  const logIndex = member(payload, "logIndex");
  if (
    promise === undefined ||
    body === undefined ||
    !/^[0-9a-f]{64}$/.test(logId) ||
    !isNatural(integratedTime) ||
    !isNatural(logIndex)
  ) {
    return refuse(
      "log.invalid",
      `the annotation ${ANNOTATION.rekorBundle} is not a Rekor entry with its promise`,
    );
  }
  return {
    logIndex: String(logIndex),
    logId,
    kindVersion: null,
    integratedTime: String(integratedTime),
    promise,
    proof: null,
    body,
  };
}

function isNatural(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function readTimestamp(value: JsonValue): Buffer {
  const der = decodeBase64(stringAt(value, "SignedRFC3161Timestamp") ?? "");
  if (der === undefined || der.length === 0) {
    return refuse("time.invalid", `the annotation ${ANNOTATION.timestamp} holds no timestamp`);
  }
  return der;
}

function json(text: string, name: string): JsonValue {
  const parsed = parseStrictJson(Buffer.from(text), { bytes: MAX_ANNOTATION_CHARACTERS * 3, depth: 20 });
  return parsed.ok
    ? parsed.value
    : refuse("format.invalid", `the annotation ${name} is not JSON: ${parsed.reason.message}`);
}
