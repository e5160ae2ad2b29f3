import { expect } from "chai";
import { compareVersions } from "../../src/core/semantic-version.ts";

describe("compareVersions", () => {
  it("orders versions as Semantic Versioning 2.0.0 does", () => {
    // Section 11's own example, and what people get wrong.
    const ordered = [
      "0.9.10",
      "1.0.0-1",
      "1.0.0-2",
      "1.0.0-10",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2.0.0",
    ];
    for (const [i, one] of ordered.entries()) {
      for (const [j, other] of ordered.entries()) {
        expect(Math.sign(compareVersions(one, other) ?? Number.NaN), `${one} and ${other}`).to.equal(
          Math.sign(i - j),
        );
      }
    }
    expect(compareVersions("1.0.0+a", "1.0.0+b")).to.equal(0);
  });

  it("T180 tells numbers apart that no double does", () => {
    const [lower, higher] = ["1.0.0-20261123071743000001", "1.0.0-20261123071743000002"];
    expect(compareVersions(lower, higher)).to.be.lessThan(0);
    expect(compareVersions(higher, lower)).to.be.greaterThan(0);
    expect(compareVersions(`1.0.0-${"9".repeat(400)}`, `1.0.0-1${"0".repeat(400)}`)).to.be.lessThan(0);
  });

  it("does not compare what is none", () => {
    for (const text of ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0.0", "2026-06-01", "1.0.0 "]) {
      expect(compareVersions(text, "1.0.0"), text).to.equal(undefined);
      expect(compareVersions("1.0.0", text), text).to.equal(undefined);
    }
  });
});
