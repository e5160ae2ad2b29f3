import { hash } from "node:crypto";
import { validDuring } from "./authority.ts";
import type { Certificate } from "./certificate.ts";
import { contextConstructed, parseDer, TAG } from "./der.ts";
import { refuse } from "./refusal.ts";
import { verifySignature } from "./signature.ts";
import type { TransparencyLog } from "./trust-root.ts";

const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
const MAX_TIMESTAMPS = 32;

interface SignedCertificateTimestamp {
  readonly logId: string;
  /** Eight octets: milliseconds since 1970. */
  readonly timestamp: Buffer;
  readonly extensions: Buffer;
  readonly hash: number;
  readonly signature: Buffer;
}

/**
 * Demands that a trusted certificate transparency log vouches for `leaf`: at least one embedded SCT (RFC 6962 §3.2,
 * §3.3) of a log of the trust root verifies. SCTs of unknown logs neither count nor spoil; one that claims a trusted
 * log and does not verify is refused. Returns the number of distinct logs.
 */
export function verifyCertificateTransparency(
  leaf: Certificate,
  issuer: Certificate,
  logs: ReadonlyMap<string, TransparencyLog>,
): number {
  const extension = leaf.extensions.get(SCT_LIST);
  const timestamps = extension === undefined ? [] : readList(extension.value);
  const vouching = new Set<string>();
  const issuerKeyHash = hash("sha256", issuer.spki, "buffer");
  let precertificate: Buffer | undefined;
  for (const sct of timestamps) {
    const log = logs.get(sct.logId);
    if (log === undefined || vouching.has(log.id)) continue;
    precertificate ??= withoutExtension(leaf, SCT_LIST);
    if (!isSignedBy(sct, log, issuerKeyHash, precertificate)) {
      return refuse(
        "certificate.transparency",
        `the certificate's timestamp is not signed by the log ${log.name} that it names`,
      );
    }
    vouching.add(log.id);
  }
  if (vouching.size === 0) {
    return refuse(
      "certificate.transparency",
      "no trusted certificate transparency log vouches for the signing certificate",
    );
  }
  return vouching.size;
}

function isSignedBy(
  sct: SignedCertificateTimestamp,
  log: TransparencyLog,
  issuerKeyHash: Buffer,
  tbs: Buffer,
): boolean {
  if (!validDuring(log.validFor, Number(sct.timestamp.readBigUInt64BE()))) return false;
  const name = (["sha256", "sha384", "sha512"] as const)[sct.hash - 4];
  if (name === undefined) return false;
  const signed = Buffer.concat([
    Buffer.from([0, 0]),
    sct.timestamp,
    Buffer.from([0, 1]),
    issuerKeyHash,
    lengthPrefix(tbs.length, 3),
    tbs,
    lengthPrefix(sct.extensions.length, 2),
    sct.extensions,
  ]);
  return verifySignature(log.key, signed, sct.signature, name);
}

function lengthPrefix(length: number, bytes: 2 | 3): Buffer {
  const prefix = Buffer.alloc(bytes);
  prefix.writeUIntBE(length, 0, bytes);
  return prefix;
}

function readList(extension: Buffer): readonly SignedCertificateTimestamp[] {
  const reader = new Reader(parseDer(extension, "certificate.invalid").octets());
  const list = new Reader(reader.vector(2));
  reader.end();
  const found: SignedCertificateTimestamp[] = [];
  while (list.more()) {
    if (found.length === MAX_TIMESTAMPS)
      refuse("limit.exceeded", `the certificate has more than ${MAX_TIMESTAMPS} transparency timestamps`);
    const sct = readTimestamp(list.vector(2));
    if (sct !== undefined) found.push(sct);
  }
  return found;
}

/** `undefined` for versions to come, which RFC 6962 §3.3 has clients ignore. */
function readTimestamp(bytes: Buffer): SignedCertificateTimestamp | undefined {
  const reader = new Reader(bytes);
  if (reader.take(1)[0] !== 0) return undefined;
  const logId = reader.take(32).toString("hex");
  const timestamp = reader.take(8);
  const extensions = reader.vector(2);
  const [hashAlgorithm = 0] = reader.take(2);
  const signature = reader.vector(2);
  reader.end();
  return { logId, timestamp, extensions, hash: hashAlgorithm, signature };
}

/** TLS presentation language (RFC 5246 §4), as far as SCTs use it. */
class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length)
      refuse("certificate.invalid", "a certificate transparency timestamp is cut short");
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  vector(lengthBytes: number): Buffer {
    return this.take(this.take(lengthBytes).readUIntBE(0, lengthBytes));
  }

  more(): boolean {
    return this.#offset < this.#bytes.length;
  }

  end(): void {
    if (this.more()) refuse("certificate.invalid", "bytes follow the certificate transparency timestamps");
  }
}

/** The TBSCertificate as the log saw it: the same without one extension. */
function withoutExtension(leaf: Certificate, oid: string): Buffer {
  const fields = leaf.tbs.children();
  const before = fields.filter((field) => field.tag !== contextConstructed(3)).map((field) => field.raw);
  const kept = [...leaf.extensions.values()]
    .filter((extension) => extension.oid !== oid)
    .map(({ raw }) => raw);
  const extensions = kept.length === 0 ? [] : [encode(contextConstructed(3), [encode(TAG.sequence, kept)])];
  return encode(TAG.sequence, [...before, ...extensions]);
}

function encode(tag: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const header = Buffer.alloc(2 + octets);
  header[0] = tag;
  header[1] = octets === 0 ? length : 0x80 | octets;
  if (octets > 0) header.writeUIntBE(length, 2, octets);
  return Buffer.concat([header, ...parts]);
}
