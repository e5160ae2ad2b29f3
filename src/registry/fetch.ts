import { narrow, type Reach } from "./address.ts";
import type { Authenticator } from "./auth.ts";
import { mayBePlain, parseUrl, type Endpoint } from "./endpoint.ts";
import { RegistryFault } from "./fault.ts";
import { laterFault, withRetries } from "./retry.ts";
import { settingsOf, type RegistryLimits, type RegistrySettings } from "./settings.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";

/** A request below `/v2/` of a registry. */
export interface ContentRequest {
  /** Default `GET`. What writes is never redirected. */
  readonly method?: HttpRequest["method"];
  readonly endpoint: Endpoint;
  readonly repository: string;
  /** Path and query, beginning with `/v2/`. */
  readonly path: string;
  readonly accept: string;
  readonly limit: number;
  readonly expectedLength?: number;
  readonly signal: AbortSignal;
  /** What is written, and its type. */
  readonly content?: { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly stallMs?: number;
  readonly progress?: HttpRequest["progress"];
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches with authentication, retries and redirects; answers of 200 and of statuses that the caller must read. */
export class ContentFetcher {
  readonly #settings: RegistrySettings;
  readonly #limits: RegistryLimits;
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;

  constructor(
    settings: RegistrySettings,
    limits: RegistryLimits,
    transport: Transport,
    authenticator: Authenticator,
  ) {
    this.#settings = settings;
    this.#limits = limits;
    this.#transport = transport;
    this.#authenticator = authenticator;
  }

  /** At most two answers are given to challenges, the second only where the credential has changed (T026, T030). */
  async get(request: ContentRequest): Promise<HttpAnswer> {
    const { endpoint, repository, signal } = request;
    let authorization = await this.#authenticator.known(endpoint, repository, signal);
    let isRenewed = false;
    for (let challenges = 0; ; challenges++) {
      const { header } = authorization;
      const answer = await withRetries(this.#limits, signal, () => this.#follow(request, header));
      if (answer.status === 403 && !isRenewed) {
        isRenewed = true;
        const renewed = await this.#authenticator.renewed(endpoint, authorization, signal);
        if (renewed !== undefined) {
          authorization = renewed;
          continue;
        }
      }
      if (answer.status === 403 || (answer.status === 401 && challenges === 2)) {
        throw new RegistryFault(
          "registry.auth_failed",
          `${endpoint.registry} refuses us ${repository} with status ${answer.status}; check the right to ${writes(request) ? "push" : "pull"}`,
        );
      }
      if (answer.status !== 401) return answer;
      const challenge = answer.headers["www-authenticate"];
      const options = { signal, fresh: challenges > 0, refused: authorization };
      authorization = await this.#authenticator.answer(endpoint, repository, challenge, options);
    }
  }

  /**
   * Follows redirects. Once another origin was entered no credential is sent any more, also not on the way back
   * (A023, A114), and no hop leads further inside than the one before it.
   */
  async #follow(request: ContentRequest, authorization: string | undefined): Promise<HttpAnswer> {
    const { endpoint } = request;
    let url = urlAt(endpoint, request.path);
    let reach: Reach = endpoint.reach;
    let left = false;
    for (let hops = 0; hops <= this.#limits.redirects; hops++) {
      const answer = await this.#transport.exchange({
        method: request.method ?? "GET",
        url,
        headers: headersOf(request, left ? undefined : authorization),
        reach,
        ca: left ? settingsOf(this.#settings, url.host).ca : endpoint.settings.ca,
        limit: request.limit,
        ...(request.expectedLength !== undefined && { expectedLength: request.expectedLength }),
        signal: request.signal,
        ...(request.content !== undefined && { body: request.content.bytes }),
        ...(request.stallMs !== undefined && { stallMs: request.stallMs }),
        progress: request.progress,
      });
      const later = laterFault(answer.status, answer.headers["retry-after"], url.host);
      if (later !== undefined) throw later;
      if (!REDIRECTS.has(answer.status)) return left ? foreignAnswer(answer, url) : answer;
      if (writes(request)) {
        throw new RegistryFault("registry.protocol", `${endpoint.registry} redirects what is written to it`);
      }
      const next = this.#redirect(endpoint, url, answer.headers.location);
      if (next.origin !== endpoint.url.origin) left = true;
      if (left) reach = narrow(reach, answer.peer);
      url = next;
    }
    throw new RegistryFault(
      "registry.protocol",
      `${endpoint.registry} redirects more than ${this.#limits.redirects} times`,
    );
  }

  #redirect(endpoint: Endpoint, from: URL, location: string | undefined): URL {
    const next = location === undefined || location.length > 8192 ? undefined : parseUrl(location, from);
    if (next === undefined) {
      throw new RegistryFault("registry.protocol", `${from.host} redirects without a valid location`);
    }
    const downgraded = from.protocol === "https:" && next.protocol === "http:";
    if (downgraded || (next.protocol === "http:" && !mayBePlain(this.#settings, next, endpoint))) {
      throw new RegistryFault("registry.protocol", `${from.host} redirects to a location without TLS`);
    }
    return next;
  }
}

/** Not resolved like a link: a path that begins with `//`, as a registry may give one to upload to, would name another host. */
function urlAt(endpoint: Endpoint, path: string): URL {
  return new URL(`${endpoint.url.origin}${path}`);
}

/** A foreign host's challenge is never answered. */
function foreignAnswer(answer: HttpAnswer, url: URL): HttpAnswer {
  if (answer.status !== 401) return answer;
  throw new RegistryFault(
    "registry.auth_failed",
    `${url.host}, to which we were redirected, wants a credential; none is sent there`,
  );
}

function writes({ method }: ContentRequest): boolean {
  return method === "POST" || method === "PUT";
}

function headersOf(request: ContentRequest, authorization: string | undefined): Record<string, string> {
  return {
    accept: request.accept,
    "accept-encoding": "identity",
    "user-agent": "assay",
    ...(request.content !== undefined && {
      "content-type": request.content.mediaType,
      "content-length": String(request.content.bytes.byteLength),
    }),
    ...(authorization !== undefined && { authorization }),
  };
}
