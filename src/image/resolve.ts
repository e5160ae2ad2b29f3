import { failure, parseDigest, success, type Digest, type Result } from "../core/index.ts";
import type {
  ContentSource,
  Descriptor,
  DescriptorPlatform,
  FetchedManifest,
  RegistryCode,
} from "../registry/index.ts";
import type { ImageReference, ResolvedImage } from "./types.ts";

/**
 * Settles an image's digest with one request: by the reference's digest where it has one (T006), else by its tag.
 * Everything after speaks of this digest only, so a tag that moves meanwhile changes nothing (T011, A054).
 */
export async function resolveImage(
  source: ContentSource,
  reference: ImageReference,
  options: { readonly signal: AbortSignal },
): Promise<Result<ResolvedImage, RegistryCode>> {
  const wanted = reference.digest ?? reference.tag ?? "latest";
  const fetched = await source.manifest(reference, wanted, options);
  if (!fetched.ok) return fetched;
  const { digest } = fetched.value;
  if (reference.digest !== undefined && digest !== reference.digest) {
    return failure("registry.digest_mismatch", `${reference.canonical} was answered with ${digest}`);
  }
  return success({ reference, digest, root: fetched.value, ...childrenOf(fetched.value) });
}

/**
 * An image of which nothing is known but the digest in its reference.
 *
 * @throws TypeError where the reference has no digest: a fault of the caller's.
 */
export function offlineImage(reference: ImageReference): ResolvedImage {
  if (reference.digest === undefined) throw new TypeError("an offline image needs a digest");
  const { digest } = reference;
  return { reference, digest, root: null, platformManifests: [], attestationManifests: [] };
}

type Children = Pick<ResolvedImage, "platformManifests" | "attestationManifests">;

function childrenOf({ digest, bytes, manifest }: FetchedManifest): Children {
  if (manifest.kind === "manifest") {
    const size = bytes.byteLength;
    return { platformManifests: [{ digest, size, platform: null }], attestationManifests: [] };
  }
  const platforms = new Map<string, Children["platformManifests"][number]>();
  const attestations = new Map<string, Children["attestationManifests"][number]>();
  for (const entry of manifest.manifests) {
    const { digest, size } = entry;
    const attested = attestedPlatform(entry);
    if (attested === undefined) {
      const platform = platformName(entry.platform);
      platforms.set(`${digest} ${platform}`, { digest, size, platform });
    } else {
      attestations.set(`${digest} ${attested}`, { digest, size, platform: attested });
    }
  }
  return {
    platformManifests: [...platforms.values()],
    attestationManifests: [...attestations.values()],
  };
}

/**
 * The platform manifest that a BuildKit attestation manifest speaks of; `undefined` for everything else. The
 * annotation alone does not do: under a real platform a runtime would run the manifest all the same (T018).
 */
function attestedPlatform({ platform, annotations }: Descriptor): Digest | undefined {
  if (annotations["vnd.docker.reference.type"] !== "attestation-manifest") return undefined;
  if (platform?.os !== "unknown" || platform.architecture !== "unknown") return undefined;
  return parseDigest(annotations["vnd.docker.reference.digest"] ?? "");
}

/** `os/architecture[/variant]`; `null` where a part is not stated or could be taken for something else. */
export function platformName(platform: Partial<DescriptorPlatform> | undefined): string | null {
  if (platform?.os === undefined || platform.architecture === undefined) return null;
  const { os, architecture, variant } = platform;
  const parts = variant === undefined || variant === "" ? [os, architecture] : [os, architecture, variant];
  return parts.every((part) => /^[A-Za-z0-9._-]{1,40}$/.test(part)) ? parts.join("/") : null;
}
