import { hash } from "node:crypto";
import {
  arrayAt,
  at,
  isObject,
  member,
  objectAt,
  oneLine,
  parseStrictJson,
  stringAt,
  stringMap,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import { parseInstant } from "../trust-root.ts";
import { canonicalBytes } from "./canonical.ts";
import { refuseTuf, type TufCode } from "./fault.ts";
import { isTufSignature, readTufKey, type TufKey } from "./keys.ts";

/** The top-level roles of the TUF specification (§4). Delegated roles are not followed: no trusted root stands there. */
export type RoleName = "root" | "timestamp" | "snapshot" | "targets";

const MAX_DEPTH = 20;
const MAX_KEYS = 64;
const MAX_FILES = 10_000;

/** Bytes of a role's metadata. */
export const LIMITS: Readonly<Record<RoleName, number>> = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 2_000_000,
  targets: 5_000_000,
};

export interface Metadata {
  readonly role: RoleName;
  readonly version: number;
  readonly expires: Date;
  /** What the signatures are over. */
  readonly signedBytes: Buffer;
  /** By key id. */
  readonly signatures: ReadonlyMap<string, Buffer>;
}

export interface RootMetadata extends Metadata {
  readonly consistentSnapshot: boolean;
  readonly roles: Readonly<Record<RoleName, Role>>;
}

export interface Role {
  /** By key id; each a key of its own. */
  readonly keys: ReadonlyMap<string, TufKey>;
  readonly threshold: number;
}

/** What one role's metadata says about a file of another's, or about a target. */
export interface FileDescription {
  readonly length: number | null;
  /** Algorithm to lowercase hexadecimal, in the order in which they stand; SHA-256 and SHA-512 alone. */
  readonly hashes: readonly (readonly ["sha256" | "sha512", string])[];
}

export interface MetadataDescription extends FileDescription {
  readonly version: number;
}

export interface TimestampMetadata extends Metadata {
  readonly snapshot: MetadataDescription;
}

export interface SnapshotMetadata extends Metadata {
  /** By file name, as `targets.json`. */
  readonly files: ReadonlyMap<string, MetadataDescription>;
}

export interface TargetsMetadata extends Metadata {
  readonly targets: JsonObject;
}

/** Reads root metadata; one that could never reach its own thresholds, or counts one key twice, is refused (A103, A104). */
export function readRoot(bytes: Uint8Array): RootMetadata {
  const { metadata, signed } = readMetadata("root", bytes);
  const consistentSnapshot = member(signed, "consistent_snapshot") ?? false;
  if (typeof consistentSnapshot !== "boolean") return malformed("root", "consistent_snapshot is no boolean");
  const keys = entriesOf(signed, "keys", "root", MAX_KEYS);
  const known = new Map<string, TufKey>();
  for (const [id, value] of keys) {
    const key = readTufKey(id, value);
    if (key !== undefined) known.set(id, key);
  }
  const role = (name: RoleName): Role => readRole(name, at(signed, "roles", name), known);
  const roles = {
    root: role("root"),
    timestamp: role("timestamp"),
    snapshot: role("snapshot"),
    targets: role("targets"),
  };
  return { ...metadata, consistentSnapshot, roles };
}

function readRole(name: RoleName, value: JsonValue | undefined, known: ReadonlyMap<string, TufKey>): Role {
  const ids = arrayAt(value, "keyids") ?? [];
  const threshold = member(value, "threshold");
  if (!isCount(threshold)) return malformed("root", `the threshold of ${name} is not 1 or more`);
  if (ids.length > MAX_KEYS) return malformed("root", `${name} has more than ${MAX_KEYS} keys`);
  const keys = new Map<string, TufKey>();
  const owners = new Map<string, string>();
  for (const id of ids) {
    if (typeof id !== "string") return malformed("root", `${name} has a key id that is no text`);
    if (keys.has(id)) return malformed("root", `${name} names the key id ${oneLine(id, 80)} twice`);
    const key = known.get(id);
    if (key === undefined) continue;
    const owner = owners.get(key.material);
    if (owner !== undefined) {
      return refuseTuf(
        "tuf.duplicate_key",
        `the root's ${name} has one key under the ids ${oneLine(owner, 80)} and ${oneLine(id, 80)}`,
      );
    }
    owners.set(key.material, id);
    keys.set(id, key);
  }
  if (keys.size < threshold) {
    return malformed("root", `${name} has ${keys.size} usable keys and needs ${threshold}`);
  }
  return { keys, threshold };
}

export function readTimestamp(bytes: Uint8Array): TimestampMetadata {
  const { metadata, signed } = readMetadata("timestamp", bytes);
  const snapshot = readDescription("timestamp", at(signed, "meta", "snapshot.json"));
  return { ...metadata, snapshot };
}

export function readSnapshot(bytes: Uint8Array): SnapshotMetadata {
  const { metadata, signed } = readMetadata("snapshot", bytes);
  const files = entriesOf(signed, "meta", "snapshot", MAX_FILES);
  return {
    ...metadata,
    files: new Map(files.map(([name, value]) => [name, readDescription("snapshot", value)])),
  };
}

export function readTargets(bytes: Uint8Array): TargetsMetadata {
  const { metadata, signed } = readMetadata("targets", bytes);
  return { ...metadata, targets: Object.fromEntries(entriesOf(signed, "targets", "targets", MAX_FILES)) };
}

