import { parseDigest, type Digest, type Failure, type Result } from "../../src/core/index.ts";
import type { ResolvedImage } from "../../src/image/index.ts";
import {
  parseDescriptor,
  parseManifest,
  type ContentSource,
  type Descriptor,
  type FetchedManifest,
  type RegistryCode,
} from "../../src/registry/index.ts";
import type { LabStore, PushedImage } from "../lab/registry/store.ts";

export const REPOSITORY = "acme/app";
export const NAME = { registry: "registry.test", repository: REPOSITORY } as const;

/** `list sha256:…`, `manifest sha256:…` or `manifest TAG`, `blob sha256:…`. */
export type Question = `${"list" | "manifest" | "blob"} ${string}`;

/** A failure instead of what the store holds. */
export type Answer = Failure<RegistryCode> | undefined;

export interface StoreSource extends ContentSource {
  /** What was asked, in order. */
  readonly questions: Question[];
  /** How many questions were open at once at most. */
  readonly most: () => number;
}

/** Answers from a store as a registry would, without a network. `answer` may answer otherwise, fail, or throw. */
export function storeSource(
  store: LabStore,
  answer: (question: Question) => Answer | Promise<Answer> = () => undefined,
): StoreSource {
  const questions: Question[] = [];
  let open = 0;
  let most = 0;
  const content = () => store.repository(REPOSITORY);
  const asked = async <T>(
    question: Question,
    reply: () => Result<T, RegistryCode>,
  ): Promise<Result<T, RegistryCode>> => {
    questions.push(question);
    most = Math.max(most, ++open);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      return (await answer(question)) ?? reply();
    } finally {
      open--;
    }
  };
  return {
    questions,
    most: () => most,
    manifest: (_, reference) =>
      asked(`manifest ${reference}`, () => {
        const digest = parseDigest(reference) ?? content().tags.get(reference);
        const stored = digest === undefined ? undefined : content().manifests.get(digest);
        if (digest === undefined || stored === undefined) return notFound();
        const parsed = parseManifest(stored.bytes, stored.mediaType);
        const value = (manifest: FetchedManifest["manifest"]) => ({ digest, bytes: stored.bytes, manifest });
        return parsed.ok ? { ok: true, value: value(parsed.value) } : parsed;
      }),
    blob: (_, { digest, size }) =>
      asked(`blob ${digest}`, () => {
        const bytes = content().blobs.get(digest);
        if (bytes === undefined) return notFound();
        return bytes.byteLength === size
          ? { ok: true, value: bytes }
          : { ok: false, reason: { code: "registry.size_mismatch", message: "another size" } };
      }),
    referrers: (_, digest) =>
      asked(`list ${digest}`, () => {
        const listed = content().referrers.get(digest) ?? [];
        const descriptors = listed.flatMap((entry): Descriptor[] => {
          const descriptor = parseDescriptor(JSON.parse(JSON.stringify(entry)));
          return descriptor === undefined ? [] : [descriptor];
        });
        return { ok: true, value: { descriptors, via: "api", truncated: false } };
      }),
  };
}

export function notFound(): Failure<RegistryCode> {
  return { ok: false, reason: { code: "registry.not_found", message: "not there" } };
}

export function unavailable(): Failure<RegistryCode> {
  return { ok: false, reason: { code: "registry.unavailable", message: "status 503" } };
}

/** An image in the store, as the image stage would resolve it. */
export function resolved(
  store: LabStore,
  image: PushedImage,
  attestations: readonly {
    readonly descriptor: { digest: string; size: number };
    readonly platform: string;
  }[] = [],
): ResolvedImage {
  const { digest } = image;
  const stored = store.repository(REPOSITORY).manifests.get(digest);
  const parsed = stored === undefined ? undefined : parseManifest(stored.bytes, stored.mediaType);
  if (stored === undefined || parsed?.ok !== true) throw new Error("the image is not in the store");
  const platformManifests = image.platforms.map(({ platform, descriptor }) => ({
    digest: descriptor.digest,
    size: descriptor.size,
    platform,
  }));
  return {
    reference: {
      ...NAME,
      original: `registry.test/${REPOSITORY}`,
      canonical: `registry.test/${REPOSITORY}:latest`,
    },
    digest,
    root: { digest, bytes: stored.bytes, manifest: parsed.value },
    platformManifests,
    attestationManifests: attestations.map(({ descriptor, platform }) => ({
      digest: asDigest(descriptor.digest),
      size: descriptor.size,
      platform: asDigest(image.platforms.find((one) => one.platform === platform)?.descriptor.digest ?? ""),
    })),
  };
}

export function asDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new Error(`${text} is no digest`);
  return digest;
}
