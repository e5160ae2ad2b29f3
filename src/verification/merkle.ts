import { createHash, hash } from "node:crypto";

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Hash of a log's leaf (RFC 6962 §2.1). */
export function leafHash(body: Uint8Array): Buffer {
  return createHash("sha256").update(LEAF).update(body).digest();
}

/**
 * The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); `undefined` where index, size and the number of
 * hashes do not fit each other.
 */
export function rootFromProof(
  leaf: Buffer,
  index: bigint,
  size: bigint,
  hashes: readonly Buffer[],
): Buffer | undefined {
  if (index >= size) return undefined;
  let node = index;
  let last = size - 1n;
  let root = leaf;
  for (const sibling of hashes) {
    if (last === 0n || sibling.length !== 32) return undefined;
    if ((node & 1n) === 1n || node === last) {
      root = parent(sibling, root);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      root = parent(root, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
}

function parent(left: Buffer, right: Buffer): Buffer {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}
