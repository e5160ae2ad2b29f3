import { digestOf, type Digest, type JsonObject } from "../../core/index.ts";
import type { Descriptor } from "../../registry/index.ts";
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from "./sign.ts";

/** A blob to be pushed before the manifest that names it. */
export interface ReferrerBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** What attaches a Sigstore bundle to an image or artifact. */
export interface SigstoreReferrer {
  readonly blobs: readonly ReferrerBlob[];
  readonly manifest: ReferrerBlob;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";

/**
 * The manifest by which cosign 3 attaches a DSSE bundle to its subject (image-spec 1.1, manifest.md): found by the
 * referrers API under `artifactType`. The annotations are hints for whoever lists; they prove nothing.
 */
export function sigstoreReferrer(
  subject: Pick<Descriptor, "mediaType" | "digest" | "size">,
  bundle: Uint8Array,
  { predicateType, created }: { readonly predicateType: string; readonly created: Date },
): SigstoreReferrer {
  const config = blob(EMPTY, Buffer.from("{}"));
  const layer = blob(SIGSTORE_BUNDLE_MEDIA_TYPE, bundle);
  const annotations = {
    "org.opencontainers.image.created": created.toISOString().replace(/\.\d+Z$/, "Z"),
    "dev.sigstore.bundle.content": "dsse-envelope",
    "dev.sigstore.bundle.predicateType": predicateType,
  };
  const manifest: JsonObject = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations,
  };
  return {
    blobs: [config, layer],
    manifest: blob(MANIFEST, Buffer.from(JSON.stringify(manifest))),
    artifactType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    annotations,
  };
}

function blob(mediaType: string, bytes: Uint8Array): ReferrerBlob {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function descriptorOf({ mediaType, digest, bytes }: ReferrerBlob): JsonObject {
  return { mediaType, digest, size: bytes.byteLength };
}
