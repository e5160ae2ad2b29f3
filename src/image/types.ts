import type { Digest, Reason } from "../core/index.ts";
import type { FetchedManifest, RepositoryName } from "../registry/index.ts";

/** A reference as the distribution grammar and containerd read it; the digest wins over the tag. */
export interface ImageReference extends RepositoryName {
  readonly tag?: string;
  readonly digest?: Digest;
  /** As it was given, for answers that must repeat it to the letter. */
  readonly original: string;
  /** Canonical spelling: `docker.io/library/nginx:latest`, `ghcr.io/acme/app@sha256:…`. */
  readonly canonical: string;
}

export interface Platform {
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platform: string;
  /** Digest of the platform's manifest: the image's own digest where it is no index. */
  readonly digest: Digest;
  readonly config: ImageConfig | null;
  /** Layer digests in order, as the manifest (never the config) lists them. */
  readonly layers: readonly Digest[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** What rules may want of an image's config; absent is `null`. */
export interface ImageConfig {
  readonly created: string | null;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingDirectory: string | null;
  readonly exposedPorts: readonly string[];
}

/** An image whose digest is settled: everything later speaks of exactly this digest. */
export interface ResolvedImage {
  readonly reference: ImageReference;
  readonly digest: Digest;
  /** `null` where only the digest is known (`--offline` without a layout that holds the image). */
  readonly root: FetchedManifest | null;
  /** The platform manifests of an index, or the one manifest, whose platform only its config tells (`null`). */
  readonly platformManifests: readonly {
    readonly digest: Digest;
    readonly size: number;
    readonly platform: string | null;
  }[];
  /** BuildKit's attestation manifests inside the index, each with the platform manifest that it speaks of. */
  readonly attestationManifests: readonly {
    readonly digest: Digest;
    readonly size: number;
    readonly platform: Digest;
  }[];
}

/** What the platform manifests and their configs say; fetched beside the evidence, not before it. */
export interface ImageDescription {
  /** Every platform of the image; of one that could not be read, nothing but name and digest. */
  readonly platforms: readonly Platform[];
  /** What of the image could not be read (a config, one platform), for `completeness`. */
  readonly faults: readonly Reason[];
}

export type ReferenceCode = "reference.invalid" | "reference.digest_unsupported";