/** What the targets say about one file: its length and at least one hash (A108). */
export function describeTarget(
  { targets }: TargetsMetadata,
  name: string,
): FileDescription & { readonly length: number } {
  const target = member(targets, name);
  if (!isObject(target)) return refuseTuf("tuf.target", `the repository has no target ${name}`);
  const { length, hashes } = readFile("targets", target);
  if (length === null || hashes.length === 0) {
    return refuseTuf("tuf.target", `the target ${name} stands without length or SHA-2 hash`);
  }
  return { length, hashes };
}

/** Refuses metadata that fewer keys of the role signed than the root demands. */
export function requireSigned(metadata: Metadata, root: RootMetadata): void {
  const { keys, threshold } = root.roles[metadata.role];
  let count = 0;
  for (const [id, key] of keys) {
    const signature = metadata.signatures.get(id);
    if (signature !== undefined && isTufSignature(key, metadata.signedBytes, signature)) count += 1;
  }
  if (count < threshold) {
    refuseTuf("tuf.signature", `${metadata.role} was signed by ${count} keys of the ${threshold} it needs`);
  }
}

/** Refuses a file of other length or content than was signed: metadata as not published together (`tuf.rollback`). */
export function requireDescribed(
  what: string,
  bytes: Buffer,
  { length, hashes }: FileDescription,
  code: TufCode = "tuf.rollback",
): void {
  const fits =
    (length === null || bytes.length === length) &&
    hashes.every(([algorithm, value]) => hash(algorithm, bytes, "hex") === value);
  if (!fits) refuseTuf(code, `${what} is not the file that was signed`);
}

function readMetadata(
  role: RoleName,
  bytes: Uint8Array,
): { readonly metadata: Metadata; readonly signed: JsonObject } {
  const parsed = parseStrictJson(bytes, { bytes: LIMITS[role], depth: MAX_DEPTH });
  if (!parsed.ok) return malformed(role, parsed.reason.message);
  const signed = objectAt(parsed.value, "signed");
  if (signed === undefined) return malformed(role, "it has no signed part");
  if (stringAt(signed, "_type") !== role) return malformed(role, "it is of another type");
  if (!/^1(?:\.\d{1,4}){1,2}$/.test(stringAt(signed, "spec_version") ?? "")) {
    return malformed(role, "its spec_version is not 1.x");
  }
  const version = member(signed, "version");
  if (!isCount(version)) return malformed(role, "its version is not 1 or more");
  const expires = parseInstant(stringAt(signed, "expires"));
  if (expires === undefined) return malformed(role, "it does not say when it expires");
  const signatures = readSignatures(role, arrayAt(parsed.value, "signatures"));
  return {
    metadata: { role, version, expires: new Date(expires), signedBytes: canonicalBytes(signed), signatures },
    signed,
  };
}

/** An empty signature is one that is still to come (tuf-on-ci): it is none. */
function readSignatures(role: RoleName, list: readonly JsonValue[] | undefined): ReadonlyMap<string, Buffer> {
  if (list === undefined || list.length > MAX_KEYS) return malformed(role, "no list of signatures of a size");
  const signatures = new Map<string, Buffer>();
  for (const entry of list) {
    const id = stringAt(entry, "keyid");
    const value = stringAt(entry, "sig");
    if (id === undefined || value === undefined || !/^(?:[0-9a-f]{2}){0,2048}$/.test(value)) {
      return malformed(role, "it has a malformed signature");
    }
    if (signatures.has(id)) return malformed(role, `the key ${oneLine(id, 80)} signed it twice`);
    signatures.set(id, Buffer.from(value, "hex"));
  }
  return signatures;
}

function readDescription(role: RoleName, value: JsonValue | undefined): MetadataDescription {
  const version = member(value, "version");
  if (!isCount(version)) return malformed(role, "it names a file without its version");
  return { version, ...readFile(role, value) };
}

const HASHES: ReadonlyMap<string, readonly ["sha256" | "sha512", number]> = new Map([
  ["sha256", ["sha256", 64]],
  ["sha512", ["sha512", 128]],
]);

function readFile(role: RoleName, value: JsonValue | undefined): FileDescription {
  const length = member(value, "length") ?? null;
  if (length !== null && !isCount(length)) return malformed(role, "it names a file of a strange length");
  const given = member(value, "hashes");
  if (given === undefined) return { length, hashes: [] };
  const hashes = Object.entries(stringMap(given) ?? {}).flatMap(([name, hex]) => {
    const [algorithm, digits] = HASHES.get(name) ?? [];
    if (algorithm === undefined) return [];
    // It becomes part of a URL: hexadecimal and nothing else.
    return hex.length === digits && /^[0-9a-f]+$/.test(hex)
      ? [[algorithm, hex] as const]
      : malformed(role, `it has a ${algorithm} that is none`);
  });
  return hashes.length > 0 ? { length, hashes } : malformed(role, "it names a file by no SHA-2 hash");
}

function entriesOf(
  value: JsonValue,
  name: string,
  role: RoleName,
  most: number,
): readonly (readonly [string, JsonValue])[] {
  const found = objectAt(value, name);
  if (found === undefined) return malformed(role, `it has no ${name}`);
  const entries = Object.entries(found);
  return entries.length <= most ? entries : malformed(role, `it has more than ${most} ${name}`);
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function malformed(role: RoleName, fault: string): never {
  return refuseTuf("tuf.invalid", `the metadata of ${role} cannot be used: ${fault}`);
}
