import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  arrayAt,
  at,
  describeThrown,
  failure,
  objectAt,
  stringAt,
  success,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import type { LoadSettings } from "../decision/index.ts";
import { admissionSettings, type AdmissionSettings } from "./admission/index.ts";
import { cacheConfig, loadConfig, type CacheConfig } from "./cache-config.ts";
import { readYaml, type YamlFile } from "./config-file.ts";
import type { AuthSettings } from "./authentication/index.ts";
import {
  authConfig,
  decisionLogConfig,
  tracesConfig,
  type DecisionLogConfig,
  type TracesConfig,
} from "./operations-config.ts";
import { pullSecretsConfig, type PullSecretsConfig } from "./pull-secrets/index.ts";
import { policiesConfig, policyFaults, type PolicySettings } from "./policies-config.ts";
import { checkConfig } from "./config-schema.ts";
import { parseDuration, parseInterval } from "./duration.ts";
import { DEFAULT_BUDGETS, type Budgets, type DataApiSettings, type ListenerName } from "./types.ts";

export interface ServiceConfig {
  readonly listeners: readonly ListenerSettings[];
  /** At least one; of two, at most one is for all namespaces that the others do not name. */
  readonly policies: readonly PolicySettings[];
  readonly registries: ReadonlyMap<string, RegistryConfig>;
  readonly budgets: Budgets;
  readonly admission: AdmissionSettings;
  readonly dataApi: DataApiSettings;
  /** Whose pull secrets registries are asked with; `null`: nobody's. */
  readonly pullSecrets: PullSecretsConfig | null;
  /** How trust roots are renewed by TUF; `null`: they stay as the policy has them. */
  readonly trust: TrustSettings | null;
  readonly cache: CacheConfig;
  readonly load: LoadSettings;
  /** Where decisions are logged; `null`: only in the service's own log. */
  readonly decisionLog: DecisionLogConfig | null;
  /** Where traces are sent; `null`: nowhere. */
  readonly traces: TracesConfig | null;
}

export interface TrustSettings {
  /** Milliseconds. */
  readonly refreshEvery: number;
  /** Absolute path of a folder; `null`: in memory only. */
  readonly cacheFolder: string | null;
}

export interface ListenerSettings {
  readonly name: ListenerName;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | null;
  /** How callers show who they are besides TLS; absent: they need not. */
  readonly auth?: AuthSettings | null;
}

/** Absolute paths. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCA: string | null;
  /** Certificates besides the first, with keys of another kind. */
  readonly additional?: readonly { readonly cert: string; readonly key: string }[];
  /** Patterns of which one must fit a name of the caller's certificate; empty: whoever the client CA vouches for. */
  readonly allowedNames?: readonly string[];
}

export interface RegistryConfig {
  /** PEM; absolute path of a file that is there. */
  readonly ca: string | null;
  readonly mirrors: readonly string[];
  /** Hosts besides the registry's own that may be sent its credential. */
  readonly tokenHosts: readonly string[];
  /** `null` where the configuration does not say. */
  readonly plainHTTP: boolean | null;
}

/** Bytes; a configuration of a thousand registries is a tenth of it. */
const LARGEST = 1024 * 1024;

/**
 * Reads assay.yaml. The failure's message is all faults, a line each, every line naming file, line and field
 * (threat T254).
 */
export async function readConfig(file: string): Promise<Result<ServiceConfig, "config.invalid">> {
  const text = await readText(file);
  if (!text.ok) return text;
  const yaml = readYaml(file, text.value);
  if (!yaml.ok) return yaml;
  const faults = checkConfig(yaml.value);
  if (faults.length > 0) return failure("config.invalid", faults.join("\n"));
  return toConfig(yaml.value);
}

async function readText(file: string): Promise<Result<string, "config.invalid">> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST) return failure("config.invalid", `${file}: larger than ${LARGEST} bytes`);
    return success(await readFile(file, "utf8"));
  } catch (thrown) {
    return failure("config.invalid", `${file}: cannot be read: ${describeThrown(thrown)}`);
  }
}

