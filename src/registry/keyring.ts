import { success, type JsonObject, type Result } from "../core/index.ts";
import { type Credential } from "./credential.ts";
import { entryCredential } from "./credentials.ts";
import type { RepositoryName } from "./types.ts";

interface Entry {
  /** Host and path, as the kubelet writes it: it sorts by it. */
  readonly key: string;
  /** The host's labels, each of which may hold `*`. */
  readonly labels: readonly string[];
  readonly port: string;
  /** `/`-led, or empty. */
  readonly path: string;
  readonly credential: Result<Credential | undefined, "credentials.unreadable">;
}

const LONGEST_KEY = 512;

/** Under which `docker login` keeps the credential of Docker Hub. */
const HUB_KEY = "index.docker.io";

/** The credentials of one pull secret. */
export type DockerAuths = readonly Entry[];

/**
 * Reads the `auths` of a pull secret: for each host, with or without scheme and path, its entry. Helpers and stores, which
 * whoever wrote a secret may name in it, are never run, for they stand elsewhere.
 */
export function readDockerAuths(auths: JsonObject): DockerAuths {
  return Object.entries(auths).flatMap(([place, entry]) => {
    const parsed = parsePlace(place);
    return parsed === undefined ? [] : [{ ...parsed, credential: entryCredential(entry) }];
  });
}

/**
 * The credentials that a repository may be asked with, to be tried in this order, as the kubelet finds them (kubernetes,
 * pkg/credentialprovider/keyring.go): host and port alike, label by label, where `*` stands for a part of one label; the
 * path begins like the repository; the longer of two that begin alike comes first, and of equal ones the earlier.
 * `credentials.unreadable`: one of them is not well formed; those for other repositories may be as they like.
 */
export function credentialsFor(
  secrets: readonly DockerAuths[],
  name: RepositoryName,
): Result<readonly Credential[], "credentials.unreadable"> {
  const all = secrets.flat();
  const fitting = all.filter((entry) => fits(entry, name));
  const chosen =
    fitting.length === 0 && name.registry === "docker.io"
      ? all.filter(({ key }) => key === HUB_KEY)
      : fitting;
  const found = new Map<string, Credential>();
  for (const { credential } of chosen.toSorted(longestFirst)) {
    if (!credential.ok) return credential;
    const { value } = credential;
    if (value !== undefined) found.set(JSON.stringify(value), value);
  }
  return success([...found.values()]);
}

function longestFirst(a: Entry, b: Entry): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? 1 : -1;
}

function parsePlace(place: string): Omit<Entry, "credential"> | undefined {
  if (place.length > LONGEST_KEY) return undefined;
  // A user in front of the host would make another host of it than it seems.
  const [, authority = "", rest = ""] = /^(?:https?:\/\/)?([^/?#@\\]+)(\/[^?#]*)?$/.exec(place) ?? [];
  if (authority === "") return undefined;
  const said = /^\/v[12]\//.test(rest) ? rest.slice("/v1".length) : rest;
  const path = said === "/" ? "" : said;
  const host = authority.toLowerCase();
  return { key: `${host}${path}`, ...splitHost(host), path };
}

function splitHost(host: string): { readonly labels: readonly string[]; readonly port: string } {
  const [, name = host, port = ""] = /^(.*):([0-9]+)$/.exec(host.endsWith("]") ? "" : host) ?? [];
  return { labels: name.split("."), port };
}

function fits({ labels, port, path }: Entry, { registry, repository }: RepositoryName): boolean {
  const asked = splitHost(registry);
  return (
    asked.port === port &&
    asked.labels.length === labels.length &&
    `/${repository}`.startsWith(path) &&
    labels.every((label, index) => isLike(label, asked.labels[index] ?? ""))
  );
}

/** `*` stands for any characters, also none. Linear in both, whatever they hold. */
function isLike(pattern: string, label: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === label;
  if (!label.startsWith(first)) return false;
  let position = first.length;
  for (const literal of rest) {
    const found = label.indexOf(literal, position);
    if (found === -1) return false;
    position = found + literal.length;
  }
  return label.length - last.length >= position && label.endsWith(last);
}
