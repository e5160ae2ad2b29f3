import { canonicalJson, stringAt, type JsonObject, type JsonValue } from "../../../src/core/index.ts";
import { randomBytes } from "node:crypto";
import { preAuthEncoding, type EnvelopeJson } from "./dsse.ts";
import {
  base64,
  digestWith,
  hashAlgorithm,
  keyDetails,
  keyPair,
  sha256,
  signBytes,
  type HashName,
  type KeyKind,
  type KeyPair,
} from "./keys.ts";
import { MerkleTree } from "./merkle.ts";

/** What a log is asked to record: one signature, what it signs, and what verifies it. */
export interface LoggedSignature {
  readonly content: "dsse" | "message";
  readonly payloadType: string;
  /** The DSSE payload, or the message. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly hash: HashName;
  readonly verifier: { readonly certificate: Uint8Array } | { readonly key: KeyPair };
  readonly keyKind: KeyKind;
}

export type EntryKind =
  "dsse-0.0.1" | "dsse-0.0.2" | "hashedrekord-0.0.1" | "hashedrekord-0.0.2" | "intoto-0.0.1" | "intoto-0.0.2";

export interface EntryOptions {
  /** Default for v1: dsse 0.0.1 or hashedrekord 0.0.1; for v2: hashedrekord 0.0.2. */
  readonly entry?: EntryKind;
  /** With the signed entry timestamp (v1 only). Default: yes. */
  readonly promise?: boolean;
  /** With inclusion proof and checkpoint. Default: yes. */
  readonly proof?: boolean;
  readonly integratedTime?: Date;
  /** Records this instead of the signature in hand: an entry that is valid, but about something else. */
  readonly instead?: LoggedSignature;
  /** Changes the body before it is recorded. */
  readonly spoilBody?: (body: JsonObject) => JsonValue;
}

/** `TransparencyLogEntry` of protobuf-specs as JSON. */
export interface LogEntryJson extends JsonObject {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  readonly integratedTime: string;
  readonly canonicalizedBody: string;
}

/** A Rekor log of version 1 (ECDSA, signed entry timestamps) or 2 (Ed25519, checkpoints only). */
export interface RekorLog {
  readonly version: 1 | 2;
  readonly key: KeyPair;
  readonly logId: Buffer;
  /** Host of its base URL, and the name on its checkpoints' signatures. */
  readonly host: string;
  record(signature: LoggedSignature, time: Date, options?: EntryOptions): LogEntryJson;
  /** Records an entry that a client made: its whole body, with `kind` and `apiVersion`. */
  recordBody(body: JsonObject, time: Date): LogEntryJson;
}

/** Rekor v1 counts over all its shards, so an entry's index is not its leaf's in the tree; v2 logs have one tree. */
const V1_FIRST_INDEX = 1000;
/** Without a tree id in the origin sigstore-go takes a v1 checkpoint for a v2 one. */
const V1_TREE_ID = "1193050959916656506";

export function createRekor(version: 1 | 2, host: string, kind?: KeyKind): RekorLog {
  const key = keyPair(kind ?? (version === 1 ? "P-256" : "Ed25519"));
  // A v2 log with Ed25519 is named by its signed-note key id, every other by the hash of its key.
  const logId =
    key.kind === "Ed25519" ? sha256(`${host}\n`, Buffer.from([1]), key.spki.subarray(-32)) : sha256(key.spki);
  const origin = version === 1 ? `${host} - ${V1_TREE_ID}` : host;
  const tree = new MerkleTree();
  // A log is never empty: entries alone in a tree would have no audit path to verify.
  for (let i = 0; i < 3; i++) tree.append(randomBytes(32));

  return {
    version,
    key,
    logId,
    host,
    record(given, time, options = {}) {
      const signature = options.instead ?? given;
      const entry = options.entry ?? defaultEntry(version, signature.content);
      const [kindName = "", versionName = ""] = entry.split("-");
      const written = {
        apiVersion: versionName,
        kind: kindName,
        spec: entrySpec(entry, signature),
      };
      return enter(options.spoilBody?.(written) ?? written, [kindName, versionName], time, options);
    },
    recordBody(body, time) {
      return enter(body, [stringAt(body, "kind") ?? "", stringAt(body, "apiVersion") ?? ""], time, {});
    },
  };

  function enter(
    entry: JsonValue,
    [kindName, versionName]: readonly [kind: string, version: string],
    time: Date,
    options: EntryOptions,
  ): LogEntryJson {
    const body = Buffer.from(canonicalJson(entry));
    const leaf = tree.append(body);
    const logIndex = version === 1 ? leaf + V1_FIRST_INDEX : leaf;
    const seconds = Math.floor((options.integratedTime ?? time).getTime() / 1000);
    const promised =
      version === 1 && options.promise !== false
        ? { inclusionPromise: { signedEntryTimestamp: base64(promise(body, seconds, logIndex)) } }
        : {};
    const proven = options.proof === false ? {} : { inclusionProof: inclusionProof(leaf) };
    return {
      logIndex: String(logIndex),
      logId: { keyId: base64(logId) },
      kindVersion: { kind: kindName, version: versionName },
      integratedTime: version === 1 ? String(seconds) : "0",
      ...promised,
      ...proven,
      canonicalizedBody: base64(body),
    };
  }

  function promise(body: Buffer, integratedTime: number, logIndex: number): Buffer {
    const payload = { body: base64(body), integratedTime, logIndex, logID: logId.toString("hex") };
    return signBytes(key, Buffer.from(canonicalJson(payload)));
  }

  function inclusionProof(leaf: number): JsonObject {
    const root = base64(tree.root());
    const note = `${origin}\n${tree.size}\n${root}\n`;
    const signature = Buffer.concat([logId.subarray(0, 4), signBytes(key, Buffer.from(note))]);
    return {
      logIndex: String(leaf),
      rootHash: root,
      treeSize: String(tree.size),
      hashes: tree.proof(leaf).map(base64),
      checkpoint: { envelope: `${note}\n\u2014 ${host} ${base64(signature)}\n` },
    };
  }
}

