import { isObject, type JsonObject } from "../../core/index.ts";
import { commitOfDigests, parseGitUri } from "../git.ts";
import type { PredicateReader } from "../predicate-reader.ts";
import { canonicalTime } from "../time.ts";
import { onlyGitSource, readDependencies, withRoles } from "./dependencies.ts";
import {
  builderOf,
  NO_DEFINITION,
  NO_SOURCE,
  NO_TRIGGER,
  runOfUrl,
  sourceAt,
  urlOrNull,
  type Flags,
  type Producer,
  type ProvenanceFacts,
} from "./facts.ts";
import { readGithubEnvironment, triggerOf } from "./github-environment.ts";

const NPM = /^https:\/\/github\.com\/npm\/(?:cli|slsa-provenance)\/gha(?:@|\/)v\d/;

/** Any SLSA provenance v0.2 (slsa.dev/provenance/v0.2): what all its producers have in common. */
export function readSlsaV02(reader: PredicateReader, producer: Producer): ProvenanceFacts {
  const buildType = reader.string("buildType") ?? reader.string("buildtype");
  const dependencies = readDependencies(reader, "materials");
  const uri = reader.string("invocation", "configSource", "uri");
  const configSource =
    uri === null
      ? NO_SOURCE
      : sourceAt(
          uri,
          parseGitUri(uri),
          commitOfDigests(reader.strings("invocation", "configSource", "digest")),
        );
  // In Tekton's, configSource is where the pipeline is defined, not what it builds.
  const isSource = uri !== null && producer !== "tekton-chains";
  const source = isSource ? configSource : (onlyGitSource(dependencies) ?? NO_SOURCE);
  const invocation =
    reader.text("metadata", "buildInvocationId") ?? reader.text("metadata", "buildInvocationID");
  const runUrl = urlOrNull(invocation);
  const parameters = reader.object("invocation", "parameters") ?? {};
  return {
    version: "0.2",
    producer,
    builder: builderOf(reader.string("builder", "id")),
    buildType,
    source,
    definition: {
      ...NO_DEFINITION,
      repo: configSource.repo,
      ref: configSource.ref,
      commit: configSource.commit,
      entryPoint:
        reader.string("invocation", "configSource", "entryPoint") ??
        reader.string("invocation", "configSource", "entrypoint"),
    },
    trigger:
      buildType !== null && NPM.test(buildType)
        ? triggerOf(
            readGithubEnvironment(reader, "GITHUB_", "invocation", "environment"),
            source.repo,
            runUrl,
          )
        : { ...NO_TRIGGER, ...runOfUrl(runUrl), runUrl },
    parameters,
    parametersNamesOnly: producer === "gitlab" && holdsNamesOnly(parameters),
    dependencies: withRoles(dependencies, source),
    flags: readFlags(reader, producer),
    times: {
      started: canonicalTime(reader.string("metadata", "buildStartedOn")),
      finished: canonicalTime(reader.string("metadata", "buildFinishedOn")),
    },
  };
}

function readFlags(reader: PredicateReader, producer: Producer): Flags {
  const reproducible = reader.boolean("metadata", "reproducible");
  return {
    // The Jenkins plugin writes `true` always, so it states nothing.
    reproducible: producer === "jenkins" ? null : reproducible,
    hermetic: null,
    selfHostedRunner: null,
    completeness: {
      parameters: reader.boolean("metadata", "completeness", "parameters"),
      environment: reader.boolean("metadata", "completeness", "environment"),
      materials: reader.boolean("metadata", "completeness", "materials"),
    },
  };
}

/** GitLab's runner records the names of a job's variables with their values left blank. */
export function holdsNamesOnly(parameters: JsonObject): boolean {
  const values = Object.values(parameters).filter((value) => !isObject(value));
  return values.length > 0 && values.every((value) => value === "");
}
