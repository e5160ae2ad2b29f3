import { isIPv6 } from "node:net";
import { failure, oneLine, parseDigest, success, type Digest, type Result } from "../core/index.ts";
import { isRegistryHost, isRepositoryName, isTag, MAX_NAME_LENGTH } from "../registry/index.ts";
import type { ImageReference, ReferenceCode } from "./types.ts";

const HUB = "docker.io";
/** Other names of Docker Hub (T002). */
const HUB_ALIASES: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io"]);
/** A name, a tag and a digest at their longest. */
const MAX_LENGTH = 1024;

/**
 * Prefixes by which other tools name images that lie in no registry. By the grammar `oci:app` would be an image
 * named `oci`; whoever writes it means something else (T010). `docker:` is not among them: that image exists.
 */
const TRANSPORTS =
  /^(?:containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive|ostree|sif|tarball):/;

type Parsed<T> = Result<T, ReferenceCode>;

/**
 * Reads an image reference as the distribution grammar and the normalization of Docker and containerd do
 * (distribution/reference, `ParseDockerRef`): `nginx` is `docker.io/library/nginx:latest`; what stands before the
 * first slash is a host where it has a dot or a colon or is `localhost`; a digest wins over a tag. Hosts are put in
 * lowercase; nothing else is mended. Codes: `reference.invalid`, `reference.digest_unsupported` (T001 to T010).
 */
export function parseReference(text: string): Parsed<ImageReference> {
  const known = readLately.get(text);
  if (known !== undefined) return known;
  const parsed = readReference(text);
  if (readLately.size >= MOST_LATELY) readLately.clear();
  if (text.length <= MAX_LENGTH) readLately.set(text, parsed);
  return parsed;
}

/** References that are asked about are asked about again, and several stages read each: a text always reads the same. */
const readLately = new Map<string, Parsed<ImageReference>>();
const MOST_LATELY = 1000;

function readReference(text: string): Parsed<ImageReference> {
  if (text.length > MAX_LENGTH) {
    return invalid(`${text.slice(0, 60)}…`, `has more than ${MAX_LENGTH} characters`);
  }
  if (!/^[\x21-\x7e]+$/.test(text)) return invalid(text, "has other than visible ASCII characters, or none");
  if (TRANSPORTS.test(text)) return invalid(text, "names a transport; expected an image in a registry");
  const parts = split(text);
  if (parts === undefined) return invalid(text, "is not NAME[:TAG][@DIGEST]");
  const digest = readDigest(text, parts.digest);
  if (!digest.ok) return digest;
  const name = readName(text, parts.name);
  if (!name.ok) return name;
  if (parts.tag !== undefined && !isTag(parts.tag)) return invalid(text, "has a tag that is not valid");
  return success(assemble(text, name.value, parts.tag, digest.value));
}

interface Parts {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The last colon begins the tag unless a slash follows: then it belongs to a port. */
function split(text: string): Parts | undefined {
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0) return undefined;
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  return {
    name: tagged ? named.slice(0, colon) : named,
    ...(tagged && { tag: named.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

function readDigest(text: string, given: string | undefined): Parsed<Digest | undefined> {
  if (given === undefined) return success(undefined);
  const digest = parseDigest(given);
  if (digest !== undefined) return success(digest);
  const algorithm = /^(?<name>[A-Za-z][A-Za-z0-9+._-]*):[0-9a-f]{32,}$/.exec(given)?.groups?.["name"];
  if (algorithm === undefined || algorithm.startsWith("sha")) {
    return invalid(text, "has a digest that is not sha256:, sha384: or sha512: with its full lowercase hex");
  }
  const message = `${quote(text)} has a digest of the kind ${quote(algorithm)}; expected sha256, sha384 or sha512`;
  return failure("reference.digest_unsupported", message);
}

interface Name {
  readonly registry: string;
  readonly repository: string;
}

function readName(text: string, name: string): Parsed<Name> {
  if (/^[0-9a-f]{64}$/.test(name)) return invalid(text, "is an image id; expected a name");
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const named = slash !== -1 && isHost(first);
  const given = named ? first.toLowerCase() : HUB;
  const registry = HUB_ALIASES.has(given) ? HUB : given;
  const path = named ? name.slice(slash + 1) : name;
  const repository = registry === HUB && !path.includes("/") ? `library/${path}` : path;
  if (!isRegistryHost(registry) || !isAddress(registry)) return invalid(text, "has a host that is not valid");
  if (!isHost(registry)) {
    // In lowercase it would be the first part of a path on Docker Hub.
    return invalid(text, "has a host in capitals without dot or port; write it with one of them");
  }
  if (!isRepositoryName(repository)) {
    return invalid(text, "has a repository that is not lowercase letters, digits and single separators");
  }
  if (registry.length + 1 + repository.length > MAX_NAME_LENGTH) {
    return invalid(text, `has a name of more than ${MAX_NAME_LENGTH} characters`);
  }
  return success({ registry, repository });
}

/** Whether the first part of a name is a host: no repository may have a dot, colon or capital there. */
function isHost(part: string): boolean {
  return /[.:]/.test(part) || part === "localhost" || part !== part.toLowerCase();
}

/** What stands in brackets must be an IPv6 address, which the grammar alone does not demand. */
function isAddress(registry: string): boolean {
  const bracketed = /^\[(?<address>[^\]]*)\]/.exec(registry)?.groups?.["address"];
  return bracketed === undefined || isIPv6(bracketed);
}

function assemble(
  original: string,
  { registry, repository }: Name,
  tag: string | undefined,
  digest: Digest | undefined,
): ImageReference {
  const name = `${registry}/${repository}`;
  if (digest !== undefined) {
    const canonical = `${name}@${digest}`;
    return { registry, repository, ...(tag !== undefined && { tag }), digest, original, canonical };
  }
  const settled = tag ?? "latest";
  return { registry, repository, tag: settled, original, canonical: `${name}:${settled}` };
}

function invalid(text: string, fault: string) {
  return failure("reference.invalid", `the image reference ${quote(text)} ${fault}`);
}

function quote(text: string): string {
  return JSON.stringify(oneLine(text, 200));
}
