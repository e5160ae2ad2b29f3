import { classifyAddress, type Reach } from "./address.ts";
import { RegistryFault } from "./fault.ts";
import { isRegistryHost } from "./names.ts";
import { settingsOf, type HostSettings, type RegistrySettings } from "./settings.ts";

/** Where a registry, or a mirror of it, is spoken to. */
export interface Endpoint {
  /** Canonical registry whose settings and credentials apply. */
  readonly registry: string;
  readonly url: URL;
  readonly reach: Reach;
  readonly settings: HostSettings;
}

/** Docker Hub's API lives on another host than its name says. */
const CONNECT_HOSTS: ReadonlyMap<string, string> = new Map([["docker.io", "registry-1.docker.io"]]);

/** The endpoints to ask, in order: the mirrors, then the registry itself. */
export function endpointsOf(settings: RegistrySettings, registry: string): readonly Endpoint[] {
  if (settings.allowed !== undefined && !settings.allowed.includes(registry)) {
    throw new RegistryFault(
      "registry.not_allowed",
      `${registry} is none of the registries that may be asked; add it to the allowed ones if it should be`,
    );
  }
  const mirrors = settingsOf(settings, registry).mirrors ?? [];
  return [...mirrors, registry].map((host) => endpointOf(settings, host));
}

function endpointOf(settings: RegistrySettings, registry: string): Endpoint {
  const own = settingsOf(settings, registry);
  const host = CONNECT_HOSTS.get(registry) ?? registry;
  if (!isRegistryHost(host)) {
    throw new RegistryFault("registry.not_allowed", `${registry} is no registry: expected host or host:port`);
  }
  const implicitHTTP = own.plainHTTP === undefined && own.ca === undefined && isLoopbackHost(host);
  const url = parseUrl(`${own.plainHTTP === true || implicitHTTP ? "http" : "https"}://${host}/`);
  // The URL parser reads hosts such as 0x7f.1 or 2852039166 as addresses; other clients ask the DNS for them.
  if (url === undefined || (!host.startsWith("[") && url.hostname !== host.replace(/:\d+$/, ""))) {
    throw new RegistryFault(
      "registry.not_allowed",
      `${registry} is no canonical host; write names in lowercase and addresses in dotted decimal`,
    );
  }
  return { registry, url, reach: implicitHTTP ? "loopback-only" : "internal", settings: own };
}

/** Whether plain HTTP is right for a URL to which a registry that speaks plain HTTP has sent us. */
export function mayBePlain(settings: RegistrySettings, url: URL, endpoint: Endpoint): boolean {
  if (url.origin === endpoint.url.origin) return true;
  const own = settingsOf(settings, url.host);
  if (own.plainHTTP !== undefined) return own.plainHTTP;
  return isLoopbackHost(url.hostname) && isLoopbackHost(endpoint.url.hostname);
}

export function isLoopbackHost(host: string): boolean {
  const hostname = host.replace(/:\d+$/, "");
  return hostname === "localhost" || classifyAddress(hostname) === "loopback";
}

/** A URL without user information, `http` or `https`; `undefined` for anything else. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  const url = URL.parse(text, base?.href);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  return url.username === "" && url.password === "" ? url : undefined;
}
