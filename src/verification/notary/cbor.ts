import { refuse } from "../refusal.ts";

/** What COSE_Sign1 is made of: no floats, no indefinite lengths, keys that are integers or text. */
export type CborValue =
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "bytes"; readonly value: Buffer }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly CborValue[] }
  | { readonly kind: "map"; readonly entries: CborMap }
  | { readonly kind: "tag"; readonly tag: number; readonly content: CborValue }
  | { readonly kind: "simple"; readonly value: boolean | null };

export type CborMap = ReadonlyMap<number | string, CborValue>;

const MAX_DEPTH = 8;
const MAX_ITEMS = 1000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads one CBOR item (RFC 8949) that is the whole of `bytes`, in the only way on which all readers agree: lengths
 * definite, numbers in their shortest form, no key twice, text valid UTF-8. Throws `format.invalid` or
 * `limit.exceeded`; depth and number of items are bounded before anything is built.
 */
export function readCbor(bytes: Buffer): CborValue {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #offset = 0;
  #items = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) malformed("bytes follow its end");
  }

  value(depth: number): CborValue {
    if (depth > MAX_DEPTH) refuse("limit.exceeded", `CBOR nested more than ${MAX_DEPTH} levels deep`);
    if (++this.#items > MAX_ITEMS) refuse("limit.exceeded", `CBOR of more than ${MAX_ITEMS} items`);
    const initial = this.#take(1)[0] ?? 0;
    const major = initial >> 5;
    const additional = initial & 0x1f;
    if (major === 7) return simple(additional);
    const argument = this.#argument(additional);
    switch (major) {
      case 0:
        return { kind: "integer", value: argument };
      case 1:
        return { kind: "integer", value: -1 - argument };
      case 2:
        return { kind: "bytes", value: this.#take(argument) };
      case 3:
        return { kind: "text", value: text(this.#take(argument)) };
      case 4:
        return { kind: "array", items: this.#array(argument, depth) };
      case 5:
        return { kind: "map", entries: this.#map(argument, depth) };
      default:
        return { kind: "tag", tag: argument, content: this.value(depth + 1) };
    }
  }

  #array(length: number, depth: number): readonly CborValue[] {
    const items: CborValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  #map(length: number, depth: number): CborMap {
    const entries = new Map<number | string, CborValue>();
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1);
      if (key.kind !== "integer" && key.kind !== "text") {
        return malformed("a map has a key that is neither number nor text");
      }
      if (entries.has(key.value)) malformed("a map has a key twice");
      entries.set(key.value, this.value(depth + 1));
    }
    return entries;
  }

  #argument(additional: number): number {
    if (additional < 24) return additional;
    if (additional > 27) return malformed("a length is indefinite or reserved");
    const octets = 2 ** (additional - 24);
    const raw = this.#take(octets);
    const value = octets === 8 ? Number(raw.readBigUInt64BE()) : raw.readUIntBE(0, octets);
    if (!Number.isSafeInteger(value)) malformed("a number is out of range");
    const shortest = octets === 1 ? value >= 24 : value >= 256 ** (octets / 2);
    return shortest ? value : malformed("a number is not in its shortest form");
  }

  #take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) return malformed("it is cut short");
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}

function simple(additional: number): CborValue {
  if (additional === 20 || additional === 21) return { kind: "simple", value: additional === 21 };
  return additional === 22
    ? { kind: "simple", value: null }
    : malformed("a value of a kind COSE has no use for");
}

function text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return malformed("a text is not UTF-8");
  }
}

function malformed(why: string): never {
  return refuse("format.invalid", `not well-formed CBOR: ${why}`);
}

/** A byte string in CBOR: header in its shortest form, then the bytes. */
export function cborBytes(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  if (length < 24) return Buffer.concat([Buffer.from([0x40 | length]), bytes]);
  const header = Buffer.alloc(length < 0x100 ? 2 : length < 0x10000 ? 3 : 5);
  header[0] = 0x40 | (header.length === 2 ? 24 : header.length === 3 ? 25 : 26);
  header.writeUIntBE(length, 1, header.length - 1);
  return Buffer.concat([header, bytes]);
}
