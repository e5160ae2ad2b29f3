import { readdir, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { digestOf, type Digest } from "../../core/index.ts";
import type { DeliveredFolder, FetchOptions } from "../types.ts";
import { compileFolder, firstFault } from "./compile-folder.ts";
import { SourceFault } from "./fault.ts";
import { SOURCE_LIMITS } from "./limits.ts";
import { readSettled } from "./settled-file.ts";

const ATTEMPTS = 3;
/** The link by which Kubernetes swaps all files of a mounted ConfigMap or Secret at once. */
const MOUNTED = "..data";

/**
 * The policy that a folder makes, compiled here and now. Its version is the digest of its files' names and contents;
 * they are the same before and after, else it is compiled again, and at last refused as `source.changed_while_read`.
 */
export async function fetchFolder(
  path: string,
  { known, signal }: FetchOptions,
): Promise<DeliveredFolder | "unchanged"> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const folder = await mountedFolder(path);
    const version = await folderVersion(folder, signal);
    if (version !== null && version === known) return "unchanged";
    const compiled = await orAborted(compileFolder(folder), signal);
    if (version === null || version !== (await folderVersion(folder, signal))) continue;
    // Named as the reader knows the folder, not by the link's target.
    if (!compiled.ok) throw new SourceFault("source.invalid", firstFault("", compiled.faults));
    return { kind: "folder", bundle: compiled.value.bundle, version };
  }
  throw new SourceFault("source.changed_while_read", "the folder changes while it is compiled");
}

/** The folder that Kubernetes' link leads to, which is never written to, or the folder itself. */
export async function mountedFolder(path: string): Promise<string> {
  const folder = await realpath(path);
  const mounted = await realpath(join(folder, MOUNTED)).catch(() => undefined);
  return mounted?.startsWith(folder + sep) === true ? mounted : folder;
}

/** `null` where something was written to or vanished while it was read. Hidden files are no part of a policy. */
async function folderVersion(folder: string, signal: AbortSignal): Promise<Digest | null> {
  const files = await filesOf(folder);
  if (files === null) return null;
  const lines: string[] = [];
  let bytes = 0;
  for (const file of files) {
    const read = await readSettled(join(folder, file), SOURCE_LIMITS.folderBytes, signal).catch(absent);
    if (read === null) return null;
    if (read === undefined) continue;
    bytes += read.bytes.byteLength;
    if (bytes > SOURCE_LIMITS.folderBytes) throw tooMuch(`${SOURCE_LIMITS.folderBytes} bytes`);
    lines.push(JSON.stringify([file, digestOf(read.bytes)]));
  }
  return digestOf(Buffer.from(lines.join("\n")));
}

/** A dangling link or a folder that is linked to is no file of the policy. */
function absent(thrown: unknown): undefined {
  const codes: readonly string[] = ["source.not_found", "source.invalid"];
  if (thrown instanceof SourceFault && codes.includes(thrown.code)) return undefined;
  throw thrown;
}

/** Names relative to the folder, sorted; `null` where a subfolder vanished meanwhile. */
async function filesOf(folder: string): Promise<readonly string[] | null> {
  const files: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => null);
    if (entries === null) return null;
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else files.push(relative(folder, path));
      if (files.length + pending.length > SOURCE_LIMITS.folderFiles) {
        throw tooMuch(`${SOURCE_LIMITS.folderFiles} files`);
      }
    }
  }
  return files.toSorted();
}

function tooMuch(what: string): SourceFault {
  return new SourceFault("source.limit_exceeded", `the folder holds more than ${what}; a policy is smaller`);
}

/** What OPA builds meanwhile ends by itself. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(new SourceFault("source.unreachable", "the policy was not compiled before the deadline"));
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
