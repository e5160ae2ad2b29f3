import { compressTar, tarEntry } from "../source/archive.ts";
import { inflate, unpackTar } from "./files.ts";

const BLOCK = 512;

/**
 * A bundle's archive with one more file behind all others, or in place of the one of that name. The other files keep
 * their places and every byte of their entries; the same archive and file give the same bytes everywhere. Throws
 * `BundleFault` where the archive cannot be read.
 */
export function archiveWithFile(archive: Uint8Array, name: string, bytes: Uint8Array): Buffer {
  const tar = inflate(archive);
  const files = unpackTar(tar);
  const old = files.find((file) => file.name === name);
  const all = tar.subarray(0, files.at(-1)?.end ?? 0);
  const kept = old === undefined ? [all] : [all.subarray(0, old.start), all.subarray(old.end)];
  return compressTar([...kept, tarEntry({ name: `/${name}`, bytes }), Buffer.alloc(2 * BLOCK)]);
}
