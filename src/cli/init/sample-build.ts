import { digestOf, type Digest, type JsonObject } from "../../core/index.ts";
import type { Signer } from "../../verification/index.ts";
import { profileOf, refPattern } from "./profiles.ts";
import type { Answers, CiName } from "./types.ts";

/** A build as the build system would attest it: the facts that a policy for it asks about. */
export interface SampleBuild {
  readonly predicateType: string;
  readonly predicate: JsonObject;
  /** Who signed it; a stranger signs the same from a place of his own. */
  readonly signer: (by: "organization" | "stranger") => Signer;
}

const COMMIT = "0f5c1cbd1a0c6aee8e2b9d1e2c4a3b5d6e7f8091";
const V1 = "https://slsa.dev/provenance/v1";
const V02 = "https://slsa.dev/provenance/v0.2";
const HEX = "5e".repeat(32);
const STARTED = "2026-11-20T09:55:00Z";
const FINISHED = "2026-11-20T09:59:30Z";

/** The sample build of the repository `app`; `keyId` is of the key that policy.yaml names. */
export function sampleBuild(answers: Answers, keyId: Digest | null): SampleBuild {
  const ref = answers.ref.kind === "branch" ? refPattern(answers) : "refs/tags/v1.2.0";
  const byKey = (by: "organization" | "stranger"): Signer => ({
    kind: "key",
    keyId: by === "organization" && keyId !== null ? keyId : digestOf(Buffer.from("a stranger's key")),
    trustRoot: "release",
  });
  const trustRoot = answers.trustedRoot?.name ?? "public-good";
  const { host, organization } = answers;
  return BUILDS[answers.ci]({
    organization,
    ref,
    host,
    byKey,
    issuer: profileOf(answers).issuer ?? "",
    trustRoot,
  });
}

interface Particulars {
  readonly organization: string;
  readonly ref: string;
  readonly host: string;
  readonly byKey: SampleBuild["signer"];
  /** Of certificates. */
  readonly issuer: string;
  readonly trustRoot: string;
}

type MakeBuild = (particulars: Particulars) => SampleBuild;

