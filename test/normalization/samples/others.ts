import { COMMIT, HEX, OTHER_COMMIT, type Sample } from "./sample.ts";
import { keySigner } from "./signers.ts";

/** §4.4, runner v0.2: the git SHA-1 stands under `sha256`, parameters have names only. */
export const gitlabV02: Sample = {
  name: "gitlab-runner-v0.2",
  source: "§4.4",
  predicateType: "https://slsa.dev/provenance/v0.2",
  predicate: {
    buildType: "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v16.5.0/PROVENANCE.md",
    builder: { id: "https://gitlab.example.com/acme/app/-/runners/12" },
    invocation: {
      configSource: {
        uri: "https://GitLab.example.com/acme/app",
        digest: { sha256: COMMIT },
        entryPoint: "build-image",
      },
      parameters: { CI: "", CI_COMMIT_REF_NAME: "" },
      environment: { name: "runner-1", executor: "docker", architecture: "amd64", job: { id: 44 } },
    },
    metadata: {
      buildInvocationId: 44,
      buildStartedOn: "2026-05-01T12:00:00+02:00",
      buildFinishedOn: "2026-05-01T12:05:00+02:00",
      completeness: { parameters: true, environment: true, materials: false },
      reproducible: false,
    },
    materials: [],
  },
  signers: [keySigner],
};

/** §4.4, runner v1. */
export const gitlabV1: Sample = {
  name: "gitlab-runner-v1",
  source: "§4.4",
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v17.2.0/PROVENANCE.md",
      externalParameters: {
        source: "https://gitlab.example.com/acme/app",
        entryPoint: "build-image",
        CI: "",
        CI_COMMIT_REF_NAME: "",
      },
      internalParameters: { name: "runner-1", executor: "docker", architecture: "amd64", job: "44" },
      resolvedDependencies: [{ uri: "https://gitlab.example.com/acme/app", digest: { sha256: COMMIT } }],
    },
    runDetails: {
      builder: {
        id: "https://gitlab.example.com/acme/app/-/runners/12",
        version: { "gitlab-runner": "17.2.0" },
      },
      metadata: {
        invocationId: "44",
        startedOn: "2026-05-01T10:00:00Z",
        finishedOn: "2026-05-01T10:05:00Z",
      },
    },
  },
  signers: [keySigner],
};

/** §4.5, slsa/v1 formatter: configSource is where the pipeline is defined, the source a material. */
export const tektonV02: Sample = {
  name: "tekton-chains-v0.2",
  source: "§4.5",
  predicateType: "https://slsa.dev/provenance/v0.2",
  predicate: {
    builder: { id: "https://tekton.dev/chains/v2" },
    buildType: "tekton.dev/v1/PipelineRun",
    invocation: {
      configSource: {
        uri: "git+https://github.com/acme/pipelines.git",
        digest: { sha1: OTHER_COMMIT },
        entryPoint: "pipelines/build.yaml",
      },
      parameters: { "git-url": "https://github.com/acme/app", hermetic: "true" },
    },
    buildConfig: { tasks: [{ name: "build", status: "Succeeded" }] },
    metadata: {
      buildStartedOn: "2026-06-01T10:00:00Z",
      buildFinishedOn: "2026-06-01T10:10:00Z",
      completeness: { parameters: false, environment: false, materials: false },
      reproducible: false,
    },
    materials: [
      { uri: "oci://registry.example.com/tools/buildah", digest: { sha256: HEX } },
      { uri: "git+https://github.com/acme/app.git", digest: { sha1: COMMIT } },
    ],
  },
  signers: [keySigner],
};

/** §4.5, slsa/v2alpha4: the source is the dependency named `inputs/result`. */
export const tektonV1: Sample = {
  name: "tekton-chains-v1",
  source: "§4.5",
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://tekton.dev/chains/v2/slsa",
      externalParameters: {
        buildConfigSource: {
          repository: "git+https://github.com/acme/pipelines.git",
          ref: `sha1:${OTHER_COMMIT}`,
          path: "pipelines/build.yaml",
        },
        runSpec: { params: [{ name: "revision", value: "main" }] },
      },
      internalParameters: { labels: { "tekton.dev/pipeline": "build" } },
      resolvedDependencies: [
        {
          uri: "git+https://github.com/acme/pipelines.git",
          digest: { sha1: OTHER_COMMIT },
          name: "pipeline",
        },
        { uri: "git+https://github.com/acme/app.git", digest: { sha1: COMMIT }, name: "inputs/result" },
        { uri: "oci://registry.example.com/tools/buildah", digest: { sha256: HEX } },
      ],
    },
    runDetails: {
      builder: { id: "https://tekton.dev/chains/v2" },
      metadata: {
        invocationId: "2de14433-ee9f-49d7-80db-ac4cb482ce95",
        startedOn: "2026-06-01T10:00:00Z",
        finishedOn: "2026-06-01T10:10:00Z",
      },
      byproducts: [
        { name: "taskRunResults/build/IMAGE_URL", content: "ImEi", mediaType: "application/json" },
      ],
    },
  },
  signers: [keySigner],
};

