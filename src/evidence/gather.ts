import { describeThrown, type Reason } from "../core/index.ts";
import type { ResolvedImage } from "../image/index.ts";
import type { ContentSource, LayoutSource } from "../registry/index.ts";
import { Asking } from "./asking.ts";
import { readLayers, type Yield } from "./blobs.ts";
import { collect } from "./collect.ts";
import { fileArtifacts, type EvidenceFile } from "./documents.ts";
import { readEvidenceFiles } from "./files.ts";
import { askLayout, inTurn } from "./layouts.ts";
import {
  askCosignTag,
  askReferrers,
  buildkitLeads,
  COSIGN_SUFFIXES,
  discovery,
  exceeded,
  NOTHING,
  targetsOf,
  type Discovery,
  type Target,
} from "./leads.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { followLeads } from "./manifests.ts";
import type { EvidenceCollection } from "./types.ts";

/** Where evidence is looked for. */
export interface EvidenceSources {
  /** The registry that has the image; `null` where it must not be asked. */
  readonly registry: ContentSource | null;
  readonly layouts: readonly LayoutSource[];
  /** Files and folders, see `readEvidenceFiles`. */
  readonly files: readonly string[];
  /** What somebody has at hand already, read as files are; absent: nothing. */
  readonly documents?: readonly EvidenceFile[];
}

export interface GatherOptions {
  /** At its end everything still open counts as not answered; what has come is returned. */
  readonly signal: AbortSignal;
  readonly limits?: Partial<Limits>;
}

/**
 * Finds and fetches every artifact that speaks of the image or of one of its platforms: referrers, cosign's tags,
 * BuildKit's attestation manifests, OCI layouts, files. All lists are asked for together, then all manifests, then all
 * blobs: three answers, one after the other, however much there is. Never fails and never throws: what could not be
 * had or read stands in the list with its reason, and `incomplete` says where more may be.
 */
export async function gatherEvidence(
  image: ResolvedImage,
  from: EvidenceSources,
  options: GatherOptions,
): Promise<EvidenceCollection> {
  const limits = { ...LIMITS, ...options.limits };
  try {
    const asking = new Asking(options.signal, limits);
    const [fetched, files] = await Promise.all([fetchAll(asking, image, from), filesOf(from.files, limits)]);
    const all = [...fetched, files, fileArtifacts(from.documents ?? [], limits)];
    return collect(
      all.flatMap(({ artifacts }) => artifacts),
      all.flatMap(({ incomplete }) => incomplete),
      limits,
    );
  } catch (thrown) {
    const reason: Reason = { code: "internal", message: `gathering failed: ${describeThrown(thrown)}` };
    return { artifacts: [], incomplete: [reason] };
  }
}

async function fetchAll(
  asking: Asking,
  image: ResolvedImage,
  from: EvidenceSources,
): Promise<readonly Yield[]> {
  const found = await discover(asking, image, from);
  const leads = found.flatMap((one) => one.leads);
  const followed = await followLeads(asking, leads);
  return [...(await readLayers(asking, followed)), ...found];
}

/** Everything that can be asked without knowing more than the image, at once. */
async function discover(
  asking: Asking,
  image: ResolvedImage,
  { registry, layouts }: EvidenceSources,
): Promise<readonly Discovery[]> {
  const all = targetsOf(image);
  const targets = all.slice(0, asking.limits.platforms + 1);
  const over = all.length - targets.length;
  const unasked = over > 0 ? discovery({ incomplete: [exceeded(`evidence of ${over} platforms`)] }) : NOTHING;
  const sources = registry === null ? layouts : [registry];
  const buildkit = buildkitLeads(image, inTurn(sources), asking.limits);
  const [attached, ...held] = await Promise.all([
    registry === null ? Promise.resolve([]) : askRegistry(asking, registry, image, targets),
    ...layouts.map((layout) => askLayout(asking, layout, image, targets)),
  ]);
  return [...attached, buildkit, ...held.flat(), unasked];
}

async function askRegistry(
  asking: Asking,
  registry: ContentSource,
  image: ResolvedImage,
  targets: readonly Target[],
): Promise<readonly Discovery[]> {
  const { reference } = image;
  const at = { source: "referrer", prefix: "" } as const;
  return Promise.all([
    ...targets.map((target) => askReferrers(asking, registry, reference, target, at)),
    ...targets.flatMap((target) =>
      COSIGN_SUFFIXES.map((suffix) => askCosignTag(asking, registry, reference, target, suffix)),
    ),
  ]);
}

/** A path that cannot be read is the caller's to refuse beforehand; should it vanish since, that is said here. */
async function filesOf(paths: readonly string[], limits: Limits): Promise<EvidenceCollection> {
  const read = await readEvidenceFiles(paths, limits);
  return read.ok ? read.value : { artifacts: [], incomplete: [read.reason] };
}
