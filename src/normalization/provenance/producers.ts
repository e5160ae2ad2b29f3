import type { JsonObject } from "../../core/index.ts";
import { stringAt } from "../../core/index.ts";
import type { PredicateReader } from "../predicate-reader.ts";
import { readBuildkitV02, readBuildkitV1 } from "./buildkit.ts";
import type { Producer, ProvenanceFacts } from "./facts.ts";
import { readGithubAttest } from "./github-attest.ts";
import { readGeneratorV02, readGeneratorV1 } from "./slsa-github-generator.ts";
import { readSlsaV01 } from "./slsa-v0.1.ts";
import { readSlsaV02 } from "./slsa-v0.2.ts";
import { CAMEL_CASE, readSlsaV1, SNAKE_CASE } from "./slsa-v1.ts";

export type SlsaVersion = ProvenanceFacts["version"];

const VERSIONS: ReadonlyMap<string, SlsaVersion> = new Map([
  ["https://slsa.dev/provenance/v0.1", "0.1"],
  ["https://slsa.dev/provenance/v0.2", "0.2"],
  ["https://slsa.dev/provenance/v1", "1"],
  ["https://slsa.dev/provenance/v1.0", "1"],
  ["https://slsa.dev/provenance/v1.0?draft", "1"],
]);

/** The SLSA version of a predicate type; `undefined` for whatever is no SLSA provenance. */
export function slsaVersion(predicateType: string): SlsaVersion | undefined {
  return VERSIONS.get(predicateType);
}

interface Recognition {
  readonly producer: Producer;
  readonly version?: SlsaVersion;
  readonly buildType: RegExp;
  /** Where a build type is shared, the builder ids that are this producer's. */
  readonly builderId?: RegExp;
  readonly read?: (reader: PredicateReader) => ProvenanceFacts;
}

/**
 * Who writes which build type; the first that fits reads the predicate. The name only says whose format it is: the
 * predicate is its writer's word, so rules take nothing from it but how to read. What fits none is read by the
 * generic reader, which knows no producer's habits.
 */
const PRODUCERS: readonly Recognition[] = [
  {
    producer: "slsa-github-generator",
    version: "0.2",
    buildType: /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator(?:-go)?[/@]/,
    read: readGeneratorV02,
  },
  {
    producer: "slsa-github-generator",
    version: "1",
    buildType: /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\//,
    read: readGeneratorV1,
  },
  {
    producer: "slsa-github-generator",
    version: "1",
    buildType: /^https:\/\/slsa\.dev\/container-based-build\/v0\.1(?:\?draft)?$/,
    builderId:
      /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\/\.github\/workflows\/builder_(?:container|docker)-based_slsa3\.yml@/,
    read: readGeneratorV1,
  },
  {
    producer: "github-attest",
    version: "1",
    buildType:
      /^https:\/\/(?:actions\.github\.io\/buildtypes|slsa-framework\.github\.io\/github-actions-buildtypes)\/workflow\/v1$/,
    read: readGithubAttest,
  },
  {
    producer: "buildkit",
    version: "0.2",
    buildType: /^https:\/\/mobyproject\.org\/buildkit@v1$/,
    read: readBuildkitV02,
  },
  {
    producer: "buildkit",
    version: "1",
    buildType:
      /^https:\/\/(?:mobyproject\.org\/buildkit@v1|github\.com\/moby\/buildkit\/blob\/[^/]+\/docs\/attestations\/slsa-definitions\.md)$/,
    read: readBuildkitV1,
  },
  {
    producer: "gitlab",
    buildType:
      /^https:\/\/(?:gitlab\.com\/gitlab-org\/gitlab-runner\/-\/blob\/[^/]+\/PROVENANCE\.md$|docs\.gitlab\.com\/.*provenance_v1)/,
  },
  { producer: "tekton-chains", buildType: /^(?:https:\/\/)?tekton\.dev\// },
  {
    producer: "jenkins",
    buildType:
      /^https:\/\/(?:gitlab\.eclipse\.org\/eclipsefdn\/security\/slsa-jenkins-plugin@|www\.jenkins\.io\/|redhat\.com\/rhtap\/slsa-build-types\/jenkins-build\/)/,
  },
  {
    producer: "google-cloud-build",
    buildType:
      /^https:\/\/(?:cloudbuild\.googleapis\.com\/|cloud\.google\.com\/build\/gcb-buildtypes\/|slsa-framework\.github\.io\/gcb-buildtypes\/)/,
  },
  { producer: "witness", buildType: /^https:\/\/witness\.dev\// },
];

/** Reads a provenance predicate in its producer's own way, or in the generic one. */
export function readProducer(
  predicate: JsonObject,
  version: SlsaVersion,
  reader: PredicateReader,
): ProvenanceFacts {
  const isSnakeCase =
    Object.hasOwn(predicate, "build_definition") && !Object.hasOwn(predicate, "buildDefinition");
  const names = isSnakeCase ? SNAKE_CASE : CAMEL_CASE;
  const buildType = buildTypeOf(predicate, version, names.buildDefinition, names.buildType);
  const builderId =
    version === "1"
      ? stringAt(predicate, names.runDetails, "builder", "id")
      : stringAt(predicate, "builder", "id");
  const recognised = PRODUCERS.find(
    (entry) =>
      (entry.version ?? version) === version &&
      !(isSnakeCase && entry.read !== undefined) &&
      entry.buildType.test(buildType ?? "") &&
      (entry.builderId?.test(builderId ?? "") ?? true),
  );
  if (recognised?.read !== undefined) return recognised.read(reader);
  const producer = recognised?.producer ?? "generic";
  return version === "1" ? readSlsaV1(reader, producer, names) : EARLIER_READERS[version](reader, producer);
}

const EARLIER_READERS = { "0.1": readSlsaV01, "0.2": readSlsaV02 } as const;

function buildTypeOf(
  predicate: JsonObject,
  version: SlsaVersion,
  definition: string,
  member: string,
): string | undefined {
  if (version === "0.1") return stringAt(predicate, "recipe", "type");
  if (version === "1") return stringAt(predicate, definition, member);
  return stringAt(predicate, "buildType") ?? stringAt(predicate, "buildtype");
}
