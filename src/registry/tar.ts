import { RegistryFault } from "./fault.ts";

/** Random access to the bytes of an archive; reads beyond its end come back shorter. */
export interface TarReader {
  readonly size: number;
  read(from: number, length: number): Promise<Uint8Array>;
}

/** Where a regular file's bytes lie in the archive. */
export interface TarEntry {
  readonly offset: number;
  readonly size: number;
}

const BLOCK = 512;
const MAX_ENTRIES = 100_000;
const MAX_NAME_BYTES = 64 * 1024;

/**
 * Lists the regular files of a POSIX tar (ustar, pax `path` and `size`, GNU long names) by name, without unpacking
 * anything. Refused, not skipped: links, devices, sparse files, names that are absolute or climb, the same name
 * twice, wrong checksums, files that reach beyond the archive's end (A127).
 */
export async function listTar(reader: TarReader): Promise<ReadonlyMap<string, TarEntry>> {
  const files = new Map<string, TarEntry>();
  let pending: Overrides = {};
  let position = 0;
  for (let entries = 0; ; entries++) {
    if (entries >= MAX_ENTRIES) throw limited(`more than ${MAX_ENTRIES} entries`);
    const block = Buffer.from(await reader.read(position, BLOCK));
    if (block.byteLength < BLOCK) throw broken("it ends in the middle of a header");
    if (block.every((byte) => byte === 0)) return files;
    const header = readHeader(block);
    const size = pending.size ?? header.size;
    const offset = position + BLOCK;
    position = offset + Math.ceil(size / BLOCK) * BLOCK;
    switch (header.type) {
      case "0":
      case "\0": {
        const name = safeName(pending.name ?? header.name);
        if (files.has(name)) throw broken("it holds a file twice");
        files.set(name, { offset, size });
        pending = {};
        break;
      }
      case "5":
        safeName(pending.name ?? header.name);
        pending = {};
        break;
      case "x":
        pending = { ...pending, ...readPax(await readName(reader, offset, size)) };
        break;
      case "g":
        if (Object.keys(readPax(await readName(reader, offset, size))).length > 0) {
          throw broken("a global header renames or resizes its files");
        }
        break;
      case "L": {
        const name = (await readName(reader, offset, size)).toString("utf8");
        pending = { ...pending, name: name.replace(/\0+$/, "") };
        break;
      }
      default:
        throw broken("it holds something that is neither a file nor a folder, such as a link");
    }
  }
}

interface Overrides {
  readonly name?: string;
  readonly size?: number;
}

function readHeader(block: Buffer): { readonly name: string; readonly size: number; readonly type: string } {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
  if (octal(block, 148, 8) !== sum) throw broken("a header's checksum is wrong");
  const posix = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = posix ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12),
    type: block.toString("latin1", 156, 157),
  };
}

/** pax records, `LENGTH KEY=VALUE\n` each (POSIX.1-2001, pax, "pax Extended Header"). */
function readPax(bytes: Buffer): Overrides {
  let overrides: Overrides = {};
  for (let position = 0; position < bytes.byteLength;) {
    const space = bytes.indexOf(0x20, position);
    const digits = space === -1 ? "" : bytes.toString("latin1", position, space);
    const length = /^[1-9][0-9]{0,6}$/.test(digits) ? Number(digits) : 0;
    const end = position + length;
    if (end <= space || end > bytes.byteLength || bytes[end - 1] !== 0x0a)
      throw broken("a pax header is malformed");
    const record = bytes.toString("utf8", space + 1, end - 1);
    const equals = record.indexOf("=");
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === "path") overrides = { ...overrides, name: value };
    if (key === "size") {
      if (!/^[0-9]{1,15}$/.test(value)) throw broken("a pax header has a strange size");
      overrides = { ...overrides, size: Number(value) };
    }
    if (key.startsWith("GNU.sparse")) throw broken("it holds a sparse file");
    position = end;
  }
  return overrides;
}

async function readName(reader: TarReader, offset: number, size: number): Promise<Buffer> {
  if (size > MAX_NAME_BYTES) throw limited(`a name or header of more than ${MAX_NAME_BYTES} bytes`);
  return Buffer.from(await reader.read(offset, size));
}

function safeName(given: string): string {
  const name = given.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  const climbs = name.split("/").some((part) => part === "..");
  if (given.startsWith("/") || climbs || /[\0\\]/.test(name)) {
    throw broken("it holds a name that leads out of it");
  }
  return name;
}

function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function octal(block: Buffer, from: number, length: number): number {
  const digits = block
    .toString("latin1", from, from + length)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  // Base-256 sizes begin at 8 GiB, more than any file that is read here.
  if (!/^[0-7]{1,12}$/.test(digits)) throw broken("a header has a number that is not octal");
  return Number.parseInt(digits, 8);
}

function broken(what: string): RegistryFault {
  return new RegistryFault("registry.protocol", `the tar is refused: ${what}`);
}

function limited(what: string): RegistryFault {
  return new RegistryFault("registry.limit_exceeded", `the tar is refused: ${what}`);
}
