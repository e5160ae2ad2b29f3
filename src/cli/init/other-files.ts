import { KEY_FILE, slugOf } from "./policy-yaml.ts";
import { isOwnHost, profileOf } from "./profiles.ts";
import type { Answers, PolicyFile } from "./types.ts";

/** What lies beside policy.yaml and its examples. */
export function otherFiles(
  answers: Answers,
  key: { readonly pem: string; readonly given: boolean } | null,
): PolicyFile[] {
  return [
    ...commonFiles(answers.organization),
    { path: "trust/README.md", text: trustReadme(answers, key?.given ?? true) },
    ...(key === null ? [] : [{ path: KEY_FILE, text: key.pem }]),
    ...(answers.trustedRoot === null
      ? []
      : [{ path: `trust/${answers.trustedRoot.name}.json`, text: answers.trustedRoot.text }]),
  ];
}

/** What lies in every policy's folder. */
export function commonFiles(subject: string): PolicyFile[] {
  return [
    { path: "exceptions.yaml", text: EXCEPTIONS },
    { path: "README.md", text: readme(subject) },
  ];
}

/** A rule of the organization's own, to begin from: it warns, so that it stands in nobody's way. */
export function sampleRule({ organization }: Pick<Answers, "organization">): PolicyFile[] {
  const area = areaOf(organization);
  return [
    {
      path: "rules/not_latest.rego",
      text: `package assay.rules.${area}.not_latest

import data.assay.lib.report

# METADATA
# scope: document
# title: Image is not asked for as latest
# description: People should see which version runs. Write \`deny\` in place of \`warn\` to insist on it.
# custom:
#   short_name: not_latest
#   solution: Name the image by its version.
#   severity: low
warn contains result if {
	input.image.tag == "latest"
	result := report.violation(rego.metadata.chain(), $"{input.image.reference} says latest, not which version", [])
}
`,
    },
    {
      path: "rules/not_latest_test.rego",
      text: `package assay.rules.${area}.not_latest_test

import data.assay.rules.${area}.not_latest

image(tag) := {"image": {"reference": $"registry.example/app:{tag}", "tag": tag}}

test_warns_of_latest if {
	some result in not_latest.warn with input as image("latest")
	result.message == "registry.example/app:latest says latest, not which version"
}

test_passes_a_version if count(not_latest.warn) == 0 with input as image("1.2.3")
`,
    },
  ];
}

/** Areas of the standard library and of assay itself, which packages of one's own keep clear of. */
const TAKEN =
  /^(?:attestations|attributes|base_images?|build|builder|dependencies|drift|evidence|exceptions|identity|image|parameters|policy|provenance|releases|sbom|schedule|signature|source|tests?|traces|vsa|vulnerabilities)$/;

function areaOf(organization: string): string {
  const name = slugOf(organization).replaceAll("-", "_");
  const area = /^[a-z]/.test(name) ? name : `org_${name}`;
  return TAKEN.test(area) ? `${area}_org` : area;
}

const EXCEPTIONS = `# What is excused for a while. Each exception has an owner, a reason and an end; after it, the rule denies again.
exceptions: []
#  - rule: source.ref_allowed # a rule, all of an area (source.*), or one term of a rule
#    images: ["ghcr.io/acme/legacy/**"]
#    owner: platform@acme.example
#    reason: the old pipeline builds from another branch until it is retired
#    reference: ACME-4711
#    until: 2027-03-31
`;

function trustReadme(answers: Answers, given: boolean): string {
  const { signs, title } = profileOf(answers);
  const lines =
    signs === "certificate"
      ? [
          ...(isOwnHost(answers)
            ? [
                answers.trustedRoot === null
                  ? `**The trusted_root.json of the Sigstore that certifies ${answers.host} is missing: until it is here, every image is denied.**`
                  : `\`${answers.trustedRoot.name}.json\` is the trusted root of the Sigstore that certifies ${answers.host}.`,
              ]
            : ["Nothing is needed here for the public Sigstore: assay carries its trusted root."]),
          "",
          "- A private Sigstore, or GitHub's for private repositories: its trusted_root.json as `NAME.json`.",
          "- A certificate authority of your own: `NAME.pem`, and a signer with `authority: NAME` in policy.yaml.",
          "- `assay trust refresh --out trust/public-good.json` fetches the public Sigstore's newest root.",
        ]
      : [
          `\`release.pub\` is the public key that ${title} signs with, in PEM.`,
          ...(given
            ? []
            : [
                "",
                "**It is a placeholder: nobody has its private key, so every image is denied. Put the real one in its place.**",
              ]),
        ];
  return ["# Trust", "", ...lines, ""].join("\n");
}

function readme(subject: string): string {
  return `# The image policy of ${subject}

| | |
|---|---|
| policy.yaml | who may say what, about which images |
| trust/ | keys and trust roots |
| exceptions.yaml | what is excused, by whom, until when |
| rules/ | rules of our own; without them, delete the folder, and OPA is not needed |
| examples/ | input documents, and the decision expected of each |

\`\`\`sh
assay policy test .                                   # tests and examples
assay policy check .                                  # what is wrong with it, before anybody relies on it
assay verify IMAGE --policy .                         # decide, and say why; --explain says more
assay evidence IMAGE --output json                    # an input document, to save under examples/
assay policy build . --out policy.tar.gz --revision 1 # the bundle for the service
\`\`\`
`;
}
