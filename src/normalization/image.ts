import type { ImageDescription, ResolvedImage } from "../image/index.ts";
import type { InputImage } from "./types.ts";

/** The image as rules see it: what its digest stands for. */
export function imageOf(image: ResolvedImage, description: ImageDescription): InputImage {
  return {
    reference: image.reference.canonical,
    registry: image.reference.registry,
    repository: image.reference.repository,
    tag: image.reference.tag ?? null,
    digest: image.digest,
    mediaType: image.root?.manifest.mediaType ?? null,
    annotations: image.root?.manifest.annotations ?? {},
    platforms: description.platforms.map(({ platform, digest, config, layers, annotations }) => ({
      platform,
      digest,
      config,
      layers,
      annotations,
    })),
  };
}
