import { expect } from "chai";
import type { JsonObject } from "../../../src/core/index.ts";
import { compareExceptions } from "../../../src/policy/diff/exceptions.ts";
import { compareSections } from "../../../src/policy/diff/fields.ts";
import { compareSets } from "../../../src/policy/diff/sets.ts";
import { withStep } from "../../../src/policy/diff/steps.ts";
import type { FoundChange } from "../../../src/policy/diff/types.ts";
import { diffPolicies } from "../../../src/policy/index.ts";
import { removeFolders } from "../source/policy-folder.ts";
import { asPattern, patternData } from "../../../src/policy/source/pattern.ts";
import { baseBundle, bundleOf, changes, FILES, NOW, yaml } from "./world.ts";

const stepsOf = (found: readonly FoundChange[]) =>
  found.map(withStep).map(({ direction, step }) => `${direction} ${step}`);

describe("the step that a change asks for", () => {
  after(removeFolders);

  const policies: readonly {
    name: string;
    files: Readonly<Record<string, string>>;
    steps: readonly string[];
  }[] = [
    { name: "nothing", files: FILES, steps: [] },
    {
      name: "a ref approved too: minor",
      files: yaml('"refs/tags/v*"]', '"refs/tags/v*", "refs/heads/main"]'),
      steps: ["looser minor"],
    },
    {
      name: "a ref that was covered already: patch",
      files: yaml('"refs/tags/v*"]', '"refs/tags/v*", "refs/tags/v1"]'),
      steps: ["changed patch"],
    },
    {
      name: "fewer refs: major",
      files: yaml('"refs/tags/v*"]', '"refs/tags/v1*"]'),
      steps: ["changed patch", "stricter major"],
    },
    {
      name: "an exception gone: major",
      files: { ...FILES, "exceptions.yaml": "exceptions: []\n" },
      steps: ["stricter major"],
    },
    {
      name: "an exception for another reason: patch",
      files: { ...FILES, "exceptions.yaml": (FILES["exceptions.yaml"] ?? "").replace("moving", "moves") },
      steps: ["changed patch"],
    },
    {
      name: "fewer images: major",
      files: yaml('"ghcr.io/acme/**"', '"ghcr.io/acme/a/**"'),
      steps: ["stricter major"],
    },
    {
      name: "a signer that no set names: minor",
      files: yaml("  scanner:", "  other: { issuer: https://a.example, identity: ada }\n  scanner:"),
      steps: ["changed minor"],
    },
    {
      name: "a signer's key less: major",
      files: yaml("  scanner: { key: trust/scanner.pub }\n", ""),
      steps: ["changed major", "stricter major"],
    },
    {
      name: "a severity, which only results show: patch",
      files: yaml("    collections", "    rules: { source.ref_allowed: { severity: low } }\n    collections"),
      steps: ["changed patch"],
    },
    {
      name: "a collection more: major",
      files: yaml("    collections: [minimal]", "    collections: [minimal, slsa-build-l1]"),
      steps: ["stricter major"],
    },
    {
      name: "demands that deny nothing, for the set only warns: minor",
      files: yaml(
        "    collections: [minimal]",
        "    mode: warn\n    image: { nonRoot: true }\n    collections: [minimal]",
      ),
      steps: ["looser minor", "stricter minor", "stricter minor"],
    },
    { name: "another name: patch", files: yaml("name: acme", "name: other"), steps: ["changed patch"] },
  ];
  for (const { name, files, steps } of policies) {
    it(name, async () => {
      expect((await changes(files)).map(({ direction, step }) => `${direction} ${step}`)).to.deep.equal(
        steps,
      );
    });
  }

  it("is the largest of all, held against both versions", async () => {
    const [from, to] = [
      await baseBundle(),
      await bundleOf(yaml('"refs/tags/v*"]', '"refs/heads/main"]\n      requireHosted: true')),
    ];
    const diff = await diffPolicies({ bundle: from, rego: [] }, { bundle: to, rego: [] }, [], NOW);
    expect(diff.ok && diff.value.version).to.deep.include({
      needed: "major",
      taken: null,
      verdict: "not_higher",
    });
    expect(diff.ok && diff.value.to).to.deep.equal({
      name: "acme",
      version: "1.0.0",
      revision: "1",
      sequence: null,
      digest: to.digest,
    });
  });

  const refs = (...texts: string[]) => texts.map((text) => patternData(asPattern(text)));
  const fields: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    [
      "a scanner whose newest report counts",
      { vulnerabilities: { signers: ["a"] } },
      { vulnerabilities: { signers: ["a", "b"] } },
      "looser major",
    ],
    [
      "a scanner of which any report is enough",
      { vulnerabilities: { signers: ["a"], require: "any" } },
      { vulnerabilities: { signers: ["a", "b"], require: "any" } },
      "looser minor",
    ],
    [
      "a signer of any provenance",
      { provenance: { signers: ["a"] } },
      { provenance: { signers: ["a", "b"] } },
      "looser minor",
    ],
    [
      "a signer of all provenance",
      { provenance: { signers: ["a"], require: "all" } },
      { provenance: { signers: ["a", "b"], require: "all" } },
      "looser major",
    ],
    ["nobody named for a section", { sbom: { signers: ["a"] } }, { sbom: {} }, "looser major"],
    [
      "a demand that another covers",
      { sbom: { required: refs("a*") } },
      { sbom: { required: refs("a*", "ab") } },
      "changed major",
    ],
    ["a reason", { schedule: { reason: "x" } }, { schedule: { reason: "y" } }, "changed patch"],
    ["what is not known", { sbom: { novel: 1 } }, { sbom: { novel: 2 } }, "changed major"],
  ];
  for (const [name, before, after, step] of fields) {
    it(`${name}: ${step}`, () => {
      const found = compareSections(before, after).map((one) => ({
        ...one,
        area: "images" as const,
        subject: "",
      }));
      expect(stepsOf(found)).to.deep.equal([step]);
    });
  }

  describe("of rules in a set of images", () => {
    const rule = (name: string, more: JsonObject = {}) => ({ code: `a.${name}`, ...more });
    const set = (rules: readonly JsonObject[], more: JsonObject = {}) => ({
      policy: {
        matches: [{ pattern: patternData(asPattern("**")), namespace: null, images: 0 }],
        images: [{ match: ["**"], mode: "enforce", rules, ...more }],
      },
    });
    const rows: readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[] = [
      ["one more", set([rule("x")]), set([rule("x"), rule("y")]), ["stricter major"]],
      [
        "one more that denies later",
        set([rule("x")]),
        set([rule("x"), rule("y", { effectiveOn: "2030-01-01T00:00:00Z" })]),
        ["stricter major"],
      ],
      [
        "one more that only warns",
        set([rule("x")]),
        set([rule("x"), rule("y", { action: "warn", demanded: false })]),
        ["stricter minor"],
      ],
      [
        "one that warns, but must be evaluated",
        set([rule("x")]),
        set([rule("x"), rule("y", { action: "warn" })]),
        ["stricter major"],
      ],
      [
        "one more where a set is only watched",
        set([rule("x")]),
        set([rule("x"), rule("y")], { mode: "audit" }),
        ["looser minor", "stricter minor"],
      ],
      [
        "one that denies where a set was only watched",
        set([rule("x")], { mode: "audit" }),
        set([rule("x")]),
        ["stricter major"],
      ],
      ["one fewer", set([rule("x"), rule("y")]), set([rule("x")]), ["looser minor"]],
      ["the last one", set([rule("x")]), set([]), ["looser minor", "stricter major"]],
      [
        "the last one, and all is allowed",
        set([rule("x")]),
        set([], { allowAll: "samples" }),
        ["looser minor", "looser minor"],
      ],
      ["words of allowAll", set([], { allowAll: "a" }), set([], { allowAll: "b" }), ["changed patch"]],
      [
        "an action as the rule says",
        set([rule("x", { action: "deny" })]),
        set([rule("x")]),
        ["changed major"],
      ],
      [
        "own data",
        set([rule("x")], { data: { a: 1 } }),
        set([rule("x")], { data: { a: 2 } }),
        ["changed major"],
      ],
    ];
    for (const [name, before, after, steps] of rows) {
      it(`${name}: ${steps.join(", ")}`, () => {
        expect(stepsOf(compareSets(before, after))).to.deep.equal(steps);
      });
    }
  });

  describe("of exceptions", () => {
    const entry = (until: string | null, more: JsonObject = {}) => ({
      rule: "a.b",
      images: [{ pattern: patternData(asPattern("**")), digest: null }],
      owner: "Ada",
      reason: "why",
      until,
      ...more,
    });
    const [past, soon, later] = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"];
    const rows: readonly (readonly [
      string,
      readonly JsonObject[],
      readonly JsonObject[],
      readonly string[],
    ])[] = [
      ["one that had ended is gone", [entry(past)], [], ["changed patch"]],
      ["one that has not is gone", [entry(soon)], [], ["stricter major"]],
      ["one without end is gone", [entry(null)], [], ["stricter major"]],
      ["a new one", [], [entry(soon)], ["looser minor"]],
      ["a new one that is over", [], [entry(past)], ["changed patch"]],
      ["one made to end", [entry(soon)], [entry(past)], ["stricter major"]],
      ["one that had ended lasts", [entry(past)], [entry(soon)], ["looser minor"]],
      [
        "the longer of two alike is gone",
        [entry(soon), entry(later)],
        [entry(soon)],
        ["stricter major", "stricter major"],
      ],
      ["the order of two alike", [entry(soon), entry(later)], [entry(later), entry(soon)], []],
      ["another owner", [entry(soon)], [entry(soon, { owner: "Bo" })], ["changed patch"]],
    ];
    for (const [name, before, after, steps] of rows) {
      it(`${name}: ${steps.join(", ") || "none"}`, () => {
        expect(stepsOf(compareExceptions({ exceptions: before }, { exceptions: after }, NOW))).to.deep.equal(
          steps,
        );
      });
    }
  });
});
