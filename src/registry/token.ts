import { parseStrictJson, stringAt, member } from "../core/index.ts";
import type { Challenge } from "./challenge.ts";
import type { Reach } from "./address.ts";
import { basicHeader, type Credential } from "./credential.ts";
import { parseUrl, type Endpoint } from "./endpoint.ts";
import { RegistryFault } from "./fault.ts";
import { laterFault, withRetries } from "./retry.ts";
import { settingsOf, type RegistryLimits, type RegistrySettings } from "./settings.ts";
import type { Transport } from "./transport.ts";

/** A token server that may be asked on a registry's behalf. */
export interface Realm {
  readonly registry: string;
  readonly url: URL;
  readonly service: string | undefined;
  readonly reach: Reach;
  readonly ca: string | Buffer | undefined;
}

export interface IssuedToken {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** Token servers of registries that everybody knows, by the registry whose credential they may see. */
const KNOWN_TOKEN_HOSTS: ReadonlyMap<string, string> = new Map([
  ["docker.io", "auth.docker.io"],
  ["registry.gitlab.com", "gitlab.com"],
]);

/**
 * Decides whether the realm that a registry names may be asked. With a credential only the registry's own host and
 * port, Docker Hub's known pair or a configured host; anonymously any public host over TLS. Everything else would
 * let a registry steal credentials or reach inside (A110, A113, T019): `registry.auth_refused`.
 */
export function checkRealm(
  settings: RegistrySettings,
  endpoint: Endpoint,
  challenge: Challenge,
  credential: Credential | undefined,
): Realm {
  const { registry } = endpoint;
  const given = challenge.parameters.get("realm") ?? "";
  const service = challenge.parameters.get("service");
  const url = given.length > 2048 ? undefined : parseUrl(given);
  if (url === undefined) {
    throw new RegistryFault(
      "registry.auth_refused",
      `${registry} names a token server that is no http(s) URL`,
    );
  }
  const ca = settingsOf(settings, url.host).ca;
  if (url.origin === endpoint.url.origin) {
    return { registry, url, service, reach: endpoint.reach, ca: endpoint.settings.ca };
  }
  if (url.protocol !== "https:") {
    throw new RegistryFault("registry.auth_refused", `${registry} names a token server without TLS`);
  }
  if (endpoint.settings.tokenHosts?.includes(url.host) === true) {
    return { registry, url, service, reach: "internal", ca };
  }
  if (KNOWN_TOKEN_HOSTS.get(registry) === url.host || credential === undefined) {
    return { registry, url, service, reach: "public", ca };
  }
  throw new RegistryFault(
    "registry.auth_refused",
    `${registry} wants its credential sent to another host; if that is right, add it to the registry's tokenHosts`,
  );
}

const MAX_TOKEN_LENGTH = 16 * 1024;
const DEADLINE_MS = 30_000;
const MIN_LIFETIME_S = 60;
const MAX_LIFETIME_S = 3600;

/** Asks token servers for tokens (distribution "Token Authentication" and "OAuth2 Token Authentication"). */
export class TokenClient {
  readonly #transport: Transport;
  readonly #limits: RegistryLimits;

  constructor(transport: Transport, limits: RegistryLimits) {
    this.#transport = transport;
    this.#limits = limits;
  }

  /** Several callers may wait for the answer, so it has a deadline of its own. No redirect is followed (A111). */
  async fetch(realm: Realm, scope: string, credential: Credential | undefined): Promise<IssuedToken> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const request = requestOf(realm, scope, credential);
    const body = await withRetries(this.#limits, signal, async () => {
      const answer = await this.#transport
        .exchange({
          ...request,
          reach: realm.reach,
          ca: realm.ca,
          limit: this.#limits.tokenBytes,
          signal,
        })
        .catch((thrown: unknown) => {
          throw ofTokenServer(thrown, realm);
        });
      const later = laterFault(answer.status, answer.headers["retry-after"], realm.url.host);
      if (later !== undefined) throw later;
      if (answer.status !== 200) throw refusedBy(realm, answer.status);
      return answer.body;
    });
    return readToken(body, realm);
  }
}

function requestOf(realm: Realm, scope: string, credential: Credential | undefined) {
  const url = new URL(realm.url);
  url.hash = "";
  const headers: Record<string, string> = {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "assay",
  };
  if (credential?.kind === "identity-token") {
    const form = new URLSearchParams({ grant_type: "refresh_token", client_id: "assay", scope });
    if (realm.service !== undefined) form.set("service", realm.service);
    form.set("refresh_token", credential.token);
    const body = form.toString();
    headers["content-type"] = "application/x-www-form-urlencoded";
    headers["content-length"] = String(Buffer.byteLength(body));
    return { method: "POST" as const, url, headers, body };
  }
  // `set` puts these in place of whatever the realm's own query says.
  if (realm.service !== undefined) url.searchParams.set("service", realm.service);
  url.searchParams.set("scope", scope);
  if (credential?.kind === "basic") headers["authorization"] = basicHeader(credential);
  return { method: "GET" as const, url, headers };
}

function readToken(body: Uint8Array, realm: Realm): IssuedToken {
  const parsed = parseStrictJson(body, { bytes: body.byteLength, depth: 10 });
  const value = parsed.ok ? (stringAt(parsed.value, "token") ?? stringAt(parsed.value, "access_token")) : "";
  if (!parsed.ok || value === undefined || value.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(value)) {
    throw new RegistryFault(
      "registry.auth_protocol",
      `the token server of ${realm.registry} answered without a token`,
    );
  }
  const said = member(parsed.value, "expires_in");
  const seconds = typeof said === "number" ? said : MIN_LIFETIME_S;
  const lifetime = Math.min(Math.max(seconds, MIN_LIFETIME_S), MAX_LIFETIME_S);
  // Given up a little early, so that none expires on its way.
  return { value, lifetimeMs: lifetime * 900 };
}

function refusedBy(realm: Realm, status: number): RegistryFault {
  const refused = status === 400 || status === 401 || status === 403;
  return new RegistryFault(
    refused ? "registry.auth_failed" : "registry.auth_protocol",
    `the token server of ${realm.registry} answered with status ${status} where a token was expected`,
  );
}

/** Faults that say more where the token server is known to be meant. */
function ofTokenServer(thrown: unknown, realm: Realm): unknown {
  if (!(thrown instanceof RegistryFault)) return thrown;
  if (thrown.code === "registry.not_allowed") {
    return new RegistryFault(
      "registry.auth_refused",
      `the token server that ${realm.registry} names lies at an address that may not be connected to from here`,
    );
  }
  const protocol = thrown.code === "registry.limit_exceeded" || thrown.code === "registry.protocol";
  return protocol ? new RegistryFault("registry.auth_protocol", thrown.message) : thrown;
}
