/** An image as a dependency names it: canonical, without its digest, which stands beside it. */
export interface ImageName {
  /** `docker.io/library/golang:1.21` */
  readonly reference: string;
  readonly platform: string | null;
}

const LONGEST_URI = 1024;
const SCHEME = /^(?:docker|oci|docker-image):\/\//;
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const REGISTRY = /^[a-z0-9.-]+(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads the ways in which producers spell an image (reference/provenance-formats.md §4.0): `pkg:docker/name@tag?…`,
 * `pkg:oci/name?repository_url=…`, `oci://`, `docker://`, `docker-image://`, and a bare reference with a registry or
 * a digest. `null` for anything else, also for what merely might be an image.
 */
export function parseImageUri(uri: string): ImageName | null {
  if (uri.length > LONGEST_URI) return null;
  if (uri.startsWith("pkg:docker/") || uri.startsWith("pkg:oci/")) return parsePurl(uri);
  const bare = uri.replace(SCHEME, "");
  const [name, digest] = split(bare, "@");
  const isImage = bare !== uri || digest?.startsWith("sha256:") === true || isRegistry(split(bare, "/")[0]);
  return isImage ? named(name, null) : null;
}

/** The canonical spelling of a reference as people write it, without its digest; `null` where it is none. */
export function canonicalImageName(reference: string): string | null {
  if (reference.length > LONGEST_URI) return null;
  return named(split(reference, "@")[0], null)?.reference ?? null;
}

/** Package URLs (purl specification) of the types docker and oci. */
function parsePurl(purl: string): ImageName | null {
  const [beforeQuery, query] = split(split(purl, "#")[0], "?");
  const [path, version] = split(beforeQuery.slice(beforeQuery.indexOf("/") + 1), "@");
  const qualifiers = new URLSearchParams(query ?? "");
  const repositoryUrl = qualifiers.get("repository_url");
  const name = decode(path);
  const tag = decode(version ?? "");
  if (name === null || tag === null) return null;
  const isOci = purl.startsWith("pkg:oci/");
  if (isOci && repositoryUrl === null) return null;
  const repository = isOci
    ? (repositoryUrl ?? "")
    : repositoryUrl === null
      ? name
      : `${repositoryUrl}/${name}`;
  // In pkg:oci the version is the digest, in pkg:docker the tag or the digest.
  const statedTag = qualifiers.get("tag") ?? (tag.includes(":") ? "" : tag);
  return named(
    statedTag === "" ? repository : `${repository}:${statedTag}`,
    qualifiers.get("platform") ?? qualifiers.get("arch"),
  );
}

/** Docker's familiar names made full: `golang` is `docker.io/library/golang`. */
function named(reference: string, platform: string | null): ImageName | null {
  const [first, rest] = split(reference, "/");
  const hasRegistry = rest !== null && isRegistry(first);
  const [path, tag] = split(hasRegistry ? rest : reference, ":");
  const isDockerHub = !hasRegistry || first === "docker.io" || first === "index.docker.io";
  const repository = isDockerHub && !path.includes("/") ? `library/${path}` : path;
  if (!REPOSITORY.test(repository) || (tag !== null && !TAG.test(tag))) return null;
  return {
    reference: `${isDockerHub ? "docker.io" : first}/${repository}${tag === null ? "" : `:${tag}`}`,
    platform: platform === "" ? null : platform,
  };
}

/** As the distribution grammar tells a registry from the first part of a repository's name. */
function isRegistry(text: string): boolean {
  return REGISTRY.test(text) && (/[.:]/.test(text) || text === "localhost");
}

function split(text: string, separator: string): readonly [string, string | null] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, null] : [text.slice(0, index), text.slice(index + 1)];
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
