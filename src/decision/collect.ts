import { failure, oneLine, success, type Result } from "../core/index.ts";
import { gatherEvidence } from "../evidence/index.ts";
import { describeImage, parseReference, type ImageDescription } from "../image/index.ts";
import type { Appraisal } from "./appraisal/appraise.ts";
import { locate, type Located } from "./locate.ts";
import type { DecisionContext, DecisionRequest, GatherOptions } from "./types.ts";

/**
 * The part that waits for others: reference → image → everything that speaks of it, as it was fetched. A failure means
 * that nothing can be said about the image; evidence that is missing or out of reach is no failure but content.
 */
export async function collect(
  request: DecisionRequest,
  context: DecisionContext,
  options: GatherOptions,
): Promise<Result<Appraisal>> {
  const located = await locateReference(request, context, options.signal);
  return located.ok ? collectLocated(request, located.value, context, options) : located;
}

/** Its first step: the digest is settled. */
export async function locateReference(
  { reference }: DecisionRequest,
  context: DecisionContext,
  signal: AbortSignal,
): Promise<Result<Located>> {
  const parsed = parseReference(reference);
  return parsed.ok ? locate(parsed.value, context, signal) : parsed;
}

/** Its second step, for an image whose digest is settled. */
export async function collectLocated(
  request: DecisionRequest,
  { image, source, registry }: Located,
  { layouts, files, documents = [] }: DecisionContext,
  { signal, time, reads }: GatherOptions,
): Promise<Result<Appraisal>> {
  const [whole, evidence] = await Promise.all([
    describeImage(source, image, { signal }),
    gatherEvidence(image, { registry, layouts, files, documents }, { signal }),
  ]);
  const description = selectPlatform(whole, request.platform);
  if (!description.ok) return description;
  const { reference, surface, namespace, parameters } = request;
  return success({
    request: { reference, surface, namespace, parameters },
    image,
    description: description.value,
    artifacts: evidence.artifacts,
    incomplete: [...description.value.faults, ...evidence.incomplete],
    time,
    reads,
  });
}

/** Only the platform that was asked for, where one was. */
function selectPlatform(description: ImageDescription, platform: string | null): Result<ImageDescription> {
  if (platform === null) return success(description);
  const platforms = description.platforms.filter((candidate) => candidate.platform === platform);
  if (platforms.length > 0) return success({ ...description, platforms });
  // What could not be read may be the platform that was asked for.
  const [fault] = description.faults;
  if (fault !== undefined) return { ok: false, reason: fault };
  const known = description.platforms.map((candidate) => candidate.platform).join(", ");
  return failure(
    "image.platform_missing",
    `the image has no platform ${platform}; it has: ${known === "" ? "none" : oneLine(known, 300)}`,
  );
}
