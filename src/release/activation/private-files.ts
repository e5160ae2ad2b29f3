import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder that only this user may write to, or finds that it is one. Throws where it is not: who may write here
 * could bring back an older state.
 */
export async function openPrivateFolder(path: string): Promise<void> {
  // Not with its parents: below some file systems Node never ends to try.
  await mkdir(path, { mode: 0o700 }).catch(unlessThere);
  const found = await lstat(path);
  if (!found.isDirectory()) throw new Error("it is no folder");
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own) {
    throw new Error(
      `its folder belongs to user ${found.uid}, and this is user ${own}: chown it, or remove it`,
    );
  }
  if ((found.mode & 0o022) !== 0) {
    throw new Error("its folder may be written to by others: make it private (chmod 700)");
  }
}

/** A regular file of at most `limit` bytes, no link; `undefined` where there is none. */
export async function readPrivate(path: string, limit: number): Promise<Buffer | undefined> {
  try {
    // Does not wait for who writes, should it be a pipe.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using file = await open(path, flags);
    const found = await file.stat();
    if (!found.isFile() || found.size > limit) throw new Error(`it is no file of at most ${limit} bytes`);
    const bytes = await file.readFile();
    if (bytes.byteLength > limit) throw new Error(`it is larger than ${limit} bytes`);
    return bytes;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Whole or not at all, also where the machine stops meanwhile: the file is on the disk before it has its name. */
export async function replacePrivate(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await using file = await open(draft, "wx", 0o600);
    await file.writeFile(bytes);
    await file.sync();
    await rename(draft, path);
  } catch (thrown) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw thrown;
  }
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, "r");
    await folder.sync();
  } catch (thrown) {
    // Some file systems cannot: what they promise of names is theirs.
    if (!["EINVAL", "EISDIR", "EPERM", "ENOTSUP"].includes(codeOf(thrown) ?? "")) throw thrown;
  }
}

function unlessThere(thrown: unknown): void {
  if (codeOf(thrown) !== "EEXIST") throw thrown;
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}
