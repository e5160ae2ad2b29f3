import { Metadata, MetadataKind, Signature } from "@tufjs/models";
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject, JsonValue } from "../../../src/core/index.ts";
import { canonicalBytes } from "../../../src/verification/tuf/canonical.ts";
import type { TufSource } from "../../../src/verification/index.ts";

export const DAY = 86_400_000;
export const NOW = new Date("2026-06-01T00:00:00Z");

export type RoleName = "root" | "timestamp" | "snapshot" | "targets";

export interface LabKey {
  readonly id: string;
  readonly json: JsonObject;
  readonly sign: (bytes: Buffer) => Buffer;
}

/** A signing key in the form in which root metadata lists it. */
export function labKey(kind: "ed25519" | "P-256" | "rsa" = "P-256"): LabKey {
  const { publicKey, privateKey } = pairOf(kind);
  const json: JsonObject =
    kind === "ed25519"
      ? { keytype: "ed25519", scheme: "ed25519", keyval: { public: rawEd25519(publicKey) } }
      : {
          keytype: kind === "rsa" ? "rsa" : "ecdsa",
          scheme: kind === "rsa" ? "rsassa-pss-sha256" : "ecdsa-sha2-nistp256",
          keyval: { public: publicKey.export({ type: "spki", format: "pem" }).toString() },
        };
  const id = createHash("sha256").update(canonicalBytes(json)).digest("hex");
  return { id, json, sign: (bytes) => signWith(kind, privateKey, bytes) };
}

