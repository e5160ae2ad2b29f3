import { createHash } from "node:crypto";
import { describeThrown, oneLine } from "../core/index.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { basicHeader, type Credential } from "./credential.ts";
import type { Endpoint } from "./endpoint.ts";
import { RegistryFault } from "./fault.ts";
import type { RegistrySettings } from "./settings.ts";
import { checkRealm, type Realm, type TokenClient } from "./token.ts";

/** What one endpoint wants for one repository, learnt from its challenge. */
export interface Session {
  readonly scheme: { readonly kind: "basic" } | { readonly kind: "bearer"; readonly challenge: Challenge };
  token?: { readonly value: string; readonly until: number; readonly owner: string };
  pending?: { readonly owner: string; readonly token: Promise<string> };
}

/** A header to try, and a fingerprint of the credential behind it. */
export interface Authorization {
  readonly header: string | undefined;
  readonly owner: string;
  /** What it was made with. */
  readonly session?: Session;
}

const ANONYMOUS = "anonymous";

/** Repositories of which is remembered what they want: as registries' names, they come from whoever asks. */
const MOST_SESSIONS = 2000;

export interface AuthenticatorOptions {
  /** What tokens are asked for. */
  readonly actions?: "pull" | "pull,push";
  readonly mostSessions?: number;
}

/**
 * Answers registries' challenges: anonymous, basic and bearer (distribution token spec). A token belongs to one
 * endpoint, repository and credential, and is asked for `repository:NAME:ACTIONS` whatever the challenge says (T022,
 * T023).
 */
export class Authenticator {
  readonly #settings: RegistrySettings;
  readonly #tokens: TokenClient;
  readonly #actions: "pull" | "pull,push";
  readonly #mostSessions: number;
  readonly #sessions = new Map<string, Session>();

