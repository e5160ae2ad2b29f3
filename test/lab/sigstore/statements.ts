import type { JsonObject } from "../../../src/core/index.ts";
import { githubRun, signerWorkflow, type GithubRun } from "./identity.ts";

export const PREDICATE = {
  provenanceV1: "https://slsa.dev/provenance/v1",
  provenanceV02: "https://slsa.dev/provenance/v0.2",
  spdx: "https://spdx.dev/Document",
  cosignSign: "https://sigstore.dev/cosign/sign/v1",
} as const;

/** What a statement speaks of. */
export interface Subject {
  readonly name?: string;
  /** `sha256:…`, or all digests by algorithm. */
  readonly digest: string | Readonly<Record<string, string>>;
}

/** An in-toto statement v1, or v0.1 where told so. */
export function statement(
  subjects: readonly Subject[],
  predicateType: string,
  predicate: JsonObject,
  version: "v1" | "v0.1" = "v1",
): JsonObject {
  return {
    _type: `https://in-toto.io/Statement/${version}`,
    subject: subjects.map(({ name, digest }) => ({
      ...(name === undefined ? {} : { name }),
      digest: typeof digest === "string" ? digestSet(digest) : digest,
    })),
    predicateType,
    predicate,
  };
}

function digestSet(digest: string): JsonObject {
  const [algorithm = "", hex = ""] = digest.split(":");
  return { [algorithm]: hex };
}

export interface GithubProvenanceOptions {
  readonly subjects: readonly Subject[];
  /** The run that made it; give the same to `githubIdentity`, or another for a conflict. */
  readonly run?: Partial<GithubRun>;
  /** Where the predicate shall claim another builder than the run's. */
  readonly builderId?: string;
}

/** SLSA v1 as actions/attest-build-provenance writes it. */
export function provenanceV1(options: GithubProvenanceOptions): JsonObject {
  const run = githubRun(options.run);
  const repository = `https://github.com/${run.repository}`;
  return statement(options.subjects, PREDICATE.provenanceV1, {
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: {
        workflow: { ref: run.ref, repository, path: `.github/workflows/${run.workflow}` },
      },
      internalParameters: {
        github: {
          event_name: run.event,
          repository_id: run.repositoryId,
          repository_owner_id: run.ownerId,
          runner_environment: run.runner,
        },
      },
      resolvedDependencies: [{ uri: `git+${repository}@${run.ref}`, digest: { gitCommit: run.commit } }],
    },
    runDetails: {
      builder: { id: options.builderId ?? signerWorkflow(run) },
      metadata: { invocationId: `${repository}/actions/runs/${run.runId}/attempts/${run.runAttempt}` },
    },
  });
}

export const SLSA_GENERATOR =
  "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0";

/**
 * SLSA v0.2 as slsa-github-generator's container workflow writes it. Its certificate is that of the reusable workflow:
 * `githubIdentity({ reusableWorkflow: SLSA_GENERATOR })`.
 */
export function provenanceV02(options: GithubProvenanceOptions): JsonObject {
  const run = githubRun({ reusableWorkflow: SLSA_GENERATOR, ...options.run });
  const source = { uri: `git+https://github.com/${run.repository}@${run.ref}`, digest: { sha1: run.commit } };
  const predicate = {
    builder: { id: options.builderId ?? signerWorkflow(run) },
    buildType: "https://github.com/slsa-framework/slsa-github-generator/container@v1",
    invocation: {
      configSource: { ...source, entryPoint: `.github/workflows/${run.workflow}` },
      parameters: {},
      environment: {
        github_actor: run.actor,
        github_actor_id: "583231",
        github_base_ref: "",
        github_event_name: run.event,
        github_event_payload: {},
        github_head_ref: "",
        github_ref: run.ref,
        github_ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
        github_repository_id: run.repositoryId,
        github_repository_owner: run.repository.split("/")[0] ?? "",
        github_repository_owner_id: run.ownerId,
        github_run_attempt: run.runAttempt,
        github_run_id: run.runId,
        github_run_number: "7",
        github_sha1: run.commit,
      },
    },
    metadata: {
      buildInvocationID: `${run.runId}-${run.runAttempt}`,
      completeness: { parameters: true, environment: false, materials: false },
      reproducible: false,
    },
    materials: [source],
  };
  return statement(options.subjects, PREDICATE.provenanceV02, predicate, "v0.1");
}

