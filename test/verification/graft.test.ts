import { expect } from "chai";
import { graft } from "./graft.ts";

/** `node scripts/graft.ts` runs a hundred thousand and more. */
const SAMPLE = 3000;

describe("grafts of bundles", () => {
  it("T100 A001 A007 combinations of two bundles prove nothing that neither proves", function () {
    this.timeout(60_000);
    const { cases, verified, refusals } = graft(SAMPLE, 20260301);
    expect(cases).to.equal(SAMPLE);
    // A sample in which everything or nothing verified would have tried nothing.
    expect(verified)
      .to.be.greaterThan(SAMPLE / 100)
      .and.lessThan(SAMPLE / 2);
    expect(refusals).to.include.keys(
      "log.mismatch",
      "signature.invalid",
      "certificate.untrusted",
      "time.invalid",
    );
  });
});
