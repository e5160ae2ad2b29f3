import {
  isObject,
  isArray,
  member,
  objectAt,
  parseDigest,
  stringAt,
  stringMap,
  type JsonObject,
  type JsonValue,
} from "../core/index.ts";
import type { Descriptor, DescriptorPlatform } from "./types.ts";

const KEYS: ReadonlySet<string> = new Set([
  "mediaType",
  "digest",
  "size",
  "artifactType",
  "annotations",
  "platform",
  "urls",
  "data",
]);

/**
 * Reads one descriptor (image-spec, descriptor.md). `undefined` where a required member is absent or malformed: the
 * digest not exactly as the spec writes it (A122), the size no natural number (T046). `null` members count as
 * absent, as writers in Go mean them. `urls` and `data` are not looked at (A116).
 */
export function parseDescriptor(value: JsonValue | undefined): Descriptor | undefined {
  if (!isObject(value) || foldedTwins(value, KEYS).length > 0) return undefined;
  const mediaType = stringAt(value, "mediaType");
  const digest = parseDigest(stringAt(value, "digest") ?? "");
  const size = member(value, "size");
  if (mediaType === undefined || mediaType === "" || mediaType.length > 255 || digest === undefined) {
    return undefined;
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  const annotations = parseAnnotations(member(value, "annotations"));
  if (annotations === undefined) return undefined;
  const artifactType = stringAt(value, "artifactType");
  const platform = parsePlatform(objectAt(value, "platform"));
  return {
    mediaType,
    digest,
    size,
    annotations,
    ...(artifactType !== undefined && { artifactType }),
    ...(platform !== undefined && { platform }),
  };
}

/** Every element a descriptor, else `undefined`; absent and `null` are an empty list. */
export function parseDescriptors(value: JsonValue | undefined): readonly Descriptor[] | undefined {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) return undefined;
  const descriptors: Descriptor[] = [];
  for (const element of value) {
    const descriptor = parseDescriptor(element);
    if (descriptor === undefined) return undefined;
    descriptors.push(descriptor);
  }
  return descriptors;
}

export function parseAnnotations(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  return value === undefined || value === null ? {} : stringMap(value);
}

/**
 * Keys that are not known as they are written but would be to a reader that ignores case, as Go's does: two readers
 * would see two documents behind one digest (A123).
 */
export function foldedTwins(value: JsonObject, known: ReadonlySet<string>): readonly string[] {
  const folded = new Set([...known].map(fold));
  return Object.keys(value).filter((key) => !known.has(key) && folded.has(fold(key)));
}

/** Upper case first: it takes the long s and the Kelvin sign to the letters that Go takes them for. */
function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function parsePlatform(value: JsonObject | undefined): DescriptorPlatform | undefined {
  const os = stringAt(value, "os");
  const architecture = stringAt(value, "architecture");
  if (os === undefined || architecture === undefined) return undefined;
  const variant = stringAt(value, "variant");
  return { os, architecture, ...(variant !== undefined && variant !== "" && { variant }) };
}
