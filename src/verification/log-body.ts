import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import {
  arrayAt,
  at,
  decodeBase64,
  oneLine,
  parseStrictJson,
  stringAt,
  type JsonValue,
} from "../core/index.ts";
import type { BundleLogEntry } from "./bundle.ts";
import { certificatesInPem } from "./certificate.ts";
import { refuse } from "./refusal.ts";
import type { HashName } from "./signature.ts";

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** What was signed, by what, as a log entry must describe it. */
export interface SignedContent {
  readonly signature: Buffer;
  readonly verifier:
    { readonly kind: "certificate"; readonly der: Buffer } | { readonly kind: "key"; readonly spki: Buffer };
  /** Digest of the signed bytes: the message, or the envelope's pre-authentication encoding; `undefined` where unknown. */
  digest(hash: HashName): Buffer | undefined;
  /** Digest of the envelope's payload; `undefined` for a message. */
  payloadDigest(hash: HashName): Buffer | undefined;
  /** Digests of the envelope as it was stored or, in a bundle, may have been written; empty for a message. */
  envelopeDigests(hash: HashName): readonly Buffer[];
}

/**
 * Compares a log entry's body with what is in hand: signature, digest and key or certificate, each of them, for every
 * kind (threats A001, A007, A035). Any difference is `log.mismatch`; an unknown kind or version is `log.unsupported`
 * and never "nothing to compare" (A034).
 */
export function matchLogBody(entry: BundleLogEntry, signed: SignedContent): void {
  const parsed = parseStrictJson(entry.body, { bytes: MAX_BODY_BYTES, depth: 50 });
  if (!parsed.ok)
    return refuse("log.invalid", `the log entry's body cannot be read: ${parsed.reason.message}`);
  const body = parsed.value;
  const kind = stringAt(body, "kind") ?? "";
  const version = stringAt(body, "apiVersion") ?? "";
  if (
    entry.kindVersion !== null &&
    (entry.kindVersion.kind !== kind || entry.kindVersion.version !== version)
  ) {
    return refuse("log.mismatch", "the log entry is of another kind than the bundle says");
  }
  const match = KINDS.get(`${kind}/${version}`);
  if (match === undefined) {
    return refuse("log.unsupported", `a log entry of the kind ${oneLine(`${kind} ${version}`, 80)}`);
  }
  const spec = at(body, "spec") ?? null;
  match(spec, signed);
}

type Matcher = (spec: JsonValue, signed: SignedContent) => void;

const KINDS: ReadonlyMap<string, Matcher> = new Map<string, Matcher>([
  [
    "hashedrekord/0.0.1",
    (spec, signed) => {
      compareDigest(hexDigest(at(spec, "data", "hash")), (hash) => signed.digest(hash));
      compareSignature(stringAt(spec, "signature", "content"), signed);
      comparePem(stringAt(spec, "signature", "publicKey", "content"), signed);
    },
  ],
  [
    "dsse/0.0.1",
    (spec, signed) => {
      compareDigest(hexDigest(at(spec, "payloadHash")), (hash) => signed.payloadDigest(hash));
      const only = single(at(spec, "signatures"));
      compareSignature(stringAt(only, "signature"), signed);
      comparePem(stringAt(only, "verifier"), signed);
    },
  ],
  [
    "intoto/0.0.2",
    (spec, signed) => {
      const content = at(spec, "content") ?? null;
      compareDigest(hexDigest(at(content, "payloadHash")), (hash) => signed.payloadDigest(hash));
      const only = single(at(content, "envelope", "signatures"));
      // Rekor keeps the signature's base64 text as bytes, hence in base64 once more.
      compareSignature(decodeBase64(stringAt(only, "sig") ?? "")?.toString("latin1"), signed);
      comparePem(stringAt(only, "publicKey"), signed);
    },
  ],
  [
    // No signature in the body: the digest of the whole envelope stands for it.
    "intoto/0.0.1",
    (spec, signed) => {
      compareDigest(hexDigest(at(spec, "content", "payloadHash")), (hash) => signed.payloadDigest(hash));
      compareEnvelope(hexDigest(at(spec, "content", "hash")), signed);
      comparePem(stringAt(spec, "publicKey"), signed);
    },
  ],
  [
    "hashedrekord/0.0.2",
    (spec, signed) => {
      const record = at(spec, "hashedRekordV002");
      compareDigest(base64Digest(at(record, "data")), (hash) => signed.digest(hash));
      compareSignature(stringAt(record, "signature", "content"), signed);
      compareVerifier(at(record, "signature", "verifier"), signed);
    },
  ],
  [
    "dsse/0.0.2",
    (spec, signed) => {
      const record = at(spec, "dsseV002");
      compareDigest(base64Digest(at(record, "payloadHash")), (hash) => signed.payloadDigest(hash));
      const only = single(at(record, "signatures"));
      compareSignature(stringAt(only, "content"), signed);
      compareVerifier(at(only, "verifier"), signed);
    },
  ],
]);

