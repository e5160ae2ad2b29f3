import { constants } from "node:fs";
import { open, readFile, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { RegistryFault } from "./fault.ts";
import { listTar, type TarEntry, type TarReader } from "./tar.ts";

/** The files of an image layout, wherever they lie. */
export interface LayoutFiles {
  /**
   * A whole file of at most `limit` bytes; `undefined` where there is none. The names come from this stage alone and
   * are made of digests, never of anything read.
   */
  read(name: string, limit: number): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** Opens a folder, a tar or a gzipped tar of at most so many bytes unpacked. */
export async function openFiles(path: string, unpackedBytes: number): Promise<LayoutFiles> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new RegistryFault("registry.not_found", `${path} does not exist`);
  if (info.isDirectory()) return folderFiles(path);
  if (!info.isFile()) throw new RegistryFault("registry.protocol", `${path} is neither a folder nor a file`);
  const handle = await open(path, "r");
  const magic = await readAt(handle, 0, 2);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
    const reader = { size: info.size, read: (from: number, length: number) => readAt(handle, from, length) };
    return tarFiles(path, reader, () => handle.close());
  }
  await handle.close();
  const bytes = await unzip(path, info.size, unpackedBytes);
  const read = async (from: number, length: number) => bytes.subarray(from, from + length);
  return tarFiles(path, { size: bytes.byteLength, read }, async () => undefined);
}

function folderFiles(folder: string): LayoutFiles {
  return {
    async read(name, limit) {
      // Without O_NONBLOCK, opening a named pipe would wait for ever.
      const handle = await open(join(folder, name), constants.O_RDONLY | constants.O_NONBLOCK).catch(
        (thrown: unknown) => {
          if (isMissing(thrown)) return undefined;
          throw new RegistryFault("registry.unavailable", `${name} of ${folder} cannot be opened`);
        },
      );
      if (handle === undefined) return undefined;
      try {
        const info = await handle.stat();
        if (!info.isFile()) throw new RegistryFault("registry.protocol", `${name} of ${folder} is no file`);
        if (info.size > limit) throw tooLarge(name, folder, limit);
        return await readAt(handle, 0, info.size);
      } finally {
        await handle.close();
      }
    },
    close: async () => undefined,
  };
}

async function tarFiles(path: string, reader: TarReader, close: () => Promise<void>): Promise<LayoutFiles> {
  let entries: ReadonlyMap<string, TarEntry>;
  try {
    entries = await listTar(reader);
  } catch (thrown) {
    await close();
    throw thrown instanceof RegistryFault
      ? new RegistryFault(thrown.code, `${path}: ${thrown.message}`)
      : thrown;
  }
  return {
    async read(name, limit) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.size > limit) throw tooLarge(name, path, limit);
      return reader.read(entry.offset, entry.size);
    },
    close,
  };
}

async function unzip(path: string, size: number, limit: number): Promise<Uint8Array> {
  if (size > limit) throw tooLarge("the archive", path, limit);
  try {
    return await promisify(gunzip)(await readFile(path), { maxOutputLength: limit });
  } catch (thrown) {
    const long = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_BUFFER_TOO_LARGE";
    if (long) throw tooLarge("the archive unpacked", path, limit);
    throw new RegistryFault("registry.protocol", `${path} is no valid gzip`);
  }
}

async function readAt(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function isMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")
  );
}

function tooLarge(name: string, path: string, limit: number): RegistryFault {
  return new RegistryFault("registry.limit_exceeded", `${name} of ${path} has more than ${limit} bytes`);
}
