import type { CertificateSigner, Signer } from "../../verification/index.ts";
import { canonicalRepository, parseCommit, refKindOf } from "../git.ts";
import type { Provenance } from "../types.ts";
import type { Source } from "./facts.ts";

/** The facts about the source that certificates state. */
export type CertifiedSource = Partial<Pick<Source, "repo" | "ref" | "commit">>;

/**
 * What the signing certificates say of the source (Fulcio oid-info.md, .12 to .14 and the older .3, .5, .6). A
 * fact on which certificates disagree, or that cannot be spelled canonically, is left out.
 */
export function certifiedSource(signers: readonly Signer[]): CertifiedSource {
  const certificates = signers.filter((signer) => signer.kind !== "key");
  const repo = agreed(certificates, ({ certificate }) =>
    canonicalRepository(
      certificate.sourceRepositoryURI ??
        (certificate.githubWorkflowRepository === null
          ? null
          : `https://github.com/${certificate.githubWorkflowRepository}`),
    ),
  );
  const ref = agreed(
    certificates,
    ({ certificate }) => certificate.sourceRepositoryRef ?? certificate.githubWorkflowRef,
  );
  const commit = agreed(
    certificates,
    ({ certificate }) => certificate.sourceRepositoryDigest ?? certificate.githubWorkflowSHA,
  );
  return {
    ...(repo === null ? {} : { repo }),
    ...(ref === null ? {} : { ref }),
    ...(commit === null ? {} : { commit }),
  };
}

type Corroboration = Provenance["corroboration"];

/**
 * The source as certificates have it, else as the predicate claims it: a claim counts for no more than its signer
 * (threat T118), so where both speak the certificate's word is the field and the claim stands among the conflicts.
 * A claim that certificates contradict without agreeing on another value is nobody's word: `null`.
 */
export function settleSource(
  claimed: Source,
  certified: CertifiedSource,
  standing: Corroboration,
): { readonly source: Source; readonly corroboration: Corroboration } {
  const settle = (field: keyof CertifiedSource) =>
    certified[field] ?? (standing[`source.${field}`] === "conflict" ? null : claimed[field]);
  const added = Object.keys(certified).map((field) => [`source.${field}`, "certificate"] as const);
  const ref = settle("ref");
  const commit = settle("commit");
  return {
    source: {
      ...claimed,
      repo: settle("repo"),
      ref,
      refKind: refKindOf(ref),
      commit,
      commitAlgorithm: commit === null ? null : parseCommit(commit).algorithm,
      hint: claimed.hint && certified.repo === undefined,
    },
    corroboration: { ...Object.fromEntries(added), ...standing },
  };
}

function agreed(
  certificates: readonly CertificateSigner[],
  read: (signer: CertificateSigner) => string | null,
): string | null {
  const [first = null, ...rest] = new Set(certificates.map(read).filter((value) => value !== null));
  return rest.length === 0 ? first : null;
}
