import {
  algorithmOf,
  digestOf,
  failure,
  isDigestAlgorithm,
  parseDigest,
  success,
  type Digest,
  type Result,
} from "../core/index.ts";
import { Authenticator } from "./auth.ts";
import type { CredentialSource } from "./credential.ts";
import { endpointsOf, type Endpoint } from "./endpoint.ts";
import { guarded, RegistryFault } from "./fault.ts";
import { ContentFetcher } from "./fetch.ts";
import { MANIFEST_TYPES, parseManifest } from "./manifest.ts";
import { isRegistryHost, isRepositoryName, isTag, referenceDigest } from "./names.ts";
import { listReferrers } from "./referrers.ts";
import { DEFAULT_REGISTRY_LIMITS, type RegistryLimits, type RegistrySettings } from "./settings.ts";
import { TokenClient } from "./token.ts";
import { Transport, type HttpAnswer } from "./transport.ts";
import type {
  BlobOptions,
  ContentOptions,
  ContentSource,
  Descriptor,
  FetchedManifest,
  ReferrersList,
  RepositoryName,
} from "./types.ts";
import type { RegistryCode } from "./reasons.ts";

export interface Registry extends ContentSource {
  /**
   * What the registry says that a tag's digest is, by a request that downloads nothing; `null` where it does not say.
   * Good for "nothing has changed", and for nothing else.
   */
  saidDigest(
    repository: RepositoryName,
    tag: string,
    options: ContentOptions,
  ): Promise<Result<Digest | null, RegistryCode>>;
  /**
   * The same registries over the same connections, asked with these credentials alone. Tokens that are got with them are
   * its own: they serve no other source (T022, T240).
   */
  withCredentials(credentials: CredentialSource): ContentSource;
  /** Ends the kept connections. */
  close(): void;
}

/** Content from registries that speak the OCI Distribution protocol. No failure is thrown; no answer is remembered. */
export function createRegistry(settings: RegistrySettings = {}): Registry {
  return new RegistryClient(settings);
}

/** Repositories for which each of many credentials has tokens at once. */
const MOST_SESSIONS = 32;

class RegistryClient implements Registry {
  readonly #settings: RegistrySettings;
  readonly #limits: RegistryLimits;
  readonly #transport: Transport;
  readonly #fetcher: ContentFetcher;

