import type { Dependency } from "../types.ts";
import { commitOfDigests, parseCommit, parseGitUri, type Commit, type GitLocation } from "../git.ts";
import { parseImageUri } from "../image-name.ts";
import type { Path, PredicateReader } from "../predicate-reader.ts";
import { sourceAt, type Source } from "./facts.ts";

/** A dependency as read, before anybody knows which role it plays. */
export interface ReadDependency {
  readonly dependency: Dependency;
  /** Where a git source lies; `null` for anything else. */
  readonly git: GitLocation | null;
  readonly commit: Commit | null;
}

/** Reads a list of resource descriptors (in-toto resource_descriptor.md) or of SLSA v0.2 materials. */
export function readDependencies(reader: PredicateReader, ...path: Path): readonly ReadDependency[] {
  const read: ReadDependency[] = [];
  const length = reader.length(...path);
  for (let index = 0; index < length; index++) {
    const entry = readDependency(reader, ...path, index);
    if (entry !== null) read.push(entry);
  }
  return read;
}

/** One resource descriptor; `null` where it states neither where the resource is nor what. */
export function readDependency(reader: PredicateReader, ...path: Path): ReadDependency | null {
  const uri = reader.string(...path, "uri");
  const name = reader.string(...path, "name");
  const digest = reader.strings(...path, "digest");
  reader.known(path, "content", "mediaType", "downloadLocation", "annotations");
  const spelled = uri ?? name;
  if (spelled === null && Object.keys(digest).length === 0) return null;
  return classify(spelled ?? "", uri, name, digest);
}

function classify(
  spelled: string,
  uri: string | null,
  name: string | null,
  digest: Dependency["digest"],
): ReadDependency {
  const shared = { role: "unknown", uri, name, digest } as const;
  const location = parseGitUri(spelled);
  if (isGit(spelled, digest)) {
    const dependency = { ...shared, kind: "git", reference: location.repo, platform: null } as const;
    return { dependency, git: location, commit: commitOfDigests(digest) ?? location.commit };
  }
  const image = parseImageUri(spelled);
  const kind = image === null ? kindOf(spelled) : "image";
  const role = kind === "package" ? "package" : "unknown";
  return {
    dependency: {
      ...shared,
      role,
      kind,
      reference: image?.reference ?? null,
      platform: image?.platform ?? null,
    },
    git: null,
    commit: null,
  };
}

/** Git by its scheme or suffix; an ordinary URL only where a commit's digest is stated with it. */
function isGit(uri: string, digest: Dependency["digest"]): boolean {
  if (/^git(?:\+|:\/\/|@)|^ssh:\/\//i.test(uri)) return true;
  if (!/^https?:\/\//i.test(uri)) return false;
  if (/\.git(?:[@#]|$)/.test(uri) || parseGitUri(uri).commit !== null) return true;
  const id = ["gitCommit", "sha1"].find((name) => Object.hasOwn(digest, name));
  return id !== undefined || parseCommit(digest["sha256"] ?? "").algorithm === "sha1";
}

function kindOf(uri: string): Dependency["kind"] {
  if (uri.startsWith("pkg:")) return "package";
  return /^(?:https?|file|gs|s3|ftp):\/\//i.test(uri) ? "file" : "unknown";
}

/**
 * The source among the dependencies where nothing else names it: only if all that lie in git agree on one place and
 * commit. Where they differ, none is chosen, for their order is the builder's and anybody may add one (threat T121).
 */
export function onlyGitSource(dependencies: readonly ReadDependency[]): Source | null {
  const inGit = dependencies.filter(({ git }) => git !== null && git.repo !== null);
  const [first] = inGit;
  if (first === undefined || first.git === null) return null;
  const agrees = inGit.every(
    ({ git, commit }) => git?.repo === first.git?.repo && commit?.id === first.commit?.id,
  );
  if (!agrees) return null;
  const refs = new Set(inGit.map(({ git }) => git?.ref ?? null).filter((ref) => ref !== null));
  const [ref] = refs.size === 1 ? refs : [null];
  const uri = first.dependency.uri ?? first.dependency.name;
  return sourceAt(uri, { ...first.git, ref: ref ?? null }, first.commit);
}

/** What the dependencies say of a repository that something else named: its one ref and commit, where they agree. */
export function resolved(
  dependencies: readonly ReadDependency[],
  repo: string | null,
  ref: string | null,
): { readonly ref: string | null; readonly commit: Commit | null } {
  const there = dependencies.filter(({ git }) => repo !== null && git?.repo === repo);
  const sameRef = there.filter(({ git }) => ref === null || git?.ref === null || git?.ref === ref);
  const candidates = sameRef.length > 0 ? sameRef : there;
  const commits = new Map(candidates.map(({ commit }) => [commit?.id ?? "", commit]));
  const refs = new Set(candidates.map(({ git }) => git?.ref ?? "").filter((name) => name !== ""));
  const [commit] = commits.size === 1 ? commits.values() : [null];
  const [onlyRef] = refs.size === 1 ? refs : [null];
  return { ref: onlyRef ?? null, commit: commit ?? null };
}

/** The dependencies with the role `source` given to what is the source, and others as the producer tells them. */
export function withRoles(
  dependencies: readonly ReadDependency[],
  source: Source,
  roleOf: (dependency: Dependency) => Dependency["role"] = ({ role }) => role,
): readonly Dependency[] {
  return dependencies.map(({ dependency, git, commit }) => {
    const isSource =
      !source.hint &&
      git !== null &&
      source.repo !== null &&
      git.repo === source.repo &&
      (commit?.id ?? null) === source.commit;
    return { ...dependency, role: isSource ? "source" : roleOf(dependency) };
  });
}
