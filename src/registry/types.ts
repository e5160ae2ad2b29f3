import type { Digest, Result } from "../core/index.ts";
import type { RegistryCode } from "./reasons.ts";

/** A repository of one registry, both canonical: `docker.io` + `library/nginx`, `localhost:5000` + `app`. */
export interface RepositoryName {
  /** Host in lowercase, with the port where one was given. */
  readonly registry: string;
  readonly repository: string;
}

/** An OCI content descriptor (image-spec, descriptor.md), its digest and size already known to be well formed. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: DescriptorPlatform;
}

export interface DescriptorPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** An image manifest, OCI or Docker v2 schema 2. */
export interface ImageManifest {
  readonly kind: "manifest";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An image index, OCI or Docker manifest list. */
export interface ImageIndex {
  readonly kind: "index";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest = ImageManifest | ImageIndex;

export interface FetchedManifest {
  readonly digest: Digest;
  /** The bytes whose digest was compared. */
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

export interface ReferrersList {
  readonly descriptors: readonly Descriptor[];
  /** Which mechanism answered; `none`: neither has anything. */
  readonly via: "api" | "fallback-tag" | "layout" | "none";
  /** Where the list was cut at a limit: what was cut is not known, so the list must never read as complete. */
  readonly truncated: boolean;
}

export interface ContentOptions {
  /** Ends the request at the caller's deadline. */
  readonly signal: AbortSignal;
}

export interface BlobOptions extends ContentOptions {
  /** Bytes. */
  readonly limit: number;
  /** Bytes so far, and of all. */
  readonly progress?: ((bytes: number, all: number | null) => void) | undefined;
}

/**
 * Where manifests and blobs come from: a registry over the network or an OCI layout on disk. Every implementation
 * bounds what it reads and compares digests before anything is parsed.
 */
export interface ContentSource {
  /** By tag or by digest. Nothing there is the failure `registry.not_found`. */
  manifest(
    repository: RepositoryName,
    reference: string,
    options: ContentOptions,
  ): Promise<Result<FetchedManifest, RegistryCode>>;
  /** A whole blob of at most `limit` bytes, its size and digest compared with the descriptor's. */
  blob(
    repository: RepositoryName,
    descriptor: Descriptor,
    options: BlobOptions,
  ): Promise<Result<Uint8Array, RegistryCode>>;
  /** All manifests whose `subject` is said to be this digest: hints, to be checked by whoever fetches them. */
  referrers(
    repository: RepositoryName,
    digest: Digest,
    options: ContentOptions,
  ): Promise<Result<ReferrersList, RegistryCode>>;
}

/** An OCI image layout on disk. It answers for every repository: what it holds is found by digest, or by name. */
export interface LayoutSource extends ContentSource {
  readonly path: string;
  /** The entries of index.json with their annotations, as they stand there: not compared with anything. */
  readonly index: readonly Descriptor[];
  close(): Promise<void>;
}
