import { expect } from "chai";
import { countsOfLastLine, countsOfMocha, judge, type Suite } from "../../scripts/suites.ts";

const counted: Suite = { name: "s", command: ["x"], counts: countsOfLastLine };

describe("suites", () => {
  it("reads the last counts line", () => {
    expect(countsOfLastLine("1 passed, 2 failed\nmore\n30 passed, 4 failed\n")).to.deep.equal({
      passed: 30,
      failed: 4,
      skipped: 0,
    });
    expect(countsOfLastLine("rego: 7 passed, 1 failed, 2 skipped\nrego: all covered\n")).to.deep.equal({
      passed: 7,
      failed: 1,
      skipped: 2,
    });
    expect(countsOfLastLine("all 3 passed, 0 failed here")).to.equal(undefined);
  });

  it("reads mocha's epilogue", () => {
    const output =
      "  a test that says 9 passing\n\n  12 passing (3s)\n  2 pending\n  1 failing\n\n  1) broken";
    expect(countsOfMocha(output)).to.deep.equal({ passed: 12, failed: 1, skipped: 2 });
    expect(countsOfMocha("SyntaxError: …")).to.equal(undefined);
  });

  const cases: readonly {
    name: string;
    suite: Suite;
    exitCode: number | null;
    output: string;
    failed: number;
  }[] = [
    { name: "all well", suite: counted, exitCode: 0, output: "5 passed, 0 failed\n", failed: 0 },
    { name: "failures", suite: counted, exitCode: 1, output: "5 passed, 2 failed\n", failed: 2 },
    {
      name: "a bad exit without failures",
      suite: counted,
      exitCode: 1,
      output: "5 passed, 0 failed\n",
      failed: 1,
    },
    { name: "a good exit without counts", suite: counted, exitCode: 0, output: "", failed: 1 },
    { name: "a killed program", suite: counted, exitCode: null, output: "5 passed, 0 failed\n", failed: 1 },
    {
      name: "no counts wanted, well",
      suite: { name: "s", command: ["x"] },
      exitCode: 0,
      output: "",
      failed: 0,
    },
    {
      name: "no counts wanted, failed",
      suite: { name: "s", command: ["x"] },
      exitCode: 2,
      output: "",
      failed: 1,
    },
  ];
  for (const { name, suite, exitCode, output, failed } of cases) {
    it(`counts ${String(failed)} failed for ${name}`, () => {
      expect(judge(suite, exitCode, output).failed).to.equal(failed);
    });
  }
});
