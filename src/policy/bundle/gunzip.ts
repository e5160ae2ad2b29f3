import { crc32, inflateRawSync } from "node:zlib";
import { BundleFault } from "./fault.ts";
import { BUNDLE_LIMITS } from "./limits.ts";

const [FHCRC, FEXTRA, FNAME, FCOMMENT, RESERVED] = [2, 4, 8, 16, 0xe0];
const TRAILER_BYTES = 8;

/**
 * Inflates exactly one gzip member (RFC 1952) that fills all bytes: no second member, nothing behind it, checksum
 * and length right. Node.js' own `gunzip` would join members and overlook what follows them (threat T050).
 */
export function gunzipOne(bytes: Uint8Array): Buffer {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = archive.subarray(headerLength(archive));
  const { inflated, consumed } = inflate(body);
  const trailer = body.subarray(consumed);
  if (trailer.length < TRAILER_BYTES) throw new BundleFault("bundle.invalid", "the archive is cut off");
  if (trailer.length > TRAILER_BYTES)
    throw new BundleFault("bundle.invalid", "the archive has bytes behind its end");
  if (trailer.readUInt32LE(0) !== crc32(inflated) || trailer.readUInt32LE(4) !== inflated.length) {
    throw new BundleFault("bundle.invalid", "the archive's checksum is wrong");
  }
  return inflated;
}

function headerLength(archive: Buffer): number {
  if (archive.length < 18 || archive.readUInt16BE(0) !== 0x1f8b || archive.readUInt8(2) !== 8) {
    throw new BundleFault("bundle.invalid", "not a gzip archive: a policy bundle is a tar.gz");
  }
  const flags = archive.readUInt8(3);
  if ((flags & RESERVED) !== 0) throw new BundleFault("bundle.invalid", "the gzip header has unknown flags");
  let at = 10;
  if ((flags & FEXTRA) !== 0) at += 2 + archive.readUInt16LE(at);
  if ((flags & FNAME) !== 0) at = afterZero(archive, at);
  if ((flags & FCOMMENT) !== 0) at = afterZero(archive, at);
  if ((flags & FHCRC) !== 0) at += 2;
  if (at > archive.length) throw new BundleFault("bundle.invalid", "the archive is cut off");
  return at;
}

function afterZero(archive: Buffer, at: number): number {
  const zero = archive.indexOf(0, at);
  if (zero < 0) throw new BundleFault("bundle.invalid", "the archive is cut off");
  return zero + 1;
}

function inflate(body: Buffer): { readonly inflated: Buffer; readonly consumed: number } {
  let result: unknown;
  try {
    result = inflateRawSync(body, { info: true, maxOutputLength: BUNDLE_LIMITS.tarBytes });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_BUFFER_TOO_LARGE") {
      throw new BundleFault(
        "bundle.limit_exceeded",
        `the archive holds more than ${BUNDLE_LIMITS.tarBytes} bytes`,
      );
    }
    throw new BundleFault("bundle.invalid", "the archive is damaged or cut off");
  }
  if (typeof result === "object" && result !== null && "buffer" in result && "engine" in result) {
    const { buffer, engine } = result;
    if (
      Buffer.isBuffer(buffer) &&
      typeof engine === "object" &&
      engine !== null &&
      "bytesWritten" in engine
    ) {
      if (typeof engine.bytesWritten === "number") return { inflated: buffer, consumed: engine.bytesWritten };
    }
  }
  throw new BundleFault("bundle.invalid", "the archive cannot be inflated");
}
