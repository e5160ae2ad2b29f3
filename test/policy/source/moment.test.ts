import { expect } from "chai";
import { toMoment } from "../../../src/policy/source/moment.ts";

describe("toMoment", () => {
  it("reads days and moments as UTC", () => {
    expect(toMoment("2026-12-31", "start")).to.equal("2026-12-31T00:00:00Z");
    expect(toMoment("2026-12-31", "end")).to.equal("2026-12-31T23:59:59Z");
    expect(toMoment("2026-12-31T23:30:00.5+02:00", "end")).to.equal("2026-12-31T21:30:00Z");
    expect(toMoment("2028-02-29", "start")).to.equal("2028-02-29T00:00:00Z");
  });

  for (const text of [
    "",
    "tomorrow",
    "2026-13-01",
    "2026-02-29",
    "2026-2-1",
    "2026-12-31T24:00:00",
    "2026-12-31 12:00:00Z",
    "2026-02-30T00:00:00Z",
    "20261231",
    "2026-12-31T12:00:00Z\n",
    "+002026-12-31",
  ]) {
    it(`A133 refuses ${JSON.stringify(text)}`, () => {
      expect(toMoment(text, "end")).to.equal(undefined);
    });
  }
});
