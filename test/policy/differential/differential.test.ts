import { expect } from "chai";
import { opa } from "../../lab/opa.ts";
import { CASES } from "./cases.ts";
import { answer, type Answers } from "./oracle.ts";

/** OPA's own results are the truth: every builtin that we provide gives the same on the same module. */
describe("builtins against OPA itself (T157, T159)", () => {
  const all = Object.values(CASES).flat();
  let answers: Answers;

  before(async function () {
    this.timeout(120_000);
    if (opa === undefined) {
      this.skip();
      return;
    }
    answers = await answer(opa, all);
  });

  let offset = 0;
  for (const [family, cases] of Object.entries(CASES)) {
    const start = offset;
    offset += cases.length;

    it(`${family}: ${cases.length} calls, equal results and errors`, () => {
      const differences = cases.flatMap((entry, i) => {
        const theirs = answers.opa.get(start + i);
        const ours = answers.ours.get(start + i);
        const equal = typeof ours === "string" ? ours === theirs : theirs === undefined;
        return equal ? [] : [{ ...entry, theirs, ours }];
      });
      expect(differences.slice(0, 10), `${differences.length} differences`).to.deep.equal([]);
      // A table of errors only would prove nothing.
      expect(cases.filter((_, i) => typeof answers.ours.get(start + i) === "string")).not.to.be.empty;
    });
  }
});
