import { hash } from "node:crypto";

declare const digestBrand: unique symbol;

/** `sha256:…` or `sha512:…` in lowercase hexadecimal of full length; made only by `parseDigest` and `digestOf`. */
export type Digest = `${DigestAlgorithm}:${string}` & { readonly [digestBrand]: true };

export type DigestAlgorithm = "sha256" | "sha384" | "sha512";

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads a digest exactly as OCI image-spec (descriptor, "Digests") writes it. Anything else, also uppercase or
 * truncated hexadecimal and algorithms that are not collision resistant, is `undefined` (threats T007, A122).
 */
export function parseDigest(text: string): Digest | undefined {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  if (!isDigestAlgorithm(algorithm)) return undefined;
  const hex = text.slice(colon + 1);
  return hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex) ? brand(text) : undefined;
}

export function isDigestAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(HEX_LENGTH, name);
}

/** The digest of a whole byte sequence. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Digest {
  return brand(`${algorithm}:${hash(algorithm, bytes, "hex")}`);
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  const algorithm = digest.slice(0, digest.indexOf(":"));
  if (!isDigestAlgorithm(algorithm)) throw new TypeError("not a digest");
  return algorithm;
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

function brand(text: string): Digest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the brand is given
  return text as Digest;
}