function mismatch(what: string): never {
  return refuse("log.mismatch", `the log entry speaks of another ${what} than the one in hand`);
}

function single(list: JsonValue | undefined): JsonValue {
  const [only, ...more] = arrayAt(list) ?? [];
  return only === undefined || more.length > 0 ? mismatch("number of signatures") : only;
}

interface LoggedDigest {
  readonly hash: HashName;
  readonly value: Buffer;
}

const HASHES: ReadonlyMap<string, HashName> = new Map([
  ["sha256", "sha256"],
  ["sha384", "sha384"],
  ["sha512", "sha512"],
  ["SHA2_256", "sha256"],
  ["SHA2_384", "sha384"],
  ["SHA2_512", "sha512"],
]);

function hexDigest(value: JsonValue | undefined): LoggedDigest {
  const hash = HASHES.get(stringAt(value, "algorithm") ?? "");
  const text = stringAt(value, "value") ?? "";
  if (hash === undefined || !/^[0-9a-f]{64,128}$/.test(text)) return mismatch("kind of digest");
  return { hash, value: Buffer.from(text, "hex") };
}

function base64Digest(value: JsonValue | undefined): LoggedDigest {
  const hash = HASHES.get(stringAt(value, "algorithm") ?? "");
  const bytes = decodeBase64(stringAt(value, "digest") ?? "");
  if (hash === undefined || bytes === undefined) return mismatch("kind of digest");
  return { hash, value: bytes };
}

function compareDigest(logged: LoggedDigest, ours: (hash: HashName) => Buffer | undefined): void {
  if (ours(logged.hash)?.equals(logged.value) !== true) mismatch("artifact");
}

/** Where the stored text is in hand there is one digest; of a bundle's envelope the text can only be tried. */
function compareEnvelope({ hash, value }: LoggedDigest, signed: SignedContent): void {
  const ours = signed.envelopeDigests(hash);
  if (ours.some((digest) => digest.equals(value))) return;
  if (ours.length === 1) mismatch("envelope");
  refuse("log.unsupported", "an intoto 0.0.1 log entry of an envelope whose stored text is not known");
}

function compareSignature(base64: string | undefined, signed: SignedContent): void {
  if (decodeBase64(base64 ?? "")?.equals(signed.signature) !== true) mismatch("signature");
}

/** Rekor v1: a PEM certificate or public key, in base64. */
function comparePem(base64: string | undefined, signed: SignedContent): void {
  const pem = decodeBase64(base64 ?? "")?.toString("latin1") ?? "";
  if (signed.verifier.kind === "certificate") {
    if (certificatesInPem(pem, 10)[0]?.equals(signed.verifier.der) !== true) mismatch("certificate");
  } else if (spkiOf(pem)?.equals(signed.verifier.spki) !== true) {
    mismatch("key");
  }
}

function spkiOf(pem: string): Buffer | undefined {
  try {
    const key: KeyObject = createPublicKey(pem);
    return key.export({ type: "spki", format: "der" });
  } catch {
    return undefined;
  }
}

/** Rekor v2: raw DER beside its kind. */
function compareVerifier(verifier: JsonValue | undefined, signed: SignedContent): void {
  const ofCertificate = signed.verifier.kind === "certificate";
  const member = ofCertificate ? "x509Certificate" : "publicKey";
  const logged = decodeBase64(stringAt(verifier, member, "rawBytes") ?? "");
  const ours = signed.verifier.kind === "certificate" ? signed.verifier.der : signed.verifier.spki;
  if (logged?.equals(ours) !== true) mismatch(ofCertificate ? "certificate" : "key");
}
