import { hash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  arrayAt,
  describeThrown,
  member,
  parseStrictJson,
  stringAt,
  type JsonValue,
} from "../../core/index.ts";
import { parseInstant } from "../trust-root.ts";
import { refuseTuf } from "./fault.ts";
import type { KeptFiles } from "./repository.ts";

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * One file per repository in a private folder, replaced as a whole: readers see the old or the new, never a mixture. Its
 * name is a hash of the mirror's address and the pinned root, so that no name from outside becomes a path (A041, A106).
 */
export class TufCache {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, mirror: string, initialRoot: Uint8Array) {
    this.#folder = folder;
    this.#name = `tuf-${hash("sha256", `${mirror}\n${hash("sha256", initialRoot)}`)}.json`;
  }

  /** `undefined` where nothing was kept yet; throws `tuf.cache` where it cannot be used. */
  async read(): Promise<KeptFiles | undefined> {
    const bytes = await this.#readBytes();
    if (bytes === undefined) return undefined;
    const parsed = parseStrictJson(bytes, { bytes: MAX_BYTES, depth: 4 });
    return parsed.ok ? filesOf(parsed.value) : refuseTuf("tuf.cache", parsed.reason.message);
  }

  async write(files: KeptFiles): Promise<void> {
    const path = join(this.#folder, this.#name);
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#requirePrivate();
      const handle = await open(draft, "wx", 0o600);
      try {
        await handle.writeFile(JSON.stringify(jsonOf(files)));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
    } catch (thrown) {
      await rm(draft, { force: true }).catch(() => undefined);
      refuseTuf("tuf.cache", `the cache cannot be written: ${describeThrown(thrown)}`);
    }
  }

  async #readBytes(): Promise<Buffer | undefined> {
    try {
      await this.#requirePrivate();
      const handle = await open(join(this.#folder, this.#name), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const stat = await handle.stat();
        if (!stat.isFile() || stat.size > MAX_BYTES) throw new Error("it is no file of a size");
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
      return refuseTuf("tuf.cache", `the cache cannot be read: ${describeThrown(thrown)}`);
    }
  }

  /** What is read is proven again in any case; but who may write here could keep us at an older state. */
  async #requirePrivate(): Promise<void> {
    const stat = await lstat(this.#folder);
    if (!stat.isDirectory()) throw new Error("it is not in a folder");
    const me = process.getuid?.();
    if (me === undefined) return;
    if (stat.uid !== me || (stat.mode & 0o022) !== 0) {
      throw new Error("its folder is another's, or others may write to it; `chmod 700` it");
    }
  }
}

function jsonOf({ roots, publication }: KeptFiles): JsonValue {
  return {
    roots: roots.map((bytes) => bytes.toString("utf8")),
    publication: publication && {
      rootVersion: publication.rootVersion,
      timestamp: publication.timestamp.toString("utf8"),
      snapshot: publication.snapshot.toString("utf8"),
      targets: publication.targets.toString("utf8"),
      target: publication.target.toString("utf8"),
      confirmed: publication.confirmed.toISOString(),
    },
  };
}

function filesOf(value: JsonValue): KeptFiles {
  const roots = (arrayAt(value, "roots") ?? [null]).map((root) => bytesOf(root));
  const publication = member(value, "publication") ?? null;
  if (publication === null) return { roots, publication };
  const rootVersion = member(publication, "rootVersion");
  const confirmed = parseInstant(stringAt(publication, "confirmed"));
  if (typeof rootVersion !== "number" || confirmed === undefined) {
    return refuseTuf("tuf.cache", "the cache is not what was written there");
  }
  const part = (name: string): Buffer => bytesOf(member(publication, name));
  return {
    roots,
    publication: {
      rootVersion,
      timestamp: part("timestamp"),
      snapshot: part("snapshot"),
      targets: part("targets"),
      target: part("target"),
      confirmed: new Date(confirmed),
    },
  };
}

function bytesOf(value: JsonValue | undefined): Buffer {
  return typeof value === "string"
    ? Buffer.from(value, "utf8")
    : refuseTuf("tuf.cache", "the cache is not what was written there");
}
