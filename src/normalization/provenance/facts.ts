import type { Provenance, ProvenanceTask } from "../types.ts";
import { fullRef, refKindOf, type Commit, type GitLocation } from "../git.ts";

/**
 * What one producer's reader makes of a predicate: the record but for what is added to every record alike. Only
 * producers that know of runs and tasks state them.
 */
export type ProvenanceFacts = Omit<
  Provenance,
  | "evidence"
  | "kind"
  | "predicateType"
  | "subject"
  | "build"
  | "tasks"
  | "dependenciesOmitted"
  | "corroboration"
  | "conflicts"
  | "unknownFields"
> & { readonly build?: Build; readonly tasks?: readonly Task[] };

/** A run and a task as a predicate states them: whose evidence that is, is added to every record alike. */
export type Build = Omit<Provenance["build"], "evidence">;
export type Task = Omit<ProvenanceTask, "evidence" | "tests">;

export type Producer = Provenance["producer"];
export type Source = Provenance["source"];
export type Definition = Provenance["definition"];
export type Trigger = Provenance["trigger"];
export type Flags = Provenance["flags"];

export const NO_SOURCE: Source = {
  repo: null,
  uri: null,
  ref: null,
  refKind: null,
  commit: null,
  commitAlgorithm: null,
  hint: false,
  dirty: null,
  repositoryId: null,
  ownerId: null,
  visibility: null,
  fork: null,
};

export const NO_DEFINITION: Definition = {
  repo: null,
  ref: null,
  commit: null,
  path: null,
  entryPoint: null,
};

export const NO_TRIGGER: Trigger = {
  event: null,
  actor: null,
  runId: null,
  runAttempt: null,
  runUrl: null,
  inputs: null,
  pullRequest: null,
};

export const NO_BUILD: Build = {
  id: null,
  name: null,
  kind: null,
  partOf: null,
  partOfName: null,
  results: {},
};

export const NO_TASK: Task = {
  name: null,
  id: null,
  kind: null,
  reference: null,
  bundle: null,
  repository: null,
  digest: {},
  steps: [],
  parameters: {},
  results: {},
  started: null,
  finished: null,
  succeeded: null,
};

export const NO_FLAGS: Flags = {
  reproducible: null,
  hermetic: null,
  selfHostedRunner: null,
  completeness: { parameters: null, environment: null, materials: null },
};

/** A builder's id and, where it carries one, the ref after its last `@`. */
export function builderOf(id: string | null, version: Provenance["builder"]["version"] = null) {
  const at = id === null ? -1 : id.lastIndexOf("@");
  return {
    id,
    name: id === null || at <= 0 ? id : id.slice(0, at),
    ref: id === null || at <= 0 ? null : id.slice(at + 1),
    version,
  };
}

export function sourceAt(
  uri: string | null,
  location: GitLocation,
  commit: Commit | null,
  kind: string | null = null,
): Source {
  const ref = fullRef(location.ref, kind);
  const settled = commit ?? location.commit;
  return {
    ...NO_SOURCE,
    repo: location.repo,
    uri,
    ref,
    refKind: refKindOf(ref),
    commit: settled?.id ?? null,
    commitAlgorithm: settled?.algorithm ?? null,
  };
}

/** GitHub's URL of a run: its id and attempt; nothing for URLs of any other shape. */
export function runOfUrl(url: string | null): Pick<Trigger, "runId" | "runAttempt"> {
  const match = url === null ? null : /\/actions\/runs\/(\d{1,20})(?:\/attempts\/(\d{1,10}))?$/.exec(url);
  return { runId: match?.[1] ?? null, runAttempt: match?.[2] ?? null };
}

/** GitHub's word for the kind of a runner; three-valued, for other words say neither. */
export function isSelfHosted(environment: string | null): boolean | null {
  if (environment === "self-hosted") return true;
  return environment === "github-hosted" ? false : null;
}

export function urlOrNull(text: string | null): string | null {
  return text !== null && text.startsWith("https://") ? text : null;
}
