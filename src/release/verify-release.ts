import { describeThrown, digestOf, failure, oneLine, success, type Result } from "../core/index.ts";
import { bundleFiles, SIGNATURES_FILE } from "../policy/index.ts";
import { verifyOpaSignature } from "./opa-signature/verify.ts";
import { verifySigstoreEvidence } from "./sigstore/verify.ts";
import type { DeliveredArchive, Delivery, ReleaseSigner, SignatureCode, SignedBy } from "./types.ts";

/**
 * Who of `signers` has signed what a source delivered, asked before anything of it is parsed. One valid signature is enough,
 * OPA's in the archive or Sigstore's beside it. Without signers nothing is asked for, but a signature in the archive is
 * refused, as OPA does: somebody meant it to be verified, and nobody said by which key (threat T173).
 *
 * Codes: those of `verifyOpaSignature` and `verifySigstoreEvidence`, `signature.missing` (also of a folder, where there is
 * nothing to sign), `signature.unexpected`.
 */
export async function verifyRelease(
  delivery: Delivery,
  signers: readonly ReleaseSigner[],
  now: Date,
): Promise<Result<readonly SignedBy[], SignatureCode>> {
  try {
    return verify(delivery, signers, now);
  } catch (thrown) {
    return failure("signature.invalid", describeThrown(thrown));
  }
}

function verify(
  delivery: Delivery,
  signers: readonly ReleaseSigner[],
  now: Date,
): Result<readonly SignedBy[], SignatureCode> {
  if (signers.length === 0) return withoutSigners(delivery);
  if (delivery.kind === "folder") {
    return failure(
      "signature.missing",
      "a policy folder cannot be signed: build it, sign the bundle and use that",
    );
  }
  if (digestOf(delivery.archive) !== delivery.digest) {
    return failure("signature.invalid", "the archive is not the one that its source named");
  }
  const keys = signers.filter((signer) => signer.kind === "key");
  const inside = verifyOpaSignature(delivery.archive, keys, now);
  const beside = verifyBeside(delivery, signers, now);
  const signed = [
    ...(inside.ok && inside.value !== null ? [inside.value] : []),
    ...(beside.ok ? beside.value : []),
  ];
  if (signed.length > 0) return success(signed);
  // Where both fail, the one in the archive is told: it came with what was to be loaded.
  if (!inside.ok) return inside;
  if (!beside.ok) return beside;
  return failure("signature.missing", `${signedBy(signers)}; there is no signature`);
}

/** A Sigstore signature states no scope: a key that signs for one has not said so with it (threat T179). */
function verifyBeside(
  delivery: DeliveredArchive,
  signers: readonly ReleaseSigner[],
  now: Date,
): Result<readonly SignedBy[], SignatureCode> {
  const unscoped = signers.filter((signer) => signer.kind === "identity" || signer.scope === null);
  if (unscoped.length > 0 || delivery.evidence.length === 0) {
    return verifySigstoreEvidence(delivery, unscoped, now);
  }
  return failure(
    "signature.scope_mismatch",
    "a Sigstore signature has no scope, and all signers are for one: sign the bundle with --opa and the scope",
  );
}

function withoutSigners(delivery: Delivery): Result<readonly SignedBy[], SignatureCode> {
  if (delivery.kind === "folder") return success([]);
  const files = bundleFiles(delivery.archive);
  if (!files.ok) return failure("signature.invalid", `the archive cannot be read: ${files.reason.message}`);
  if (!files.value.some(({ name }) => name === SIGNATURES_FILE)) return success([]);
  return failure(
    "signature.unexpected",
    "the bundle is signed, and no signer is configured to verify it: name one, or take an unsigned bundle",
  );
}

function signedBy(signers: readonly ReleaseSigner[]): string {
  const names = signers.map(({ name }) => name).join(", ");
  return `the bundle must be signed by ${oneLine(names, 200)}`;
}
