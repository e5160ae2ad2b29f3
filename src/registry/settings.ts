import type { LookupFunction } from "node:net";
import type { CredentialSource } from "./credential.ts";

/** How registries are spoken to. Every key of `registries` is an exact canonical registry: `host` or `host:port`. */
export interface RegistrySettings {
  readonly registries?: Readonly<Record<string, HostSettings>>;
  /** Default: no credentials, everything is asked anonymously. */
  readonly credentials?: CredentialSource;
  /** Only these registries are asked; absent means any. Mirrors of an allowed registry are allowed with it. */
  readonly allowed?: readonly string[];
  readonly limits?: Partial<RegistryLimits>;
  /** How names become addresses; default `dns.lookup`. Its answers are checked in any case. */
  readonly lookup?: LookupFunction;
}

/** Settings of one exact host and port; they extend to no other host, also not to where it redirects (A120). */
export interface HostSettings {
  /** PEM certificates that alone are accepted as roots for this host. */
  readonly ca?: string | Buffer;
  /** Registries (`host[:port]`) that hold the same repositories; asked in order, before the registry itself. */
  readonly mirrors?: readonly string[];
  /** True: HTTP without TLS. Absent: only on loopback hosts for which no `ca` is given. */
  readonly plainHTTP?: boolean;
  /** Hosts (`host[:port]`) besides the registry's own to which its token requests may take credentials. */
  readonly tokenHosts?: readonly string[];
  /** In place of the general source. */
  readonly credentials?: CredentialSource;
}

export interface RegistryLimits {
  /** Bytes of one manifest or index (distribution-spec: 4 MiB). */
  readonly manifestBytes: number;
  /** Bytes of all pages of one list of referrers. */
  readonly referrersBytes: number;
  readonly referrersPages: number;
  readonly referrersDescriptors: number;
  readonly redirects: number;
  /** Bytes of a token server's answer. */
  readonly tokenBytes: number;
  /** Bytes of an answer's header section. */
  readonly headerBytes: number;
  /** Milliseconds without any progress after which one attempt is given up. */
  readonly stallMs: number;
  /** Attempts at one request, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
  /** Milliseconds that one wait may last, whatever `Retry-After` says. */
  readonly maxBackoffMs: number;
  /** Requests in flight to one origin. */
  readonly connections: number;
}

export const DEFAULT_REGISTRY_LIMITS: RegistryLimits = {
  manifestBytes: 4 * 1024 * 1024,
  referrersBytes: 4 * 1024 * 1024,
  referrersPages: 10,
  referrersDescriptors: 2000,
  redirects: 5,
  tokenBytes: 64 * 1024,
  headerBytes: 32 * 1024,
  stallMs: 10_000,
  attempts: 4,
  backoffMs: 100,
  maxBackoffMs: 5_000,
  connections: 32,
};

/** The settings of one host; never inherited ones, never another host's. */
export function settingsOf(settings: RegistrySettings, host: string): HostSettings {
  const registries = settings.registries ?? {};
  return (Object.hasOwn(registries, host) ? registries[host] : undefined) ?? {};
}
