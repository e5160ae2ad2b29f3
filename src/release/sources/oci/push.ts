import { digestOf, success, type Digest, type Result } from "../../../core/index.ts";
import { createPublisher, createRegistry, isTag, type Publisher } from "../../../registry/index.ts";
import type { SourceCode } from "../../types.ts";
import { guarded, SourceFault } from "../fault.ts";
import { fromRegistry } from "../registry-reason.ts";
import type { SourceSettings } from "../settings.ts";
import { readAddress, type OciAddress } from "./address.ts";
import { listReferrer, type ReferrerEntry } from "./listed-referrer.ts";
import {
  BUNDLE_CONFIG,
  BUNDLE_LAYER,
  BUNDLE_TITLE,
  EMPTY_CONFIG,
  EMPTY_CONTENT,
  MANIFEST,
  POLICY_ARTIFACT,
} from "./media-types.ts";

export interface PushOptions {
  readonly settings: SourceSettings;
  readonly signal: AbortSignal;
  readonly progress?: (bytes: number, all: number | null) => void;
}

export interface PushedBundle {
  /** Of the manifest: what the policy is pinned and signed by. */
  readonly digest: Digest;
  /** `oci://HOST/REPOSITORY@DIGEST`. */
  readonly pinned: string;
}

/**
 * Publishes a bundle as an OCI artifact (see `media-types.ts`) under the target's tag and further ones. What was pushed
 * before is not pushed again. Codes: `source.invalid`, `source.unauthorized`, `source.unreachable`, `source.not_found`.
 */
export function pushBundle(
  target: string,
  archive: Uint8Array,
  tags: readonly string[],
  options: PushOptions,
): Promise<Result<PushedBundle, SourceCode>> {
  return pushing(target, options, async (publisher, address) => {
    const { reference, tag } = address;
    if (reference.digest !== undefined) {
      throw new SourceFault("source.invalid", "is named by digest; a bundle is pushed to a tag");
    }
    const all = [...new Set([tag ?? "latest", ...tags])];
    const wrong = all.find((each) => !isTag(each));
    if (wrong !== undefined) throw new SourceFault("source.invalid", `${JSON.stringify(wrong)} is no tag`);
    const { signal, progress } = options;
    const layer = fromRegistry(await publisher.putBlob(reference, archive, { signal, progress }));
    const config = fromRegistry(await publisher.putBlob(reference, EMPTY_CONTENT, { signal }));
    const bytes = manifestBytes({
      artifactType: POLICY_ARTIFACT,
      config: { mediaType: BUNDLE_CONFIG, digest: config, size: EMPTY_CONTENT.byteLength },
      layers: [
        {
          mediaType: BUNDLE_LAYER,
          digest: layer,
          size: archive.byteLength,
          annotations: { "org.opencontainers.image.title": BUNDLE_TITLE },
        },
      ],
    });
    for (const each of all) {
      fromRegistry(await publisher.putManifest(reference, each, { bytes, mediaType: MANIFEST }, { signal }));
    }
    const digest = digestOf(bytes);
    return { digest, pinned: `oci://${reference.registry}/${reference.repository}@${digest}` };
  });
}

/** Something that speaks of an artifact in the same repository. */
export interface Referrer {
  readonly artifactType: string;
  /** Of the one layer. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The manifest that it speaks of, which must be there. */
  readonly subject: Digest;
  /** Of the manifest; repeated in the list of referrers. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Attaches evidence to an artifact in the target's repository (`oci://HOST/REPOSITORY…`; tag and digest do not count), as
 * a manifest with a subject. Where the registry has no referrers API, the list under the fallback tag is extended too
 * (distribution-spec, "Pushing Manifests with Subject"). Yields the new manifest's digest.
 */
export function pushReferrer(
  target: string,
  referrer: Referrer,
  options: PushOptions,
): Promise<Result<Digest, SourceCode>> {
  return pushing(target, options, async (publisher, { reference }) => {
    const { signal, progress } = options;
    const registry = createRegistry(options.settings.registries);
    try {
      const subject = fromRegistry(await registry.manifest(reference, referrer.subject, { signal }));
      const layer = fromRegistry(await publisher.putBlob(reference, referrer.bytes, { signal, progress }));
      const config = fromRegistry(await publisher.putBlob(reference, EMPTY_CONTENT, { signal }));
      const { artifactType, annotations = {} } = referrer;
      const bytes = manifestBytes({
        artifactType,
        config: { mediaType: EMPTY_CONFIG, digest: config, size: EMPTY_CONTENT.byteLength },
        layers: [{ mediaType: referrer.mediaType, digest: layer, size: referrer.bytes.byteLength }],
        subject: {
          mediaType: subject.manifest.mediaType,
          digest: subject.digest,
          size: subject.bytes.byteLength,
        },
        ...(Object.keys(annotations).length > 0 && { annotations }),
      });
      const manifest = { bytes, mediaType: MANIFEST };
      const put = fromRegistry(await publisher.putManifest(reference, null, manifest, { signal }));
      if (!put.referrersListed) {
        const size = bytes.byteLength;
        const entry: ReferrerEntry = {
          mediaType: MANIFEST,
          digest: put.digest,
          size,
          artifactType,
          annotations,
        };
        await listReferrer(registry, publisher, reference, subject.digest, entry, signal);
      }
      return put.digest;
    } finally {
      registry.close();
    }
  });
}

async function pushing<T>(
  target: string,
  { settings, signal }: PushOptions,
  work: (publisher: Publisher, address: OciAddress) => Promise<T>,
): Promise<Result<T, SourceCode>> {
  const address = readAddress(target);
  if (!address.ok) return address;
  const publisher = createPublisher(settings.registries);
  try {
    return await guarded(address.value.name, signal, async () =>
      success(await work(publisher, address.value)),
    );
  } finally {
    publisher.close();
  }
}

/** In this order of members, without white space: the same content is the same digest. */
function manifestBytes(content: Readonly<Record<string, unknown>>): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, ...content }));
}
