import { createHmac, randomBytes } from "node:crypto";
import { success, type Reason, type Result } from "../../core/index.ts";
import type { DecisionRequest } from "../../decision/index.ts";
import { parseReference } from "../../image/index.ts";
import {
  credentialsFor,
  type ContentSource,
  type Credential,
  type CredentialSource,
  type RepositoryName,
} from "../../registry/index.ts";
import { NamespaceMap } from "../policies/namespaces.ts";
import type { PullSecretsConfig } from "./config.ts";
import { DEFAULT_PULL_NAMES } from "./names.ts";
import type { PullSecretReader } from "./reader.ts";
import type { PullSecretCode } from "./reasons.ts";
import { RecentlyUsed } from "./recently-used.ts";

/** The registries, asked with different credentials. */
export interface TenantRegistries {
  /** As the service itself asks them: what is found is for everybody. */
  readonly own: ContentSource;
  readonly ownCredentials: CredentialSource;
  /** The same, asked with these credentials: what is found is given to nobody but who asks in the same scope. */
  readonly open: (credentials: CredentialSource, scope: string) => ContentSource;
}

/** How an answer of any kind is read and made. */
export interface AnswerForm<T> {
  /** Why there is none; `null` where there is one. */
  readonly reasonOf: (answer: T) => Reason | null;
  readonly because: (reason: Reason) => T;
}

/** A source that an image may be asked of. */
interface Candidate {
  readonly scope: string;
  readonly source: ContentSource;
}

/** Codes of registries that show us nothing with one credential, and may with another; some hide images as not there. */
const REFUSED: ReadonlySet<string> = new Set([
  "registry.auth_failed",
  "registry.auth_refused",
  "registry.not_found",
]);

/** Credentials that one image is tried with, besides the service's own. */
const MOST_TRIED = 8;

/** Sources kept with what they know of their registries' tokens, and images of which is known what opened them. */
const MOST_SOURCES = 500;
const MOST_OPENED = 10_000;

/** Milliseconds for which what opened an image is tried first. */
const OPENED_MS = 5 * 60_000;

const OWN = "";

/**
 * Asks for an image with the pull secrets of the pod's own namespace, one credential after the other as the kubelet does, and
 * with the service's own last. Every answer is made with exactly one credential, whose scope keeps it apart from all others:
 * what was found with one tenant's is never given to another (threats T207, T240, A125).
 */
export class TenantContent {
  readonly #config: PullSecretsConfig;
  readonly #namespaces: NamespaceMap<{ readonly name: string; readonly namespaces: readonly string[] }>;
  readonly #reader: PullSecretReader;
  readonly #registries: TenantRegistries;
  readonly #elapsed: () => number;
  /** Scopes are known to nobody outside of this process, so that they say nothing of what they are made from. */
  readonly #key = randomBytes(32);
  readonly #sources = new RecentlyUsed<ContentSource>(MOST_SOURCES);
  readonly #opened = new RecentlyUsed<{ readonly scope: string; readonly until: number }>(MOST_OPENED);

  constructor(
    config: PullSecretsConfig,
    reader: PullSecretReader,
    registries: TenantRegistries,
    elapsed: () => number = () => performance.now(),
  ) {
    this.#config = config;
    this.#namespaces = new NamespaceMap([{ name: "pullSecrets", namespaces: config.namespaces }]);
    this.#reader = reader;
    this.#registries = registries;
    this.#elapsed = elapsed;
  }

  /**
   * Does `work` with one source after the other until one shows the image; where none does, the answer is that of the first.
   * What has changed in the cluster since it was read is taken up then (T030).
   */
  async ask<T>(
    request: DecisionRequest,
    signal: AbortSignal,
    work: (source: ContentSource) => Promise<T>,
    form: AnswerForm<T>,
  ): Promise<T> {
    const image = parseReference(request.reference);
    const { namespace, surface } = request;
    const isFor = namespace !== null && this.#config.surfaces.has(surface);
    if (!image.ok || !isFor || this.#namespaces.find(namespace) === undefined) {
      return work(this.#registries.own);
    }
    const find = (fresh: boolean) => this.#candidates(namespace, request, image.value, fresh);
    const refused = (answer: T) => REFUSED.has(form.reasonOf(answer)?.code ?? "");
    const known = await find(false);
    if (!known.ok) return form.because(known.reason);
    const first = await this.#tryEach(known.value, image.value, signal, work, refused);
    if (!refused(first) || signal.aborted) return first;
    const fresh = await find(true);
    if (!fresh.ok) return form.because(fresh.reason);
    const changed = fresh.value.filter(({ scope }) => known.value.every((other) => other.scope !== scope));
    if (changed.length === 0 || signal.aborted) return first;
    return this.#tryEach(changed, image.value, signal, work, refused);
  }

  async #tryEach<T>(
    candidates: readonly Candidate[],
    { registry, repository }: RepositoryName,
    signal: AbortSignal,
    work: (source: ContentSource) => Promise<T>,
    refused: (answer: T) => boolean,
  ): Promise<T> {
    const key = [registry, repository, ...candidates.map(({ scope }) => scope)].join(" ");
    const opened = this.#opened.find(key);
    const isOpen = ({ scope }: Candidate) => scope === opened?.scope && this.#elapsed() < opened.until;
    const order = [...candidates.filter(isOpen), ...candidates.filter((each) => !isOpen(each))];
    let first: { readonly answer: T } | undefined;
    for (const { scope, source } of order) {
      const answer = await work(source);
      if (!refused(answer)) {
        // What is the first in any case needs no memory.
        if (scope === candidates[0]?.scope) this.#opened.drop(key);
        else if (opened?.scope !== scope) {
          this.#opened.keep(key, { scope, until: this.#elapsed() + OPENED_MS });
        }
        return answer;
      }
      first ??= { answer };
      if (signal.aborted) break;
    }
    return first === undefined ? work(this.#registries.own) : first.answer;
  }

  async #candidates(
    namespace: string,
    { pull = DEFAULT_PULL_NAMES }: DecisionRequest,
    image: RepositoryName,
    fresh: boolean,
  ): Promise<Result<readonly Candidate[], PullSecretCode>> {
    const secrets = await this.#reader.read(namespace, pull, { fresh });
    if (!secrets.ok) return secrets;
    const credentials = credentialsFor(secrets.value, image);
    if (!credentials.ok) return credentials;
    return success([
      ...credentials.value.slice(0, MOST_TRIED).map((one) => this.#candidate(namespace, image, one)),
      { scope: OWN, source: this.#registries.own },
    ]);
  }

  /** The credential goes to this registry alone: mirrors are asked with the service's own (I6). */
  #candidate(namespace: string, { registry }: RepositoryName, credential: Credential): Candidate {
    const named = JSON.stringify([namespace, registry, credential]);
    const scope = `tenant:${createHmac("sha256", this.#key).update(named).digest("base64url")}`;
    const { open, ownCredentials } = this.#registries;
    const source = this.#sources.find(scope);
    if (source !== undefined) return { scope, source };
    const made = open(
      (asked, options) =>
        asked === registry ? Promise.resolve(success(credential)) : ownCredentials(asked, options),
      scope,
    );
    this.#sources.keep(scope, made);
    return { scope, source: made };
  }
}
