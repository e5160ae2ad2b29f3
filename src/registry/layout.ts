import { algorithmOf, digestOf, failure, hexOf, success, type Digest, type Result } from "../core/index.ts";
import { guarded, RegistryFault } from "./fault.ts";
import { openFiles, type LayoutFiles } from "./layout-files.ts";
import { listLayoutReferrers } from "./layout-referrers.ts";
import { OCI_INDEX, parseManifest } from "./manifest.ts";
import { isTag, referenceDigest } from "./names.ts";
import { DEFAULT_REGISTRY_LIMITS } from "./settings.ts";
import type {
  ContentOptions,
  Descriptor,
  FetchedManifest,
  LayoutSource,
  ReferrersList,
  RepositoryName,
} from "./types.ts";
import type { RegistryCode } from "./reasons.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";
const { manifestBytes } = DEFAULT_REGISTRY_LIMITS;

/**
 * Opens an OCI image layout (image-spec, image-layout.md): a folder, a tar, or a tar.gz, which is
 * unpacked in memory up to `unpackedBytes` (512 MiB). Nothing is ever written to disk, and only `index.json` and
 * `blobs/ALGORITHM/HEX` are read.
 */
export async function openLayout(
  path: string,
  { unpackedBytes = 512 * 1024 * 1024 }: { readonly unpackedBytes?: number } = {},
): Promise<Result<LayoutSource, RegistryCode>> {
  let files: LayoutFiles | undefined;
  const opened = await guarded(AbortSignal.timeout(60_000), async () => {
    files = await openFiles(path, unpackedBytes);
    const index = await readIndex(files, path);
    return success(new Layout(path, files, index));
  });
  if (!opened.ok) await files?.close();
  return opened;
}

async function readIndex(files: LayoutFiles, path: string): Promise<readonly Descriptor[]> {
  const bytes = await files.read("index.json", manifestBytes);
  if (bytes === undefined) {
    throw new RegistryFault(
      "registry.manifest_invalid",
      `${path} is no OCI image layout: it has no index.json`,
    );
  }
  const parsed = parseManifest(bytes, OCI_INDEX);
  if (parsed.ok && parsed.value.kind === "index") return parsed.value.manifests;
  const why = parsed.ok ? "it is no index" : parsed.reason.message;
  throw new RegistryFault("registry.manifest_invalid", `index.json of ${path} cannot be read: ${why}`);
}

class Layout implements LayoutSource {
  readonly path: string;
  readonly index: readonly Descriptor[];
  readonly #files: LayoutFiles;

  constructor(path: string, files: LayoutFiles, index: readonly Descriptor[]) {
    this.path = path;
    this.#files = files;
    this.index = index;
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  manifest(
    name: RepositoryName,
    reference: string,
    { signal }: ContentOptions,
  ): Promise<Result<FetchedManifest, RegistryCode>> {
    return guarded(signal, async () => {
      signal.throwIfAborted();
      const digest = referenceDigest(reference) ?? this.#digestOfTag(name, reference);
      const bytes = await this.#read(digest, manifestBytes);
      const mediaType = this.index.find((entry) => entry.digest === digest)?.mediaType;
      const manifest = parseManifest(bytes, mediaType);
      return manifest.ok ? success({ digest, bytes, manifest: manifest.value }) : manifest;
    });
  }

  blob(
    _: RepositoryName,
    { digest, size }: Descriptor,
    { signal, limit }: ContentOptions & { readonly limit: number },
  ): Promise<Result<Uint8Array, RegistryCode>> {
    return guarded(signal, async () => {
      signal.throwIfAborted();
      if (size > limit) {
        const message = `the descriptor of ${digest} says ${size} bytes; at most ${limit} are read`;
        return failure("registry.limit_exceeded", message);
      }
      const bytes = await this.#read(digest, limit);
      if (bytes.byteLength === size) return success(bytes);
      const message = `${this.path} has ${bytes.byteLength} bytes for ${digest}; its descriptor says ${size}`;
      return failure("registry.size_mismatch", message);
    });
  }

  referrers(
    name: RepositoryName,
    digest: Digest,
    options: ContentOptions,
  ): Promise<Result<ReferrersList, RegistryCode>> {
    return guarded(options.signal, async () =>
      success(await listLayoutReferrers(this, name, digest, options)),
    );
  }

  async #read(digest: Digest, limit: number): Promise<Uint8Array> {
    const algorithm = algorithmOf(digest);
    const bytes = await this.#files.read(`blobs/${algorithm}/${hexOf(digest)}`, limit);
    if (bytes === undefined) throw new RegistryFault("registry.not_found", `${this.path} has no ${digest}`);
    if (digestOf(bytes, algorithm) === digest) return bytes;
    throw new RegistryFault("registry.digest_mismatch", `${this.path} has other bytes under ${digest}`);
  }

  /** A full name annotated by containerd or the builder goes before a bare tag; two meanings are refused. */
  #digestOfTag({ registry, repository }: RepositoryName, tag: string): Digest {
    const full = `${registry}/${repository}:${tag}`;
    const byName = this.index.filter(
      ({ annotations }) => annotations[CONTAINERD_NAME] === full || annotations[REF_NAME] === full,
    );
    const byTag = this.index.filter(
      ({ annotations }) => annotations[CONTAINERD_NAME] === undefined && annotations[REF_NAME] === tag,
    );
    const digests = new Set((byName.length > 0 ? byName : byTag).map((entry) => entry.digest));
    const [digest] = digests;
    if (digest === undefined || !isTag(tag)) {
      throw new RegistryFault("registry.not_found", `${this.path} has nothing named ${full}`);
    }
    if (digests.size === 1) return digest;
    throw new RegistryFault("registry.manifest_invalid", `${this.path} names several images ${full}`);
  }
}
