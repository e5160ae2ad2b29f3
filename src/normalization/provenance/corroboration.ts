import type { CertificateSigner, Signer } from "../../verification/index.ts";
import { canonicalRepository } from "../git.ts";
import type { CertifiableField, Provenance, Standing } from "../types.ts";
import type { ProvenanceFacts } from "./facts.ts";

/** What one certificate has to say about one claim. */
type Verdict =
  | { readonly kind: "same" }
  | { readonly kind: "other"; readonly certificate: string }
  | { readonly kind: "silent" };

const SAME: Verdict = { kind: "same" };
const SILENT: Verdict = { kind: "silent" };

/**
 * Holds what the predicate states against what the signing certificates say (Fulcio's oid-info.md; slsa-verifier's
 * checks B to E). A field stands as `certificate` only where one certificate says the same and none says otherwise;
 * keys say nothing. Both spellings of a fact that a certificate carries must agree with the claim.
 */
export function corroborate(
  facts: ProvenanceFacts,
  signers: readonly Signer[],
): Pick<Provenance, "corroboration" | "conflicts"> {
  const certificates = signers.filter((signer) => signer.kind !== "key");
  const corroboration: Partial<Record<CertifiableField, Standing>> = {};
  const conflicts: Provenance["conflicts"][number][] = [];
  for (const [field, claimed] of statedFields(facts)) {
    const verdicts = certificates.map((signer) => JUDGES[field](claimed, signer, facts));
    const others = verdicts
      .flatMap((verdict) => (verdict.kind === "other" ? [verdict.certificate] : []))
      .sort();
    const [other] = others;
    if (other !== undefined) {
      corroboration[field] = "conflict";
      conflicts.push({ field, claimed, certificate: other });
    } else {
      corroboration[field] = verdicts.some(({ kind }) => kind === "same") ? "certificate" : "claimed";
    }
  }
  return { corroboration, conflicts };
}

function statedFields(facts: ProvenanceFacts): readonly (readonly [CertifiableField, string])[] {
  const { selfHostedRunner } = facts.flags;
  const fields: readonly (readonly [CertifiableField, string | null])[] = [
    ["builder.id", facts.builder.id],
    ["source.repo", facts.source.repo],
    ["source.ref", facts.source.ref],
    ["source.commit", facts.source.commit],
    ["definition.path", facts.definition.path],
    ["trigger.event", facts.trigger.event],
    ["trigger.runUrl", facts.trigger.runUrl],
    [
      "flags.selfHostedRunner",
      selfHostedRunner === null ? null : selfHostedRunner ? "self-hosted" : "github-hosted",
    ],
  ];
  return fields.flatMap(([field, claimed]) => (claimed === null ? [] : [[field, claimed] as const]));
}

type Judge = (claimed: string, signer: CertificateSigner, facts: ProvenanceFacts) => Verdict;

const JUDGES: Readonly<Record<CertifiableField, Judge>> = {
  "builder.id": judgeBuilder,
  "source.repo": (claimed, { certificate }) =>
    compare(claimed, [
      repositoryOf(certificate.sourceRepositoryURI),
      repositoryOf(slugUrl(certificate.githubWorkflowRepository)),
    ]),
  "source.ref": (claimed, { certificate }) =>
    compare(claimed, [certificate.sourceRepositoryRef, certificate.githubWorkflowRef]),
  "source.commit": (claimed, { certificate }) =>
    compare(claimed, [certificate.sourceRepositoryDigest, certificate.githubWorkflowSHA]),
  "definition.path": (claimed, { certificate }, { definition }) =>
    compare(claimed, [
      definitionPath(certificate.buildConfigURI, definition.repo ?? certificate.sourceRepositoryURI),
    ]),
  "trigger.event": (claimed, { certificate }) =>
    compare(claimed, [certificate.buildTrigger, certificate.githubWorkflowTrigger]),
  "trigger.runUrl": (claimed, { certificate }) => compare(claimed, [certificate.runInvocationURI]),
  "flags.selfHostedRunner": (claimed, { certificate }) => compare(claimed, [certificate.runnerEnvironment]),
};

function compare(claimed: string, stated: readonly (string | null)[]): Verdict {
  const said = stated.filter((value) => value !== null);
  if (said.length === 0) return SILENT;
  const other = said.find((value) => value !== claimed);
  return other === undefined ? SAME : { kind: "other", certificate: other };
}

/** A certificate that names something we cannot spell canonically still says something, and it is not the claim. */
function repositoryOf(uri: string | null): string | null {
  return canonicalRepository(uri) ?? uri;
}

function slugUrl(slug: string | null): string | null {
  return slug === null ? null : `https://github.com/${slug}`;
}

/** `https://host/owner/repo/path@ref` without its ref and, where it lies in the repository, without that. */
function definitionPath(uri: string | null, repository: string | null): string | null {
  if (uri === null) return null;
  const at = uri.includes("@refs/") ? uri.indexOf("@refs/") : uri.lastIndexOf("@");
  const location = at === -1 ? uri : uri.slice(0, at);
  const isInside = repository !== null && location.startsWith(`${repository}/`);
  // GitLab puts two slashes before the path.
  return isInside ? location.slice(repository.length).replace(/^\/{1,2}/, "") : location;
}

const RUNNER = /^https:\/\/github\.com\/actions\/runner\/(github-hosted|self-hosted)$/;
const DELEGATOR =
  /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\/\.github\/workflows\/delegator_(?:lowperms-)?generic_slsa3\.yml@refs\/tags\/v\d/;

/**
 * The builder's id is only as good as who signed it (threat T116): anybody can write a well-known id. It is confirmed
 * where it is the certificate's own identity, or the runner or run that the certificate names. Builders of one's own
 * (BYOB) are named by slsa-github-generator's delegator, whose certificate does not repeat them. Whatever else is
 * signed by a CI job, and every workflow's id signed by somebody else, contradicts the certificate.
 */
function judgeBuilder(id: string, signer: CertificateSigner, { producer }: ProvenanceFacts): Verdict {
  const { certificate } = signer;
  const san = signer.identityType === "uri" ? signer.identity : null;
  const stated = certificate.buildSignerURI ?? san;
  const isWhole = san === null || certificate.buildSignerURI === null || san === certificate.buildSignerURI;
  if (id === stated && isWhole) return SAME;
  const runner = RUNNER.exec(id)?.[1];
  if (runner !== undefined && certificate.runnerEnvironment !== null) {
    return compare(runner, [certificate.runnerEnvironment]);
  }
  if (id === certificate.runInvocationURI) return SAME;
  if (producer === "slsa-github-generator" && DELEGATOR.test(san ?? "")) return SILENT;
  const repository = certificate.sourceRepositoryURI;
  const isRunnerOfSource = repository !== null && id.startsWith(`${repository}/-/runners/`);
  const isOfCI = certificate.buildSignerURI !== null || certificate.githubWorkflowRepository !== null;
  if ((isOfCI && !isRunnerOfSource) || namesWorkflow(id)) {
    return { kind: "other", certificate: stated ?? signer.identity };
  }
  return SILENT;
}

/** An id that is by its nature the identity of a CI job's certificate. */
function namesWorkflow(id: string): boolean {
  return id.includes("/.github/workflows/") || /\.gitlab-ci\.ya?ml(?:@|$)/.test(id);
}
