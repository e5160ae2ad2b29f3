/**
 * Images and evidence in the lab's registry, pushed as the field's tools push them. All functions write into a
 * `LabStore`, which is the lab's registry or stands alone; `writeLayout` puts what it holds on disk.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/index.ts";
import { OCI_CONFIG, OCI_EMPTY, OCI_INDEX, type LabStore, type PushedImage } from "./registry/store.ts";
import { BUNDLE_MEDIA_TYPES, type BundleJson, type CosignLayer } from "./sigstore/index.ts";

export const IN_TOTO_MEDIA_TYPE = "application/vnd.in-toto+json";

/** What a referrer or a descriptor needs of a manifest. */
export interface ManifestDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface BuildKitImage extends PushedImage {
  /** The attestation manifests of the index, each with the platform manifest that it speaks of. */
  readonly attestations: readonly { readonly descriptor: ManifestDescriptor; readonly platform: string }[];
}

/**
 * An image as BuildKit pushes it: an index of the platforms' manifests and, for each, an attestation manifest that
 * holds unsigned statements. `statements` makes them for a platform's name and digest.
 */
export function pushBuildKitImage(
  store: LabStore,
  repository: string,
  options: {
    readonly tag?: string;
    readonly platforms?: readonly string[];
    readonly seed?: string;
    readonly statements: (platform: string, digest: string) => readonly JsonObject[];
    /** Puts the newer `subject` and artifactType into attestation manifests. */
    readonly subject?: boolean;
  },
): BuildKitImage {
  const platforms = (options.platforms ?? ["linux/amd64"]).map((platform) => {
    const pushed = store.pushImage(repository, {
      platforms: [platform],
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    return { platform, descriptor: pushed.descriptor };
  });
  const attestations = platforms.map(({ platform, descriptor }) => {
    const { mediaType, digest, size } = descriptor;
    const layers = options.statements(platform, digest).map((statement) => ({
      ...store.pushBlob(repository, JSON.stringify(statement), IN_TOTO_MEDIA_TYPE),
      annotations: { "in-toto.io/predicate-type": statement["predicateType"] },
    }));
    const config = store.pushBlob(
      repository,
      JSON.stringify({ architecture: "unknown", os: "unknown" }),
      OCI_CONFIG,
    );
    const subject =
      options.subject === true
        ? {
            artifactType: "application/vnd.docker.attestation.manifest.v1+json",
            subject: { mediaType, digest, size },
          }
        : {};
    return { platform, speaksOf: digest, descriptor: store.push(repository, { config, layers, ...subject }) };
  });
  const index = store.pushIndex(
    repository,
    {
      manifests: [
        ...platforms.map(({ platform, descriptor }) => ({ ...descriptor, platform: platformOf(platform) })),
        ...attestations.map(({ speaksOf, descriptor }) => ({
          ...descriptor,
          platform: { os: "unknown", architecture: "unknown" },
          annotations: {
            "vnd.docker.reference.digest": speaksOf,
            "vnd.docker.reference.type": "attestation-manifest",
          },
        })),
      ],
    },
    options.tag,
  );
  return { descriptor: index, digest: index.digest, platforms, attestations };
}

function platformOf(platform: string) {
  const [os, architecture, variant] = platform.split("/");
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** Attaches a Sigstore bundle as an OCI 1.1 referrer, as cosign 3 and actions/attest do. */
export function attachBundle(
  store: LabStore,
  repository: string,
  subject: ManifestDescriptor,
  bundle: BundleJson | Uint8Array | string,
  options: { readonly created?: string; readonly mediaType?: string } = {},
): ManifestDescriptor {
  const artifactType = options.mediaType ?? BUNDLE_MEDIA_TYPES["0.3"];
  const bytes = typeof bundle === "string" || bundle instanceof Uint8Array ? bundle : JSON.stringify(bundle);
  const { mediaType, digest, size } = subject;
  return store.push(repository, {
    artifactType,
    config: { ...store.pushBlob(repository, "{}", OCI_EMPTY), artifactType },
    layers: [store.pushBlob(repository, bytes, artifactType)],
    subject: { mediaType, digest, size },
    annotations: {
      "org.opencontainers.image.created": options.created ?? "2026-01-02T03:04:05Z",
      "dev.sigstore.bundle.content": "dsse-envelope",
    },
  });
}

/** Pushes cosign's `.sig` or `.att` manifest under the digest's tag. */
export function pushCosignTag(
  store: LabStore,
  repository: string,
  digest: string,
  suffix: "sig" | "att" | "sbom",
  layers: readonly CosignLayer[],
): ManifestDescriptor {
  return store.push(repository, cosignManifest(store, repository, layers), cosignTag(digest, suffix));
}

/** cosign's legacy layers as an OCI 1.1 referrer (`COSIGN_EXPERIMENTAL=1`, `--registry-referrers-mode oci-1-1`). */
export function attachCosignLayers(
  store: LabStore,
  repository: string,
  subject: ManifestDescriptor,
  artifactType: string,
  layers: readonly CosignLayer[],
): ManifestDescriptor {
  const { mediaType, digest, size } = subject;
  return store.push(repository, {
    ...cosignManifest(store, repository, layers),
    artifactType,
    subject: { mediaType, digest, size },
  });
}

export function cosignTag(digest: string, suffix: string): string {
  return `${digest.replace(":", "-")}.${suffix}`;
}

function cosignManifest(store: LabStore, repository: string, layers: readonly CosignLayer[]) {
  return {
    config: store.pushBlob(repository, JSON.stringify({ rootfs: { type: "layers" } }), OCI_CONFIG),
    layers: layers.map(({ mediaType, bytes, annotations }) => ({
      ...store.pushBlob(repository, bytes, mediaType),
      annotations,
    })),
  };
}

/**
 * Writes an OCI layout folder (image-layout.md) of everything that a repository of the store holds. `roots` stand in
 * index.json with their annotations; without it, every tag does as `org.opencontainers.image.ref.name`.
 */
export function writeLayout(
  store: LabStore,
  repository: string,
  folder: string,
  roots?: readonly (ManifestDescriptor & { readonly annotations?: Readonly<Record<string, string>> })[],
): void {
  const { blobs, manifests, tags } = store.repository(repository);
  const listed =
    roots ??
    Array.from(tags, ([tag, digest]) => ({
      mediaType: manifests.get(digest)?.mediaType ?? "",
      digest,
      size: manifests.get(digest)?.bytes.byteLength ?? 0,
      annotations: { "org.opencontainers.image.ref.name": tag },
    }));
  mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: listed }),
  );
  const contents = [...blobs, ...Array.from(manifests, ([digest, { bytes }]) => [digest, bytes] as const)];
  for (const [digest, bytes] of contents) {
    const [algorithm = "", hex = ""] = digest.split(":");
    mkdirSync(join(folder, "blobs", algorithm), { recursive: true });
    writeFileSync(join(folder, "blobs", algorithm, hex), bytes);
  }
}