export interface BuildKitOptions {
  readonly subjects: readonly Subject[];
  readonly platform?: string;
  /** A git URL with `#ref`, as BuildKit writes a remote context. */
  readonly source?: string;
  readonly commit?: string;
  readonly builderId?: string;
  readonly baseImage?: { readonly uri: string; readonly digest: string };
}

const BUILDKIT_DEFAULTS = {
  platform: "linux/amd64",
  source: "https://github.com/acme/app.git#refs/tags/v1.2.3",
  commit: "0f5c1cbd1a0c6aee8e2b9d1e2c4a3b5d6e7f8091",
  builderId: "",
  baseImage: { uri: "pkg:docker/alpine@3.22?platform=linux%2Famd64", digest: `sha256:${"1a".repeat(32)}` },
} as const;

/** SLSA v0.2 as BuildKit writes it into an index (mode=min, git context). */
export function buildkitProvenanceV02(options: BuildKitOptions): JsonObject {
  const { platform, source, commit, builderId, baseImage } = { ...BUILDKIT_DEFAULTS, ...options };
  const predicate = {
    builder: { id: builderId },
    buildType: "https://mobyproject.org/buildkit@v1",
    materials: [
      { uri: baseImage.uri, digest: digestSet(baseImage.digest) },
      { uri: source, digest: { sha1: commit } },
    ],
    invocation: {
      configSource: { uri: source, digest: { sha1: commit }, entryPoint: "Dockerfile" },
      parameters: { frontend: "dockerfile.v0", args: {}, locals: [] },
      environment: { platform },
    },
    metadata: {
      buildInvocationID: "r2d2c3poexample",
      buildStartedOn: "2026-01-02T03:00:00Z",
      buildFinishedOn: "2026-01-02T03:04:05Z",
      completeness: { parameters: true, environment: true, materials: false },
      reproducible: false,
    },
  };
  return statement(options.subjects, PREDICATE.provenanceV02, predicate, "v0.1");
}

/** SLSA v1 as newer BuildKit writes it. */
export function buildkitProvenanceV1(options: BuildKitOptions): JsonObject {
  const { platform, source, commit, builderId, baseImage } = { ...BUILDKIT_DEFAULTS, ...options };
  const predicate = {
    buildDefinition: {
      buildType: "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
      externalParameters: {
        configSource: { uri: source, digest: { sha1: commit }, path: "Dockerfile" },
        request: { frontend: "dockerfile.v0", args: {}, locals: [] },
      },
      internalParameters: { builderPlatform: platform },
      resolvedDependencies: [
        { uri: baseImage.uri, digest: digestSet(baseImage.digest) },
        { uri: source, digest: { sha1: commit } },
      ],
    },
    runDetails: {
      builder: { id: builderId },
      metadata: {
        invocationId: "r2d2c3poexample",
        startedOn: "2026-01-02T03:00:00Z",
        finishedOn: "2026-01-02T03:04:05Z",
        buildkit_completeness: { request: true, resolvedDependencies: false },
        buildkit_reproducible: false,
        buildkit_hermetic: false,
      },
    },
  };
  return statement(options.subjects, PREDICATE.provenanceV1, predicate, "v0.1");
}

/** A small SPDX 2.3 document as attestation. */
export function spdxStatement(
  subjects: readonly Subject[],
  packages: readonly string[] = ["musl"],
): JsonObject {
  return statement(subjects, PREDICATE.spdx, {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: "app",
    documentNamespace: "https://example.test/spdx/app",
    creationInfo: { created: "2026-01-02T03:04:05Z", creators: ["Tool: lab"] },
    packages: packages.map((name) => ({
      name,
      SPDXID: `SPDXRef-${name}`,
      versionInfo: "1.0.0",
      downloadLocation: "NOASSERTION",
    })),
  });
}

/** What `cosign sign` of version 3 signs. */
export function cosignSignStatement(subjects: readonly Subject[]): JsonObject {
  return statement(subjects, PREDICATE.cosignSign, {});
}
