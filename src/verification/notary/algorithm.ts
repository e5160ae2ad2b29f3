import { constants, verify, type KeyObject } from "node:crypto";
import { refuse } from "../refusal.ts";
import type { HashName } from "../signature.ts";

/** Names as JWS has them; COSE's numbers are mapped to them. */
export type Algorithm = keyof typeof ALGORITHMS;

const ALGORITHMS = {
  PS256: "sha256",
  PS384: "sha384",
  PS512: "sha512",
  ES256: "sha256",
  ES384: "sha384",
  ES512: "sha512",
} as const satisfies Readonly<Record<string, HashName>>;

const BY_MODULUS: ReadonlyMap<number, Algorithm> = new Map([
  [2048, "PS256"],
  [3072, "PS384"],
  [4096, "PS512"],
]);
const BY_CURVE: ReadonlyMap<string, Algorithm> = new Map([
  ["prime256v1", "ES256"],
  ["secp384r1", "ES384"],
  ["secp521r1", "ES512"],
]);

export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(ALGORITHMS, name);
}

/**
 * Whether the signature is the key's, by the one algorithm that the specification gives to a key of this kind and size
 * ("Algorithm Selection"). What the envelope names instead is refused: `signature.algorithm`.
 */
export function isSignedBy(key: KeyObject, algorithm: Algorithm, signed: Buffer, signature: Buffer): boolean {
  const due = algorithmFor(key);
  if (algorithm !== due) {
    return refuse(
      "signature.algorithm",
      `the signature says ${algorithm}, its key ${due ?? "may not sign at all"}`,
    );
  }
  const hash = ALGORITHMS[algorithm];
  const options = algorithm.startsWith("PS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: "ieee-p1363" as const };
  try {
    return verify(hash, signed, options, signature);
  } catch {
    // OpenSSL throws where a signature cannot even be read: that is no signature.
    return false;
  }
}

function algorithmFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === "rsa") return BY_MODULUS.get(asymmetricKeyDetails?.modulusLength ?? 0);
  return asymmetricKeyType === "ec" ? BY_CURVE.get(asymmetricKeyDetails?.namedCurve ?? "") : undefined;
}
