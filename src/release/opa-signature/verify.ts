import { describeThrown, digestOf, failure, oneLine, success, type Result } from "../../core/index.ts";
import { bundleFiles, SIGNATURES_FILE, type BundleFile } from "../../policy/index.ts";
import type { KeySigner, SignatureCode, SignedBy } from "../types.ts";
import { verifyBytes } from "./algorithms.ts";
import { SignatureFault } from "./fault.ts";
import { hashFile, listedName } from "./file-hash.ts";
import { readPayload, type ListedFile, type Payload } from "./payload.ts";
import { readToken, type Token } from "./token.ts";

/**
 * Verifies OPA's signature of a bundle (OPA, "Management: Bundles", "Signing"), before any other file of it is read further
 * than its hash needs; `null` where there is none. One of the signers must have made it, with an algorithm that is for
 * its key; `kid` and `keyid` are compared where the signer has an id, and never choose a key (threat T177). Nothing proves
 * when it was made: a signer's window is compared with `now`. Every file of the archive must be listed and every listed
 * one be there, as OPA demands.
 *
 * Codes: `signature.invalid` (archive or token not of the form), `signature.signer_unknown` (another key, another id),
 * `signature.scope_mismatch`, `signature.expired` (also: not yet), `signature.files_mismatch`.
 */
export function verifyOpaSignature(
  archive: Uint8Array,
  signers: readonly KeySigner[],
  now: Date,
): Result<SignedBy | null, SignatureCode> {
  const files = bundleFiles(archive);
  if (!files.ok)
    return failure("signature.invalid", `the archive cannot be verified: ${files.reason.message}`);
  const signatures = files.value.find(({ name }) => name === SIGNATURES_FILE);
  if (signatures === undefined) return success(null);
  try {
    const token = readToken(signatures.bytes);
    const candidates = signersOf(token, signers);
    const payload = readPayload(token.payload);
    const signer = entitled(candidates, token, payload, now);
    compareFiles(
      files.value.filter((file) => file !== signatures),
      payload.files,
    );
    return success(describe(signer));
  } catch (thrown) {
    const code = thrown instanceof SignatureFault ? thrown.code : "signature.invalid";
    return failure(code, describeThrown(thrown));
  }
}

/** Those whose key has signed; more than one where a key is configured for several scopes or times. */
function signersOf(token: Token, signers: readonly KeySigner[]): readonly KeySigner[] {
  const { algorithm, signed, signature } = token;
  const found = signers.filter(({ key }) => verifyBytes(algorithm, key, signed, signature));
  if (found.length === 0) {
    throw new SignatureFault(
      "signature.signer_unknown",
      `the ${algorithm} signature is by none of the ${signers.length} configured keys`,
    );
  }
  return found;
}

function entitled(candidates: readonly KeySigner[], token: Token, payload: Payload, now: Date): KeySigner {
  const faults = candidates.map((signer) => faultOf(signer, token, payload, now));
  const signer = candidates.find((_, index) => faults[index] === undefined);
  if (signer !== undefined) return signer;
  throw faults[0] ?? new SignatureFault("signature.signer_unknown", "signed by nobody who is configured");
}

function faultOf(
  { name, keyId, scope, from, to }: KeySigner,
  { kid }: Token,
  payload: Payload,
  now: Date,
): SignatureFault | undefined {
  const stated = [kid, payload.keyId].filter((id) => id !== undefined);
  const [id] = stated;
  if (stated.some((other) => other !== id)) {
    return new SignatureFault("signature.invalid", "kid and keyid name two keys");
  }
  if (keyId !== null && id !== keyId) {
    return new SignatureFault(
      "signature.signer_unknown",
      `signed under the key id ${quoted(id)}; expected ${quoted(keyId)} of ${oneLine(name, 100)}`,
    );
  }
  if (payload.scope !== scope) {
    return new SignatureFault(
      "signature.scope_mismatch",
      `signed for the scope ${quoted(payload.scope)}; expected ${quoted(scope)}`,
    );
  }
  // Written so that a time that is none is within no window.
  const begun = from === null || now >= from;
  const lasts = to === null || now <= to;
  if (begun && lasts) return undefined;
  return new SignatureFault(
    "signature.expired",
    `the key of ${oneLine(name, 100)} ${begun ? "counts no longer" : "does not count yet"}: sign with one that does`,
  );
}

function compareFiles(files: readonly BundleFile[], listed: ReadonlyMap<string, ListedFile>): void {
  const missing = new Set(listed.keys());
  for (const file of files) {
    const name = listedName(file);
    const entry = listed.get(name);
    if (entry === undefined) throw mismatch(`${quoted(name)} is not signed`);
    if (hashFile(file, entry.algorithm) !== entry.hash)
      throw mismatch(`${quoted(name)} is not what was signed`);
    missing.delete(name);
  }
  const [absent] = missing;
  if (absent !== undefined) throw mismatch(`${quoted(absent)} is signed and not in the archive`);
}

function describe({ name, key, keyId }: KeySigner): SignedBy {
  const identity = keyId ?? digestOf(key.export({ type: "spki", format: "der" }));
  return { signer: name, form: "opa", identity, issuer: null, time: null };
}

function quoted(text: string | null | undefined): string {
  return text === null || text === undefined ? "none" : oneLine(JSON.stringify(text), 100);
}

function mismatch(message: string): SignatureFault {
  return new SignatureFault("signature.files_mismatch", message);
}
