import { createPublicKey, verify } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  arrayAt,
  objectAt,
  stringAt,
  type Digest,
  digestOf,
  type JsonObject,
  type JsonValue,
} from "../../src/core/index.ts";
import { certificatePem } from "../lab/sigstore/rekor.ts";
import {
  emailIdentity,
  GITHUB_ISSUER,
  githubIdentity,
  keyPair,
  uriIdentity,
  type Identity,
  type KeyPair,
  type LogEntryJson,
  type Sigstore,
} from "../lab/sigstore/index.ts";

/**
 * The lab's private Sigstore as services that real clients sign with: Fulcio (`POST /api/v2/signingCert`), Rekor v1
 * (`POST /api/v1/log/entries`), Rekor v2 (`POST /api/v2/log/entries`) and a timestamp authority (`POST /timestamp`).
 */
export interface SigstoreServer {
  readonly url: string;
  readonly timestampUrl: string;
  /** A signing config of the services given (protobuf-specs, SigningConfig v0.2). */
  signingConfig(log: "rekor-v1" | "rekor-v2"): JsonObject;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export async function serveSigstore(sigstore: Sigstore): Promise<SigstoreServer> {
  const server = createServer((request, response) => {
    answer(sigstore, request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (thrown: unknown) => response.writeHead(400).end(String(thrown)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const timestampUrl = `${url}/timestamp`;
  return {
    url,
    timestampUrl,
    signingConfig(log) {
      const service = (at: string, version: number): JsonObject => ({
        url: at,
        majorApiVersion: version,
        validFor: { start: new Date(sigstore.clock().getTime() - 3_600_000).toISOString() },
        operator: sigstore.name,
      });
      return {
        mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        caUrls: [service(url, 1)],
        rekorTlogUrls: [service(url, log === "rekor-v1" ? 1 : 2)],
        rekorTlogConfig: { selector: "ANY" },
        // A v2 log proves no time.
        ...(log === "rekor-v1"
          ? {}
          : { tsaUrls: [service(timestampUrl, 1)], tsaConfig: { selector: "ANY" } }),
      };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(sigstore: Sigstore, request: IncomingMessage): Promise<Reply> {
  const body = await buffer(request);
  const json = (status: number, value: JsonValue, more: Readonly<Record<string, string>> = {}): Reply => ({
    status,
    headers: { "content-type": "application/json", ...more },
    body: JSON.stringify(value),
  });
  switch (`${request.method ?? ""} ${request.url ?? ""}`) {
    case "POST /api/v2/signingCert":
      return json(200, certify(sigstore, request.headers.authorization ?? "", parse(body)));
    case "POST /api/v1/log/entries": {
      const entry = sigstore.rekorV1.recordBody(bodyV1(parse(body)), sigstore.clock());
      const id = hexOf(digestOf(Buffer.from(entry.canonicalizedBody)));
      // Clients look for the entry that the ETag names.
      return json(201, { [id]: entryV1(entry) }, { etag: id, location: `/api/v1/log/entries/${id}` });
    }
    case "POST /api/v2/log/entries":
      return json(201, sigstore.rekorV2.recordBody(bodyV2(parse(body)), sigstore.clock()));
    case "POST /timestamp":
      return {
        status: 201,
        headers: { "content-type": "application/timestamp-reply" },
        body: stamp(sigstore, body),
      };
    default:
      return { status: 404, headers: {}, body: "no such service" };
  }
}

const parse = (body: Uint8Array): JsonValue => JSON.parse(Buffer.from(body).toString()) as JsonValue;

/** Says what is missing in a request. */
function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the request has no ${what}`);
  return value;
}

/** fulcio.proto, CreateSigningCertificate. The token, in the request or beside it, is believed as it is; its subject must be signed with the key. */
function certify(sigstore: Sigstore, authorization: string, request: JsonValue): JsonObject {
  const token =
    stringAt(request, "credentials", "oidcIdentityToken") ?? authorization.replace(/^Bearer /, "");
  const [, payload = ""] = token.split(".");
  const claims = parse(Buffer.from(payload, "base64url"));
  const pem = need(stringAt(request, "publicKeyRequest", "publicKey", "content"), "public key");
  const proof = need(stringAt(request, "publicKeyRequest", "proofOfPossession"), "proof of possession");
  const subject = need(stringAt(claims, "email") ?? stringAt(claims, "sub"), "subject");
  const key = createPublicKey(pem);
  if (!verify("sha256", Buffer.from(subject), key, Buffer.from(proof, "base64"))) {
    throw new Error("the proof of possession does not verify");
  }
  // The client keeps its private key: the one in here belongs to nobody.
  const certified: KeyPair = {
    ...keyPair(),
    publicKey: key,
    spki: key.export({ format: "der", type: "spki" }),
    pem,
  };
  const { certificate } = sigstore.issue(identityOf(claims), { key: certified });
  const { intermediate, root } = sigstore.authority;
  const certificates = [certificate, intermediate, root].map(({ der }) => certificatePem(der));
  return { signedCertificateEmbeddedSct: { chain: { certificates } } };
}

function identityOf(claims: JsonValue): Identity {
  const issuer = need(stringAt(claims, "iss"), "issuer");
  if (issuer === GITHUB_ISSUER) return githubIdentity();
  const email = stringAt(claims, "email");
  return email === undefined
    ? uriIdentity(stringAt(claims, "sub") ?? "", issuer)
    : emailIdentity(email, issuer);
}

/** What Rekor v1 records of a proposed entry: hashedrekord as it stands, dsse 0.0.1 by its hashes and signatures. */
function bodyV1(proposed: JsonValue): JsonObject {
  const spec = need(objectAt(proposed, "spec"), "spec");
  const kind = need(stringAt(proposed, "kind"), "kind");
  const apiVersion = need(stringAt(proposed, "apiVersion"), "apiVersion");
  if (kind !== "dsse") return { apiVersion, kind, spec };
  const text = need(stringAt(spec, "proposedContent", "envelope"), "envelope");
  const envelope = parse(Buffer.from(text));
  const verifiers = arrayAt(spec, "proposedContent", "verifiers") ?? [];
  const signatures = (arrayAt(envelope, "signatures") ?? []).map((signature, index) => ({
    signature: need(stringAt(signature, "sig"), "signature"),
    verifier: verifiers[index] ?? verifiers[0] ?? null,
  }));
  const payload = Buffer.from(stringAt(envelope, "payload") ?? "", "base64");
  return {
    apiVersion,
    kind,
    spec: { envelopeHash: hashOf(Buffer.from(text)), payloadHash: hashOf(payload), signatures },
  };
}

const hexOf = (digest: Digest): string => digest.slice("sha256:".length);
const hashOf = (bytes: Uint8Array): JsonObject => ({ algorithm: "sha256", value: hexOf(digestOf(bytes)) });

/** rekor-tiles, entry.proto: what is recorded of a CreateEntryRequest. */
function bodyV2(request: JsonValue): JsonObject {
  const asked = need(objectAt(request, "hashedRekordRequestV002"), "hashedrekord");
  const signature = need(objectAt(asked, "signature"), "signature");
  // The key's details say the hash that goes with it.
  const [, bits] =
    /SHA_?(\d{3})$/.exec(need(stringAt(signature, "verifier", "keyDetails"), "key details")) ?? [];
  const algorithm = `SHA2_${need(bits, "hash")}`;
  const data = { algorithm, digest: need(stringAt(asked, "digest"), "digest") };
  return { apiVersion: "0.0.2", kind: "hashedrekord", spec: { hashedRekordV002: { data, signature } } };
}

/** `LogEntry` of Rekor's API v1. */
function entryV1(entry: LogEntryJson): JsonObject {
  const hex = (value: JsonValue | undefined): string =>
    Buffer.from(typeof value === "string" ? value : "", "base64").toString("hex");
  const proof = need(objectAt(entry, "inclusionProof"), "proof");
  return {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID: hex(entry.logId.keyId),
    logIndex: Number(entry.logIndex),
    verification: {
      inclusionProof: {
        logIndex: Number(proof["logIndex"]),
        treeSize: Number(proof["treeSize"]),
        rootHash: hex(proof["rootHash"]),
        hashes: (arrayAt(proof, "hashes") ?? []).map(hex),
        checkpoint: stringAt(proof, "checkpoint", "envelope") ?? "",
      },
      signedEntryTimestamp: stringAt(entry, "inclusionPromise", "signedEntryTimestamp") ?? "",
    },
  };
}

const SHA256_OID = Buffer.from("0609608648016503040201", "hex");
const OCTETS_32 = Buffer.from("0420", "hex");

/** RFC 3161 TimeStampReq: of it only the imprint is read, which must be a SHA-256 digest. */
function stamp(sigstore: Sigstore, request: Buffer): Uint8Array {
  const algorithm = request.indexOf(SHA256_OID);
  const octets = request.indexOf(OCTETS_32, algorithm);
  if (algorithm < 0 || octets < 0) throw new Error("the request has no SHA-256 imprint");
  const start = octets + OCTETS_32.length;
  const imprint = request.subarray(start, start + 32);
  return sigstore.timestampAuthority.stamp(imprint, sigstore.clock(), { imprint, certificates: false });
}