  constructor(
    settings: RegistrySettings,
    tokens: TokenClient,
    { actions = "pull", mostSessions = MOST_SESSIONS }: AuthenticatorOptions = {},
  ) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#actions = actions;
    this.#mostSessions = mostSessions;
  }

  /** The header of a first try: none before the endpoint has ever asked for one. */
  async known(endpoint: Endpoint, repository: string, signal: AbortSignal): Promise<Authorization> {
    const session = this.#sessions.get(keyOf(endpoint, repository));
    if (session === undefined) return { header: undefined, owner: ANONYMOUS };
    return this.#authorize(session, endpoint, repository, { signal, fresh: false });
  }

  /**
   * The header that answers a 401. `refused` is what the endpoint has just refused: where nothing better can be had
   * than what it was made of, the fault `registry.auth_failed` (T026, T030).
   */
  async answer(
    endpoint: Endpoint,
    repository: string,
    wwwAuthenticate: string | undefined,
    options: { readonly signal: AbortSignal; readonly fresh: boolean; readonly refused: Authorization },
  ): Promise<Authorization> {
    const scheme = chooseScheme(wwwAuthenticate, endpoint);
    if (options.fresh) {
      const { credential } = await this.#credential(endpoint, options);
      if (ownerOf(credential) === options.refused.owner) throw refused(endpoint);
    }
    const session = this.#renew(keyOf(endpoint, repository), scheme, options.refused.session);
    return this.#authorize(session, endpoint, repository, options);
  }

  /**
   * What to try after a 403, with which some registries, as Amazon's, refuse a password that has expired: another one, where
   * there is one by now (T030).
   */
  async renewed(
    endpoint: Endpoint,
    { session, owner }: Authorization,
    signal: AbortSignal,
  ): Promise<Authorization | undefined> {
    if (session?.scheme.kind !== "basic") return undefined;
    const { credential } = await this.#credential(endpoint, { signal, fresh: true });
    if (credential?.kind !== "basic" || ownerOf(credential) === owner) return undefined;
    return { header: basicHeader(credential), owner: ownerOf(credential), session };
  }

  /** A new session in place of the refused one; of many requests refused at once only the first makes it. */
  #renew(key: string, scheme: Session["scheme"], refused: Session | undefined): Session {
    const current = this.#sessions.get(key);
    if (current !== undefined && current !== refused && current.scheme.kind === scheme.kind) return current;
    const session: Session = { scheme };
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size > this.#mostSessions && oldest !== undefined) this.#sessions.delete(oldest);
    return session;
  }

  async #authorize(
    session: Session,
    endpoint: Endpoint,
    repository: string,
    options: { readonly signal: AbortSignal; readonly fresh: boolean },
  ): Promise<Authorization> {
    const { credential, fault } = await this.#credential(endpoint, options);
    const owner = ownerOf(credential);
    if (credential?.kind === "registry-token") {
      return { header: `Bearer ${credential.token}`, owner, session };
    }
    if (session.scheme.kind === "basic") {
      if (credential?.kind !== "basic") throw refused(endpoint, fault);
      return { header: basicHeader(credential), owner, session };
    }
    const realm = checkRealm(this.#settings, endpoint, session.scheme.challenge, credential);
    const value = await this.#token(session, realm, { repository, credential, owner, fault, ...options });
    return { header: `Bearer ${value}`, owner, session };
  }

  /** A token that is still good, or the one being fetched, or a new one. */
  async #token(
    session: Session,
    realm: Realm,
    wanted: {
      readonly repository: string;
      readonly credential: Credential | undefined;
      readonly owner: string;
      readonly fault: string | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<string> {
    const { owner, signal } = wanted;
    if (session.token?.owner === owner && session.token.until > Date.now()) return session.token.value;
    if (session.pending?.owner !== owner) {
      const scope = `repository:${wanted.repository}:${this.#actions}`;
      const token = this.#tokens.fetch(realm, scope, wanted.credential).then((issued) => {
        session.token = { value: issued.value, until: Date.now() + issued.lifetimeMs, owner };
        return issued.value;
      });
      const pending = { owner, token };
      const finished = () => {
        if (session.pending === pending) delete session.pending;
      };
      session.pending = pending;
      token.then(finished, finished);
    }
    try {
      return await orAborted(session.pending.token, signal);
    } catch (thrown) {
      if (wanted.fault === undefined || !(thrown instanceof RegistryFault)) throw thrown;
      throw new RegistryFault(thrown.code, `${describeThrown(thrown)} (${wanted.fault})`);
    }
  }

  /** A source that fails leaves us anonymous; why is told where anonymous does not do. */
  async #credential(
    endpoint: Endpoint,
    options: { readonly signal: AbortSignal; readonly fresh: boolean },
  ): Promise<{ readonly credential: Credential | undefined; readonly fault?: string }> {
    const source = endpoint.settings.credentials ?? this.#settings.credentials;
    if (source === undefined) return { credential: undefined };
    try {
      const found = await orAborted(source(endpoint.registry, options), options.signal);
      return found.ok ? { credential: found.value } : { credential: undefined, fault: found.reason.message };
    } catch (thrown) {
      if (thrown instanceof RegistryFault) throw thrown;
      // What a source throws may hold what it read.
      return { credential: undefined, fault: "the credential source failed" };
    }
  }
}

/** Bearer where it is offered, else basic. */
function chooseScheme(header: string | undefined, endpoint: Endpoint): Session["scheme"] {
  const challenges = header === undefined ? undefined : parseChallenges(header);
  const bearer = challenges?.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) return { kind: "bearer", challenge: bearer };
  if (challenges?.some(({ scheme }) => scheme === "basic") === true) return { kind: "basic" };
  const found = header === undefined ? "none" : JSON.stringify(oneLine(header, 60));
  throw new RegistryFault(
    "registry.auth_protocol",
    `${endpoint.registry} refuses us with a challenge that is not valid Basic or Bearer: ${found}`,
  );
}

function refused(endpoint: Endpoint, fault?: string): RegistryFault {
  const why = fault === undefined ? "" : ` (${fault})`;
  return new RegistryFault(
    "registry.auth_failed",
    `${endpoint.registry} refuses our credential or wants one${why}; log in with a right to pull`,
  );
}

function keyOf(endpoint: Endpoint, repository: string): string {
  return `${endpoint.url.origin} ${repository}`;
}

function ownerOf(credential: Credential | undefined): string {
  if (credential === undefined) return ANONYMOUS;
  return createHash("sha256").update(JSON.stringify(credential)).digest("hex");
}

/** Others may wait for the same token, so one caller's deadline ends its wait only. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(new RegistryFault("registry.timeout", "no credential or token came before the deadline"));
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
