import { constants, createPublicKey, publicDecrypt, verify, type KeyObject } from "node:crypto";
import { describeThrown } from "../core/index.ts";
import { verifyEcdsaDigest } from "./ecdsa-prehash.ts";
import { refuse } from "./refusal.ts";
import type { ReasonCode } from "./reasons.ts";

/** The digests that signatures may be made over: SHA-2 of at least 256 bits. */
export type HashName = "sha256" | "sha384" | "sha512";

const CURVES: Readonly<
  Record<string, { readonly hashes: readonly HashName[]; readonly coordinate: number }>
> = {
  prime256v1: { hashes: ["sha256"], coordinate: 32 },
  secp384r1: { hashes: ["sha384", "sha256"], coordinate: 48 },
  secp521r1: { hashes: ["sha512", "sha256"], coordinate: 66 },
};
const RSA_HASHES: readonly HashName[] = ["sha256", "sha512", "sha384"];
const MIN_RSA_BITS = 2048;
const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};

/** A public key from SPKI in DER, of an algorithm that may sign (threat T094); else a refusal. */
export function importKey(spki: Buffer, fault: ReasonCode): KeyObject {
  return checkKey(readKey(spki, "spki", fault));
}

/** A bare RSAPublicKey (RFC 8017 A.1.1), as some logs publish theirs. */
export function importRsaKey(pkcs1: Buffer, fault: ReasonCode): KeyObject {
  return checkKey(readKey(pkcs1, "pkcs1", fault));
}

function readKey(der: Buffer, type: "spki" | "pkcs1", fault: ReasonCode): KeyObject {
  try {
    return createPublicKey({ key: der, format: "der", type });
  } catch (thrown) {
    return refuse(fault, `the public key cannot be read: ${describeThrown(thrown)}`);
  }
}

/** Refuses keys that are too weak or of a kind that Sigstore's algorithm registry does not know. */
export function checkKey(key: KeyObject): KeyObject {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return key;
    case "ec":
      if (Object.hasOwn(CURVES, details.namedCurve ?? "")) return key;
      return refuse(
        "signature.algorithm",
        `a key on the curve ${details.namedCurve ?? "unknown"}; P-256, P-384 or P-521 is needed`,
      );
    case "rsa":
    case "rsa-pss":
      if ((details.modulusLength ?? 0) < MIN_RSA_BITS || (details.publicExponent ?? 0n) < 65537n) {
        return refuse(
          "signature.algorithm",
          `an RSA key of ${details.modulusLength ?? 0} bits; at least ${MIN_RSA_BITS} bits and exponent 65537 are needed`,
        );
      }
      return key;
    default:
      return refuse(
        "signature.algorithm",
        `a key of kind ${key.asymmetricKeyType ?? "unknown"}; ECDSA, Ed25519 or RSA is needed`,
      );
  }
}

/** What Node reads out of OpenSSL anew at each access, at a third of the price of a verification. */
interface KeyFacts {
  readonly type: string;
  readonly curve: (typeof CURVES)[string] | undefined;
  spki: Buffer | undefined;
}

const factsOfKeys = new WeakMap<KeyObject, KeyFacts>();

function factsOf(key: KeyObject): KeyFacts {
  const known = factsOfKeys.get(key);
  if (known !== undefined) return known;
  const facts: KeyFacts = {
    type: key.asymmetricKeyType ?? "",
    curve: CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""],
    spki: undefined,
  };
  factsOfKeys.set(key, facts);
  return facts;
}

/** The key in DER; read once, and not to be changed. */
export function spkiOf(key: KeyObject): Buffer {
  const facts = factsOf(key);
  return (facts.spki ??= key.export({ type: "spki", format: "der" }));
}

/**
 * Whether `signature` is the key's over `data`. With no `hash` given, those that producers use with this kind of key
 * are tried: the curve's own and SHA-256; for RSA every SHA-2, first PKCS#1 v1.5, then PSS. ECDSA signatures may be
 * DER or, where the length is exactly that, IEEE P1363.
 */
export function verifySignature(key: KeyObject, data: Buffer, signature: Buffer, hash?: HashName): boolean {
  const { type, curve } = factsOf(key);
  if (type === "ed25519") return attempt(() => verify(null, data, key, signature));
  if (type === "ec") {
    if (curve === undefined) return false;
    const hashes = hash === undefined ? curve.hashes : [hash];
    // DER is what Node expects; a fifth of a verification is saved where that is not said.
    return ecdsaEncodings(signature, curve.coordinate).some((dsaEncoding) =>
      hashes.some((name) =>
        attempt(() => verify(name, data, dsaEncoding === "der" ? key : { key, dsaEncoding }, signature)),
      ),
    );
  }
  const hashes = hash === undefined ? RSA_HASHES : [hash];
  const paddings = type === "rsa" ? [PKCS1, PSS] : type === "rsa-pss" ? [PSS] : [];
  return paddings.some((padding) =>
    hashes.some((name) => attempt(() => verify(name, data, { key, ...padding }, signature))),
  );
}

/** The same where only the message's digest is at hand. Ed25519 and PSS need the message itself: never true. */
export function verifySignatureOfDigest(
  key: KeyObject,
  digest: Buffer,
  hash: HashName,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType === "ec") {
    return attempt(() => verifyEcdsaDigest(key, digest, signature));
  }
  if (key.asymmetricKeyType !== "rsa") return false;
  const expected = Buffer.concat([Buffer.from(DIGEST_INFO[hash], "hex"), digest]);
  return attempt(() =>
    publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(expected),
  );
}

const PKCS1 = { padding: constants.RSA_PKCS1_PADDING };
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };

function ecdsaEncodings(signature: Buffer, coordinate: number): readonly ("der" | "ieee-p1363")[] {
  const mayBeDer = signature[0] === 0x30;
  const mayBeP1363 = signature.length === 2 * coordinate;
  return [...(mayBeDer ? (["der"] as const) : []), ...(mayBeP1363 ? (["ieee-p1363"] as const) : [])];
}

/** OpenSSL throws where a signature cannot even be read: that is no signature. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
