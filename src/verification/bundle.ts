import {
  at,
  arrayAt,
  decodeBase64,
  isObject,
  member,
  objectAt,
  oneLine,
  parseStrictJson,
  stringAt,
  type JsonValue,
} from "../core/index.ts";
import { Certificate } from "./certificate.ts";
import { readEnvelope, signatureBytes, type Envelope } from "./dsse.ts";
import { refuse } from "./refusal.ts";
import type { HashName } from "./signature.ts";

const MAX_BUNDLE_BYTES = 96 * 1024 * 1024;
const MAX_DEPTH = 50;
const MAX_LOG_ENTRIES = 32;
const MAX_TIMESTAMPS = 32;
const MAX_CERTIFICATES = 10;
const MAX_TIMESTAMP_BYTES = 64 * 1024;
const MAX_PROOF_HASHES = 64;

/** Media types compared whole: no parameter, no prefix (T078). */
const VERSIONS: ReadonlyMap<string, BundleVersion> = new Map([
  ["application/vnd.dev.sigstore.bundle+json;version=0.1", "0.1"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.2", "0.2"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.3", "0.3"],
  ["application/vnd.dev.sigstore.bundle.v0.3+json", "0.3"],
]);

export type BundleVersion = "0.1" | "0.2" | "0.3";

/** A Sigstore bundle (protobuf-specs, sigstore_bundle.proto), its shape checked and nothing verified. */
export interface Bundle {
  readonly content: BundleContent;
  readonly verifier: BundleVerifier;
  readonly logEntries: readonly BundleLogEntry[];
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Buffer[];
}

export type BundleContent =
  | { readonly kind: "dsse"; readonly envelope: Envelope }
  | {
      readonly kind: "message";
      readonly signature: Buffer;
      /** What the bundle says was signed: a hint, compared and never trusted. */
      readonly digest: { readonly hash: HashName; readonly value: Buffer } | null;
    };

export type BundleVerifier =
  | {
      readonly kind: "certificate";
      readonly der: Buffer;
      /** What stood above it in a v0.1 or v0.2 bundle: proves nothing. */
      readonly intermediates: readonly Certificate[];
    }
  | { readonly kind: "key"; readonly hint: string };

export interface BundleLogEntry {
  /** Decimal. */
  readonly logIndex: string;
  /** Hexadecimal. */
  readonly logId: string;
  /** As the bundle says; the body must say the same. `null` where cosign's annotation says nothing. */
  readonly kindVersion: { readonly kind: string; readonly version: string } | null;
  /** Decimal seconds since 1970, trusted only where a promise signs it. */
  readonly integratedTime: string | null;
  readonly promise: Buffer | null;
  readonly proof: BundleInclusionProof | null;
  readonly body: Buffer;
}

export interface BundleInclusionProof {
  readonly logIndex: bigint;
  readonly treeSize: bigint;
  readonly rootHash: Buffer;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
}

/** Parses a bundle of any version. Caps come first: nothing is decoded of a list that is too long (A030, A077). */
export function parseBundle(bytes: Uint8Array): Bundle {
  const parsed = parseStrictJson(bytes, { bytes: MAX_BUNDLE_BYTES, depth: MAX_DEPTH });
  if (!parsed.ok)
    return refuse("format.invalid", `the Sigstore bundle cannot be read: ${parsed.reason.message}`);
  const bundle = parsed.value;
  if (!isObject(bundle)) return refuse("format.invalid", "the Sigstore bundle is not a JSON object");
  const mediaType = stringAt(bundle, "mediaType") ?? "";
  const version = VERSIONS.get(mediaType);
  if (version === undefined) {
    return refuse(
      "format.version_unknown",
      `a Sigstore bundle of the media type ${JSON.stringify(oneLine(mediaType, 100))}; versions 0.1 to 0.3 are known`,
    );
  }
  const material = objectAt(bundle, "verificationMaterial");
  if (material === undefined) return malformed("has no verification material");
  const entries = list(material, MAX_LOG_ENTRIES, "tlogEntries");
  const timestamps = list(material, MAX_TIMESTAMPS, "timestampVerificationData", "rfc3161Timestamps");
  return {
    content: readContent(bundle),
    verifier: readVerifier(material, version),
    logEntries: entries.map((entry) => readLogEntry(entry, version)),
    timestamps: distinct(timestamps.map(readTimestamp)),
  };
}

function malformed(fault: string): never {
  return refuse("format.invalid", `the Sigstore bundle ${fault}`);
}

function present(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}

function list(value: JsonValue, limit: number, ...path: readonly string[]): readonly JsonValue[] {
  const found = at(value, ...path);
  if (!present(found)) return [];
  if (!Array.isArray(found)) return malformed(`has ${path.at(-1)} that are not a list`);
  if (found.length > limit) {
    return refuse(
      "limit.exceeded",
      `the bundle has ${found.length} ${path.at(-1)}; at most ${limit} are looked at`,
    );
  }
  return arrayAt(value, ...path) ?? [];
}

function readContent(bundle: JsonValue): BundleContent {
  const dsse = member(bundle, "dsseEnvelope");
  const message = member(bundle, "messageSignature");
  if (present(dsse) === present(message))
    return malformed("must hold either a DSSE envelope or a message signature");
  if (present(dsse)) {
    const envelope = readEnvelope(dsse);
    if (envelope.signatures.length !== 1) {
      return refuse(
        "signature.count",
        `the bundle's envelope has ${envelope.signatures.length} signatures; exactly one is needed`,
      );
    }
    return { kind: "dsse", envelope };
  }
  return {
    kind: "message",
    signature: signatureBytes(stringAt(message, "signature")),
    digest: readDigest(message),
  };
}