/** From a document that fits the schema. */
async function toConfig(yaml: YamlFile): Promise<Result<ServiceConfig, "config.invalid">> {
  const { value, file } = yaml;
  const path = (name: string) => resolve(dirname(file), name);
  const listeners: ListenerSettings[] = [];
  for (const name of ["gatekeeper", "kyverno", "admission", "api", "metrics"] as const) {
    const address = stringAt(value, "listeners", name, "address");
    if (address === undefined) continue;
    const place = parseAddress(address);
    if (place === undefined) {
      return failure(
        "config.invalid",
        yaml.complain(["listeners", name, "address"], "the port must be 0 to 65535"),
      );
    }
    const tls = tlsFiles(objectAt(value, "listeners", name, "tls"), path);
    if (name === "api" && tls === null && !isLoopback(place.host)) {
      const fault = "without tls, the address must be a loopback address, as 127.0.0.1 or [::1]";
      return failure("config.invalid", yaml.complain(["listeners", name, "address"], fault));
    }
    const auth = authConfig(objectAt(value, "listeners", name, "auth"), path);
    if (auth !== null && tls === null && !isLoopback(place.host)) {
      const fault = "tokens are never sent without tls, except to a loopback address";
      return failure("config.invalid", yaml.complain(["listeners", name, "auth"], fault));
    }
    if (tls?.clientCA === null && (tls.allowedNames?.length ?? 0) > 0) {
      const fault = "names are those of client certificates: clientCA must say who issues them";
      return failure("config.invalid", yaml.complain(["listeners", name, "tls", "allowedNames"], fault));
    }
    listeners.push({ name, ...place, tls, ...(auth === null ? {} : { auth }) });
  }
  const registries = new Map<string, RegistryConfig>();
  for (const [host, settings] of Object.entries(objectAt(value, "registries") ?? {})) {
    const registry = registryConfig(settings, path);
    if (registry.ca !== null && !(await isFile(registry.ca))) {
      return failure(
        "config.invalid",
        yaml.complain(["registries", host, "ca"], `there is no file ${registry.ca}`),
      );
    }
    registries.set(host.toLowerCase(), registry);
  }
  const admission = admissionSettings(objectAt(value, "admission"));
  const blind = admission.resources.findIndex(
    ({ podSpecs, images }) => podSpecs.length + images.length === 0,
  );
  if (blind !== -1) {
    const fault = yaml.complain(["admission", "resources", blind], "says no paths or images to look at");
    return failure("config.invalid", fault);
  }
  const cache = cacheConfig(objectAt(value, "cache"), path);
  if (cache.shared === null && objectAt(value, "cache", "shared") !== undefined) {
    const fault = yaml.complain(["cache", "shared", "url"], "the host or port is none");
    return failure("config.invalid", fault);
  }
  const policies = policiesConfig(value, path);
  const faults = policyFaults(yaml, policies);
  if (faults.length > 0) return failure("config.invalid", faults.join("\n"));
  return success({
    listeners,
    policies,
    registries,
    budgets: {
      gatekeeper: budget(value, "gatekeeper"),
      kyverno: budget(value, "kyverno"),
      admission: budget(value, "admission"),
      gatekeeperMutate: budget(value, "gatekeeperMutate"),
      dataApi: budget(value, "dataApi"),
    },
    dataApi: { ownInput: at(value, "dataApi", "ownInput") === true },
    admission,
    pullSecrets: pullSecretsConfig(objectAt(value, "pullSecrets"), path),
    trust: trustSettings(objectAt(value, "trust"), path),
    cache,
    load: loadConfig(objectAt(value, "load")),
    decisionLog: decisionLogConfig(objectAt(value, "decisionLog"), path),
    traces: tracesConfig(objectAt(value, "traces"), path),
  });
}

function trustSettings(trust: JsonValue | undefined, path: (name: string) => string): TrustSettings | null {
  const refreshEvery = parseInterval(stringAt(trust, "refresh") ?? "");
  if (refreshEvery === undefined) return null;
  const cache = stringAt(trust, "cache");
  return { refreshEvery, cacheFolder: cache === undefined ? null : path(cache) };
}

function tlsFiles(tls: JsonValue | undefined, path: (name: string) => string): TlsFiles | null {
  const cert = stringAt(tls, "cert");
  const key = stringAt(tls, "key");
  const clientCA = stringAt(tls, "clientCA");
  if (cert === undefined || key === undefined) return null;
  const additional = (arrayAt(tls, "additional") ?? []).flatMap((pair) => {
    const [more, itsKey] = [stringAt(pair, "cert"), stringAt(pair, "key")];
    return more === undefined || itsKey === undefined ? [] : [{ cert: path(more), key: path(itsKey) }];
  });
  const allowedNames = tls === undefined ? [] : texts(tls, "allowedNames");
  return {
    cert: path(cert),
    key: path(key),
    clientCA: clientCA === undefined ? null : path(clientCA),
    ...(additional.length === 0 ? {} : { additional }),
    ...(allowedNames.length === 0 ? {} : { allowedNames }),
  };
}

function registryConfig(settings: JsonValue, path: (name: string) => string): RegistryConfig {
  const ca = stringAt(settings, "ca");
  const plainHTTP = at(settings, "plainHTTP");
  return {
    ca: ca === undefined ? null : path(ca),
    mirrors: texts(settings, "mirrors"),
    tokenHosts: texts(settings, "tokenHosts"),
    plainHTTP: typeof plainHTTP === "boolean" ? plainHTTP : null,
  };
}

function texts(settings: JsonValue, key: string): readonly string[] {
  return (arrayAt(settings, key) ?? []).filter((text) => typeof text === "string");
}

function budget(value: JsonValue, surface: keyof Budgets): number {
  return parseDuration(stringAt(value, "budgets", surface) ?? "") ?? DEFAULT_BUDGETS[surface];
}

function parseAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1));
  if (!Number.isInteger(port) || port > 65535) return undefined;
  return { host: address.slice(0, colon).replaceAll(/[[\]]/g, ""), port };
}

/** Addresses that only this host, or this pod, can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