const BUILDS: Readonly<Record<CiName, MakeBuild>> = {
  github: ({ organization, ref, host, issuer, trustRoot }) => {
    const repository = `https://${host}/${organization}/app`;
    const path = ".github/workflows/release.yml";
    return {
      predicateType: V1,
      predicate: {
        buildDefinition: {
          buildType: "https://actions.github.io/buildtypes/workflow/v1",
          externalParameters: { workflow: { ref, repository, path } },
          internalParameters: {
            github: {
              event_name: "push",
              repository_id: "123456789",
              repository_owner_id: "987654",
              runner_environment: "github-hosted",
            },
          },
          resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: COMMIT } }],
        },
        runDetails: {
          builder: { id: `${repository}/${path}@${ref}` },
          metadata: { invocationId: `${repository}/actions/runs/4242424242/attempts/1` },
        },
      },
      signer: (by) => {
        const owner = by === "organization" ? organization : "stranger";
        return workflow({ issuer, trustRoot }, `https://${host}/${owner}/app`, {
          path: `/${path}`,
          ref,
          run: "/actions/runs/4242424242/attempts/1",
          runner: "github-hosted",
        });
      },
    };
  },
  gitlab: ({ organization, ref, host, issuer, trustRoot }) => {
    const repository = `https://${host}/${organization}/app`;
    return {
      predicateType: V1,
      predicate: {
        buildDefinition: {
          buildType: "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v17.2.0/PROVENANCE.md",
          externalParameters: { entryPoint: "build-image", source: repository },
          internalParameters: { name: "saas-linux-small-amd64", executor: "docker+machine", job: "5120485" },
          resolvedDependencies: [{ uri: repository, digest: { sha256: COMMIT } }],
        },
        runDetails: {
          builder: { id: `${repository}/-/runners/12270807`, version: { "gitlab-runner": "17.2.0" } },
          metadata: { invocationId: "5120485", startedOn: STARTED, finishedOn: FINISHED },
        },
      },
      signer: (by) => {
        const owner = by === "organization" ? organization : "stranger";
        return workflow({ issuer, trustRoot }, `https://${host}/${owner}/app`, {
          path: "//.gitlab-ci.yml",
          ref,
          run: "/-/jobs/5120485",
          runner: "gitlab-hosted",
        });
      },
    };
  },
  tekton: ({ organization, host, byKey: signer }) => {
    const source = { uri: `git+https://${host}/${organization}/app.git`, digest: { sha1: COMMIT } };
    const pipelines = {
      uri: `git+https://${host}/${organization}/pipelines.git`,
      digest: { sha1: "1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c" },
    };
    const bundle = "quay.io/konflux-ci/tekton-catalog/task-buildah";
    return {
      predicateType: V02,
      predicate: {
        builder: { id: "https://tekton.dev/chains/v2" },
        buildType: "tekton.dev/v1/PipelineRun",
        invocation: {
          configSource: { ...pipelines, entryPoint: "pipelines/build.yaml" },
          parameters: { "git-url": `https://${host}/${organization}/app` },
        },
        buildConfig: {
          tasks: [
            {
              name: "build",
              ref: { name: "buildah", kind: "Task", bundle: `${bundle}:0.4@sha256:${HEX}` },
              startedOn: STARTED,
              finishedOn: FINISHED,
              status: "Succeeded",
              steps: [
                {
                  entryPoint: "buildah bud",
                  arguments: null,
                  environment: { container: "build", image: `quay.io/konflux-ci/buildah@sha256:${HEX}` },
                },
              ],
              invocation: {
                configSource: { uri: bundle, digest: { sha256: HEX }, entryPoint: "buildah" },
                parameters: {},
              },
            },
          ],
        },
        metadata: { buildStartedOn: STARTED, buildFinishedOn: FINISHED, reproducible: false },
        materials: [pipelines, source, { uri: bundle, digest: { sha256: HEX } }],
      },
      signer,
    };
  },
  gcb: ({ organization, ref, host, byKey: signer }) => {
    const repository = `https://${host}/${organization}/app`;
    return {
      predicateType: V1,
      predicate: {
        buildDefinition: {
          buildType: "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1",
          externalParameters: {
            buildConfigSource: { path: "cloudbuild.yaml", ref, repository: `git+${repository}` },
            substitutions: {},
          },
          internalParameters: {
            systemSubstitutions: { COMMIT_SHA: COMMIT, LOCATION: "us-west2" },
            triggerUri: "projects/1/locations/us-west2/triggers/release",
          },
          resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: COMMIT } }],
        },
        runDetails: {
          builder: { id: "https://cloudbuild.googleapis.com/GoogleHostedWorker" },
          metadata: {
            invocationId:
              "https://cloudbuild.googleapis.com/v1/projects/app/locations/us-west2/builds/5e8a4f1c",
            startedOn: STARTED,
            finishedOn: FINISHED,
          },
        },
      },
      signer,
    };
  },
  jenkins: ({ organization, host, byKey: signer }) => {
    const plugin = "https://gitlab.eclipse.org/eclipsefdn/security/slsa-jenkins-plugin@v0.2.0";
    const source = { uri: `https://${host}/${organization}/app`, digest: { sha1: COMMIT } };
    return {
      predicateType: V02,
      predicate: {
        builder: { id: plugin },
        buildType: plugin,
        invocation: {
          configSource: { ...source, entryPoint: "app/main" },
          parameters: {},
          environment: { job_url: "https://jenkins.example/job/app/job/main/", node_name: "built-in" },
        },
        metadata: {
          buildInvocationId: "42",
          buildStartedOn: STARTED,
          buildFinishedOn: FINISHED,
          completeness: { parameters: true, environment: true, materials: false },
          reproducible: true,
        },
        materials: [source],
      },
      signer,
    };
  },
  buildkit: ({ organization, ref, host, byKey: signer }) => {
    const source = { uri: `https://${host}/${organization}/app.git#${ref}`, digest: { sha1: COMMIT } };
    return {
      predicateType: V1,
      predicate: {
        buildDefinition: {
          buildType: "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
          externalParameters: {
            configSource: { ...source, path: "Dockerfile" },
            request: { frontend: "dockerfile.v0", args: {}, locals: [] },
          },
          internalParameters: { builderPlatform: "linux/amd64" },
          resolvedDependencies: [source],
        },
        runDetails: {
          builder: { id: "" },
          metadata: { invocationId: "r2d2c3poexample", startedOn: STARTED, finishedOn: FINISHED },
        },
      },
      signer,
    };
  },
};

interface WorkflowRun {
  readonly path: string;
  readonly ref: string;
  readonly run: string;
  readonly runner: string;
}

/** The certificate that a Sigstore gives a pipeline's run. */
function workflow(
  { issuer, trustRoot }: Pick<Particulars, "issuer" | "trustRoot">,
  repository: string,
  { path, ref, run, runner }: WorkflowRun,
): Signer {
  const identity = `${repository}${path}@${ref}`;
  return {
    kind: "certificate",
    identity,
    identityType: "uri",
    subject: null,
    subjectAlternativeNames: [{ type: "uri", value: identity }],
    issuer,
    trustRoot,
    serialNumber: "0badcafe",
    certificate: {
      buildSignerURI: identity,
      buildSignerDigest: COMMIT,
      runnerEnvironment: runner,
      sourceRepositoryURI: repository,
      sourceRepositoryDigest: COMMIT,
      sourceRepositoryRef: ref,
      sourceRepositoryIdentifier: "123456789",
      sourceRepositoryOwnerURI: repository.slice(0, repository.lastIndexOf("/")),
      sourceRepositoryOwnerIdentifier: "987654",
      buildConfigURI: identity,
      buildConfigDigest: COMMIT,
      buildTrigger: "push",
      runInvocationURI: `${repository}${run}`,
      sourceRepositoryVisibility: "public",
      githubWorkflowTrigger: null,
      githubWorkflowSHA: null,
      githubWorkflowName: null,
      githubWorkflowRepository: null,
      githubWorkflowRef: null,
    },
  };
}
