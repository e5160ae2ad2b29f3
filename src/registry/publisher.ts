import { digestOf, success, type Digest, type Result } from "../core/index.ts";
import { Authenticator } from "./auth.ts";
import { endpointsOf, parseUrl, type Endpoint } from "./endpoint.ts";
import { guarded, RegistryFault } from "./fault.ts";
import { ContentFetcher, type ContentRequest } from "./fetch.ts";
import { isRegistryHost, isRepositoryName, isTag, referenceDigest } from "./names.ts";
import type { RegistryCode } from "./reasons.ts";
import { DEFAULT_REGISTRY_LIMITS, type RegistryLimits, type RegistrySettings } from "./settings.ts";
import { TokenClient } from "./token.ts";
import { Transport, type HttpAnswer } from "./transport.ts";
import type { BlobOptions, ContentOptions, RepositoryName } from "./types.ts";

/** Writes to registries. Never to a mirror, never through a redirect, never to another host than the registry's. */
export interface Publisher {
  /** Uploads a blob, unless the repository has it. */
  putBlob(
    repository: RepositoryName,
    bytes: Uint8Array,
    options: Omit<BlobOptions, "limit">,
  ): Promise<Result<Digest, RegistryCode>>;
  /**
   * Puts a manifest under a tag, or under its digest where `reference` is `null`. `referrersListed`: where the manifest
   * has a subject, whether the registry itself lists it as a referrer (`OCI-Subject`); if not, the client must.
   */
  putManifest(
    repository: RepositoryName,
    reference: string | null,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    options: ContentOptions,
  ): Promise<Result<{ readonly digest: Digest; readonly referrersListed: boolean }, RegistryCode>>;
  close(): void;
}

/** What a registry does with a blob that it has got shows no progress. */
const STALL_MS = 60_000;

/** Pushes by the OCI Distribution protocol (distribution-spec, "Push"), asking for the right to pull and push. */
export function createPublisher(settings: RegistrySettings = {}): Publisher {
  return new RegistryPublisher(settings);
}

class RegistryPublisher implements Publisher {
  readonly #settings: RegistrySettings;
  readonly #limits: RegistryLimits;
  readonly #transport: Transport;
  readonly #fetcher: ContentFetcher;

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
    this.#limits = { ...DEFAULT_REGISTRY_LIMITS, ...settings.limits };
    this.#transport = new Transport(this.#limits, settings.lookup);
    const tokens = new TokenClient(this.#transport, this.#limits);
    const authenticator = new Authenticator(settings, tokens, { actions: "pull,push" });
    this.#fetcher = new ContentFetcher(settings, this.#limits, this.#transport, authenticator);
  }

  close(): void {
    this.#transport.close();
  }

  /** In one piece, after a request for a place to upload to ("POST then PUT"). */
  putBlob(
    name: RepositoryName,
    bytes: Uint8Array,
    { signal, progress }: Omit<BlobOptions, "limit">,
  ): Promise<Result<Digest, RegistryCode>> {
    const digest = digestOf(bytes);
    return guarded(signal, async () => {
      const endpoint = this.#endpoint(name);
      const blobs = `/v2/${name.repository}/blobs`;
      const ask = (method: "HEAD" | "POST" | "PUT", path: string, content?: ContentRequest["content"]) =>
        this.#fetcher.get({
          method,
          endpoint,
          repository: name.repository,
          path,
          accept: "*/*",
          limit: Math.max(bytes.byteLength, this.#limits.manifestBytes),
          stallMs: STALL_MS,
          signal,
          ...(content !== undefined && { content }),
          ...(method === "PUT" && { progress }),
        });
      const there = await ask("HEAD", `${blobs}/${digest}`);
      if (there.status === 200) return success(digest);
      const begun = await ask("POST", `${blobs}/uploads/`, NOTHING);
      expectStatus(begun, 202, endpoint, "a new upload");
      const place = placeOf(begun, endpoint, `${blobs}/uploads/`);
      const separator = place.includes("?") ? "&" : "?";
      const put = await ask("PUT", `${place}${separator}digest=${encodeURIComponent(digest)}`, {
        bytes,
        mediaType: "application/octet-stream",
      });
      expectStatus(put, 201, endpoint, "the upload");
      return success(digest);
    });
  }

  putManifest(
    name: RepositoryName,
    reference: string | null,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    { signal }: ContentOptions,
  ): Promise<Result<{ readonly digest: Digest; readonly referrersListed: boolean }, RegistryCode>> {
    const digest = digestOf(manifest.bytes);
    return guarded(signal, async () => {
      if (reference !== null && !isTag(reference) && referenceDigest(reference) !== digest) {
        throw new RegistryFault("registry.protocol", "no valid tag to push to");
      }
      const endpoint = this.#endpoint(name);
      const answer = await this.#fetcher.get({
        method: "PUT",
        endpoint,
        repository: name.repository,
        path: `/v2/${name.repository}/manifests/${reference ?? digest}`,
        accept: "*/*",
        limit: this.#limits.manifestBytes,
        stallMs: STALL_MS,
        signal,
        content: manifest,
      });
      expectStatus(answer, 201, endpoint, "the manifest");
      const said = answer.headers["docker-content-digest"];
      if (said !== undefined && said !== digest) {
        throw new RegistryFault(
          "registry.digest_mismatch",
          `${endpoint.registry} took a manifest of another digest than ${digest}`,
        );
      }
      return success({ digest, referrersListed: answer.headers["oci-subject"] !== undefined });
    });
  }

  #endpoint(name: RepositoryName): Endpoint {
    if (!isRegistryHost(name.registry) || !isRepositoryName(name.repository)) {
      throw new RegistryFault("registry.protocol", "no valid registry and repository to push to");
    }
    const endpoint = endpointsOf(this.#settings, name.registry).at(-1);
    if (endpoint === undefined) throw new RegistryFault("registry.not_allowed", "no registry to push to");
    return endpoint;
  }
}

const NOTHING = { bytes: new Uint8Array(), mediaType: "application/octet-stream" } as const;

function expectStatus(answer: HttpAnswer, status: number, endpoint: Endpoint, what: string): void {
  if (answer.status === status) return;
  throw answer.status === 404
    ? new RegistryFault(
        "registry.not_found",
        `${endpoint.registry} knows no such repository, or none to push to`,
      )
    : new RegistryFault(
        "registry.protocol",
        `${endpoint.registry} answered ${what} with ${answer.status}; expected ${status}`,
      );
}

/** Path and query of where to upload to. Another origin would get our credential, or what only the registry may get. */
function placeOf(answer: HttpAnswer, endpoint: Endpoint, path: string): string {
  const { location } = answer.headers;
  const base = new URL(path, endpoint.url);
  const place = location === undefined || location.length > 8192 ? undefined : parseUrl(location, base);
  if (place === undefined) {
    throw new RegistryFault("registry.protocol", `${endpoint.registry} names no place to upload to`);
  }
  if (place.origin !== endpoint.url.origin) {
    throw new RegistryFault(
      "registry.protocol",
      `${endpoint.registry} wants the upload at ${place.origin}, which is another host or without TLS; nothing is sent there`,
    );
  }
  return `${place.pathname}${place.search}`;
}