function pairOf(kind: "ed25519" | "P-256" | "rsa") {
  if (kind === "ed25519") return generateKeyPairSync("ed25519");
  return kind === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function rawEd25519(key: KeyObject): string {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
}

function signWith(kind: string, key: KeyObject, bytes: Buffer): Buffer {
  if (kind === "ed25519") return sign(null, bytes, key);
  // 6: RSASSA-PSS
  return sign("sha256", bytes, kind === "rsa" ? { key, padding: 6, saltLength: 32 } : key);
}

/** Signs with the TUF project's own library where that can read the metadata, else over our canonical form. */
export function signed(role: RoleName, content: JsonObject, keys: readonly LabKey[]): Buffer {
  const copy = structuredClone(content);
  try {
    const metadata = readWithLibrary(role, { signed: copy, signatures: [] });
    for (const key of keys) {
      metadata.sign((bytes) => new Signature({ keyID: key.id, sig: key.sign(bytes).toString("hex") }));
    }
    return Buffer.from(JSON.stringify(metadata.toJSON()));
  } catch {
    const bytes = canonicalBytes(content);
    const signatures = keys.map((key) => ({ keyid: key.id, sig: key.sign(bytes).toString("hex") }));
    return Buffer.from(JSON.stringify({ signed: content, signatures }));
  }
}

export function readWithLibrary(role: RoleName, json: object) {
  const data = json as never;
  switch (role) {
    case "root":
      return Metadata.fromJSON(MetadataKind.Root, data);
    case "timestamp":
      return Metadata.fromJSON(MetadataKind.Timestamp, data);
    case "snapshot":
      return Metadata.fromJSON(MetadataKind.Snapshot, data);
    default:
      return Metadata.fromJSON(MetadataKind.Targets, data);
  }
}

export function fileOf(bytes: Buffer, version?: number): JsonObject {
  const digest = (name: string): string => createHash(name).update(bytes).digest("hex");
  const file = { length: bytes.length, hashes: { sha256: digest("sha256"), sha512: digest("sha512") } };
  return version === undefined ? file : { ...file, version };
}

type Change = (content: Record<string, JsonValue>) => void;

export interface PublishOptions {
  readonly target?: JsonValue;
  readonly change?: Partial<Record<RoleName, Change>>;
  readonly signers?: Partial<Record<RoleName, readonly LabKey[]>>;
  readonly version?: number;
  readonly expires?: Date;
}

/** RSA keys take long to make. */
const rsa = labKey("rsa");

/** A TUF repository whose files are made here, good or with one thing changed. */
export class LabRepository {
  readonly files = new Map<string, Buffer>();
  readonly initialRoot: Buffer;
  keys: Record<RoleName, readonly LabKey[]>;
  rootVersion = 1;
  version = 0;
  readonly #consistent: boolean;

  constructor({ consistent = true }: { readonly consistent?: boolean } = {}) {
    this.#consistent = consistent;
    this.keys = {
      root: [labKey("ed25519"), labKey("P-256")],
      timestamp: [labKey("ed25519")],
      snapshot: [labKey("P-256")],
      targets: [rsa],
    };
    this.initialRoot = signed("root", this.rootContent(), this.keys.root);
  }

  rootContent(expires = new Date(NOW.getTime() + 300 * DAY)): Record<string, JsonValue> {
    const keys = Object.values(this.keys).flat();
    return {
      _type: "root",
      spec_version: "1.0.31",
      version: this.rootVersion,
      expires: iso(expires),
      consistent_snapshot: this.#consistent,
      keys: Object.fromEntries(keys.map(({ id, json }) => [id, json])),
      roles: Object.fromEntries(
        Object.entries(this.keys).map(([role, of]) => [
          role,
          { keyids: of.map(({ id }) => id), threshold: of.length },
        ]),
      ),
    };
  }

  /** The next root, signed by the old keys and by the new ones. */
  rotate({
    keys = {},
    signers,
    change,
  }: {
    readonly keys?: Partial<Record<RoleName, readonly LabKey[]>>;
    readonly signers?: readonly LabKey[];
    readonly change?: Change;
  } = {}): void {
    const before = this.keys.root;
    this.keys = { ...this.keys, ...keys };
    this.rootVersion += 1;
    const content = this.rootContent();
    change?.(content);
    const by = signers ?? [...new Set([...before, ...this.keys.root])];
    this.files.set(`${this.rootVersion}.root.json`, signed("root", content, by));
  }

  publish(target: JsonValue, options: PublishOptions = {}): void {
    this.version = options.version ?? this.version + 1;
    const { version } = this;
    const expires = options.expires ?? new Date(NOW.getTime() + 7 * DAY);
    const make = (role: RoleName, members: JsonObject): Buffer => {
      const content: Record<string, JsonValue> = {
        _type: role,
        spec_version: "1.0.31",
        version,
        expires: iso(expires),
        ...members,
      };
      options.change?.[role]?.(content);
      return signed(role, content, options.signers?.[role] ?? this.keys[role]);
    };
    const bytes = Buffer.from(JSON.stringify(target));
    const file = fileOf(bytes);
    const targets = make("targets", { targets: { "trusted_root.json": file } });
    const snapshot = make("snapshot", { meta: { "targets.json": fileOf(targets, version) } });
    const timestamp = make("timestamp", { meta: { "snapshot.json": fileOf(snapshot, version) } });
    const hashes = file["hashes"] as Record<string, string>;
    if (this.#consistent) {
      for (const hash of Object.values(hashes)) this.files.set(`targets/${hash}.trusted_root.json`, bytes);
    } else {
      this.files.set("targets/trusted_root.json", bytes);
    }
    this.files.set(this.#consistent ? `${version}.targets.json` : "targets.json", targets);
    this.files.set(this.#consistent ? `${version}.snapshot.json` : "snapshot.json", snapshot);
    this.files.set("timestamp.json", timestamp);
  }
}

function iso(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Takes over an answer where it returns `true`. */
export type Misbehave = (path: string, response: ServerResponse, request: IncomingMessage) => boolean;

export interface LabMirror {
  readonly url: string;
  /** What was asked for, in order. */
  readonly asked: string[];
  readonly headers: IncomingMessage["headers"][];
  repository: LabRepository;
  misbehave: Misbehave | undefined;
  source(seed?: TufSource["seed"]): TufSource;
  close(): Promise<void>;
}

export async function serveMirror(repository: LabRepository): Promise<LabMirror> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice("/tuf/".length);
    mirror.asked.push(path);
    mirror.headers.push(request.headers);
    if (mirror.misbehave?.(path, response, request) === true) return;
    const bytes = mirror.repository.files.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tuf`;
  const mirror: LabMirror = {
    url,
    asked: [],
    headers: [],
    repository,
    misbehave: undefined,
    source: (seed = null) => ({ mirror: url, initialRoot: mirror.repository.initialRoot, seed }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return mirror;
}
