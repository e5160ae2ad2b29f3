import type { RegistrySettings } from "../../registry/index.ts";

/** How policies are asked for. What a kind of source has no use for, it does not look at. */
export interface SourceSettings {
  /** What proves us to an HTTP(S) server, and how it proves itself: files, read anew for every request. */
  readonly credentials?: HttpCredentials;
  /** Seconds for which an HTTP(S) server may hold the question until there is something new (OPA's long poll). */
  readonly longPollSeconds?: number;
  /** HTTP without TLS also beyond loopback, where the source's URL says `http:`. Never of a redirect. */
  readonly plainHTTP?: boolean;
  /** How registries are spoken to, as for images. Absent: anonymously. */
  readonly registries?: RegistrySettings;
  /** Milliseconds that one fetch may take, beside what the server may hold it; default 60 000. */
  readonly timeoutMs?: number;
}

/** Paths. Token and client certificate go to the origin of the source's URL only, whatever it redirects to. */
export interface HttpCredentials {
  /** A bearer token; white space around it does not count. */
  readonly tokenFile?: string;
  /** PEM. */
  readonly clientCert?: string;
  /** PEM. */
  readonly clientKey?: string;
  /** PEM roots that alone are accepted for the origin; absent: the platform's. */
  readonly ca?: string;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
