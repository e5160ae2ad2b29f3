/** One subject alternative name of a certificate. `other` is Fulcio's username, an otherName. */
export interface SubjectName {
  readonly type: "uri" | "email" | "dns" | "username";
  readonly value: string;
}

/** Fulcio's extensions 1.3.6.1.4.1.57264.1.* by their number's meaning (fulcio docs/oid-info.md). */
export interface FulcioExtensionValues {
  readonly githubWorkflowTrigger?: string;
  readonly githubWorkflowSHA?: string;
  readonly githubWorkflowName?: string;
  readonly githubWorkflowRepository?: string;
  readonly githubWorkflowRef?: string;
  readonly buildSignerURI?: string;
  readonly buildSignerDigest?: string;
  readonly runnerEnvironment?: string;
  readonly sourceRepositoryURI?: string;
  readonly sourceRepositoryDigest?: string;
  readonly sourceRepositoryRef?: string;
  readonly sourceRepositoryIdentifier?: string;
  readonly sourceRepositoryOwnerURI?: string;
  readonly sourceRepositoryOwnerIdentifier?: string;
  readonly buildConfigURI?: string;
  readonly buildConfigDigest?: string;
  readonly buildTrigger?: string;
  readonly runInvocationURI?: string;
  readonly sourceRepositoryVisibility?: string;
}

/** Last arc of each extension; up to 6 the value is the bare text, from 8 on a DER UTF8String. */
export const EXTENSION_ARC: Readonly<Record<keyof FulcioExtensionValues, number>> = {
  githubWorkflowTrigger: 2,
  githubWorkflowSHA: 3,
  githubWorkflowName: 4,
  githubWorkflowRepository: 5,
  githubWorkflowRef: 6,
  buildSignerURI: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryURI: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryIdentifier: 15,
  sourceRepositoryOwnerURI: 16,
  sourceRepositoryOwnerIdentifier: 17,
  buildConfigURI: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationURI: 21,
  sourceRepositoryVisibility: 22,
};

/** Who a Fulcio certificate is issued to. */
export interface Identity {
  /** Usually one; none or several are spoilings. */
  readonly names: readonly SubjectName[];
  /** OIDC issuer, written as extension .1 and .8; `null` leaves both out. */
  readonly issuer: string | null;
  readonly extensions: FulcioExtensionValues;
}

export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** What a run of GitHub Actions is, in the terms of its identity token. */
export interface GithubRun {
  /** `acme/app`. */
  readonly repository: string;
  /** File under .github/workflows of the repository: `release.yml`. */
  readonly workflow: string;
  readonly ref: string;
  readonly commit: string;
  readonly event: string;
  readonly runner: "github-hosted" | "self-hosted";
  readonly visibility: "public" | "private" | "internal";
  readonly runId: string;
  readonly runAttempt: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly actor: string;
  /** The reusable workflow that signs, where it is another than the one that was triggered: `org/repo/.github/workflows/x.yml@ref`. */
  readonly reusableWorkflow: string | null;
  readonly reusableWorkflowCommit: string;
}

const DEFAULT_RUN: GithubRun = {
  repository: "acme/app",
  workflow: "release.yml",
  ref: "refs/tags/v1.2.3",
  commit: "0f5c1cbd1a0c6aee8e2b9d1e2c4a3b5d6e7f8091",
  event: "push",
  runner: "github-hosted",
  visibility: "public",
  runId: "4242424242",
  runAttempt: "1",
  repositoryId: "123456789",
  ownerId: "987654",
  actor: "octocat",
  reusableWorkflow: null,
  reusableWorkflowCommit: "5a775b367a56d5bd118a224a811bba288150a563",
};

export function githubRun(change: Partial<GithubRun> = {}): GithubRun {
  return { ...DEFAULT_RUN, ...change };
}

/** `https://github.com/org/repo/.github/workflows/x.yml@ref` of the workflow whose job signs. */
export function signerWorkflow(run: GithubRun): string {
  return `https://github.com/${run.reusableWorkflow ?? `${run.repository}/.github/workflows/${run.workflow}@${run.ref}`}`;
}

/** The certificate that Fulcio gives a GitHub Actions run: SAN, issuer and all extensions. */
export function githubIdentity(change: Partial<GithubRun> = {}): Identity {
  const run = githubRun(change);
  const repository = `https://github.com/${run.repository}`;
  const signer = signerWorkflow(run);
  return {
    names: [{ type: "uri", value: signer }],
    issuer: GITHUB_ISSUER,
    extensions: {
      githubWorkflowTrigger: run.event,
      githubWorkflowSHA: run.commit,
      githubWorkflowName: "release",
      githubWorkflowRepository: run.repository,
      githubWorkflowRef: run.ref,
      buildSignerURI: signer,
      buildSignerDigest: run.reusableWorkflow === null ? run.commit : run.reusableWorkflowCommit,
      runnerEnvironment: run.runner,
      sourceRepositoryURI: repository,
      sourceRepositoryDigest: run.commit,
      sourceRepositoryRef: run.ref,
      sourceRepositoryIdentifier: run.repositoryId,
      sourceRepositoryOwnerURI: `https://github.com/${run.repository.split("/")[0] ?? ""}`,
      sourceRepositoryOwnerIdentifier: run.ownerId,
      buildConfigURI: `${repository}/.github/workflows/${run.workflow}@${run.ref}`,
      buildConfigDigest: run.commit,
      buildTrigger: run.event,
      runInvocationURI: `${repository}/actions/runs/${run.runId}/attempts/${run.runAttempt}`,
      sourceRepositoryVisibility: run.visibility,
    },
  };
}

/** A person who signed in with an OIDC provider. */
export function emailIdentity(email: string, issuer = "https://accounts.example"): Identity {
  return { names: [{ type: "email", value: email }], issuer, extensions: {} };
}

/** Any workload with a URI of its own. */
export function uriIdentity(uri: string, issuer: string): Identity {
  return { names: [{ type: "uri", value: uri }], issuer, extensions: {} };
}
