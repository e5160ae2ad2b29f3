/** Build systems that `assay policy init` knows. */
export const CI_NAMES = ["github", "gitlab", "tekton", "gcb", "jenkins", "buildkit"] as const;

export type CiName = (typeof CI_NAMES)[number];

/** What a new policy is to be for. */
export interface Answers {
  /** Owner of the source repositories: `acme`, of GitLab also `acme/platform`. */
  readonly organization: string;
  readonly ci: CiName;
  /** Where the source repositories lie: `github.com`, `gitlab.example.com`, with a port where that is not 443. */
  readonly host: string;
  /** Where images lie: `ghcr.io/acme`. */
  readonly registry: string;
  /** What releases are built from: the ref that signers and provenance must name. */
  readonly ref: { readonly kind: "branch"; readonly name: string } | { readonly kind: "tags" };
  /** The public key of a build system that signs with one, in PEM; `null` where none was given. */
  readonly key: string | null;
  /** The Sigstore of one's own that certifies the build system's identities; `null`: the public one. */
  readonly trustedRoot: { readonly name: string; readonly text: string } | null;
}

/** A file of the new policy's folder. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}
