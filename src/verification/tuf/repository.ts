import { parseStrictJson, type JsonValue } from "../../core/index.ts";
import { refuseTuf } from "./fault.ts";
import {
  describeTarget,
  LIMITS,
  readRoot,
  readSnapshot,
  readTargets,
  readTimestamp,
  requireDescribed,
  requireSigned,
  type Metadata,
  type MetadataDescription,
  type RootMetadata,
  type SnapshotMetadata,
  type TargetsMetadata,
  type TimestampMetadata,
} from "./metadata.ts";
import type { Mirror } from "./mirror.ts";

export const TARGET = "trusted_root.json";
const MAX_TARGET_BYTES = 1024 * 1024;
const MAX_ROTATIONS = 256;

/** Bytes as they were served, beside what they say. */
interface File<T> {
  readonly bytes: Buffer;
  readonly says: T;
}

/** Files that were published together, each proven by the one before. */
export interface Publication {
  /** Version of the root metadata under which it was proven. */
  readonly rootVersion: number;
  readonly timestamp: File<TimestampMetadata>;
  readonly snapshot: File<SnapshotMetadata>;
  readonly targets: File<TargetsMetadata>;
  readonly target: File<JsonValue>;
  /** When the mirror last had nothing newer. */
  readonly confirmed: Date;
}

/** What of a repository is kept, as it was served. */
export interface KeptFiles {
  /** All root metadata after the pinned one, in order. */
  readonly roots: readonly Buffer[];
  readonly publication: {
    readonly rootVersion: number;
    readonly timestamp: Buffer;
    readonly snapshot: Buffer;
    readonly targets: Buffer;
    readonly target: Buffer;
    readonly confirmed: Date;
  } | null;
}

/**
 * One TUF repository, followed from a pinned root as the client workflow of the TUF specification (§5) says, for the
 * sake of a single target. What it holds is always proven: `update` changes it only by what was verified, and throws a
 * `TufFault` where the mirror gives anything else.
 */
export class TufRepository {
  readonly #accept: (target: JsonValue) => void;
  readonly #roots: File<RootMetadata>[];
  #publication: Publication | null = null;

  /** `accept` throws where a trusted root cannot be used, though it be signed: the last good one is kept then. */
  constructor(initialRoot: Uint8Array, accept: (target: JsonValue) => void) {
    const initial = { bytes: Buffer.from(initialRoot), says: readRoot(initialRoot) };
    // It is trusted because it is pinned; signing itself shows that it came whole.
    requireSigned(initial.says, initial.says);
    this.#roots = [initial];
    this.#accept = accept;
  }

  get root(): RootMetadata {
    const latest = this.#roots.at(-1);
    return latest === undefined ? refuseTuf("internal", "no root metadata") : latest.says;
  }

  get publication(): Publication | null {
    return this.#publication;
  }

  get files(): KeptFiles {
    const last = this.#publication;
    return {
      roots: this.#roots.slice(1).map(({ bytes }) => bytes),
      publication: last && {
        rootVersion: last.rootVersion,
        timestamp: last.timestamp.bytes,
        snapshot: last.snapshot.bytes,
        targets: last.targets.bytes,
        target: last.target.bytes,
        confirmed: last.confirmed,
      },
    };
  }

  /** Proves again, from the pinned root on, what was kept: where it was kept need not be trusted. */
  restore({ roots, publication }: KeptFiles): void {
    for (const bytes of roots) this.#addRoot(bytes);
    if (publication === null) return;
    const root = this.#roots.find(({ says }) => says.version === publication.rootVersion)?.says;
    if (root === undefined) return refuseTuf("tuf.cache", "root metadata is missing");
    const timestamp = { bytes: publication.timestamp, says: readTimestamp(publication.timestamp) };
    requireSigned(timestamp.says, root);
    const snapshot = readSnapshotFile(publication.snapshot, timestamp.says, root);
    const targets = readTargetsFile(publication.targets, snapshot.says, root);
    const target = this.#readTarget(publication.target, targets.says);
    const { rootVersion, confirmed } = publication;
    this.#publication = { rootVersion, timestamp, snapshot, targets, target, confirmed };
  }

  /** Follows the mirror to what it has published last. */
  async update(mirror: Mirror, now: Date): Promise<void> {
    await this.#updateRoot(mirror);
    const { root } = this;
    requireCurrent(root, now);
    const timestamp = await this.#updateTimestamp(mirror);
    requireCurrent(timestamp.says, now);
    const snapshot = await this.#updateSnapshot(mirror, timestamp.says);
    requireCurrent(snapshot.says, now);
    const targets = await this.#updateTargets(mirror, snapshot.says);
    requireCurrent(targets.says, now);
    const target = await this.#updateTarget(mirror, targets.says);
    const rootVersion = root.version;
    this.#publication = { rootVersion, timestamp, snapshot, targets, target, confirmed: now };
  }

