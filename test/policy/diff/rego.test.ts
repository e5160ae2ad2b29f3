import { expect } from "chai";
import { compareRego } from "../../../src/policy/diff/rego.ts";
import { compareRest } from "../../../src/policy/diff/rest.ts";
import { withStep } from "../../../src/policy/diff/steps.ts";
import type { FoundChange } from "../../../src/policy/diff/types.ts";
import type { PolicyBundle } from "../../../src/policy/index.ts";
import { removeFolders } from "../source/policy-folder.ts";
import { baseBundle } from "./world.ts";

const stepsOf = (found: readonly FoundChange[]) =>
  found.map(withStep).map(({ direction, step }) => `${direction} ${step}`);

describe("the step that changed texts ask for", () => {
  after(removeFolders);

  const RULE = `package assay.rules.source.ref_allowed

# METADATA
# title: Ref
# custom:
#   solution: Build from a tag.
deny contains result if {
	input.x
	result := rego.metadata.chain()
}
`;
  const UNUSED = RULE.replace("ref_allowed", "unused");
  const READING = "package h\nx := data.assay.rules.source.unused";
  const compared = (bundle: PolicyBundle, texts: Readonly<Record<string, string>>) => ({
    bundle,
    rego: Object.entries(texts).map(([file, text]) => ({ file, text })),
  });
  const file = "rules/x.rego";
  const rows: readonly (readonly [
    string,
    Record<string, string>,
    Record<string, string>,
    readonly string[],
  ])[] = [
    [
      "title and solution",
      { [file]: RULE },
      { [file]: RULE.replace("a tag", "a branch").replace("Ref", "R") },
      ["changed patch"],
    ],
    ["the rule", { [file]: RULE }, { [file]: RULE.replace("input.x", "input.y") }, ["changed major"]],
    [
      "METADATA that a rule may read",
      { [file]: RULE },
      { [file]: RULE.replace("solution:", "most: 3\n#   solution:") },
      ["changed major"],
    ],
    [
      "what looks like a comment in a raw string",
      { [file]: `${RULE}x := \`\n# a\n\`` },
      { [file]: `${RULE}x := \`\n# b\n\`` },
      ["changed major"],
    ],
    [
      "a helper",
      { "rules/h.rego": "package h\na := 1" },
      { "rules/h.rego": "package h\na := 2" },
      ["changed major"],
    ],
    [
      "a new helper, which may say more of what is there",
      { [file]: RULE },
      { [file]: RULE, "rules/h.rego": "package h" },
      ["changed major"],
    ],
    ["a second file of a rule", { [file]: RULE }, { [file]: RULE, "rules/y.rego": RULE }, ["changed major"]],
    [
      "a rule that no set applies, but another reads",
      { [file]: UNUSED, "rules/h.rego": READING },
      { [file]: `${UNUSED}\nx := 1`, "rules/h.rego": READING },
      ["changed major"],
    ],
    ["what was a helper is a rule", { [file]: "package h" }, { [file]: UNUSED }, ["changed major"]],
    [
      "a rule that no set applies",
      { [file]: RULE.replace("ref_allowed", "unused") },
      { [file]: "package assay.rules.source.unused" },
      [],
    ],
  ];
  for (const [name, before, after, steps] of rows) {
    it(`${name}: ${steps.join(", ") || "none"}`, async () => {
      const bundle = await baseBundle();
      expect(stepsOf(compareRego(compared(bundle, before), compared(bundle, after)))).to.deep.equal(steps);
    });
  }

  it("compiled rules that differ without any text: changed major", async () => {
    const bundle = await baseBundle();
    const other = { ...bundle, wasm: new Uint8Array([0]) };
    for (const texts of [{}, { [file]: RULE }]) {
      expect(stepsOf(compareRego(compared(bundle, texts), compared(other, texts)))).to.deep.equal([
        "changed major",
      ]);
    }
    expect(stepsOf(compareRego(compared(bundle, {}), compared(other, { [file]: RULE })))).to.deep.equal([
      "changed major",
    ]);
  });

  it("data that this version does not know: major; titles: patch", () => {
    const titled = (title: string) => ({ library: { rules: { "a.b": { title } } } });
    expect(stepsOf(compareRest(titled("a"), titled("b")))).to.deep.equal(["changed patch"]);
    expect(stepsOf(compareRest({ novel: 1 }, { novel: 2 }))).to.deep.equal(["changed major"]);
    expect(stepsOf(compareRest({ policy: { novel: 1 } }, { policy: {} }))).to.deep.equal(["changed major"]);
    expect(stepsOf(compareRest({ policy: { version: "1" } }, { policy: { version: "2" } }))).to.deep.equal(
      [],
    );
  });
});
