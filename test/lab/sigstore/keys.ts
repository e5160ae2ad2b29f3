import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { nothing, oid, sequence } from "./der.ts";

export type KeyKind = "P-256" | "P-384" | "P-521" | "Ed25519" | "RSA-2048" | "RSA-4096";
export type HashName = "sha256" | "sha384" | "sha512";

export const KEY_KINDS: readonly KeyKind[] = ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-4096"];

export interface KeyPair {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
  /** The public key in PEM, as one would configure it. */
  readonly pem: string;
  /** `sha256:…` of the SPKI. */
  readonly keyId: string;
}

/** A fresh key pair. RSA keys take long to find: where a fresh one is not the point, use `sharedKeyPair`. */
export function keyPair(kind: KeyKind = "P-256"): KeyPair {
  const { privateKey, publicKey } = generate(kind);
  const spki = publicKey.export({ format: "der", type: "spki" });
  const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
  return { kind, privateKey, publicKey, spki, pem, keyId: `sha256:${sha256(spki).toString("hex")}` };
}

const shared = new Map<KeyKind, KeyPair>();

/** The same pair of its kind throughout this process. */
export function sharedKeyPair(kind: KeyKind): KeyPair {
  const known = shared.get(kind) ?? keyPair(kind);
  shared.set(kind, known);
  return known;
}

function generate(kind: KeyKind) {
  switch (kind) {
    case "Ed25519":
      return generateKeyPairSync("ed25519");
    case "RSA-2048":
    case "RSA-4096":
      return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(4)) });
    default:
      return generateKeyPairSync("ec", { namedCurve: kind });
  }
}

/** The hash that goes with a key in Sigstore's algorithm registry. */
export function hashFor(kind: KeyKind): HashName {
  return kind === "P-384" ? "sha384" : kind === "P-521" ? "sha512" : "sha256";
}

/** A raw signature: ECDSA in DER, RSA PKCS#1 v1.5, or pure Ed25519. */
export function signBytes(key: KeyPair, data: Uint8Array, hash: HashName = hashFor(key.kind)): Buffer {
  return sign(key.kind === "Ed25519" ? null : hash, data, key.privateKey);
}

/** The X.509 AlgorithmIdentifier of what `signBytes` makes. */
export function signatureAlgorithm(kind: KeyKind, hash: HashName = hashFor(kind)): Buffer {
  if (kind === "Ed25519") return sequence(oid("1.3.101.112"));
  const arc = { sha256: 0, sha384: 1, sha512: 2 }[hash];
  return kind.startsWith("RSA")
    ? sequence(oid(`1.2.840.113549.1.1.${11 + arc}`), nothing())
    : sequence(oid(`1.2.840.10045.4.3.${2 + arc}`));
}

/** `PublicKeyDetails` of protobuf-specs (sigstore_common.proto). */
export function keyDetails(kind: KeyKind): string {
  return {
    "P-256": "PKIX_ECDSA_P256_SHA_256",
    "P-384": "PKIX_ECDSA_P384_SHA_384",
    "P-521": "PKIX_ECDSA_P521_SHA_512",
    Ed25519: "PKIX_ED25519",
    "RSA-2048": "PKIX_RSA_PKCS1V15_2048_SHA256",
    "RSA-4096": "PKIX_RSA_PKCS1V15_4096_SHA256",
  }[kind];
}

/** `HashAlgorithm` of protobuf-specs. */
export function hashAlgorithm(hash: HashName): string {
  return { sha256: "SHA2_256", sha384: "SHA2_384", sha512: "SHA2_512" }[hash];
}

export function digestWith(hash: HashName, ...pieces: readonly (Uint8Array | string)[]): Buffer {
  const state = createHash(hash);
  for (const piece of pieces) state.update(piece);
  return state.digest();
}

export function sha256(...pieces: readonly (Uint8Array | string)[]): Buffer {
  return digestWith("sha256", ...pieces);
}

export const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");
