import { gzipSync } from "fflate";

/** One file of an archive; the name begins with a slash, as `opa build` writes it. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * A tar.gz whose bytes depend on names and contents alone: names sorted, times and owners zero, no name or time in the
 * gzip header. Compressed by a library in JavaScript at one exact version: what zlib makes of the same bytes differs from
 * version to version and from processor to processor.
 */
export function packArchive(files: readonly ArchiveFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return compressTar([...sorted.map(tarEntry), Buffer.alloc(2 * BLOCK)]);
}

/** Parts of a tar as one gzip member, whose bytes depend on theirs alone. */
export function compressTar(parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(gzipSync(Buffer.concat(parts), { level: 9, mtime: 0 }));
}

/** Header, content and padding of one file. */
export function tarEntry(file: ArchiveFile): Buffer {
  return Buffer.concat([header(file), file.bytes, padding(file.bytes.byteLength)]);
}

/** Finds one file in a tar that `opa build` has just written; no reader for archives from elsewhere. */
export function fileInTar(tar: Uint8Array, name: string): Buffer | undefined {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength);
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const entry = bytes.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 136), 8);
    if (entry === "" || !Number.isSafeInteger(size)) return undefined;
    if (entry === name) return bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

/** A ustar header (POSIX.1-1988): a regular file, mode 0644, everything else zero. */
function header(file: ArchiveFile): Buffer {
  const name = Buffer.from(file.name, "utf8");
  if (name.length > 100) throw new RangeError(`the name ${file.name} does not fit a tar header`);
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0);
  block.write(octal(0o644, 8), 100, "latin1");
  block.write(octal(0, 8), 108, "latin1");
  block.write(octal(0, 8), 116, "latin1");
  block.write(octal(file.bytes.byteLength, 12), 124, "latin1");
  block.write(octal(0, 12), 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write("0", 156, "latin1");
  block.write("ustar\0", 257, "latin1");
  block.write("00", 263, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
