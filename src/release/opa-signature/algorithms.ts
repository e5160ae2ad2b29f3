import { constants, sign, verify, type KeyObject, type SignKeyObjectInput } from "node:crypto";

/**
 * The JWS algorithms (RFC 7518, section 3.1) that sign bundles. HMAC, which OPA also knows, is not among them: whoever can
 * verify could sign too, so that every service that takes a policy could make one; and a public key taken for its secret
 * is the oldest way to forge a token (threat T178).
 */
const ALGORITHMS = {
  RS256: { family: "pkcs1", hash: "sha256" },
  RS384: { family: "pkcs1", hash: "sha384" },
  RS512: { family: "pkcs1", hash: "sha512" },
  PS256: { family: "pss", hash: "sha256" },
  PS384: { family: "pss", hash: "sha384" },
  PS512: { family: "pss", hash: "sha512" },
  ES256: { family: "ecdsa", hash: "sha256", curve: "prime256v1" },
  ES384: { family: "ecdsa", hash: "sha384", curve: "secp384r1" },
  ES512: { family: "ecdsa", hash: "sha512", curve: "secp521r1" },
} as const;

export type OpaAlgorithm = keyof typeof ALGORITHMS;

export const OPA_ALGORITHMS: readonly OpaAlgorithm[] = Object.keys(ALGORITHMS).filter(isOpaAlgorithm);

export function isOpaAlgorithm(name: string): name is OpaAlgorithm {
  return Object.hasOwn(ALGORITHMS, name);
}

/** RFC 7518, section 3.3. */
const LEAST_MODULUS = 2048;

/** Whether a key is of the kind, curve and strength that the algorithm is for. */
export function fitsKey(algorithm: OpaAlgorithm, key: KeyObject): boolean {
  const entry = ALGORITHMS[algorithm];
  const details = key.asymmetricKeyDetails;
  if (entry.family === "ecdsa") {
    return key.asymmetricKeyType === "ec" && details?.namedCurve === entry.curve;
  }
  const kinds = entry.family === "pss" ? ["rsa", "rsa-pss"] : ["rsa"];
  return kinds.includes(key.asymmetricKeyType ?? "") && (details?.modulusLength ?? 0) >= LEAST_MODULUS;
}

/** The algorithm that a key signs with where none is asked for: RS256, or its curve's; `undefined` for any other key. */
export function defaultAlgorithm(key: KeyObject): OpaAlgorithm | undefined {
  const candidates = ["RS256", "PS256", "ES256", "ES384", "ES512"] as const;
  return candidates.find((algorithm) => fitsKey(algorithm, key));
}

/** A JWS signature: for ECDSA the two numbers at full length (RFC 7518, section 3.4), not DER. */
export function signBytes(algorithm: OpaAlgorithm, key: KeyObject, bytes: Uint8Array): Buffer {
  return sign(ALGORITHMS[algorithm].hash, bytes, keyInput(algorithm, key));
}

/** Whether the signature is the key's, made with this algorithm; a key that does not fit it has signed nothing. */
export function verifyBytes(
  algorithm: OpaAlgorithm,
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.type !== "public" || !fitsKey(algorithm, key)) return false;
  try {
    return verify(ALGORITHMS[algorithm].hash, bytes, keyInput(algorithm, key), signature);
  } catch {
    // A key restricted to another hash.
    return false;
  }
}

function keyInput(algorithm: OpaAlgorithm, key: KeyObject): SignKeyObjectInput {
  const { family } = ALGORITHMS[algorithm];
  if (family === "ecdsa") return { key, dsaEncoding: "ieee-p1363" };
  if (family === "pkcs1") return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
