import { OCI_MANIFEST } from "../../../registry/index.ts";

/**
 * A policy bundle as an OCI artifact, as `assay policy push` writes it (image-spec, manifest.md): this `artifactType`;
 * the config `{}` under the type that OPA's documentation names; one layer, the archive as it is, under the type by
 * which OPA finds it, titled so that `oras pull` writes it to a file. No annotation tells of time, version or commit: the
 * same bundle is the same manifest, wherever and whenever it is pushed.
 */
export const POLICY_ARTIFACT = "application/vnd.assay.policy.v1";
export const BUNDLE_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
export const BUNDLE_CONFIG = "application/vnd.oci.image.config.v1+json";
export const BUNDLE_TITLE = "bundle.tar.gz";

/** The config of artifacts that have none, with the content `{}` (image-spec, "Guidance for an Empty Descriptor"). */
export const EMPTY_CONFIG = "application/vnd.oci.empty.v1+json";
export const EMPTY_CONTENT: Uint8Array = Buffer.from("{}");

/** `artifactType` of what is taken for a bundle: ours, none (OPA's way), ORAS's for what it is not told the type of. */
export const ARTIFACT_TYPES: ReadonlySet<string> = new Set([
  "",
  POLICY_ARTIFACT,
  BUNDLE_CONFIG,
  "application/vnd.unknown.artifact.v1",
  "application/vnd.unknown.config.v1+json",
]);

/** Types of their configs. */
export const CONFIG_TYPES: ReadonlySet<string> = new Set([
  BUNDLE_CONFIG,
  EMPTY_CONFIG,
  "application/vnd.unknown.config.v1+json",
]);

/** Types of the layer where none is a `BUNDLE_LAYER`: ORAS's for a file that it is not told the type of, and gzip's own. */
export const OTHER_LAYERS: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.layer.v1.tar",
  "application/gzip",
]);

/** How conftest's types begin: Rego and data as they were written, a layer a file. */
export const CONFTEST = "application/vnd.cncf.openpolicyagent.";

export const MANIFEST = OCI_MANIFEST;
