import type { Digest } from "../../core/index.ts";
import type { Decision, DecisionRequest } from "../../decision/index.ts";
import { parseReference } from "../../image/index.ts";
import { decideAll } from "../batch.ts";
import type { Exchange } from "../exchange.ts";
import type { Service } from "../service-parts.ts";
import type { Decider } from "../types.ts";
import { within } from "../within.ts";
import type { ImagePlace } from "./images.ts";

/** An image, and what its pod says of pull secrets. */
export type AskedImage = Pick<ImagePlace, "image" | "pull">;

/**
 * Decides every image once, however often it is named, for its namespace's policy. Of an image that stands in pods with
 * different pull secrets the answer is the one that does not allow, where there is one.
 */
export async function judgeImages(
  asked: readonly AskedImage[],
  namespace: string | null,
  decider: Decider,
  { signal, lane, watch }: Exchange,
  { limits }: Service,
): Promise<ReadonlyMap<string, Decision>> {
  const distinct = distinctImages(asked);
  const requests = distinct.map((one) => requestFor(one, namespace));
  const decisions = await decideAll(requests, decider, {
    signal,
    lane,
    watch,
    parallel: limits.parallelImages,
  });
  const found = new Map<string, Decision>();
  for (const [index, { image }] of distinct.entries()) {
    const decision = decisions[index];
    const other = found.get(image);
    if (decision !== undefined && (other === undefined || isAllowed(other))) found.set(image, decision);
  }
  return found;
}

function isAllowed({ allow, outcome }: Decision): boolean {
  return allow && outcome === "allow";
}

/** Each image once with each kind of pod that it stands in. */
export function distinctImages(asked: readonly AskedImage[]): readonly AskedImage[] {
  return [...new Map(asked.map((one) => [JSON.stringify([one.image, one.pull]), one])).values()];
}

/**
 * The digest of every image that has one before the signal, each asked for once in however many spellings it is named.
 */
export async function resolveImages(
  asked: readonly AskedImage[],
  namespace: string | null,
  decider: Decider,
  { id, signal }: Exchange,
  { limits, log }: Service,
): Promise<(image: AskedImage) => Digest | undefined> {
  const spellings = Map.groupBy(asked, canonical);
  const digests = new Map<string, Digest>();
  const waiting = spellings.entries();
  const work = async () => {
    for (const [name, [image]] of waiting) {
      if (image === undefined) continue;
      const request = requestFor(image, namespace);
      const report = (thrown: string) => log.error("digest not found", { requestId: id, thrown });
      const digest = await within(signal, () => decider.resolve(request, { signal }), report);
      if (digest.ok) digests.set(name, digest.value);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.parallelImages, spellings.size) }, work));
  return (image) => digests.get(canonical(image));
}

function canonical({ image, pull }: AskedImage): string {
  const reference = parseReference(image);
  return JSON.stringify([reference.ok ? reference.value.canonical : image, pull]);
}

function requestFor({ image, pull }: AskedImage, namespace: string | null): DecisionRequest {
  return {
    reference: image,
    surface: "admission",
    namespace,
    parameters: {},
    platform: null,
    ...(pull !== undefined && { pull }),
  };
}
