import {
  arrayAt,
  failure,
  isObject,
  member,
  oneLine,
  parseStrictJson,
  stringAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import { foldedTwins, parseAnnotations, parseDescriptor, parseDescriptors } from "./descriptor.ts";
import type { RegistryCode } from "./reasons.ts";
import type { Descriptor, Manifest } from "./types.ts";

export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** What is asked for and understood. */
export const MANIFEST_TYPES: readonly string[] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];

/** Layers of a manifest, or manifests of an index, that are read (A006). */
export const MAX_DESCRIPTORS = 2000;

const KEYS: ReadonlySet<string> = new Set([
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "subject",
  "annotations",
]);

export type ManifestCode = Extract<
  RegistryCode,
  "registry.media_type" | "registry.manifest_invalid" | "registry.limit_exceeded"
>;

/**
 * Reads a manifest or index (image-spec manifest.md and image-index.md, Docker's schema 2 and manifest list). What
 * two readers could take for two different documents is refused (A123, T051): a content type that is not the
 * document's own media type, layers beside manifests, keys that differ in case only, duplicate keys.
 *
 * @param contentType What the registry or the descriptor says it is; without it the document must say so itself, or
 * leave no doubt by its shape.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Result<Manifest, ManifestCode> {
  const parsed = parseStrictJson(bytes, { bytes: bytes.byteLength, depth: 20 });
  if (!parsed.ok) {
    const { code, message } = parsed.reason;
    const cause = `the manifest cannot be read: ${message}`;
    return code === "json.too_many_values" ? failure("registry.limit_exceeded", cause) : invalid(cause);
  }
  const document = parsed.value;
  if (!isObject(document)) return invalid("the manifest is no JSON object");
  const [twin] = foldedTwins(document, KEYS);
  if (twin !== undefined) return invalid(`the manifest has the member ${JSON.stringify(oneLine(twin, 40))}`);
  const mediaType = settleMediaType(document, contentType);
  if (!mediaType.ok) return mediaType;
  if (member(document, "schemaVersion") !== 2) return invalid("the manifest's schemaVersion is not 2");
  return mediaType.value === OCI_INDEX || mediaType.value === DOCKER_LIST
    ? readIndex(document, mediaType.value)
    : readImage(document, mediaType.value);
}

function settleMediaType(
  document: JsonObject,
  contentType: string | undefined,
): Result<string, "registry.media_type"> {
  const outer = contentType?.split(";")[0]?.trim().toLowerCase();
  const own = present(document, "mediaType");
  if (own !== undefined && typeof own !== "string") return wrongType("a mediaType that is no string");
  if (outer !== undefined && own !== undefined && outer !== own) {
    return wrongType(`the content type ${quote(outer)} over the mediaType ${quote(own)}`);
  }
  const mediaType = own ?? outer ?? shapeOf(document);
  if (mediaType === undefined) return wrongType("neither a media type nor the shape of one kind only");
  return MANIFEST_TYPES.includes(mediaType) ? success(mediaType) : wrongType(`the type ${quote(mediaType)}`);
}

/** For OCI documents that leave their media type away, as the spec allows. */
function shapeOf(document: JsonObject): string | undefined {
  const index = present(document, "manifests") !== undefined;
  const image = present(document, "config") !== undefined;
  if (index === image) return undefined;
  return index ? OCI_INDEX : OCI_MANIFEST;
}

function readIndex(document: JsonObject, mediaType: string): Result<Manifest, ManifestCode> {
  if (present(document, "layers") !== undefined || present(document, "config") !== undefined) {
    return wrongType("an index that also has layers or a config");
  }
  if (tooMany(document, "manifests")) return limited("manifests");
  const manifests = parseDescriptors(member(document, "manifests"));
  if (manifests === undefined) return invalid("an entry of the index is no valid descriptor");
  const common = readCommon(document);
  return common.ok ? success({ kind: "index", mediaType, manifests, ...common.value }) : common;
}

function readImage(document: JsonObject, mediaType: string): Result<Manifest, ManifestCode> {
  if (present(document, "manifests") !== undefined)
    return wrongType("an image manifest that also has manifests");
  if (tooMany(document, "layers")) return limited("layers");
  const config = parseDescriptor(member(document, "config"));
  if (config === undefined) return invalid("the manifest's config is no valid descriptor");
  const layers = parseDescriptors(member(document, "layers"));
  if (layers === undefined) return invalid("a layer of the manifest is no valid descriptor");
  const common = readCommon(document);
  return common.ok ? success({ kind: "manifest", mediaType, config, layers, ...common.value }) : common;
}

interface Common {
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

function readCommon(document: JsonObject): Result<Common, ManifestCode> {
  const annotations = parseAnnotations(member(document, "annotations"));
  if (annotations === undefined) return invalid("the manifest's annotations are not all strings");
  const artifactType = stringAt(document, "artifactType");
  const given = present(document, "subject");
  const subject = given === undefined ? undefined : parseDescriptor(given);
  if (given !== undefined && subject === undefined) {
    return invalid("the manifest's subject is no valid descriptor");
  }
  return success({
    annotations,
    ...(artifactType !== undefined && artifactType !== "" && { artifactType }),
    ...(subject !== undefined && { subject }),
  });
}

/** `null` is how writers in Go say absent. */
function present(document: JsonObject, key: string): JsonValue | undefined {
  return member(document, key) ?? undefined;
}

function tooMany(document: JsonObject, key: string): boolean {
  return (arrayAt(document, key)?.length ?? 0) > MAX_DESCRIPTORS;
}

function limited(what: string) {
  return failure(
    "registry.limit_exceeded",
    `the manifest lists more than ${MAX_DESCRIPTORS} ${what}, which is the most that is read`,
  );
}

function invalid(message: string) {
  return failure("registry.manifest_invalid", message);
}

function wrongType(found: string) {
  return failure("registry.media_type", `found ${found}; expected one OCI or Docker v2 manifest or index`);
}

function quote(text: string): string {
  return JSON.stringify(oneLine(text, 100));
}
