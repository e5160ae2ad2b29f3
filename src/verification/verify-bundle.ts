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
  try {
    const artifactBytes =
      artifact.artifactBytes === undefined ? undefined : Buffer.from(artifact.artifactBytes);
    if (
      artifactBytes !== undefined &&
      digestOf(artifactBytes, algorithmOf(artifact.digest)) !== artifact.digest
    ) {
      refuse("subject.mismatch", "the artifact's bytes are not those of the digest");
    }
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
    const conclusion = concludeBundle(
      bundle,
      { digest: artifact.digest, platforms: [] },
      { ...trust, keys: byKey ? [demanded.key] : [] },
      { now },
      artifactBytes,
    );
    if (!byKey) requireIdentity(conclusion.signers, demanded);
    return success(conclusion);
  } catch (thrown) {
    const { code, message } = reasonOf(thrown);
    return failure(code, message);
  }
}
