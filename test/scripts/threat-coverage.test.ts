import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inRego, inTypeScript, missing, needless, render } from "../../scripts/threat-coverage.ts";

const root = join(import.meta.dirname, "..", "..");

describe("threat coverage", () => {
  it("reads ids from titles only", () => {
    const text = [
      'it("T901 A902 a case", () => {});',
      '{ name: "the case T903", spoil },',
      "it(`T904 with ${name}`, () => {});",
      "// T905 in a comment",
      'const base64 = "abc/T906/def";',
      'const other = "xT907 T9080 is no id";',
    ].join("\n");
    expect(inTypeScript(text, "f").map(({ id, title }) => [id, title])).to.deep.equal([
      ["T901", "T901 A902 a case"],
      ["A902", "T901 A902 a case"],
      ["T903", "the case T903"],
      ["T904", "T904 with …"],
    ]);
  });

  it("reads ids from the names of Rego tests and the comments above them", () => {
    const text =
      "# T901\ntest_denies_stranger if {\n}\n\n# T902 of nothing\nhelper := 1\n\ntest_t903_a904_x if {\n}\n";
    expect(inRego(text, "f")).to.deep.equal([
      { id: "T901", file: "f", title: "denies stranger" },
      { id: "T903", file: "f", title: "t903 a904 x" },
      { id: "A904", file: "f", title: "t903 a904 x" },
    ]);
  });

  it("finds for every threat a test or the reason why there is none", () => {
    expect(missing()).to.deep.equal([]);
  });

  it("finds no reason for a threat that is tested", () => {
    expect(needless()).to.deep.equal([]);
  });

  it("docs/threats.md is what the tests say: run `node scripts/threat-coverage.ts`", () => {
    const written = new Set(readFileSync(join(root, "docs", "threats.md"), "utf8").split("\n"));
    expect(
      render()
        .split("\n")
        .filter((line) => !written.has(line)),
    ).to.deep.equal([]);
    expect(readFileSync(join(root, "docs", "threats.md"), "utf8") === render()).to.equal(true);
  });
});
