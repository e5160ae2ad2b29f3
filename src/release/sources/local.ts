import { realpathSync, readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { describeThrown, oneLine, success, watchFolders, type Result } from "../../core/index.ts";
import type { BundleSource, Delivery, FetchOptions, SourceCode } from "../types.ts";
import { guarded, SourceFault } from "./fault.ts";
import { fetchFile } from "./file.ts";
import { fetchFolder } from "./folder.ts";

/** Folders of one policy that are watched. */
const WATCHED = 200;

/** A file or a folder; which of them is looked at each time, and also whether there is one at all. */
export class LocalSource implements BundleSource {
  readonly name: string;
  readonly #path: string;

  constructor(path: string) {
    this.name = oneLine(path);
    this.#path = resolve(path);
  }

  fetch(options: FetchOptions): Promise<Result<Delivery | "unchanged", SourceCode>> {
    return guarded(this.name, options.signal, async () => {
      const found = await stat(this.#path).catch((thrown: unknown) => {
        throw statFault(thrown);
      });
      const delivered = found.isDirectory()
        ? await fetchFolder(this.#path, options)
        : await fetchFile(this.#path, options);
      return success(delivered);
    });
  }

  /** Watches the folder that holds the file, the folders that a link leads through, a policy's own subfolders. */
  watch(changed: () => void): () => void {
    let unwatch: (() => void) | undefined;
    const again = () => {
      const before = unwatch;
      unwatch = watchFolders(foldersOf(this.#path), () => {
        // Folders that have come are watched too, those that a link has led to before no longer.
        again();
        changed();
      });
      before?.();
    };
    again();
    return () => unwatch?.();
  }

  close(): void {
    // Nothing is kept open.
  }
}

function statFault(thrown: unknown): SourceFault {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new SourceFault("source.not_found", "there is no such policy");
  return code === "EACCES"
    ? new SourceFault("source.unauthorized", "may not be read by this user")
    : new SourceFault("source.unreachable", `cannot be read: ${describeThrown(thrown)}`);
}

function foldersOf(path: string): readonly string[] {
  const folders = new Set([dirname(path)]);
  try {
    const real = realpathSync(path);
    folders.add(dirname(real));
    // Throws where it is a file.
    const pending = [path, real];
    for (let next = pending.pop(); next !== undefined && folders.size < WATCHED; next = pending.pop()) {
      const entries = readdirSync(next, { withFileTypes: true });
      folders.add(next);
      for (const entry of entries) {
        if (entry.isDirectory() && !entry.name.startsWith(".")) pending.push(join(next, entry.name));
      }
    }
  } catch {
    // A file, or nothing yet.
  }
  return [...folders];
}
