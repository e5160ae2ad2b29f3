import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InputDocument, InputEvidence } from "../../../src/normalization/index.ts";
import { policyFolder } from "../source/policy-folder.ts";
import { evidence, input, provenance, RELEASE } from "../source/sample.ts";

/** Rules of a policy author, each with one fault and beside it the same rule without. */
export const PLANTED = join(import.meta.dirname, "planted");

export const REVIEW = "https://acme.test/review/v1";
const TESTS = "https://in-toto.io/attestation/test-result/v0.1";

const HEAD = `name: planted
version: 1.0.0
signers:
  release:
    issuer: https://token.actions.githubusercontent.com
    identity: "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*"
images:
`;

const SIGNERS = `    provenance: { signers: [release] }
    attestations:
      - { predicateType: ${REVIEW}, signers: [release] }
      - { predicateType: ${TESTS}, signers: [release] }
`;

/** One set of images for each rule that has to stand alone, and one for all others. */
export function policyOf(rules: readonly string[], alone: readonly string[]): string {
  const sets = alone.map(
    (name) =>
      `  - match: ["ghcr.io/${setName(name)}/**"]\n    exclude: ["acme.*", "provenance.*", "attestations.*"]\n    include: [acme.${name}]\n${SIGNERS}`,
  );
  const excluded = rules.filter((name) => alone.includes(name)).map((name) => `acme.${name}`);
  const all = `  - match: ["ghcr.io/acme/**"]\n    collections: [slsa-build-l1]\n    exclude: [${excluded.join(", ")}]\n${SIGNERS}`;
  return HEAD + [all, ...sets].join("");
}

/** A folder with these rules in one of their two states. */
export function plantedFolder(
  state: "faulty" | "clean",
  rules: readonly string[],
  alone: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): string {
  const texts = rules.map((name) => [`rules/${name}.rego`, ruleText(name, state)] as const);
  return policyFolder({ "policy.yaml": policyOf(rules, alone), ...Object.fromEntries(texts), ...more });
}

export function ruleText(name: string, state: "faulty" | "clean"): string {
  return readFileSync(join(PLANTED, name, `${state}.rego`), "utf8");
}

/** What a proper build says, signed by its workflow: provenance, a review, a test result. */
export function rightDocument(owner = "acme", result: "PASSED" | "FAILED" = "PASSED"): InputDocument {
  const built = evidence("built", RELEASE);
  const reviewed = evidence("reviewed", RELEASE, { predicateType: REVIEW });
  const tested = evidence("tested", RELEASE, { predicateType: TESTS });
  const stated = provenance(built.id);
  const found: readonly InputEvidence[] = [built, reviewed, tested];
  const document = input(found, [{ ...stated, trigger: { ...stated.trigger, actor: "ada" } }]);
  return {
    ...document,
    image: { ...document.image, repository: `${setName(owner)}/app` },
    testResults: [
      {
        evidence: tested.id,
        predicateType: TESTS,
        subject: built.subject,
        result,
        configuration: [],
        url: null,
        passedTests: [],
        warnedTests: [],
        failedTests: [],
        unknownFields: [],
      },
    ],
    attestations: [
      { evidence: built.id, predicateType: built.predicateType ?? "", predicate: {} },
      {
        evidence: reviewed.id,
        predicateType: REVIEW,
        predicate: { score: 9, checks: [{ name: "style", passed: true }] },
      },
      { evidence: tested.id, predicateType: TESTS, predicate: { result } },
    ],
  };
}

export function example(document: object, allow: boolean, violations: readonly string[] = []): string {
  return JSON.stringify({ input: document, expect: { allow, violations } });
}

/** A name of a rule as a part of a repository's. */
export function setName(rule: string): string {
  return rule.replaceAll("_", "-");
}
