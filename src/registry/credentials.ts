import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  decodeBase64,
  failure,
  isObject,
  member,
  objectAt,
  parseStrictJson,
  stringAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import type { Credential, CredentialCode, CredentialSource } from "./credential.ts";
import { HelperRunner } from "./credential-helper.ts";

const MAX_CONFIG_BYTES = 1024 * 1024;
const HUB_ALIASES: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];
/** The name under which Docker keeps Docker Hub's credential, also in helpers. */
const HUB_KEY = "https://index.docker.io/v1/";

/**
 * Credentials as `docker login` keeps them: `credHelpers`, then `credsStore`, then `auths` of config.json in the
 * given folder, `$DOCKER_CONFIG` or `~/.docker`. A registry is matched by its whole host and port (A022, T020);
 * nobody's credential stands in for another's. Helpers run in our environment, except for `withoutVariables`: secrets of
 * our own that are none of their business.
 */
export function dockerCredentials(
  configFolder?: string,
  { withoutVariables = [] }: { readonly withoutVariables?: readonly string[] } = {},
): CredentialSource {
  const folder = configFolder ?? process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
  const kept = (name: string) => !withoutVariables.includes(name);
  const helpers = new HelperRunner(() =>
    Object.fromEntries(Object.entries(process.env).filter(([name]) => kept(name))),
  );
  return async (registry, options) => {
    const config = await readConfig(join(folder, "config.json"));
    if (!config.ok) return config;
    const names = namesOf(registry);
    const helper = helperOf(config.value, names);
    if (helper !== undefined) {
      const found = await helpers.get(helper, registry === "docker.io" ? HUB_KEY : registry, options);
      if (!found.ok || found.value !== undefined) return found;
    }
    return credentialOf(config.value, names);
  };
}

async function readConfig(path: string): Promise<Result<JsonObject, CredentialCode>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    return missing ? success({}) : failure("credentials.unreadable", `cannot read ${path}`);
  }
  const parsed = parseStrictJson(bytes, { bytes: MAX_CONFIG_BYTES, depth: 20 });
  // The parser's own words could repeat a piece of the file, and with it a secret.
  if (!parsed.ok)
    return failure("credentials.unreadable", `${path} is no valid JSON (${parsed.reason.code})`);
  return isObject(parsed.value)
    ? success(parsed.value)
    : failure("credentials.unreadable", `${path} is no JSON object`);
}

/** The keys under which a registry may stand. */
function namesOf(registry: string): readonly string[] {
  return registry === "docker.io" ? HUB_ALIASES : [registry];
}

function helperOf(config: JsonObject, names: readonly string[]): string | undefined {
  const own = findEntry(objectAt(config, "credHelpers"), names);
  if (typeof own === "string") return own;
  const store = stringAt(config, "credsStore");
  return store === "" ? undefined : store;
}

function credentialOf(
  config: JsonObject,
  names: readonly string[],
): Result<Credential | undefined, CredentialCode> {
  return entryCredential(findEntry(objectAt(config, "auths"), names));
}

/** The credential of one entry of `auths`; `undefined` where the entry holds none. */
export function entryCredential(
  entry: JsonValue | undefined,
): Result<Credential | undefined, "credentials.unreadable"> {
  if (!isObject(entry)) return success(undefined);
  const identity = stringAt(entry, "identitytoken");
  if (identity !== undefined && identity !== "") return success({ kind: "identity-token", token: identity });
  const token = stringAt(entry, "registrytoken");
  if (token !== undefined && token !== "") return success({ kind: "registry-token", token });
  return basicOf(entry);
}

function basicOf(entry: JsonObject): Result<Credential | undefined, "credentials.unreadable"> {
  const auth = stringAt(entry, "auth") ?? "";
  if (auth === "") {
    const username = stringAt(entry, "username") ?? "";
    const password = stringAt(entry, "password") ?? "";
    return success(username === "" ? undefined : { kind: "basic", username, password });
  }
  const text = decodeBase64(auth)?.toString("utf8") ?? "";
  const colon = text.indexOf(":");
  return colon < 1
    ? failure("credentials.unreadable", "an `auth` among the credentials is no base64 of user:password")
    : success({ kind: "basic", username: text.slice(0, colon), password: text.slice(colon + 1) });
}

/** The entry whose key names exactly one of the hosts: bare keys first, then the URLs that `docker login` writes. */
function findEntry(entries: JsonObject | undefined, names: readonly string[]): JsonValue | undefined {
  for (const name of names) {
    const exact = member(entries, name);
    if (exact !== undefined) return exact;
  }
  for (const [key, entry] of Object.entries(entries ?? {})) {
    const match = /^(?:https?:\/\/)?(?<host>[^/]+)(?:\/|\/v[12]\/?)?$/.exec(key);
    if (match?.groups?.["host"] !== undefined && names.includes(match.groups["host"].toLowerCase())) {
      return entry;
    }
  }
  return undefined;
}
