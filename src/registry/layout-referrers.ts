import type { Digest } from "../core/index.ts";
import { fallbackTag, isTag } from "./names.ts";
import { DEFAULT_REGISTRY_LIMITS } from "./settings.ts";
import type {
  ContentOptions,
  Descriptor,
  FetchedManifest,
  LayoutSource,
  ReferrersList,
  RepositoryName,
} from "./types.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const { referrersDescriptors } = DEFAULT_REGISTRY_LIMITS;

/**
 * Finds the referrers of a digest in a layout: manifests of index.json, and of the index kept there under the
 * digest's fallback tag, whose `subject` it is. What is listed but cannot be read makes the list incomplete.
 */
export async function listLayoutReferrers(
  layout: LayoutSource,
  name: RepositoryName,
  subject: Digest,
  options: ContentOptions,
): Promise<ReferrersList> {
  const candidates = new Map<Digest, Descriptor>(layout.index.map((entry) => [entry.digest, entry]));
  const found: Descriptor[] = [];
  let truncated = false;
  // A map is walked in order of insertion, and also over what is added on the way.
  for (const [digest, candidate] of candidates) {
    if (digest === subject) continue;
    const fetched = await layout.manifest(name, digest, options);
    if (!fetched.ok) {
      truncated = true;
      continue;
    }
    const { manifest } = fetched.value;
    if (manifest.subject?.digest === subject) found.push(describe(candidate, fetched.value));
    const refName = candidate.annotations[REF_NAME] ?? "";
    if (manifest.kind === "index" && isFallback(refName, subject)) {
      for (const entry of manifest.manifests)
        if (!candidates.has(entry.digest)) candidates.set(entry.digest, entry);
    }
    if (candidates.size > referrersDescriptors) return { descriptors: found, via: "layout", truncated: true };
  }
  return { descriptors: found, via: "layout", truncated };
}

function isFallback(refName: string, subject: Digest): boolean {
  const tag = fallbackTag(subject);
  return isTag(tag) && (refName === tag || refName.endsWith(`:${tag}`));
}

/** What a registry would list: taken from the manifest itself, not from the entry that led to it. */
function describe(candidate: Descriptor, { bytes, manifest, digest }: FetchedManifest): Descriptor {
  const config = manifest.kind === "manifest" ? manifest.config.mediaType : undefined;
  const artifactType = manifest.artifactType ?? config ?? candidate.artifactType;
  return {
    mediaType: manifest.mediaType,
    digest,
    size: bytes.byteLength,
    annotations: manifest.annotations,
    ...(artifactType !== undefined && { artifactType }),
  };
}
