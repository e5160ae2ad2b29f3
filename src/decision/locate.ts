import { failure, success, type Result } from "../core/index.ts";
import { offlineImage, resolveImage, type ImageReference, type ResolvedImage } from "../image/index.ts";
import type { ContentSource } from "../registry/index.ts";
import type { DecisionContext } from "./types.ts";

export interface Located {
  readonly image: ResolvedImage;
  /** Where the image's own manifests and configs are read from. */
  readonly source: ContentSource | null;
  /** The registry, where evidence is to be asked of it too. */
  readonly registry: ContentSource | null;
}

/**
 * Settles the image's digest: from an OCI layout that holds it, else from the registry, else, where neither may be
 * asked, from the reference alone. A layout that holds the image speaks for it wholly: the registry is not asked.
 */
export async function locate(
  reference: ImageReference,
  context: Pick<DecisionContext, "registry" | "layouts">,
  signal: AbortSignal,
): Promise<Result<Located>> {
  for (const layout of context.layouts) {
    const image = await resolveImage(layout, reference, { signal });
    if (image.ok) return success({ image: image.value, source: layout, registry: null });
    if (image.reason.code !== "registry.not_found") return image;
  }
  if (context.registry !== null) {
    const image = await resolveImage(context.registry, reference, { signal });
    return image.ok
      ? success({ image: image.value, source: context.registry, registry: context.registry })
      : image;
  }
  if (reference.digest === undefined) {
    return failure(
      "image.digest_unknown",
      `offline, the tag of ${reference.canonical} cannot be resolved: give NAME@sha256:… or a layout that holds it`,
    );
  }
  return success({ image: offlineImage(reference), source: null, registry: null });
}