const HASHES: ReadonlyMap<string, readonly [HashName, number]> = new Map([
  ["SHA2_256", ["sha256", 32]],
  ["SHA2_384", ["sha384", 48]],
  ["SHA2_512", ["sha512", 64]],
]);

function readDigest(message: JsonValue | undefined): { hash: HashName; value: Buffer } | null {
  const digest = member(message, "messageDigest");
  if (!present(digest)) return null;
  const [hash, length] = HASHES.get(stringAt(digest, "algorithm") ?? "") ?? [];
  const value = bytes(digest, "digest");
  if (hash === undefined || value.length !== length)
    return malformed("has a message digest that is not SHA-2");
  return { hash, value };
}

function readVerifier(material: JsonValue, version: BundleVersion): BundleVerifier {
  const chain = objectAt(material, "x509CertificateChain");
  const certificate = objectAt(material, "certificate");
  const key = objectAt(material, "publicKey");
  const kinds = [chain, certificate, key].filter((kind) => kind !== undefined).length;
  if (kinds !== 1)
    return refuse(
      "certificate.invalid",
      "the bundle must hold exactly one of certificate, chain and key hint",
    );
  if (key !== undefined) return { kind: "key", hint: stringAt(key, "hint") ?? "" };
  if (certificate !== undefined)
    return { kind: "certificate", der: bytes(certificate, "rawBytes"), intermediates: [] };
  if (version === "0.3")
    return refuse("certificate.invalid", "a v0.3 bundle must hold its one certificate, not a chain");
  const certificates = list(chain ?? {}, MAX_CERTIFICATES, "certificates");
  const [leaf, ...above] = certificates.map((certificate) => bytes(certificate, "rawBytes"));
  if (leaf === undefined) return refuse("certificate.invalid", "the bundle's certificate chain is empty");
  // Old bundles carry the whole chain, its root included. It must be well formed; the path comes from the trust root.
  const intermediates = above.map((der) => new Certificate(der, "certificate.invalid"));
  return { kind: "certificate", der: leaf, intermediates };
}

function readLogEntry(entry: JsonValue, version: BundleVersion): BundleLogEntry {
  const kind = stringAt(entry, "kindVersion", "kind");
  const kindVersion = stringAt(entry, "kindVersion", "version");
  if (kind === undefined || kindVersion === undefined)
    return malformed("has a log entry without kind or version");
  const promise = objectAt(entry, "inclusionPromise");
  const integratedTime = integer(entry, "integratedTime");
  const proof = readProof(entry, version);
  if (version === "0.1" && promise === undefined) {
    return refuse("log.invalid", "a log entry of a v0.1 bundle has no inclusion promise");
  }
  return {
    logIndex: integer(entry, "logIndex") ?? "0",
    logId: bytes(at(entry, "logId"), "keyId").toString("hex"),
    kindVersion: { kind, version: kindVersion },
    integratedTime: integratedTime === "0" ? null : integratedTime,
    promise: promise === undefined ? null : bytes(promise, "signedEntryTimestamp"),
    proof,
    body: bytes(entry, "canonicalizedBody"),
  };
}

/** Needed from v0.2 on; before, a proof often stood without the checkpoint that would anchor it, and says nothing. */
function readProof(entry: JsonValue, version: BundleVersion): BundleInclusionProof | null {
  const proof = objectAt(entry, "inclusionProof");
  const checkpoint = stringAt(proof, "checkpoint", "envelope");
  if (proof === undefined || checkpoint === undefined) {
    if (version === "0.1") return null;
    return refuse(
      "log.invalid",
      `a log entry of a v${version} bundle has no inclusion proof with a checkpoint`,
    );
  }
  return {
    logIndex: BigInt(integer(proof, "logIndex") ?? "0"),
    treeSize: BigInt(integer(proof, "treeSize") ?? "0"),
    rootHash: bytes(proof, "rootHash"),
    hashes: list(proof, MAX_PROOF_HASHES, "hashes").map((hash) =>
      decode(typeof hash === "string" ? hash : undefined, "hashes"),
    ),
    checkpoint,
  };
}

function readTimestamp(value: JsonValue): Buffer {
  const der = bytes(value, "signedTimestamp");
  if (der.length > MAX_TIMESTAMP_BYTES) {
    return refuse(
      "limit.exceeded",
      `a timestamp of ${der.length} bytes; at most ${MAX_TIMESTAMP_BYTES} are looked at`,
    );
  }
  return der;
}

function distinct(timestamps: readonly Buffer[]): readonly Buffer[] {
  const seen = new Set(timestamps.map((timestamp) => timestamp.toString("base64")));
  if (seen.size !== timestamps.length) return refuse("time.invalid", "the bundle holds one timestamp twice");
  return timestamps;
}

/** Protobuf's JSON writes 64-bit integers as strings; numbers are accepted. Decimal without sign, else refused. */
function integer(value: JsonValue, name: string): string | null {
  const found = member(value, name);
  if (!present(found)) return null;
  const text = typeof found === "number" ? String(found) : found;
  if (typeof text !== "string" || !/^(?:0|[1-9]\d{0,18})$/.test(text)) {
    return malformed(`has a ${name} that is not a non-negative integer`);
  }
  return text;
}

function bytes(value: JsonValue | undefined, name: string): Buffer {
  return decode(stringAt(value, name), name);
}

function decode(base64: string | undefined, name: string): Buffer {
  const decoded = decodeBase64(base64 ?? "");
  if (decoded === undefined || decoded.length === 0)
    return malformed(`has a ${name} that is absent or not base64`);
  return decoded;
}
