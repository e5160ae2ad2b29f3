import { constants } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { describeThrown, oneLine } from "../../core/index.ts";
import { SourceFault } from "./fault.ts";

/** A whole file, and what tells whether the path still leads to it. */
export interface SettledFile {
  readonly bytes: Uint8Array;
  readonly identity: string;
}

/**
 * Reads a regular file of at most `limit` bytes through one descriptor, so that a link swapped meanwhile cannot mix two
 * files; `null` where it was written to meanwhile. Codes: `source.not_found`, `source.unauthorized`,
 * `source.limit_exceeded`, `source.invalid`, `source.unreachable`.
 */
export async function readSettled(
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<SettledFile | null> {
  signal.throwIfAborted();
  const file = await opened(path);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new SourceFault("source.invalid", `${oneLine(path)} is no regular file`);
    if (before.size > BigInt(limit)) throw tooLarge(path, limit);
    const bytes = await readAll(file, Number(before.size));
    const after = await file.stat({ bigint: true });
    const whole = bytes.byteLength === Number(before.size) && identityOf(before) === identityOf(after);
    return whole ? { bytes, identity: identityOf(before) } : null;
  } catch (thrown) {
    throw asFault(thrown, path);
  } finally {
    await file.close();
  }
}

/** … and `undefined` where there is no such file. */
export async function readSettledIfThere(
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<SettledFile | null | undefined> {
  try {
    return await readSettled(path, limit, signal);
  } catch (thrown) {
    if (thrown instanceof SourceFault && thrown.code === "source.not_found") return undefined;
    throw thrown;
  }
}

/** Whether the path leads, now, to the file that was read, and nobody has written to it since. */
export async function leadsTo(path: string, identity: string): Promise<boolean> {
  try {
    return identityOf(await stat(path, { bigint: true })) === identity;
  } catch {
    return false;
  }
}

/** Not ctime: a file that is replaced by renaming changes it, and its bytes stay. */
function identityOf(found: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`;
}

/** Does not wait for who writes, should it be a pipe. */
async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw asFault(thrown, path);
  }
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  // One more than there should be: a file that has grown shows.
  const buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function tooLarge(path: string, limit: number): SourceFault {
  return new SourceFault("source.limit_exceeded", `${oneLine(path)} is larger than ${limit} bytes`);
}

function asFault(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown) || thrown instanceof SourceFault) return thrown;
  switch (thrown.code) {
    case "ENOENT":
    case "ENOTDIR":
      return new SourceFault("source.not_found", `${oneLine(path)} does not exist`);
    case "EACCES":
    case "EPERM":
      return new SourceFault("source.unauthorized", `${oneLine(path)} may not be read by this user`);
    default:
      return new SourceFault(
        "source.unreachable",
        `${oneLine(path)} cannot be read: ${describeThrown(thrown)}`,
      );
  }
}
