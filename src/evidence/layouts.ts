import { failure, type Result } from "../core/index.ts";
import type { ResolvedImage } from "../image/index.ts";
import type { ContentSource, LayoutSource, RegistryCode } from "../registry/index.ts";
import type { Asking } from "./asking.ts";
import { askReferrers, discovery, exceeded, type Discovery, type Lead, type Target } from "./leads.ts";

/**
 * What an OCI layout holds for the image: referrers, and entries of index.json that carry evidence without naming a
 * subject, as `cosign save` writes them and as copies of cosign's tags are. Those are told by what their layers are,
 * never by an annotation; what they speak of only their signed content says.
 */
export async function askLayout(
  asking: Asking,
  layout: LayoutSource,
  image: ResolvedImage,
  targets: readonly Target[],
): Promise<readonly Discovery[]> {
  const prefix = `layout ${layout.path} `;
  const at = { source: "layout", prefix } as const;
  const referrers = await Promise.all(
    targets.map((target) => askReferrers(asking, layout, image.reference, target, at)),
  );
  return [...referrers, entriesOf(asking, layout, image, targets, prefix)];
}

function entriesOf(
  asking: Asking,
  layout: LayoutSource,
  image: ResolvedImage,
  targets: readonly Target[],
  prefix: string,
): Discovery {
  const ofImage = new Set([...targets, ...image.attestationManifests].map(({ digest }) => digest));
  const entries = layout.index.filter(({ digest }) => !ofImage.has(digest));
  const leads = entries.slice(0, asking.limits.layoutManifests).map((descriptor): Lead => {
    const place = `${prefix}manifest ${descriptor.digest}`;
    const attached = { attachedTo: null, subject: null, manifest: null, known: false };
    return { source: "layout", place, from: layout, repository: image.reference, descriptor, ...attached };
  });
  const over = entries.length - leads.length;
  return discovery({ leads, incomplete: over > 0 ? [exceeded(`${prefix}${over} manifests`)] : [] });
}

/** Asks one source after the other until one has the content. */
export function inTurn(sources: readonly ContentSource[]): ContentSource {
  const ask = async <T>(
    question: (source: ContentSource) => Promise<Result<T, RegistryCode>>,
  ): Promise<Result<T, RegistryCode>> => {
    for (const source of sources) {
      const answer = await question(source);
      if (answer.ok || answer.reason.code !== "registry.not_found") return answer;
    }
    return failure("registry.not_found", "nothing that was named holds it");
  };
  return {
    manifest: (repository, reference, options) =>
      ask((source) => source.manifest(repository, reference, options)),
    blob: (repository, descriptor, options) => ask((source) => source.blob(repository, descriptor, options)),
    referrers: (repository, digest, options) =>
      ask((source) => source.referrers(repository, digest, options)),
  };
}
