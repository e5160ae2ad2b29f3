import { createECDH, type KeyObject } from "node:crypto";
import { parseDer, type DerElement } from "./der.ts";

/** Curve parameters of SEC 2 §2.4, §2.5, §2.6: field prime and group order; `a` is -3 for all three. */
const CURVES: Readonly<
  Record<string, { readonly prime: bigint; readonly order: bigint; readonly bytes: number }>
> = {
  prime256v1: {
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    bytes: 32,
  },
  secp384r1: {
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    bytes: 48,
  },
  secp521r1: {
    prime: 2n ** 521n - 1n,
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    bytes: 66,
  },
};

/**
 * ECDSA verification (FIPS 186-5 §6.4.2) where only the digest of the message is at hand: `node:crypto` always
 * hashes first. R = u1·G + u2·Q is computed as u2·(w·G + Q) with w = u1/u2 = e/r, so that both multiplications are
 * OpenSSL's (the public key of w; the ECDH secret of u2) and only one point addition is done here. `signature` is
 * DER. Everything handled is public, so timing does not matter.
 */
export function verifyEcdsaDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const curveName = key.asymmetricKeyDetails?.namedCurve ?? "";
  const curve = CURVES[curveName];
  const point = publicPoint(key);
  const parts = signatureParts(signature);
  if (curve === undefined || point === undefined || parts === undefined) return false;
  const { prime, order, bytes } = curve;
  const { r, s } = parts;
  if (r <= 0n || r >= order || s <= 0n || s >= order) return false;

  const e = leftmostBits(digest, order);
  const w = mod(e * inverse(r, order), order);
  const u2 = mod(r * inverse(s, order), order);
  const sum = w === 0n ? point : addPoints(multiplyBase(curveName, w, bytes), point, prime);
  if (sum === undefined) return false;
  const ecdh = createECDH(curveName);
  ecdh.setPrivateKey(toBytes(u2, bytes));
  const x = toInteger(
    ecdh.computeSecret(Buffer.concat([Buffer.from([4]), toBytes(sum.x, bytes), toBytes(sum.y, bytes)])),
  );
  return mod(x, order) === r;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

function publicPoint(key: KeyObject): Point | undefined {
  const { x, y } = key.export({ format: "jwk" });
  if (x === undefined || y === undefined) return undefined;
  return { x: toInteger(Buffer.from(x, "base64url")), y: toInteger(Buffer.from(y, "base64url")) };
}

function multiplyBase(curveName: string, scalar: bigint, bytes: number): Point {
  const ecdh = createECDH(curveName);
  ecdh.setPrivateKey(toBytes(scalar, bytes));
  const point = ecdh.getPublicKey();
  return { x: toInteger(point.subarray(1, 1 + bytes)), y: toInteger(point.subarray(1 + bytes)) };
}

/** Affine addition; `undefined` at infinity, which no valid signature reaches. */
function addPoints(p: Point, q: Point, prime: bigint): Point | undefined {
  let slope: bigint;
  if (p.x === q.x) {
    if (p.y !== q.y || p.y === 0n) return undefined;
    slope = mod((3n * p.x * p.x - 3n) * inverse(2n * p.y, prime), prime);
  } else {
    slope = mod((q.y - p.y) * inverse(mod(q.x - p.x, prime), prime), prime);
  }
  const x = mod(slope * slope - p.x - q.x, prime);
  return { x, y: mod(slope * (p.x - x) - p.y, prime) };
}

function signatureParts(signature: Buffer): { r: bigint; s: bigint } | undefined {
  try {
    const fields = parseDer(signature, "signature.invalid").fields();
    const [r, s] = [fields.next(), fields.next()].map(positive);
    fields.end();
    return r === undefined || s === undefined ? undefined : { r, s };
  } catch {
    return undefined;
  }
}

function positive(element: DerElement): bigint {
  const bytes = element.integer();
  return (bytes[0] ?? 0x80) >= 0x80 ? -1n : toInteger(bytes);
}

function leftmostBits(digest: Buffer, order: bigint): bigint {
  const excess = digest.length * 8 - order.toString(2).length;
  const value = toInteger(digest);
  return excess > 0 ? value >> BigInt(excess) : value;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(value, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x, modulus);
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
}
