import {
  arrayAt,
  isObject,
  parseStrictJson,
  stringAt,
  type Digest,
  type JsonValue,
} from "../../../core/index.ts";
import {
  fallbackTag,
  OCI_INDEX,
  type Publisher,
  type Registry,
  type RepositoryName,
} from "../../../registry/index.ts";
import { SourceFault } from "../fault.ts";
import { fromRegistry } from "../registry-reason.ts";

/** A referrer as a list has it. */
export interface ReferrerEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const MAX_ENTRIES = 2000;

/**
 * Adds a referrer to the list that clients keep of a digest under its fallback tag (distribution-spec, "Referrers Tag
 * Schema"); what is listed already stays as it is written. Two who do this at once may lose one of theirs: registries
 * have no way to prevent it.
 */
export async function listReferrer(
  registry: Registry,
  publisher: Publisher,
  repository: RepositoryName,
  subject: Digest,
  entry: ReferrerEntry,
  signal: AbortSignal,
): Promise<void> {
  const tag = fallbackTag(subject);
  const found = await registry.manifest(repository, tag, { signal });
  const listed = found.ok ? entriesOf(found.value.bytes) : [];
  if (!found.ok && found.reason.code !== "registry.not_found") fromRegistry(found);
  if (listed.some((each) => stringAt(each, "digest") === entry.digest)) return;
  if (listed.length >= MAX_ENTRIES) {
    throw new SourceFault(
      "source.limit_exceeded",
      `the list of referrers has ${MAX_ENTRIES} entries already`,
    );
  }
  const { annotations, ...rest } = entry;
  const added = Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...listed, added] };
  const bytes = Buffer.from(JSON.stringify(index));
  fromRegistry(await publisher.putManifest(repository, tag, { bytes, mediaType: OCI_INDEX }, { signal }));
}

function entriesOf(bytes: Uint8Array): readonly JsonValue[] {
  const parsed = parseStrictJson(bytes);
  const manifests = parsed.ok && isObject(parsed.value) ? arrayAt(parsed.value, "manifests") : undefined;
  if (manifests === undefined) {
    throw new SourceFault("source.invalid", "the list of referrers under its fallback tag is no index");
  }
  return manifests;
}
