import { oneLine } from "../../core/index.ts";
import { normalizeName } from "./names.ts";
import { BundleFault } from "./fault.ts";
import { BUNDLE_LIMITS } from "./limits.ts";

const BLOCK = 512;
const LINE_FEED = 0x0a;

/** Bytes of a pax record's length and key with what stands around them. */
const MOST_PAX_HEAD = 256;

/** pax records that say nothing of what or where a file is. */
const HARMLESS_PAX =
  /^(?:mtime|atime|ctime|uid|gid|uname|gname|comment|(?:SCHILY|LIBARCHIVE)\.[A-Za-z0-9._-]+)$/;

/** A file as it lies in a tar. */
export interface TarFile {
  /** Normalized: what it is called wherever names are compared. */
  readonly name: string;
  /** As the tar writes it, with or without a leading `/` or `./`. */
  readonly entryName: string;
  readonly bytes: Buffer;
  /** Where its header begins and its padding ends. */
  readonly start: number;
  readonly end: number;
}

/** The regular files of a tar, by normalized name (`readTarFiles`). */
export function readTar(tar: Buffer): ReadonlyMap<string, Buffer> {
  return new Map(readTarFiles(tar).map(({ name, bytes }) => [name, bytes]));
}

/**
 * The regular files of a tar (POSIX ustar, pax records where harmless), in its order, in memory. Links, devices, fifos,
 * sparse files, renaming headers, names that lead astray and names that stand twice are refused (threat T183).
 */
export function readTarFiles(tar: Buffer): readonly TarFile[] {
  const files = new Map<string, TarFile>();
  let entries = 0;
  let paxBytes = 0;
  let at = 0;
  for (; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (isZero(header)) break;
    if (++entries > BUNDLE_LIMITS.files) {
      throw new BundleFault(
        "bundle.limit_exceeded",
        `the archive has more than ${BUNDLE_LIMITS.files} entries`,
      );
    }
    checkHeader(header);
    const size = octal(header, 124, 12, "size");
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length !== size) throw new BundleFault("bundle.invalid", "the tar is cut off");
    const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const name = readEntry(header, body);
    if (name === undefined) {
      paxBytes += size;
      if (paxBytes > BUNDLE_LIMITS.paxBytesTotal)
        throw tooMuchPax("pax headers", BUNDLE_LIMITS.paxBytesTotal);
    } else {
      const file = { name: normalizeName(name), entryName: name, bytes: body, start: at, end };
      if (files.has(file.name)) {
        throw new BundleFault("bundle.invalid", `the archive has ${oneLine(file.name, 100)} twice`);
      }
      files.set(file.name, file);
    }
    at = end;
  }
  const rest = tar.subarray(at);
  if (!isZero(rest)) throw new BundleFault("bundle.invalid", "the tar has bytes behind its end");
  // A tar that was cut off between two files would be a whole one of fewer files.
  if (rest.length < 2 * BLOCK) throw new BundleFault("bundle.invalid", "the tar is cut off: it has no end");
  return [...files.values()];
}

/** The entry's name where it is a file; `undefined` where it says nothing. */
function readEntry(header: Buffer, body: Buffer): string | undefined {
  const type = header.toString("latin1", 156, 157);
  const name = entryName(header);
  switch (type) {
    case "0":
    case "\0":
      return name;
    case "5":
      if (body.length > 0) throw new BundleFault("bundle.invalid", "a directory with content");
      if (!/^\.?\/?$/.test(name)) normalizeName(name.replace(/\/$/, ""));
      return undefined;
    case "x":
    case "g":
      checkPax(body);
      return undefined;
    default:
      throw new BundleFault(
        "bundle.invalid",
        `${oneLine(name, 100)} is of type ${oneLine(JSON.stringify(type), 10)}; a bundle holds regular files and directories`,
      );
  }
}

function checkHeader(header: Buffer): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  if (octal(header, 148, 8, "checksum") !== sum)
    throw new BundleFault("bundle.invalid", "not a tar: a header's checksum is wrong");
  if ((octal(header, 100, 8, "mode") & 0o6000) !== 0) {
    throw new BundleFault("bundle.invalid", "an entry has the set-user-id or set-group-id bit");
  }
}

function entryName(header: Buffer): string {
  const name = field(header, 0, 100);
  const isUstar = header.toString("latin1", 257, 262) === "ustar";
  // GNU's variant of the header keeps times where POSIX has the prefix.
  const prefix = isUstar && header.toString("latin1", 262, 263) === "\0" ? field(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Up to the first NUL; behind it there is nothing, for no reader may find more than another one. */
function field(header: Buffer, start: number, length: number): string {
  const bytes = header.subarray(start, start + length);
  const end = bytes.indexOf(0);
  if (end >= 0 && !isZero(bytes.subarray(end))) {
    throw new BundleFault("bundle.invalid", "a name with bytes behind its end");
  }
  return bytes.toString("utf8", 0, end < 0 ? length : end);
}

/** Octal digits only; GNU's binary sizes are for files larger than any here. */
function octal(header: Buffer, start: number, length: number, what: string): number {
  const text = header.toString("latin1", start, start + length).replaceAll(/^ +|[ \0]+$/g, "");
  if (!/^[0-7]*$/.test(text))
    throw new BundleFault("bundle.invalid", `not a tar: a header's ${what} is not octal`);
  return text === "" ? 0 : Number.parseInt(text, 8);
}

function checkPax(body: Buffer): void {
  if (body.length > BUNDLE_LIMITS.paxBytes) throw tooMuchPax("a pax header", BUNDLE_LIMITS.paxBytes);
  // By bytes, as lengths count, and each byte once: a header may hold thousands of records.
  const end = endOf(body);
  for (let at = 0; at < end;) {
    const [head = "", digits = "", key = ""] =
      /^(\d{1,6}) ([^=\n]{1,200})=/.exec(body.toString("latin1", at, Math.min(at + MOST_PAX_HEAD, end))) ??
      [];
    const next = at + Number(digits);
    if (head === "" || next <= at + head.length || next > end || body[next - 1] !== LINE_FEED)
      throw new BundleFault("bundle.invalid", "a pax header that cannot be read");
    if (!HARMLESS_PAX.test(key)) {
      throw new BundleFault(
        "bundle.invalid",
        `a pax header sets ${oneLine(key, 60)}, which a bundle must not need`,
      );
    }
    at = next;
  }
}

function tooMuchPax(what: string, limit: number): BundleFault {
  return new BundleFault("bundle.limit_exceeded", `${what} of more than ${limit} bytes`);
}

/** Where the zeros begin that fill a body up. */
function endOf(body: Buffer): number {
  let end = body.length;
  while (end > 0 && body[end - 1] === 0) end--;
  return end;
}

function isZero(bytes: Buffer): boolean {
  // Every byte equals the next one: one comparison in native code, however long the tail.
  return bytes.length === 0 || (bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1)));
}
