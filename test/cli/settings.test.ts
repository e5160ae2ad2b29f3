import { expect } from "chai";
import { parseTime } from "../../src/cli/time.ts";
import { exitCodeOf } from "../../src/cli/verdict.ts";
import { nearest } from "../../src/cli/suggest.ts";

describe("parseTime", () => {
  it("reads RFC 3339", () => {
    expect(parseTime("2026-11-22T10:00:00Z")?.toISOString()).to.equal("2026-11-22T10:00:00.000Z");
    expect(parseTime("2026-11-22t10:00:00.123456789+02:00")?.toISOString()).to.equal(
      "2026-11-22T08:00:00.123Z",
    );
    expect(parseTime("2028-02-29T00:00:00Z")?.toISOString()).to.equal("2028-02-29T00:00:00.000Z");
  });

  for (const text of [
    "",
    "2026-11-22",
    "2026-11-22 10:00:00Z",
    "2026-11-22T10:00:00",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-11-00T00:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T10:00:00+25:00",
    "now",
    "1700000000",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseTime(text)).to.equal(undefined);
    });
  }
});

describe("exitCodeOf", () => {
  const allow = { allow: true, outcome: "allow" } as const;
  const deny = { allow: false, outcome: "deny" } as const;
  const undecided = { allow: false, outcome: "undecided" } as const;
  for (const [decisions, code] of [
    [[allow], 0],
    [[allow, allow], 0],
    [[deny], 1],
    [[allow, deny], 1],
    [[undecided, deny], 1],
    [[allow, undecided], 3],
    [[], 3],
    [[{ allow: false, outcome: "allow" } as const], 3],
    [[{ allow: true, outcome: "undecided" } as const], 3],
  ] as const) {
    it(`${decisions.map(({ outcome }) => outcome).join(", ") || "nothing"} is ${code}`, () => {
      expect(exitCodeOf(decisions)).to.equal(code);
    });
  }
});

describe("nearest", () => {
  it("finds what was probably meant, and nothing far", () => {
    expect(nearest("verfy", ["eval", "verify"])).to.equal("verify");
    expect(nearest("qqqq", ["eval", "verify"])).to.equal(undefined);
    expect(nearest("", ["eval"])).to.equal(undefined);
    expect(nearest("x".repeat(1000), ["eval"])).to.equal(undefined);
  });
});
