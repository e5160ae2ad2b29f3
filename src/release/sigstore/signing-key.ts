import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { refuseSigning } from "./fault.ts";

export type SigningHash = "sha256" | "sha384" | "sha512";

/** A private key, and how signatures are made with it (Sigstore's algorithm registry). */
export interface SigningKey {
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
  /** Of what is signed; under Ed25519, which has one of its own, of what the bundle declares. */
  readonly hash: SigningHash;
  /** `PublicKeyDetails` of protobuf-specs; `null`: no log of version 2 takes such a key's plain signatures. */
  readonly details: string | null;
  readonly isEd25519: boolean;
  sign(data: Uint8Array): Buffer;
}

const CURVES: ReadonlyMap<string, readonly [SigningHash, string]> = new Map([
  ["prime256v1", ["sha256", "PKIX_ECDSA_P256_SHA_256"]],
  ["secp384r1", ["sha384", "PKIX_ECDSA_P384_SHA_384"]],
  ["secp521r1", ["sha512", "PKIX_ECDSA_P521_SHA_512"]],
]);
const RSA_BITS: ReadonlySet<number> = new Set([2048, 3072, 4096]);

/**
 * Throws `signing.key_invalid` for a key of a kind that verifiers do not take. `registered`: with the hash that Sigstore's
 * algorithm registry pairs with the key, as logs of version 2 demand; else SHA-256 with every key, as cosign verifies it.
 */
export function signingKey(
  privateKey: KeyObject,
  { registered }: { readonly registered: boolean },
): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const [paired, details] = algorithmOf(publicKey);
  const hash = registered ? paired : "sha256";
  const isEd25519 = publicKey.asymmetricKeyType === "ed25519";
  return {
    publicKey,
    spki: publicKey.export({ type: "spki", format: "der" }),
    hash,
    details,
    isEd25519,
    sign: (data) => sign(isEd25519 ? null : hash, data, privateKey),
  };
}

/** A key for one signature, whose certificate outlives it by minutes. */
export function ephemeralKey(): SigningKey {
  return signingKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, { registered: true });
}

function algorithmOf(key: KeyObject): readonly [SigningHash, string | null] {
  const { namedCurve = "", modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return ["sha256", null];
    case "ec":
      return (
        CURVES.get(namedCurve) ??
        refuseSigning(
          "signing.key_invalid",
          `the key is on the curve ${namedCurve}; P-256, P-384 or P-521 is needed`,
        )
      );
    case "rsa":
      return RSA_BITS.has(modulusLength) && publicExponent >= 65537n
        ? ["sha256", `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`]
        : refuseSigning(
            "signing.key_invalid",
            `an RSA key of ${modulusLength} bits; 2048, 3072 or 4096 and exponent 65537 are needed`,
          );
    default:
      return refuseSigning(
        "signing.key_invalid",
        `a key of kind ${key.asymmetricKeyType ?? "unknown"}; ECDSA, Ed25519 or RSA is needed`,
      );
  }
}

export function digestWith(hash: SigningHash, data: Uint8Array): Buffer {
  return createHash(hash).update(data).digest();
}
