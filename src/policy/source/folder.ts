import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { describeThrown } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";

/** Why a file of the folder could not be had. */
export type FolderCode =
  "policy.file_missing" | "policy.file_outside" | "policy.file_invalid" | "policy.limit_exceeded";

export interface FolderFault {
  readonly code: FolderCode;
  readonly message: string;
}

/** A policy folder: reads only what lies in it, links resolved, in bounds. */
export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(path: string): Promise<Folder | FolderFault> {
    try {
      const real = await realpath(path);
      if (!(await stat(real)).isDirectory()) {
        return {
          code: "policy.file_missing",
          message: `${path} is no folder; expected one with a policy.yaml`,
        };
      }
      return new Folder(real);
    } catch (thrown) {
      return { code: "policy.file_missing", message: `${path} cannot be read: ${describeThrown(thrown)}` };
    }
  }

  /** The text of a regular file of at most `limit` bytes, named relative to the folder. */
  async text(name: string, limit: number): Promise<string | FolderFault> {
    try {
      const real = await realpath(join(this.path, name));
      if (!real.startsWith(this.path + sep)) {
        return { code: "policy.file_outside", message: `${name} lies outside the policy's folder` };
      }
      const found = await stat(real);
      if (!found.isFile()) return { code: "policy.file_missing", message: `${name} is no file` };
      if (found.size > limit) {
        return {
          code: "policy.limit_exceeded",
          message: `${name} has ${found.size} bytes; at most ${limit}`,
        };
      }
      return decode(name, await readFile(real));
    } catch (thrown) {
      const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
      const message = missing
        ? `${name} does not exist`
        : `${name} cannot be read: ${describeThrown(thrown)}`;
      return { code: "policy.file_missing", message };
    }
  }

  /** Something of this name lies directly in the folder. */
  async has(name: string): Promise<boolean> {
    return (await readdir(this.path)).includes(name);
  }

  /** Names of the files below a subfolder with this ending, sorted; none where there is no such subfolder. */
  async list(subfolder: string, ending: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(join(this.path, subfolder), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending))
        .map((entry) => relative(this.path, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort();
    } catch {
      return [];
    }
  }
}

function decode(name: string, bytes: Uint8Array): string | FolderFault {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { code: "policy.file_invalid", message: `${name} is not UTF-8` };
  }
}

/** A fault of a whole file. */
export function fileFault(file: string, fault: { code: string; message: string }): PolicyFault {
  return { code: fault.code, message: fault.message, file, line: null, column: null };
}
