import { digestOf, success, type Result } from "../../../core/index.ts";
import { createRegistry, type Registry } from "../../../registry/index.ts";
import type { BundleSource, Delivery, FetchOptions, SourceCode } from "../../types.ts";
import { guarded, SourceFault } from "../fault.ts";
import { fromRegistry } from "../registry-reason.ts";
import { DEFAULT_TIMEOUT_MS, type SourceSettings } from "../settings.ts";
import type { OciAddress } from "./address.ts";
import { bundleLayer } from "./bundle-layer.ts";
import { ociEvidence } from "./evidence.ts";

/**
 * A bundle in an OCI registry, by tag or digest. The version is the manifest's digest. That nothing has changed costs one
 * request that downloads nothing, and none where the digest is given; everything else is fetched by digest and compared
 * with it before anything is parsed, so that a tag that moves meanwhile mixes nothing (T185).
 */
export class OciSource implements BundleSource {
  readonly name: string;
  readonly #address: OciAddress;
  readonly #timeoutMs: number;
  readonly #registry: Registry;

  constructor(address: OciAddress, settings: SourceSettings) {
    this.name = address.name;
    this.#address = address;
    this.#timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#registry = createRegistry(settings.registries);
  }

  fetch(options: FetchOptions): Promise<Result<Delivery | "unchanged", SourceCode>> {
    return guarded(this.name, options.signal, async () => {
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(this.#timeoutMs)]);
      if (await this.#isKnown(options.known, signal)) return success("unchanged" as const);
      const { reference, tag } = this.#address;
      const at = reference.digest ?? tag ?? "latest";
      const root = fromRegistry(await this.#registry.manifest(reference, at, { signal }));
      if (root.digest === options.known) return success("unchanged" as const);
      const layer = bundleLayer(root.manifest);
      const [archive, evidence] = await Promise.all([
        this.#registry
          .blob(reference, layer, { signal, limit: layer.size, progress: options.progress })
          .then(fromRegistry),
        ociEvidence(this.#registry, this.#address, root, signal),
      ]);
      if (archive[0] !== 0x1f || archive[1] !== 0x8b) {
        throw new SourceFault("source.invalid", "its layer is no gzip archive; a bundle is a tar.gz");
      }
      const digest = digestOf(archive);
      return success({
        kind: "archive" as const,
        archive,
        digest,
        version: root.digest,
        evidence,
        subjects: [digest, root.digest],
        manifest: root.bytes,
      });
    });
  }

  close(): void {
    this.#registry.close();
  }

  async #isKnown(known: string | null, signal: AbortSignal): Promise<boolean> {
    if (known === null) return false;
    const { reference, tag } = this.#address;
    if (reference.digest !== undefined) return reference.digest === known;
    const said = fromRegistry(await this.#registry.saidDigest(reference, tag ?? "latest", { signal }));
    return said === known;
  }
}
