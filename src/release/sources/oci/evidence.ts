import { gatherEvidence } from "../../../evidence/index.ts";
import type { ContentSource, FetchedManifest } from "../../../registry/index.ts";
import { SourceFault } from "../fault.ts";
import { SOURCE_LIMITS } from "../limits.ts";
import type { OciAddress } from "./address.ts";

/** How much is looked at for one policy: anybody who may push to the repository can add to it. */
const LIMITS = {
  referrers: 64,
  unfamiliarReferrers: 8,
  layers: 16,
  blobs: SOURCE_LIMITS.evidence,
  blobBytes: SOURCE_LIMITS.evidenceBytes,
  totalBytes: 4 * SOURCE_LIMITS.evidenceBytes,
} as const;

/** More evidence than is looked at, which strangers can bring about: no reason to refuse what is there. */
const CUT: ReadonlySet<string> = new Set(["evidence.limit_exceeded", "evidence.list_incomplete"]);

/**
 * The Sigstore bundles that refer to the policy's manifest, or lie under cosign's tags for it, newest first as far as
 * their registry tells. Evidence of other forms (cosign's before bundles, Notary's) is not for policies. Where the registry did
 * not answer and nothing was found, that is the registry's failure, and no missing signature.
 */
export async function ociEvidence(
  registry: ContentSource,
  { reference }: OciAddress,
  root: FetchedManifest,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const image = { reference, digest: root.digest, root, platformManifests: [], attestationManifests: [] };
  const found = await gatherEvidence(image, { registry, layouts: [], files: [] }, { signal, limits: LIMITS });
  const bundles = found.artifacts.flatMap(({ content }) =>
    content.kind === "sigstore-bundle" ? [content.bytes] : [],
  );
  const open = found.incomplete.find(({ code }) => !CUT.has(code));
  if (bundles.length === 0 && open !== undefined) {
    throw new SourceFault("source.unreachable", `its signatures could not be asked for: ${open.message}`);
  }
  return bundles.slice(0, SOURCE_LIMITS.evidence);
}
