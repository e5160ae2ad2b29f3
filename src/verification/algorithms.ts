import { constants, verify, type KeyObject } from "node:crypto";
import type { DerElement } from "./der.ts";
import type { HashName } from "./signature.ts";

/** How a certificate, CMS signer or log says that it signed. */
export interface SignatureScheme {
  readonly kind: "ecdsa" | "ed25519" | "rsa" | "rsa-pss";
  /** Absent for Ed25519, and where CMS names the digest elsewhere. */
  readonly hash: HashName | undefined;
}

const HASHES: Readonly<Record<string, HashName>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

const SCHEMES: Readonly<Record<string, SignatureScheme>> = {
  "1.2.840.10045.2.1": { kind: "ecdsa", hash: undefined },
  "1.2.840.10045.4.3.2": { kind: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { kind: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { kind: "ecdsa", hash: "sha512" },
  "1.2.840.113549.1.1.1": { kind: "rsa", hash: undefined },
  "1.2.840.113549.1.1.11": { kind: "rsa", hash: "sha256" },
  "1.2.840.113549.1.1.12": { kind: "rsa", hash: "sha384" },
  "1.2.840.113549.1.1.13": { kind: "rsa", hash: "sha512" },
  "1.3.101.112": { kind: "ed25519", hash: undefined },
};
const RSASSA_PSS = "1.2.840.113549.1.1.10";

/** Digest of an AlgorithmIdentifier; only SHA-2 of 256 bits and more. */
export function hashAlgorithm(identifier: DerElement): HashName {
  const oid = identifier.fields().next().oid();
  return HASHES[oid] ?? identifier.fail(`the digest algorithm ${oid}; SHA-256, SHA-384 or SHA-512 is needed`);
}

/** Signature scheme of an AlgorithmIdentifier (RFC 5280 §4.1.1.2, RFC 4055 §3.1 for PSS). */
export function signatureScheme(identifier: DerElement): SignatureScheme {
  const fields = identifier.fields();
  const oid = fields.next().oid();
  if (oid !== RSASSA_PSS) {
    return SCHEMES[oid] ?? identifier.fail(`the signature algorithm ${oid} is not one that may sign here`);
  }
  const hash = fields.next().fields().next(0xa0).inner();
  return { kind: "rsa-pss", hash: hashAlgorithm(hash) };
}

const KINDS: Readonly<Record<SignatureScheme["kind"], readonly string[]>> = {
  ecdsa: ["ec"],
  ed25519: ["ed25519"],
  rsa: ["rsa"],
  "rsa-pss": ["rsa", "rsa-pss"],
};

/** Whether `signature` is the key's over `data` under exactly this scheme; a key of another kind never fits (T094). */
export function verifyWithScheme(
  key: KeyObject,
  scheme: SignatureScheme,
  data: Buffer,
  signature: Buffer,
): boolean {
  if (!KINDS[scheme.kind].includes(key.asymmetricKeyType ?? "")) return false;
  if (scheme.kind !== "ed25519" && scheme.hash === undefined) return false;
  const options =
    scheme.kind === "rsa-pss"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : key;
  try {
    return verify(scheme.hash ?? null, data, options, signature);
  } catch {
    return false;
  }
}
