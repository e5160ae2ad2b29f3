import { createPublicKey, type KeyObject } from "node:crypto";
import { canonicalJson, describeThrown, failure, success, type Result } from "../../core/index.ts";
import { archiveWithFile, bundleFiles, SIGNATURES_FILE } from "../../policy/index.ts";
import type { KeySigner } from "../types.ts";
import { defaultAlgorithm, fitsKey, signBytes, type OpaAlgorithm } from "./algorithms.ts";
import { hashFile, listedName } from "./file-hash.ts";
import { verifyOpaSignature } from "./verify.ts";

export interface OpaSigning {
  /** Private: RSA of 2048 bits or more, or on one of the curves P-256, P-384 and P-521. */
  readonly key: KeyObject;
  /** RS256, or what the curve is for, where it is absent. */
  readonly algorithm?: OpaAlgorithm;
  readonly keyId?: string;
  readonly scope?: string;
}

export type OpaSigningCode = "signing.key_unfit" | "signing.bundle_invalid";

/**
 * The archive with a `.signatures.json` of OPA's, behind the other files, which stay as and where they are; a signature
 * that it had is replaced. What is given out has been verified. With RS256, RS384 and RS512 the same archive and key give
 * the same bytes every time; ECDSA and PSS draw a random number, so that every signature is another.
 */
export function signOpaBundle(archive: Uint8Array, signing: OpaSigning): Result<Uint8Array, OpaSigningCode> {
  const algorithm = signing.algorithm ?? defaultAlgorithm(signing.key);
  if (signing.key.type !== "private" || algorithm === undefined || !fitsKey(algorithm, signing.key)) {
    const expected = "expected a private RSA key of 2048 bits or more, or one on P-256, P-384 or P-521";
    return failure(
      "signing.key_unfit",
      `the key cannot sign with ${algorithm ?? "any algorithm"}: ${expected}`,
    );
  }
  try {
    return sign(archive, signing, algorithm);
  } catch (thrown) {
    return failure("signing.bundle_invalid", describeThrown(thrown));
  }
}

function sign(
  archive: Uint8Array,
  { key, keyId, scope }: OpaSigning,
  algorithm: OpaAlgorithm,
): Result<Uint8Array, OpaSigningCode> {
  const files = bundleFiles(archive);
  if (!files.ok) return failure("signing.bundle_invalid", files.reason.message);
  const listed = files.value
    .filter(({ name }) => name !== SIGNATURES_FILE)
    .map((file) => ({ name: listedName(file), hash: hashFile(file, "SHA-256"), algorithm: "SHA-256" }));
  const header = { alg: algorithm, typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) };
  const payload = {
    files: listed,
    ...(keyId === undefined ? {} : { keyid: keyId }),
    ...(scope === undefined ? {} : { scope }),
  };
  const signed = `${base64url(canonicalJson(header))}.${base64url(canonicalJson(payload))}`;
  const token = `${signed}.${signBytes(algorithm, key, Buffer.from(signed)).toString("base64url")}`;
  const result = archiveWithFile(
    archive,
    SIGNATURES_FILE,
    Buffer.from(`${canonicalJson({ signatures: [token] })}\n`),
  );
  const verified = verifyOpaSignature(result, [ownSigner(key, keyId, scope)], new Date(0));
  return verified.ok ? success(result) : failure("signing.bundle_invalid", verified.reason.message);
}

function ownSigner(key: KeyObject, keyId: string | undefined, scope: string | undefined): KeySigner {
  return {
    kind: "key",
    name: "own",
    key: createPublicKey(key),
    keyId: keyId ?? null,
    scope: scope === undefined || scope === "" ? null : scope,
    from: null,
    to: null,
  };
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
