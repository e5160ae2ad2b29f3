import { oneLine } from "../../../core/index.ts";
import type { Descriptor, Manifest } from "../../../registry/index.ts";
import { SourceFault } from "../fault.ts";
import { SOURCE_LIMITS } from "../limits.ts";
import {
  ARTIFACT_TYPES,
  BUNDLE_LAYER,
  CONFIG_TYPES,
  CONFTEST,
  MANIFEST,
  OTHER_LAYERS,
  POLICY_ARTIFACT,
} from "./media-types.ts";

/**
 * The one layer that holds the bundle: that of OPA's type, else the only one of the types that ORAS gives. What says
 * that it is something else is refused (T185), conftest's artifacts with a word on what to do.
 */
export function bundleLayer(manifest: Manifest): Descriptor {
  if (manifest.kind === "index" || manifest.mediaType !== MANIFEST) {
    throw invalid(`is of type ${manifest.mediaType}; expected an OCI manifest with one bundle`);
  }
  const { artifactType = "", config, layers } = manifest;
  const types = [artifactType, config.mediaType, ...layers.map(({ mediaType }) => mediaType)];
  if (types.some((type) => type.startsWith(CONFTEST))) {
    throw invalid(
      "holds Rego as `conftest push` publishes it, which assay does not decide by: put it into a policy folder's rules/, " +
        "`assay policy build` it and `assay policy push` the bundle",
    );
  }
  if (!ARTIFACT_TYPES.has(artifactType)) {
    throw invalid(`is an artifact of type ${shown(artifactType)}; a policy's is ${POLICY_ARTIFACT}, or none`);
  }
  if (!CONFIG_TYPES.has(config.mediaType)) {
    throw invalid(`has a config of type ${shown(config.mediaType)}, which is no policy's`);
  }
  const ofOpa = layers.filter(({ mediaType }) => mediaType === BUNDLE_LAYER);
  const candidates = ofOpa.length > 0 ? ofOpa : layers.filter(({ mediaType }) => OTHER_LAYERS.has(mediaType));
  const [layer, ...others] = candidates;
  if (layer === undefined) {
    const [first] = layers;
    const found = first === undefined ? "no layer" : `none but ${shown(first.mediaType)}`;
    throw invalid(`has no layer of type ${BUNDLE_LAYER}; it has ${found}`);
  }
  if (others.length > 0)
    throw invalid(`has ${candidates.length} layers that may be the bundle; expected one`);
  if (layer.size > SOURCE_LIMITS.archiveBytes) {
    throw new SourceFault(
      "source.limit_exceeded",
      `the bundle has ${layer.size} bytes; at most ${SOURCE_LIMITS.archiveBytes} are read`,
    );
  }
  return layer;
}

function invalid(message: string): SourceFault {
  return new SourceFault("source.invalid", message);
}

function shown(type: string): string {
  return JSON.stringify(oneLine(type, 100));
}
