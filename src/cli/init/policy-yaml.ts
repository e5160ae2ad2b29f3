import { profileOf, refPattern, repositoryPattern } from "./profiles.ts";
import type { Answers } from "./types.ts";

/** Where the public key of a system that signs with one lies. */
export const KEY_FILE = "trust/release.pub";

/** A short name for packages and policies: `acme-corp` of `Acme Corp`. */
export function slugOf(organization: string): string {
  return organization
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

/** policy.yaml for the answers, every line explained. */
export function policyYaml(answers: Answers): string {
  const profile = profileOf(answers);
  const ref = refPattern(answers);
  const { organization, registry } = answers;
  const signer =
    profile.signs === "key"
      ? [`  release: { key: ${KEY_FILE} }`]
      : [
          "  release:",
          "    # Who vouches for the identity: the issuer of the token that the job had.",
          `    issuer: ${quote(profile.issuer ?? "")}`,
          `    # Any pipeline of ${organization}, run for ${ref} alone: a pull request or a fork has another identity.`,
          `    identity: ${quote(`${profile.workflow ?? ""}@${ref}`)}`,
          ...(answers.trustedRoot === null
            ? []
            : [
                "    # Certified by this Sigstore, and by no other.",
                `    trustRoot: ${quote(answers.trustedRoot.name)}`,
              ]),
        ];
  return [
    `# What ${organization} demands of its images. docs/policy.md describes every field.`,
    `name: ${slugOf(organization)}-images # decisions name the policy so`,
    "version: 0.1.0",
    "",
    "# Who may say what is said below under this name.",
    ...profile.signerNotes.map((line) => `# ${line}`),
    "signers:",
    ...signer,
    "",
    "# Sets of images. The most specific match wins, and an image that nothing matches is denied.",
    "images:",
    "  # `**` is everything below, `*` one segment; both never reach into a name that only begins alike.",
    `  - match: [${quote(`${registry}/**`)}]`,
    "    # For the first weeks: tell of violations and deny nothing.",
    "    # mode: warn",
    "    # Rules of the library: docs/policy.md says what each collection demands.",
    `    collections: [${profile.collections.join(", ")}]`,
    "    provenance:",
    "      # Only what they signed counts; anybody else's provenance neither helps nor harms.",
    "      signers: [release]",
    ...(profile.builders.length === 0
      ? []
      : [
          "      # Which build system, as the provenance names it.",
          `      builders: [${profile.builders.map(quote).join(", ")}]`,
        ]),
    "      # Whose source code.",
    `      repositories: [${quote(repositoryPattern(answers))}]`,
    ...(profile.statesRef
      ? ["      # What releases are built from.", `      refs: [${quote(ref)}]`]
      : [`      # refs: ${profile.title} does not state what ref it built, so none can be demanded.`]),
    "    # More that can be demanded, each by its own signers:",
    "    # sbom: { signers: [release] }",
    "    # vulnerabilities: { signers: [release], failOn: critical }",
    "",
  ].join("\n");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
