import type { Result } from "../core/index.ts";
import type { RegistryCode } from "./reasons.ts";
import type { ContentOptions, ContentSource } from "./types.ts";

/** What stands between a source and who asks it: passes a question on, or answers in its place. */
export type Between = <T>(
  registry: string,
  options: ContentOptions,
  question: () => Promise<Result<T, RegistryCode>>,
) => Promise<Result<T, RegistryCode>>;

/** The source, with something between it and everybody who asks it. */
export function askThrough(source: ContentSource, between: Between): ContentSource {
  return {
    manifest: (name, reference, options) =>
      between(name.registry, options, () => source.manifest(name, reference, options)),
    blob: (name, descriptor, options) =>
      between(name.registry, options, () => source.blob(name, descriptor, options)),
    referrers: (name, digest, options) =>
      between(name.registry, options, () => source.referrers(name, digest, options)),
  };
}