  constructor(settings: RegistrySettings, shared?: Transport) {
    this.#settings = settings;
    this.#limits = { ...DEFAULT_REGISTRY_LIMITS, ...settings.limits };
    this.#transport = shared ?? new Transport(this.#limits, settings.lookup);
    const tokens = new TokenClient(this.#transport, this.#limits);
    const authenticator = new Authenticator(
      settings,
      tokens,
      shared === undefined ? {} : { mostSessions: MOST_SESSIONS },
    );
    this.#fetcher = new ContentFetcher(settings, this.#limits, this.#transport, authenticator);
  }

  close(): void {
    this.#transport.close();
  }

  withCredentials(credentials: CredentialSource): ContentSource {
    const registries = Object.entries(this.#settings.registries ?? {}).map(
      ([host, { credentials: _others, ...rest }]) => [host, rest] as const,
    );
    const settings = { ...this.#settings, registries: Object.fromEntries(registries), credentials };
    return new RegistryClient(settings, this.#transport);
  }

  manifest(
    name: RepositoryName,
    reference: string,
    { signal }: ContentOptions,
  ): Promise<Result<FetchedManifest, RegistryCode>> {
    return this.#first(name, signal, async (endpoint) => {
      const expected = referenceDigest(reference);
      if (expected === undefined && !isTag(reference)) throw badName("no tag and no digest");
      const answer = await this.#fetcher.get({
        endpoint,
        repository: name.repository,
        path: `/v2/${name.repository}/manifests/${reference}`,
        accept: MANIFEST_TYPES.join(", "),
        limit: this.#limits.manifestBytes,
        signal,
      });
      requireContent(answer, endpoint, `${name.repository} ${reference}`);
      const bytes = answer.body;
      const digest = requireDigest(answer, endpoint, expected);
      const contentType = answer.headers["content-type"];
      if (contentType === undefined) {
        throw new RegistryFault(
          "registry.media_type",
          `${endpoint.registry} sent a manifest without Content-Type`,
        );
      }
      const manifest = parseManifest(bytes, contentType);
      return manifest.ok ? success({ digest, bytes, manifest: manifest.value }) : manifest;
    });
  }

  saidDigest(
    name: RepositoryName,
    tag: string,
    { signal }: ContentOptions,
  ): Promise<Result<Digest | null, RegistryCode>> {
    return this.#first(name, signal, async (endpoint) => {
      if (!isTag(tag)) throw badName("no tag");
      const answer = await this.#fetcher.get({
        method: "HEAD",
        endpoint,
        repository: name.repository,
        path: `/v2/${name.repository}/manifests/${tag}`,
        accept: MANIFEST_TYPES.join(", "),
        limit: this.#limits.manifestBytes,
        signal,
      });
      const said = answer.headers["docker-content-digest"];
      return success(answer.status === 200 && typeof said === "string" ? (parseDigest(said) ?? null) : null);
    });
  }

  blob(
    name: RepositoryName,
    { digest, size }: Descriptor,
    { signal, limit, progress }: BlobOptions,
  ): Promise<Result<Uint8Array, RegistryCode>> {
    return this.#first(name, signal, async (endpoint) => {
      if (size > limit) {
        const message = `the descriptor of ${digest} says ${size} bytes; at most ${limit} are fetched`;
        throw new RegistryFault("registry.limit_exceeded", message);
      }
      const answer = await this.#fetcher.get({
        endpoint,
        repository: name.repository,
        path: `/v2/${name.repository}/blobs/${digest}`,
        accept: "*/*",
        limit: size,
        expectedLength: size,
        signal,
        progress,
      });
      requireContent(answer, endpoint, `${name.repository} ${digest}`);
      if (answer.body.byteLength !== size) {
        const message = `${endpoint.registry} sent ${answer.body.byteLength} bytes for ${digest}; its descriptor says ${size}`;
        throw new RegistryFault("registry.size_mismatch", message);
      }
      requireDigest(answer, endpoint, digest);
      return success(answer.body);
    });
  }

  /** A mirror's list counts where it has something; that nothing is there only the registry itself can say. */
  referrers(
    name: RepositoryName,
    digest: Digest,
    { signal }: ContentOptions,
  ): Promise<Result<ReferrersList, RegistryCode>> {
    return this.#first(
      name,
      signal,
      async (endpoint) => {
        const asked = { endpoint, repository: name.repository, digest, signal };
        return success(await listReferrers(this.#fetcher, this.#limits, asked));
      },
      (list) => list.descriptors.length === 0,
    );
  }

  /** The first good answer of the mirrors in their order, else the registry's own answer, good or bad. */
  async #first<T>(
    name: RepositoryName,
    signal: AbortSignal,
    ask: (endpoint: Endpoint) => Promise<Result<T, RegistryCode>>,
    missing: (value: T) => boolean = () => false,
  ): Promise<Result<T, RegistryCode>> {
    return guarded(signal, async () => {
      signal.throwIfAborted();
      if (!isRegistryHost(name.registry) || !isRepositoryName(name.repository)) {
        throw badName("no valid registry and repository");
      }
      let last: Result<T, RegistryCode> = failure("registry.not_allowed", "no registry to ask");
      for (const endpoint of endpointsOf(this.#settings, name.registry)) {
        last = await guarded(signal, () => ask(endpoint));
        if ((last.ok && !missing(last.value)) || signal.aborted) break;
      }
      return last;
    });
  }
}

/** Only a whole, plain answer is content (T055). */
function requireContent(answer: HttpAnswer, endpoint: Endpoint, what: string): void {
  if (answer.status === 200) return;
  throw answer.status === 404
    ? new RegistryFault("registry.not_found", `${endpoint.registry} has no ${what}`)
    : new RegistryFault("registry.protocol", `${endpoint.registry} answered ${what} with ${answer.status}`);
}

/** The bytes must hash to what was asked for and to what the registry says of them (A055, T013, T014). */
function requireDigest(answer: HttpAnswer, endpoint: Endpoint, expected: Digest | undefined): Digest {
  const actual = digestOf(answer.body, expected === undefined ? "sha256" : algorithmOf(expected));
  const said = answer.headers["docker-content-digest"];
  if (expected !== undefined && actual !== expected) {
    throw mismatch(endpoint, actual, `${expected} was asked for`);
  }
  if (typeof said === "string" && said !== actual) {
    const algorithm = said.slice(0, said.indexOf(":"));
    if (isDigestAlgorithm(algorithm) && digestOf(answer.body, algorithm) !== said) {
      throw mismatch(endpoint, actual, "its Docker-Content-Digest says otherwise");
    }
  }
  return actual;
}

function mismatch(endpoint: Endpoint, actual: Digest, expected: string): RegistryFault {
  const message = `${endpoint.registry} sent bytes with the digest ${actual}; ${expected}`;
  return new RegistryFault("registry.digest_mismatch", message);
}

function badName(what: string): RegistryFault {
  return new RegistryFault("registry.protocol", `${what} to ask a registry for`);
}
