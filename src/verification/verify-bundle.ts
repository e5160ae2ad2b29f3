import { digestOf, failure, success, algorithmOf, type Digest, type Result } from "../core/index.ts";
import { parseBundle } from "./bundle.ts";
import { requireIdentity, type DemandedIdentity } from "./identity.ts";
import { refuse } from "./refusal.ts";
import type { ReasonCode } from "./reasons.ts";
import type { TrustedKey, TrustMaterial, VerifiedConclusion } from "./types.ts";
import { concludeBundle, reasonOf } from "./verify.ts";

/** What a bundle is held against: an artifact, by its digest and, where at hand, its bytes. */
export interface BundleArtifact {
  readonly digest: Digest;
  readonly artifactBytes?: Uint8Array;
}

/** Who must have signed: an identity of a certificate, or one key. */
export type DemandedSigner = DemandedIdentity | { readonly key: TrustedKey };

/**
 * Verifies one Sigstore bundle for one artifact and one demanded signer, as a client of sigstore-conformance does.
 * Never throws. Without the artifact's bytes an Ed25519 or PSS message signature cannot be checked and is refused.
 */
export function verifyBundle(
  bundleBytes: Uint8Array,
  artifact: BundleArtifact,
  trust: TrustMaterial,
  demanded: DemandedSigner,
  now: Date,
): Result<VerifiedConclusion, ReasonCode> {
  return attempt(() => {
    const artifactBytes = checkedBytes(artifact);
    const bundle = parseBundle(bundleBytes);
    const byKey = "key" in demanded;
    if (byKey !== (bundle.verifier.kind === "key")) {
      refuse(
        byKey ? "key.unknown" : "identity.mismatch",
        byKey
          ? "the bundle is signed with a certificate; a key was demanded"
          : "the bundle is signed with a key; name it to verify it",
      );
    }
    const target = { digest: artifact.digest, platforms: [] };
    const named = { ...trust, keys: byKey ? [demanded.key] : [] };
    const conclusion = concludeBundle(bundle, target, named, { now }, artifactBytes);
    if (!byKey) requireIdentity(conclusion.signers, demanded);
    return conclusion;
  });
}

/**
 * Proves who signed one Sigstore bundle for one artifact, and when, against all of the trust given; whether that signer
 * is one who may is the caller's to ask. Otherwise as `verifyBundle`.
 */
export function proveBundle(
  bundleBytes: Uint8Array,
  artifact: BundleArtifact,
  trust: TrustMaterial,
  now: Date,
): Result<VerifiedConclusion, ReasonCode> {
  return attempt(() => {
    const artifactBytes = checkedBytes(artifact);
    const target = { digest: artifact.digest, platforms: [] };
    return concludeBundle(parseBundle(bundleBytes), target, trust, { now }, artifactBytes);
  });
}

function checkedBytes({ digest, artifactBytes }: BundleArtifact): Buffer | undefined {
  if (artifactBytes === undefined) return undefined;
  const bytes = Buffer.from(artifactBytes.buffer, artifactBytes.byteOffset, artifactBytes.byteLength);
  return digestOf(bytes, algorithmOf(digest)) === digest
    ? bytes
    : refuse("subject.mismatch", "the artifact's bytes are not those of the digest");
}

function attempt(conclude: () => VerifiedConclusion): Result<VerifiedConclusion, ReasonCode> {
  try {
    return success(conclude());
  } catch (thrown) {
    const { code, message } = reasonOf(thrown);
    return failure(code, message);
  }
}
