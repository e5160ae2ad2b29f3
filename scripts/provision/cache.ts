import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { sourceKey } from "./go.ts";
import { executableName, type Tool } from "./tools.ts";

/** Where tools are kept: outside the clone, so that a fresh one finds them. */
export function defaultCache(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"];
  // The XDG base directory specification says that a relative path is to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".cache"), "assay", "tools");
}

/**
 * One tool's place in the cache: `<cache>/<name>-<version>/<name>`, its checksum recorded beside it. Where a Go module
 * of this repository builds it, a hash of that module is part of the folder's name.
 */
export class CachedTool {
  readonly folder: string;
  readonly file: string;
  readonly #record: string;

  constructor(cache: string, tool: Tool) {
    this.folder = join(cache, `${tool.name}-${tool.version}${sourceKey(tool)}`);
    this.file = join(this.folder, executableName(tool));
    // As `sha256sum --check` reads it.
    this.#record = `${this.file}.sha256`;
  }

  /** `recorded`: the bytes are those once put there. `unrecorded`: a file that nobody vouches for yet. */
  async state(): Promise<"absent" | "unrecorded" | "recorded" | "corrupted"> {
    if (!(await isFile(this.file))) return "absent";
    const recorded = await readSha256(this.#record);
    if (recorded === undefined) return "unrecorded";
    return recorded === (await sha256(this.file)) ? "recorded" : "corrupted";
  }

  /** Notes the checksum of the file that is in place. */
  async record(): Promise<void> {
    const text = `${await sha256(this.file)}  ${basename(this.file)}\n`;
    const temporary = `${this.#record}.${String(process.pid)}`;
    await writeFile(temporary, text);
    await rename(temporary, this.#record);
  }

  async clear(): Promise<void> {
    await rm(this.#record, { force: true });
    await rm(this.file, { force: true });
  }

  /** A folder on the same file system, to make the file in; gone after `use`. */
  async withWorkFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(this.folder, { recursive: true });
    const work = await mkdtemp(join(this.folder, ".work-"));
    try {
      return await use(work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  /** Puts a finished file in place, in one step. */
  async install(finished: string): Promise<void> {
    await rm(this.#record, { force: true });
    await rename(finished, this.file);
    await this.record();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function readSha256(path: string): Promise<string | undefined> {
  try {
    return /^[0-9a-f]{64}(?=\s)/u.exec(await readFile(path, "utf8"))?.[0];
  } catch {
    return undefined;
  }
}