  /** §5.3: every root is signed by the one before and by itself. What is proven stays, whatever fails later. */
  async #updateRoot(mirror: Mirror): Promise<void> {
    for (let step = 0; step < MAX_ROTATIONS; step++) {
      const bytes = await mirror.find(`${this.root.version + 1}.root.json`, LIMITS.root);
      if (bytes === undefined) return;
      this.#addRoot(bytes);
    }
    refuseTuf("tuf.too_large", `more than ${MAX_ROTATIONS} new versions of the root; pin a newer root.json`);
  }

  #addRoot(bytes: Buffer): void {
    const { root } = this;
    const next = readRoot(bytes);
    requireSigned(next, root);
    if (next.version !== root.version + 1) {
      refuseTuf("tuf.rollback", `root metadata of version ${next.version} follows version ${root.version}`);
    }
    requireSigned(next, next);
    this.#roots.push({ bytes, says: next });
  }

  /** §5.4 */
  async #updateTimestamp(mirror: Mirror): Promise<File<TimestampMetadata>> {
    const bytes = await mirror.get("timestamp.json", LIMITS.timestamp);
    const says = readTimestamp(bytes);
    requireSigned(says, this.root);
    const last = this.#publication?.timestamp;
    // Where the root has changed the role's keys, whatever the old ones signed no longer binds (§5.3.11).
    if (last === undefined || !isSigned(last.says, this.root)) return { bytes, says };
    requireNotOlder("the timestamp", says.version, last.says.version);
    requireNotOlder("the snapshot", says.snapshot.version, last.says.snapshot.version);
    return says.version === last.says.version ? last : { bytes, says };
  }

  /** §5.5 */
  async #updateSnapshot(mirror: Mirror, timestamp: TimestampMetadata): Promise<File<SnapshotMetadata>> {
    const { root } = this;
    const last = this.#publication?.snapshot;
    const kept = last && attempt(() => readSnapshotFile(last.bytes, timestamp, root));
    if (kept !== undefined) return kept;
    const name = this.#metadataName("snapshot", timestamp.snapshot);
    const bytes = await mirror.get(name, atMost(timestamp.snapshot.length, LIMITS.snapshot));
    const snapshot = readSnapshotFile(bytes, timestamp, root);
    if (last !== undefined && isSigned(last.says, root)) {
      for (const [file, { version }] of last.says.files) {
        requireNotOlder(file, snapshot.says.files.get(file)?.version ?? 0, version);
      }
    }
    return snapshot;
  }

  /** §5.6 */
  async #updateTargets(mirror: Mirror, snapshot: SnapshotMetadata): Promise<File<TargetsMetadata>> {
    const { root } = this;
    const last = this.#publication?.targets;
    const kept = last && attempt(() => readTargetsFile(last.bytes, snapshot, root));
    if (kept !== undefined) return kept;
    const described = describedTargets(snapshot);
    const name = this.#metadataName("targets", described);
    const bytes = await mirror.get(name, atMost(described.length, LIMITS.targets));
    return readTargetsFile(bytes, snapshot, root);
  }

  /** §5.7; the name that is asked for is made of a constant and of hexadecimal digits alone (A041, A106). */
  async #updateTarget(mirror: Mirror, targets: TargetsMetadata): Promise<File<JsonValue>> {
    const last = this.#publication?.target;
    const kept = last && attempt(() => this.#readTarget(last.bytes, targets));
    if (kept !== undefined) return kept;
    const { length, hashes } = describeTarget(targets, TARGET);
    const [, hash = ""] = hashes[0] ?? [];
    const name = this.root.consistentSnapshot ? `${hash}.${TARGET}` : TARGET;
    return this.#readTarget(await mirror.get(`targets/${name}`, atMost(length, MAX_TARGET_BYTES)), targets);
  }

  #readTarget(bytes: Buffer, targets: TargetsMetadata): File<JsonValue> {
    requireDescribed(TARGET, bytes, describeTarget(targets, TARGET), "tuf.target");
    const parsed = parseStrictJson(bytes, { bytes: MAX_TARGET_BYTES, depth: 50 });
    if (!parsed.ok) return refuseTuf("tuf.target", `${TARGET}: ${parsed.reason.message}`);
    this.#accept(parsed.value);
    return { bytes, says: parsed.value };
  }

  #metadataName(role: "snapshot" | "targets", { version }: MetadataDescription): string {
    return this.root.consistentSnapshot ? `${version}.${role}.json` : `${role}.json`;
  }
}

function readSnapshotFile(
  bytes: Buffer,
  timestamp: TimestampMetadata,
  root: RootMetadata,
): File<SnapshotMetadata> {
  requireDescribed("the snapshot", bytes, timestamp.snapshot);
  const says = readSnapshot(bytes);
  requireSigned(says, root);
  requireVersion(says, timestamp.snapshot);
  return { bytes, says };
}

function readTargetsFile(
  bytes: Buffer,
  snapshot: SnapshotMetadata,
  root: RootMetadata,
): File<TargetsMetadata> {
  const described = describedTargets(snapshot);
  requireDescribed("the targets' metadata", bytes, described);
  const says = readTargets(bytes);
  requireSigned(says, root);
  requireVersion(says, described);
  return { bytes, says };
}

function describedTargets(snapshot: SnapshotMetadata): MetadataDescription {
  return (
    snapshot.files.get("targets.json") ?? refuseTuf("tuf.invalid", "the snapshot does not name targets.json")
  );
}

function requireVersion({ role, version }: Metadata, described: MetadataDescription): void {
  if (version !== described.version) {
    refuseTuf("tuf.rollback", `${role} is of version ${version}, not ${described.version} as was signed`);
  }
}

function requireNotOlder(what: string, version: number, last: number): void {
  if (version < last) {
    refuseTuf("tuf.rollback", `${what} is of version ${version}; version ${last} was seen before`);
  }
}

/** Expired metadata may be held back by whoever runs the mirror: it tells nothing of now (T107). */
function requireCurrent({ role, expires }: Metadata, now: Date): void {
  if (expires <= now) refuseTuf("tuf.expired", `${role} expired at ${expires.toISOString()}`);
}

function isSigned(metadata: Metadata, root: RootMetadata): boolean {
  return attempt(() => (requireSigned(metadata, root), true)) ?? false;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function atMost(length: number | null, limit: number): number {
  return Math.min(length ?? limit, limit);
}
