import { expect } from "chai";
import { digestOf, type JsonObject } from "../../src/core/index.ts";
import { StatementBudget } from "../../src/decision/budget.ts";
import type { Artifact } from "../../src/evidence/index.ts";
import type { Conclusion } from "../../src/verification/index.ts";

const stated = (predicate: JsonObject): Conclusion => ({
  status: "unsigned",
  reason: { code: "signature.absent", message: "" },
  statement: { type: "https://in-toto.io/Statement/v1", subjects: [], predicateType: "p", predicate },
  subject: null,
});

describe("the budget of statements", () => {
  it("takes what fits to the last value, and leaves the rest aside with a reason", () => {
    const budget = new StatementBudget(8);
    const four = stated({ a: [1, null], b: "x,[]" });
    const five = stated({ a: [1, [], {}], b: "" });
    expect(budget.take(five)).to.deep.include({ status: "unsigned" });
    expect(budget.incomplete).to.deep.equal([]);
    const aside = budget.take(four);
    expect(aside).to.deep.include({ status: "skipped" });
    expect("reason" in aside && aside.reason.code).to.equal("evidence.limit_exceeded");
    expect(budget.take(stated({}))).to.deep.equal(stated({}));
    expect(budget.take(stated({ a: 1 }))).to.deep.include({ status: "skipped" });
    expect(budget.incomplete.map(({ message }) => message)).to.deep.equal([
      "2 statements with too many values are left aside",
    ]);
  });

  it("leaves alone what states nothing", () => {
    const budget = new StatementBudget(0);
    const none: readonly Conclusion[] = [
      { status: "failed", reason: { code: "signature.invalid", message: "" }, predicateType: null },
      { status: "unreachable", reason: { code: "registry.unavailable", message: "" } },
      {
        status: "unsigned",
        reason: { code: "signature.absent", message: "" },
        statement: null,
        subject: null,
      },
    ];
    expect(none.map((conclusion) => budget.take(conclusion))).to.deep.equal(none);
  });

  it("has the smallest judged first", () => {
    const artifact = (size: number): Artifact => ({
      id: digestOf(Buffer.from(`${size}`)),
      source: "referrer",
      location: `${size}`,
      mediaType: "",
      attachedTo: null,
      content: { kind: "statement", bytes: Buffer.alloc(size) },
    });
    const ordered = StatementBudget.order([30, 10, 20].map(artifact));
    expect(ordered.map(({ location }) => location)).to.deep.equal(["10", "20", "30"]);
  });
});
