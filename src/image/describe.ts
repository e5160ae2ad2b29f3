import { failure, success, type Reason, type Result } from "../core/index.ts";
import type { ContentSource, FetchedManifest, ImageManifest } from "../registry/index.ts";
import { CONFIG_TYPES, MAX_CONFIG_BYTES, parseImageConfig, type ReadConfig } from "./config.ts";
import type { ImageDescription, Platform, ResolvedImage } from "./types.ts";

export interface DescribeOptions {
  readonly signal: AbortSignal;
  /** Only this platform: `os/architecture[/variant]`. */
  readonly platform?: string;
}

/** Platforms of one index whose manifest and config are read. */
const MAX_PLATFORMS = 64;

type PlatformManifest = ResolvedImage["platformManifests"][number];

/**
 * Reads the platform manifests and their configs, all at once. Every platform of the index is in the answer, also one
 * that could not be read: it can be run all the same, so evidence must speak of it too (T016). What cannot be read is
 * a fault beside the rest: codes of the registry, and `image.config_invalid`, `image.config_unknown`, `image.not_a_manifest`, `image.limit_exceeded`.
 *
 * @param source `null` where nothing may be asked: then nothing is described.
 */
export async function describeImage(
  source: ContentSource | null,
  image: ResolvedImage,
  options: DescribeOptions,
): Promise<ImageDescription> {
  if (source === null) return { platforms: [], faults: [] };
  const wanted = image.platformManifests.filter(
    ({ platform }) => options.platform === undefined || platform === null || platform === options.platform,
  );
  const described = await Promise.all(
    wanted.slice(0, MAX_PLATFORMS).map((manifest) => describePlatform(source, image, manifest, options)),
  );
  const beyond = wanted.slice(MAX_PLATFORMS).map((manifest) => undescribed(manifest));
  const faults = described.flatMap((one) => one.faults);
  if (wanted.length > MAX_PLATFORMS) {
    const message = `the index has ${wanted.length} platforms; at most ${MAX_PLATFORMS} are read`;
    faults.push({ code: "image.limit_exceeded", message });
  }
  return { platforms: [...described.map((one) => one.platform), ...beyond], faults };
}

interface Described {
  readonly platform: Platform;
  readonly faults: readonly Reason[];
}

/** A platform of which nothing is known but that the index has it. */
function undescribed({ digest, platform }: PlatformManifest): Platform {
  return { platform: platform ?? "unknown", digest, config: null, layers: [], annotations: {} };
}

async function describePlatform(
  source: ContentSource,
  image: ResolvedImage,
  entry: PlatformManifest,
  options: DescribeOptions,
): Promise<Described> {
  const { digest, platform } = entry;
  const fetched =
    image.root?.digest === digest
      ? success(image.root)
      : await source.manifest(image.reference, digest, options);
  const manifest = requireManifest(fetched);
  if (!manifest.ok) {
    return { platform: undescribed(entry), faults: [named(platform ?? digest, manifest.reason)] };
  }
  const { layers, annotations } = manifest.value;
  const read = await readConfig(source, image, manifest.value, options);
  const name = platform ?? (read.ok ? read.value.platform : null) ?? "unknown";
  return {
    platform: {
      platform: name,
      digest,
      config: read.ok ? read.value.config : null,
      layers: layers.map((layer) => layer.digest),
      annotations,
    },
    faults: read.ok ? [] : [named(name, read.reason)],
  };
}

/** An index inside an index has no layers to describe. */
function requireManifest(fetched: Result<FetchedManifest>): Result<ImageManifest> {
  if (!fetched.ok) return fetched;
  const { manifest } = fetched.value;
  return manifest.kind === "manifest"
    ? success(manifest)
    : failure("image.not_a_manifest", "found an index where the manifest of a platform was expected");
}

async function readConfig(
  source: ContentSource,
  image: ResolvedImage,
  { config }: ImageManifest,
  { signal }: DescribeOptions,
): Promise<Result<ReadConfig>> {
  if (!CONFIG_TYPES.has(config.mediaType)) {
    return failure("image.config_unknown", "the config is of a kind that no container image has");
  }
  const bytes = await source.blob(image.reference, config, { signal, limit: MAX_CONFIG_BYTES });
  return bytes.ok ? parseImageConfig(bytes.value) : bytes;
}

function named(platform: string, { code, message }: Reason): Reason {
  return { code, message: `${platform}: ${message}` };
}