function defaultEntry(version: 1 | 2, content: LoggedSignature["content"]): EntryKind {
  if (version === 2) return "hashedrekord-0.0.2";
  return content === "dsse" ? "dsse-0.0.1" : "hashedrekord-0.0.1";
}

function entrySpec(entry: EntryKind, logged: LoggedSignature): JsonObject {
  return entry === "dsse-0.0.2" || entry === "hashedrekord-0.0.2"
    ? entrySpecV2(entry, logged)
    : entrySpecV1(entry, logged);
}

type EntryKindV2 = "dsse-0.0.2" | "hashedrekord-0.0.2";

/** Rekor's types under pkg/types, version 1. */
function entrySpecV1(entry: Exclude<EntryKind, EntryKindV2>, logged: LoggedSignature): JsonObject {
  const signature = base64(logged.signature);
  const verifier = base64(pemOf(logged.verifier));
  const payloadHash = { algorithm: "sha256", value: sha256(logged.payload).toString("hex") };
  const envelopeHash = { algorithm: "sha256", value: sha256(envelopeOf(logged)).toString("hex") };
  switch (entry) {
    case "dsse-0.0.1":
      return { envelopeHash, payloadHash, signatures: [{ signature, verifier }] };
    case "hashedrekord-0.0.1": {
      const value = digestWith(logged.hash, signedBytes(logged)).toString("hex");
      const data = { hash: { algorithm: logged.hash, value } };
      return { data, signature: { content: signature, publicKey: { content: verifier } } };
    }
    case "intoto-0.0.1":
      return { content: { hash: envelopeHash, payloadHash }, publicKey: verifier };
    default: {
      const signatures = [{ publicKey: verifier, sig: base64(signature) }];
      const envelope = { payloadType: logged.payloadType, signatures };
      return { content: { envelope, hash: envelopeHash, payloadHash } };
    }
  }
}

/** rekor-tiles, entry.proto. */
function entrySpecV2(entry: EntryKindV2, logged: LoggedSignature): JsonObject {
  const signature = { content: base64(logged.signature), verifier: verifierV2(logged) };
  if (entry === "dsse-0.0.2") {
    const payloadHash = { algorithm: "SHA2_256", digest: base64(sha256(logged.payload)) };
    return { dsseV002: { payloadHash, signatures: [signature] } };
  }
  const digest = base64(digestWith(logged.hash, signedBytes(logged)));
  return { hashedRekordV002: { data: { algorithm: hashAlgorithm(logged.hash), digest }, signature } };
}

function verifierV2(logged: LoggedSignature): JsonObject {
  const details = keyDetails(logged.keyKind);
  return "key" in logged.verifier
    ? { publicKey: { rawBytes: base64(logged.verifier.key.spki) }, keyDetails: details }
    : { x509Certificate: { rawBytes: base64(logged.verifier.certificate) }, keyDetails: details };
}

function signedBytes(logged: LoggedSignature): Uint8Array {
  return logged.content === "dsse" ? preAuthEncoding(logged.payloadType, logged.payload) : logged.payload;
}

/** An envelope's bytes as cosign uploads and stores them. */
export function envelopeBytes({ payloadType, payload, signatures }: EnvelopeJson): string {
  return JSON.stringify({ payloadType, payload, signatures });
}

function envelopeOf(logged: LoggedSignature): string {
  return envelopeBytes({
    payloadType: logged.payloadType,
    payload: base64(logged.payload),
    signatures: [{ sig: base64(logged.signature) }],
  });
}

function pemOf(verifier: LoggedSignature["verifier"]): string {
  return "key" in verifier ? verifier.key.pem : certificatePem(verifier.certificate);
}

export function certificatePem(der: Uint8Array): string {
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
