import { expect } from "chai";
import type { JsonValue } from "../../../src/core/index.ts";
import { testsOf } from "../../../src/normalization/provenance/tekton-tests.ts";
import { recordOf } from "../make.ts";
import { tektonV02 } from "../samples/tekton.ts";

const OUTPUT =
  '{"result":"SUCCESS","timestamp":"2026-11-20T10:00:00+00:00","successes":3,"failures":0,"warnings":1}';
const NOTHING = { result: null, passed: null, warned: null, failed: null };

describe("what a task's tests found", () => {
  const cases: readonly { readonly name: string; readonly value: JsonValue; readonly expected: object }[] = [
    { name: "JSON text", value: OUTPUT, expected: { result: "PASSED", passed: 3, warned: 1, failed: 0 } },
    {
      name: "with the newline of a script",
      value: `${OUTPUT}\n`,
      expected: { result: "PASSED", passed: 3, warned: 1, failed: 0 },
    },
    {
      name: "an object of strings, as Tekton has them",
      value: { result: "FAILURE", successes: "1", failures: "2", warnings: "x" },
      expected: { result: "FAILED", passed: 1, warned: null, failed: 2 },
    },
    ...(
      [
        ["WARNING", "WARNED"],
        ["ERROR", "ERRORED"],
        ["SKIPPED", "SKIPPED"],
        ["PASSED", null],
        ["success", null],
      ] as const
    ).map(([word, result]) => ({
      name: `the word ${word}`,
      value: { result: word },
      expected: { ...NOTHING, result },
    })),
    { name: "T129 a word that is no JSON", value: "missing", expected: NOTHING },
    { name: "T129 a list", value: ["SUCCESS"], expected: NOTHING },
    { name: "T129 null", value: null, expected: NOTHING },
    { name: "a count below nothing", value: { failures: -1 }, expected: NOTHING },
    { name: "a count that is no whole number", value: { failures: 0.5 }, expected: NOTHING },
    { name: "a member twice", value: '{"result":"SUCCESS","result":"FAILURE"}', expected: NOTHING },
  ];
  for (const { name, value, expected } of cases) {
    it(name, () => {
      expect(testsOf({ TEST_OUTPUT: value })).to.deep.equal(expected);
    });
  }

  it("is told by the older name where the newer is not there", () => {
    expect(testsOf({ HACBS_TEST_OUTPUT: OUTPUT })?.result).to.equal("PASSED");
    expect(testsOf({ HACBS_TEST_OUTPUT: OUTPUT, TEST_OUTPUT: "missing" })?.result).to.equal(null);
  });

  it("is not told where there is no such result", () => {
    expect(testsOf({ IMAGE_URL: "x" })).to.equal(null);
  });

  it("stands at each task of the record", () => {
    const tasks = [
      { name: "lint", invocation: {}, results: [{ name: "TEST_OUTPUT", value: OUTPUT }] },
      { name: "build", invocation: {}, results: [] },
    ];
    const record = recordOf(tektonV02, { predicate: { ...tektonV02.predicate, buildConfig: { tasks } } });
    expect(record.tasks.map(({ name, tests }) => [name, tests?.result])).to.deep.equal([
      ["lint", "PASSED"],
      ["build", undefined],
    ]);
  });
});
