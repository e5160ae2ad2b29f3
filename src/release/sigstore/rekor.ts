import {
  arrayAt,
  at,
  canonicalJson,
  decodeBase64,
  isObject,
  member,
  objectAt,
  parseStrictJson,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import type { SigningContent } from "./content.ts";
import { IN_TOTO_PAYLOAD_TYPE, signedBytes } from "./content.ts";
import { refuseSigning } from "./fault.ts";
import { askService, endpointOf, jsonOf } from "./service.ts";
import { digestWith, type SigningKey } from "./signing-key.ts";

/** One signature, to be recorded. */
export interface MadeSignature {
  readonly content: SigningContent;
  readonly key: SigningKey;
  readonly signature: Buffer;
  /** DER; `null`: signed by a key of one's own. */
  readonly certificate: Buffer | null;
}

/** Has a log of either version record the signature; answers a `TransparencyLogEntry` (protobuf-specs) as JSON. */
export async function record(
  log: { readonly url: URL; readonly version: 1 | 2 },
  made: MadeSignature,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { key, content } = made;
  if (key.isEd25519 && (log.version === 2 || content.kind === "file")) {
    return refuseSigning(
      "signing.config_invalid",
      "logs record an Ed25519 signature only prehashed, which verifiers of files do not expect: use an ECDSA key, or no log",
    );
  }
  return log.version === 1 ? recordV1(log.url, made, signal) : recordV2(log.url, made, signal);
}

/** Rekor API v1: `hashedrekord` 0.0.1 of a file, `dsse` 0.0.1 of a statement. */
async function recordV1(rekor: URL, made: MadeSignature, signal: AbortSignal): Promise<JsonObject> {
  const request = {
    service: "Rekor",
    url: endpointOf(rekor, "/api/v1/log/entries"),
    headers: { "content-type": "application/json", accept: "application/json" },
    signal,
  };
  const answer = await askService({ ...request, body: JSON.stringify(proposedEntry(made)) });
  if (answer.status !== 409) return entryOfV1(rekor, jsonOf(request, answer));
  // The very same signature is there already. Only its id is taken of where the log says that it is.
  const [id] = /[0-9a-f]{64,80}$/.exec(answer.headers.get("location") ?? "") ?? [];
  if (id === undefined) return noEntry(rekor);
  const there = { ...request, method: "GET" as const, url: endpointOf(rekor, `/api/v1/log/entries/${id}`) };
  return entryOfV1(rekor, jsonOf(there, await askService(there)));
}

function proposedEntry({ content, key, signature, certificate }: MadeSignature): JsonObject {
  const verifier = base64(
    Buffer.from(certificate === null ? pemOf("PUBLIC KEY", key.spki) : pemOf("CERTIFICATE", certificate)),
  );
  if (content.kind === "file") {
    const value = digestWith(key.hash, content.bytes).toString("hex");
    const signed = { content: base64(signature), publicKey: { content: verifier } };
    return {
      apiVersion: "0.0.1",
      kind: "hashedrekord",
      spec: { data: { hash: { algorithm: key.hash, value } }, signature: signed },
    };
  }
  const envelope = {
    payload: base64(content.bytes),
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    signatures: [{ sig: base64(signature) }],
  };
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: { proposedContent: { envelope: JSON.stringify(envelope), verifiers: [verifier] } },
  };
}

/** From `LogEntry` of Rekor's API v1, an object with one entry under its id. */
function entryOfV1(rekor: URL, answer: JsonValue): JsonObject {
  const [entry, ...others] = isObject(answer) ? Object.values(answer) : [];
  const body = decodeBase64(stringAt(entry, "body") ?? "") ?? Buffer.alloc(0);
  const recorded = parseStrictJson(body);
  const kind = recorded.ok ? stringAt(recorded.value, "kind") : undefined;
  const version = recorded.ok ? stringAt(recorded.value, "apiVersion") : undefined;
  const proof = objectAt(entry, "verification", "inclusionProof");
  const promise = stringAt(entry, "verification", "signedEntryTimestamp");
  const checkpoint = stringAt(proof, "checkpoint");
  if (others.length > 0 || kind === undefined || version === undefined || checkpoint === undefined) {
    return noEntry(rekor);
  }
  return {
    logIndex: integerAt(rekor, entry, "logIndex"),
    logId: { keyId: hexAt(rekor, member(entry, "logID")) },
    kindVersion: { kind, version },
    integratedTime: integerAt(rekor, entry, "integratedTime"),
    ...(promise === undefined ? {} : { inclusionPromise: { signedEntryTimestamp: promise } }),
    inclusionProof: {
      logIndex: integerAt(rekor, proof, "logIndex"),
      rootHash: hexAt(rekor, member(proof, "rootHash")),
      treeSize: integerAt(rekor, proof, "treeSize"),
      hashes: (arrayAt(proof, "hashes") ?? []).map((hash) => hexAt(rekor, hash)),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: base64(body),
  };
}

/**
 * Rekor API v2 (rekor-tiles, rekor_service.proto): `hashedrekord` 0.0.2 of a file and, over the envelope's
 * pre-authentication encoding, of a statement alike.
 */
async function recordV2(rekor: URL, made: MadeSignature, signal: AbortSignal): Promise<JsonObject> {
  const { content, key, signature, certificate } = made;
  const verifier =
    certificate === null
      ? { publicKey: { rawBytes: base64(key.spki) } }
      : { x509Certificate: { rawBytes: base64(certificate) } };
  const request = {
    service: "Rekor",
    url: endpointOf(rekor, "/api/v2/log/entries"),
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      hashedRekordRequestV002: {
        digest: base64(digestWith(key.hash, signedBytes(content))),
        signature: { content: base64(signature), verifier: { ...verifier, keyDetails: key.details } },
      },
    }),
    signal,
  };
  const entry = jsonOf(request, await askService(request));
  const known = ["logIndex", "logId", "kindVersion", "integratedTime", "inclusionProof", "canonicalizedBody"];
  const complete =
    isObject(entry) &&
    stringAt(entry, "logId", "keyId") !== undefined &&
    stringAt(entry, "inclusionProof", "checkpoint", "envelope") !== undefined;
  if (!complete) return noEntry(rekor);
  // Only what a bundle has is taken over.
  return Object.fromEntries(
    known.flatMap((name) => (entry[name] === undefined ? [] : [[name, at(entry, name) ?? null]])),
  );
}

/** The log must have recorded this signature and no other; who reads the bundle proves the rest. */
export function requireRecorded(entry: JsonObject, { signature }: MadeSignature, rekor: URL): void {
  const body = decodeBase64(stringAt(entry, "canonicalizedBody") ?? "") ?? Buffer.alloc(0);
  const recorded = parseStrictJson(body);
  if (recorded.ok && canonicalJson(recorded.value).includes(JSON.stringify(base64(signature)))) return;
  refuseSigning("signing.service_failed", `Rekor at ${rekor.host} recorded something else than was signed`);
}

function noEntry(rekor: URL): never {
  return refuseSigning("signing.service_failed", `Rekor at ${rekor.host} answered no log entry`);
}

function integerAt(rekor: URL, value: JsonValue | undefined, name: string): string {
  const found = member(value, name);
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0
    ? String(found)
    : noEntry(rekor);
}

function hexAt(rekor: URL, value: JsonValue | undefined): string {
  return typeof value === "string" && /^(?:[0-9a-f]{2}){1,64}$/.test(value)
    ? Buffer.from(value, "hex").toString("base64")
    : noEntry(rekor);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

export function pemOf(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
