import { timingSafeEqual } from "node:crypto";

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** "expand 32-byte k" */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/**
 * Opens NaCl's secretbox (XSalsa20 and Poly1305), in which cosign keeps private keys and which Node lacks. `undefined`
 * where the key is another or the box was changed. For small boxes: nothing here is fast.
 */
export function openSecretbox(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Buffer | undefined {
  if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES || box.length < TAG_BYTES) return undefined;
  const subkey = hsalsa20(words(key), words(nonce.subarray(0, 16)));
  const stream = salsa20Stream(subkey, words(nonce.subarray(16)), 32 + box.length - TAG_BYTES);
  const sealed = box.subarray(TAG_BYTES);
  const tag = poly1305(stream.subarray(0, 32), sealed);
  if (!timingSafeEqual(tag, box.subarray(0, TAG_BYTES))) return undefined;
  return Buffer.from(sealed.map((byte, i) => byte ^ (stream[32 + i] ?? 0)));
}

/** Little-endian. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true));
}

/** The Salsa20 matrix: constants on the diagonal, key above and below, 16 bytes of input between. */
function matrix(key: Uint32Array, input: Uint32Array): Uint32Array {
  return Uint32Array.of(
    SIGMA[0],
    ...key.subarray(0, 4),
    SIGMA[1],
    ...input,
    SIGMA[2],
    ...key.subarray(4),
    SIGMA[3],
  );
}

/** Columns, then rows: each is turned by four steps (Bernstein, The Salsa20 family of stream ciphers, §4). */
const LINES = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

function twentyRounds(state: Uint32Array): Uint32Array {
  const x = Uint32Array.from(state);
  const turn = (target: number, left: number, right: number, by: number): void => {
    const sum = ((x[left] ?? 0) + (x[right] ?? 0)) >>> 0;
    x[target] = (x[target] ?? 0) ^ ((sum << by) | (sum >>> (32 - by)));
  };
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of LINES) {
      turn(b, a, d, 7);
      turn(c, b, a, 9);
      turn(d, c, b, 13);
      turn(a, d, c, 18);
    }
  }
  return x;
}

function hsalsa20(key: Uint32Array, input: Uint32Array): Uint32Array {
  const x = twentyRounds(matrix(key, input));
  return Uint32Array.from([0, 5, 10, 15, 6, 7, 8, 9], (i) => x[i] ?? 0);
}

function salsa20Stream(key: Uint32Array, nonce: Uint32Array, length: number): Buffer {
  const stream = Buffer.alloc(Math.ceil(length / 64) * 64);
  for (let block = 0; block * 64 < length; block++) {
    const state = matrix(key, Uint32Array.of(...nonce, block, 0));
    twentyRounds(state).forEach((word, i) => {
      stream.writeUInt32LE((word + (state[i] ?? 0)) >>> 0, block * 64 + i * 4);
    });
  }
  return stream.subarray(0, length);
}

const P = (1n << 130n) - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

function poly1305(key: Uint8Array, message: Uint8Array): Buffer {
  const r = littleEndian(key.subarray(0, 16)) & CLAMP;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + littleEndian(block) + (1n << BigInt(8 * block.length))) * r) % P;
  }
  const tag = (sum + littleEndian(key.subarray(16, 32))) & ((1n << 128n) - 1n);
  return Buffer.from(Buffer.from(tag.toString(16).padStart(32, "0"), "hex").toReversed());
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString("hex")}`);
}
