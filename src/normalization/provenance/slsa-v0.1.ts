import { parseGitUri } from "../git.ts";
import { canonicalTime } from "../time.ts";
import type { PredicateReader } from "../predicate-reader.ts";
import { onlyGitSource, readDependencies, withRoles, type ReadDependency } from "./dependencies.ts";
import {
  builderOf,
  NO_DEFINITION,
  NO_SOURCE,
  NO_TRIGGER,
  runOfUrl,
  sourceAt,
  urlOrNull,
  type Producer,
  type ProvenanceFacts,
  type Source,
} from "./facts.ts";

/** Any SLSA provenance v0.1 (slsa.dev/provenance/v0.1): Google Cloud Build's first form, Azure Pipelines. */
export function readSlsaV01(reader: PredicateReader, producer: Producer): ProvenanceFacts {
  const dependencies = readDependencies(reader, "materials");
  reader.known(["recipe"], "environment");
  const definedIn = reader.value("recipe", "definedInMaterial");
  const named = typeof definedIn === "number" ? dependencies[definedIn] : undefined;
  const found =
    named !== undefined && named.git !== null
      ? sourceAt(named.dependency.uri, named.git, named.commit)
      : (onlyGitSource(dependencies) ?? onlyMaterial(dependencies));
  const source = producer === "google-cloud-build" ? withSubstitutions(reader, found) : found;
  const runUrl = urlOrNull(reader.string("metadata", "buildInvocationId"));
  return {
    version: "0.1",
    producer,
    builder: builderOf(reader.string("builder", "id")),
    buildType: reader.string("recipe", "type"),
    source,
    definition: {
      ...NO_DEFINITION,
      repo: source.repo,
      ref: source.ref,
      commit: source.commit,
      entryPoint: reader.string("recipe", "entryPoint"),
    },
    trigger: { ...NO_TRIGGER, ...runOfUrl(runUrl), runUrl },
    parameters: reader.object("recipe", "arguments") ?? {},
    parametersNamesOnly: false,
    dependencies: withRoles(dependencies, source),
    flags: {
      reproducible: reader.boolean("metadata", "reproducible"),
      hermetic: null,
      selfHostedRunner: null,
      completeness: {
        parameters: reader.boolean("metadata", "completeness", "arguments"),
        environment: reader.boolean("metadata", "completeness", "environment"),
        materials: reader.boolean("metadata", "completeness", "materials"),
      },
    },
    times: {
      started: canonicalTime(reader.string("metadata", "buildStartedOn")),
      finished: canonicalTime(reader.string("metadata", "buildFinishedOn")),
    },
  };
}

/** The one thing that went in, though no git URI: Google Cloud Build's first pages of commits, objects in its storage. */
function onlyMaterial(dependencies: readonly ReadDependency[]): Source {
  const [only, another] = dependencies;
  const uri = only?.dependency.uri ?? null;
  if (uri === null || another !== undefined) return NO_SOURCE;
  const object = /^(gs:\/\/[^\s#?]+)(?:#\d+)?$/.exec(uri)?.[1] ?? null;
  const location = parseGitUri(uri);
  return sourceAt(uri, { ...location, repo: location.repo ?? object }, only?.commit ?? null);
}

/** Google Cloud Build's trigger substitutions name the branch or tag that its materials leave out. */
function withSubstitutions(reader: PredicateReader, source: Source): Source {
  if (source.repo === null || source.ref !== null) return source;
  const tag = reader.string("recipe", "arguments", "substitutions", "TAG_NAME");
  const branch = reader.string("recipe", "arguments", "substitutions", "BRANCH_NAME");
  if (tag !== null) return { ...source, ref: `refs/tags/${tag}`, refKind: "tag" };
  return branch === null ? source : { ...source, ref: `refs/heads/${branch}`, refKind: "branch" };
}
