import { sha256 } from "./keys.ts";

/** An append-only Merkle tree (RFC 6962 2.1). Hashes of whole subtrees are kept, so that it stays fast when large. */
export class MerkleTree {
  /** `#levels[k][i]`: the hash over leaves `i·2^k` up to `(i+1)·2^k`. */
  readonly #levels: Buffer[][] = [[]];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** Appends an entry and gives its index. */
  append(entry: Uint8Array): number {
    const index = this.size;
    let hash = sha256(Buffer.from([0]), entry);
    for (let level = 0; ; level++) {
      const row = (this.#levels[level] ??= []);
      row.push(hash);
      const left = row.at(-2);
      if (row.length % 2 === 1 || left === undefined) return index;
      hash = node(left, hash);
    }
  }

  root(size = this.size): Buffer {
    return this.#hash(0, size);
  }

  /** Audit path of one leaf, from the leaf up (RFC 6962 2.1.1). */
  proof(index: number, size = this.size): Buffer[] {
    return this.#path(index, 0, size);
  }

  #path(index: number, start: number, end: number): Buffer[] {
    if (end - start <= 1) return [];
    const middle = start + split(end - start);
    return index < middle
      ? [...this.#path(index, start, middle), this.#hash(middle, end)]
      : [...this.#path(index, middle, end), this.#hash(start, middle)];
  }

  #hash(start: number, end: number): Buffer {
    const size = end - start;
    if (size === 0) return sha256();
    const level = Math.log2(size);
    const kept = Number.isInteger(level) ? this.#levels[level]?.[start / size] : undefined;
    if (kept !== undefined) return kept;
    const middle = start + split(size);
    return node(this.#hash(start, middle), this.#hash(middle, end));
  }
}

/** The largest power of two smaller than `size`. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function node(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.from([1]), left, right);
}
