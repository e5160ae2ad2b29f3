import { digestOf, type Digest, type DigestAlgorithm } from "../../../src/core/index.ts";
import type { Descriptor } from "../../../src/registry/index.ts";

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";

/** A manifest's members besides `schemaVersion` and `mediaType`, which are filled in. */
export type ManifestContent = Readonly<Record<string, unknown>>;

export interface ImageContent {
  readonly tag?: string;
  /** Default `linux/amd64`. More than one makes an index. */
  readonly platforms?: readonly string[];
  /** The config's `config` member: `Labels`, `User`, … */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Makes images distinct that would else be equal. */
  readonly seed?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PushedImage {
  /** Of the index, or of the one manifest. */
  readonly descriptor: Descriptor;
  readonly digest: Digest;
  readonly platforms: readonly { readonly platform: string; readonly descriptor: Descriptor }[];
}

interface StoredManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

interface Repository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, Digest>;
  /** Descriptors by the digest of their subject. */
  readonly referrers: Map<string, object[]>;
}

/** What the lab's registry holds. Nothing pushed is checked: bad content is what tests want. */
export class LabStore {
  readonly #repositories = new Map<string, Repository>();
  /** Whether pushing a manifest with a `subject` also writes the fallback tag, as clients of old registries do. */
  writeFallbackTags = false;

  repository(name: string): Repository {
    let found = this.#repositories.get(name);
    if (found === undefined) {
      found = { blobs: new Map(), manifests: new Map(), tags: new Map(), referrers: new Map() };
      this.#repositories.set(name, found);
    }
    return found;
  }

  has(name: string): boolean {
    return this.#repositories.has(name);
  }

  pushBlob(
    repository: string,
    content: Uint8Array | string,
    mediaType = "application/octet-stream",
    algorithm: DigestAlgorithm = "sha256",
  ): Descriptor {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes, algorithm);
    this.repository(repository).blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.byteLength, annotations: {} };
  }

  /** Bytes as they are, JSON or not; a `subject` found in them lists the manifest among the referrers. */
  pushManifest(
    repository: string,
    content: Uint8Array | string,
    mediaType: string,
    tag?: string,
    algorithm: DigestAlgorithm = "sha256",
  ): Descriptor {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes, algorithm);
    const store = this.repository(repository);
    store.manifests.set(digest, { bytes, mediaType });
    if (tag !== undefined) store.tags.set(tag, digest);
    const size = bytes.byteLength;
    const read = tryJson(bytes);
    const annotations = (read?.["annotations"] ?? {}) as Record<string, string>;
    const subject = (read?.["subject"] as { digest?: unknown } | undefined)?.digest;
    if (typeof subject === "string") {
      const config = read?.["config"] as { mediaType?: unknown } | undefined;
      const artifactType = read?.["artifactType"] ?? config?.mediaType;
      this.addReferrer(repository, subject, { mediaType, digest, size, artifactType, annotations });
    }
    return { mediaType, digest, size, annotations };
  }

  /** Lists a descriptor, true or not, among the referrers of a digest. */
  addReferrer(repository: string, subject: string, descriptor: object): void {
    const list = this.repository(repository).referrers.get(subject) ?? [];
    list.push(descriptor);
    this.repository(repository).referrers.set(subject, list);
    if (this.writeFallbackTags) {
      this.pushIndex(repository, { manifests: list }, subject.replace(":", "-"));
    }
  }

  /** An OCI image manifest from its members. */
  push(repository: string, members: ManifestContent, tag?: string): Descriptor {
    return this.pushManifest(
      repository,
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...members }),
      OCI_MANIFEST,
      tag,
    );
  }

  pushIndex(repository: string, members: ManifestContent, tag?: string): Descriptor {
    return this.pushManifest(
      repository,
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, ...members }),
      OCI_INDEX,
      tag,
    );
  }

  /** A small proper image: one manifest, or an index of as many as platforms are named. */
  pushImage(repository: string, content: ImageContent = {}): PushedImage {
    const names = content.platforms ?? ["linux/amd64"];
    const single = names.length === 1;
    const platforms = names.map((platform) => {
      const tag = single ? content.tag : undefined;
      return { platform, descriptor: this.#pushPlatform(repository, platform, content, tag) };
    });
    const first = platforms[0]!.descriptor;
    if (single) return { descriptor: first, digest: first.digest, platforms };
    const manifests = platforms.map(({ platform, descriptor }) => ({
      ...descriptor,
      platform: platformObject(platform),
    }));
    const descriptor = this.pushIndex(
      repository,
      { manifests, ...(content.annotations && { annotations: content.annotations }) },
      content.tag,
    );
    return { descriptor, digest: descriptor.digest, platforms };
  }

  /** A manifest with one blob of any kind about `subject`: how Sigstore bundles and SBOMs are attached. */
  pushReferrer(
    repository: string,
    subject: Descriptor,
    artifactType: string,
    content: Uint8Array | string,
    annotations: Readonly<Record<string, string>> = {},
  ): Descriptor {
    const { mediaType, digest, size } = subject;
    return this.push(repository, {
      artifactType,
      config: this.pushBlob(repository, "{}", OCI_EMPTY),
      layers: [this.pushBlob(repository, content, artifactType)],
      subject: { mediaType, digest, size },
      annotations,
    });
  }

  #pushPlatform(repository: string, platform: string, content: ImageContent, tag?: string): Descriptor {
    const layer = this.pushBlob(repository, `layer ${content.seed ?? ""} ${platform}`, OCI_LAYER);
    const config = this.pushBlob(
      repository,
      JSON.stringify({
        created: "2026-01-02T03:04:05Z",
        ...platformObject(platform),
        config: content.config ?? {},
        rootfs: { type: "layers", diff_ids: [layer.digest] },
      }),
      OCI_CONFIG,
    );
    return this.push(
      repository,
      { config, layers: [layer], ...(content.annotations && { annotations: content.annotations }) },
      tag,
    );
  }
}

function platformObject(platform: string): { os: string; architecture: string; variant?: string } {
  const [os = "", architecture = "", variant] = platform.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function tryJson(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