/** §4.6: `reproducible` is hard-coded, so it states nothing. */
export const jenkins: Sample = {
  name: "jenkins-v0.2",
  source: "§4.6",
  predicateType: "https://slsa.dev/provenance/v0.2",
  predicate: {
    builder: { id: "https://gitlab.eclipse.org/eclipsefdn/security/slsa-jenkins-plugin@v1.0" },
    buildType: "https://gitlab.eclipse.org/eclipsefdn/security/slsa-jenkins-plugin@v1.0",
    invocation: {
      configSource: {
        uri: "https://github.com/acme/app.git",
        digest: { sha1: COMMIT },
        entryPoint: "app/main",
      },
      parameters: { CHANNEL: "stable" },
      environment: { job_url: "https://ci.example.com/job/app/", node_name: "built-in" },
    },
    metadata: {
      buildInvocationId: "17",
      buildStartedOn: "2026-06-02T10:00:00Z",
      buildFinishedOn: "2026-06-02T10:10:00Z",
      completeness: { parameters: true, environment: true, materials: false },
      reproducible: true,
    },
    materials: [{ uri: "https://github.com/acme/app.git", digest: { sha1: COMMIT } }],
  },
  signers: [keySigner],
};

/** §4.7, v0.1: the ref from the trigger's substitutions. */
export const googleCloudBuildV01: Sample = {
  name: "google-cloud-build-v0.1",
  source: "§4.7",
  predicateType: "https://slsa.dev/provenance/v0.1",
  predicate: {
    builder: { id: "https://cloudbuild.googleapis.com/GoogleHostedWorker@v0.3" },
    recipe: {
      type: "https://cloudbuild.googleapis.com/CloudBuildYaml@v0.1",
      entryPoint: "cloudbuild.yaml",
      arguments: {
        "@type": "type.googleapis.com/google.devtools.cloudbuild.v1.Build",
        substitutions: { COMMIT_SHA: COMMIT, TAG_NAME: "v1.2.0", TRIGGER_NAME: "push-tag" },
      },
    },
    metadata: {
      buildInvocationId: "33fe59fd-19cb-4e85-b0b4-d58d8011a1de",
      buildStartedOn: "2026-03-08T21:37:39.591139209Z",
      buildFinishedOn: "2026-03-08T21:38:05.119259Z",
    },
    materials: [{ uri: "git+https://github.com/acme/app", digest: { sha1: COMMIT } }],
  },
  signers: [keySigner],
};

/** §4.7, v1: step images are no bases. */
export const googleCloudBuildV1: Sample = {
  name: "google-cloud-build-v1",
  source: "§4.7",
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1",
      externalParameters: {
        buildConfigSource: {
          path: "cloudbuild.yaml",
          ref: "refs/heads/main",
          repository: "git+https://github.com/acme/app",
        },
        substitutions: {},
      },
      internalParameters: { systemSubstitutions: { COMMIT_SHA: COMMIT, BRANCH_NAME: "main" } },
      resolvedDependencies: [
        { digest: { gitCommit: COMMIT }, uri: "git+https://github.com/acme/app@refs/heads/main" },
        { digest: { sha256: HEX }, uri: `gcr.io/cloud-builders/docker@sha256:${HEX}` },
      ],
    },
    runDetails: {
      builder: { id: "https://cloudbuild.googleapis.com/GoogleHostedWorker" },
      byproducts: [{}],
      metadata: {
        invocationId: "https://cloudbuild.googleapis.com/v1/projects/acme/locations/us/builds/9c11",
        startedOn: "2026-08-08T18:40:21.016140505Z",
        finishedOn: "2026-08-08T18:40:29.055034Z",
      },
    },
  },
  signers: [keySigner],
};

/** §4.9 (a): snake_case and protobuf times. */
export const witness: Sample = {
  name: "witness-v1.0",
  source: "§4.9 (a)",
  predicateType: "https://slsa.dev/provenance/v1.0",
  predicate: {
    build_definition: {
      build_type: "https://witness.dev/slsa-build@v0.1",
      external_parameters: { command: "make image" },
      internal_parameters: { env: { CI: "true" } },
      resolved_dependencies: [
        { name: "git:commithash", uri: "git+ssh://git@github.com/acme/app.git", digest: { sha1: COMMIT } },
      ],
    },
    run_details: {
      builder: { id: "https://witness.dev/witness-jenkins-component-builder@v0.1" },
      metadata: {
        invocation_id: "https://ci.example.com/job/app/17/",
        started_on: { seconds: 1780000000, nanos: 5000000 },
        finished_on: { seconds: "1780000060" },
      },
    },
  },
  signers: [keySigner],
};
