import type { Answers, CiName } from "./types.ts";

/** What is particular about the provenance of a build system. */
export interface CiProfile {
  /** As people call it. */
  readonly title: string;
  /** Who signs: a workflow's certificate, or the system's key. */
  readonly signs: "certificate" | "key";
  readonly collections: readonly string[];
  readonly issuer: string | null;
  /** The certificate's identity without its ref. */
  readonly workflow: string | null;
  readonly builders: readonly string[];
  /** Whether provenance names the ref that was built; where it does not, none can be demanded. */
  readonly statesRef: boolean;
  /** Lines that tell who signs and what to do about it. */
  readonly signerNotes: readonly string[];
}

/** What a profile depends on. */
export type Asked = Pick<Answers, "ci" | "organization" | "host" | "ref">;

/** The profile of a build system for an organization. */
export function profileOf(asked: Asked): CiProfile {
  return PROFILES[asked.ci](asked.organization, refPattern(asked), asked.host);
}

/** Where source repositories lie if nothing else is said. */
export function usualHost(ci: CiName): string {
  return ci === "gitlab" ? "gitlab.com" : "github.com";
}

/** A forge of one's own, whose pipelines the public Sigstore does not certify. */
export function isOwnHost({ ci, host }: Pick<Answers, "ci" | "host">): boolean {
  return profileSigns(ci) === "certificate" && host !== usualHost(ci);
}

function profileSigns(ci: CiName): CiProfile["signs"] {
  return ci === "github" || ci === "gitlab" ? "certificate" : "key";
}

/**
 * Who vouches for the workflows of a GitHub: GitHub's own service, that of an enterprise with data residency
 * (`acme.ghe.com`), or a GitHub Enterprise Server (docs.github.com, "OpenID Connect reference").
 */
function githubIssuer(host: string): string {
  if (host === "github.com") return "https://token.actions.githubusercontent.com";
  return host.endsWith(".ghe.com") ? `https://token.actions.${host}` : `https://${host}/_services/token`;
}

const KEY_NOTES = (who: string) => [
  `${who} signs with a key. Whoever holds the private half can say anything below, so guard it.`,
];

const PROFILES: Readonly<Record<CiName, (organization: string, ref: string, host: string) => CiProfile>> = {
  github: (organization, ref, host) => ({
    title: "GitHub Actions",
    signs: "certificate",
    collections: ["slsa-build-l2", "github"],
    issuer: githubIssuer(host),
    workflow: `https://${host}/${organization}/*/.github/workflows/*`,
    builders: [`https://${host}/${organization}/*/.github/workflows/*@${ref}`],
    statesRef: true,
    signerNotes:
      host === "github.com"
        ? [
            "A workflow signs with its own identity, certified by the public Sigstore (actions/attest-build-provenance).",
            "Private repositories sign by GitHub's instance: put its trusted_root.json (gh attestation trusted-root) into trust/.",
          ]
        : [
            `A workflow of ${host} signs with its own identity, which a Sigstore other than the public one certifies: its`,
            "trusted_root.json belongs into trust/ (of *.ghe.com: gh attestation trusted-root --hostname).",
          ],
  }),
  gitlab: (organization, _ref, host) => ({
    title: "GitLab CI",
    signs: "certificate",
    collections: ["slsa-build-l2", "gitlab"],
    issuer: `https://${host}`,
    workflow: `https://${host}/${organization}/**//.gitlab-ci.yml`,
    builders: [`https://${host}/${organization}/**/-/runners/*`],
    statesRef: true,
    signerNotes:
      host === "gitlab.com"
        ? [
            "A pipeline signs with its own identity, certified by the public Sigstore (cosign attest, with an id_token).",
          ]
        : [
            `A pipeline of ${host} signs with its own identity (cosign attest, with an id_token), which a Sigstore other than`,
            "the public one certifies: its trusted_root.json belongs into trust/.",
          ],
  }),
  tekton: () => ({
    title: "Tekton Chains",
    signs: "key",
    collections: ["slsa-build-l1", "tekton"],
    issuer: null,
    workflow: null,
    builders: ["https://tekton.dev/chains/v2"],
    statesRef: false,
    signerNotes: KEY_NOTES("Chains (signing-secrets, or a KMS)"),
  }),
  gcb: () => ({
    title: "Google Cloud Build",
    signs: "key",
    collections: ["slsa-build-l1", "gcb"],
    issuer: null,
    workflow: null,
    builders: ["https://cloudbuild.googleapis.com/GoogleHostedWorker"],
    statesRef: true,
    signerNotes: [
      "Google signs with a key of each location: gcloud kms keys versions get-public-key. `cloudBuild: us-west2` beside the",
      "key is for provenance that gcloud prints (gcloud artifacts docker images describe --show-provenance).",
    ],
  }),
  jenkins: () => ({
    title: "Jenkins",
    signs: "key",
    collections: ["slsa-build-l1", "jenkins"],
    issuer: null,
    workflow: null,
    builders: [],
    statesRef: false,
    signerNotes: KEY_NOTES("The pipeline (cosign attest)"),
  }),
  buildkit: () => ({
    title: "BuildKit",
    signs: "key",
    collections: ["buildkit"],
    issuer: null,
    workflow: null,
    builders: [],
    statesRef: true,
    signerNotes: [
      "What BuildKit attaches by itself is unsigned and proves nothing: sign its provenance with cosign attest --key.",
    ],
  }),
};

/** The pattern of refs that releases are built from. */
export function refPattern({ ref }: Pick<Answers, "ref">): string {
  return ref.kind === "branch" ? `refs/heads/${ref.name}` : "refs/tags/v*";
}

/** Source repositories of the organization; only GitHub has no groups in groups. */
export function repositoryPattern({ ci, host, organization }: Asked): string {
  return `https://${host}/${organization}/${hasGroups({ ci, host }) ? "**" : "*"}`;
}

/** Owners may be groups in groups: `acme/platform`. */
export function hasGroups({ ci, host }: Pick<Answers, "ci" | "host">): boolean {
  return ci !== "github" && host !== "github.com";
}
