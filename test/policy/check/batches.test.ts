import { expect } from "chai";
import { batchesOf, namedIn } from "../../../src/policy/check/mutation/batches.ts";

const mutant = (file: string, ...reads: readonly string[]) => ({ file, reads: new Set([file, ...reads]) });

describe("mutants that are tried together", () => {
  const cases = [
    {
      name: "rules that know nothing of each other",
      mutants: [mutant("a", "lib"), mutant("b", "lib")],
      sizes: [2],
    },
    { name: "two changes of one file", mutants: [mutant("a"), mutant("a")], sizes: [1, 1] },
    {
      name: "a helper and a rule whose test reads it",
      mutants: [mutant("a", "lib"), mutant("lib")],
      sizes: [1, 1],
    },
    { name: "the same the other way round", mutants: [mutant("lib"), mutant("a", "lib")], sizes: [1, 1] },
    {
      name: "what does not fit goes elsewhere, and what follows still fits",
      mutants: [mutant("a", "lib"), mutant("lib"), mutant("b", "lib"), mutant("other")],
      sizes: [3, 1],
    },
    { name: "none", mutants: [], sizes: [] },
  ];
  for (const { name, mutants, sizes } of cases) {
    it(name, () => {
      const batches = batchesOf(mutants);
      expect(batches.map(({ length }) => length)).to.deep.equal(sizes);
      expect(batches.flat()).to.have.members(mutants);
    });
  }

  it("are named by OPA's errors where they cannot be compiled", () => {
    const errors = [
      "3 errors occurred:",
      "mutants/12.rego:19: rego_unsafe_var_error: var x is unsafe",
      "mutants/12.rego:20: rego_type_error: undefined function f",
      "mutants/7.rego:3: rego_compile_error: x",
      "assay/lib/age.rego:3: rego_type_error: undefined ref",
    ].join("\n");
    expect(namedIn(errors)).to.deep.equal(new Set([12, 7]));
    expect(namedIn("mutants/examples_test.rego:1: rego_parse_error")).to.deep.equal(new Set());
  });
});
