import { expect } from "chai";
import { canonicalTime, timeOfDate, timeOfProtobuf } from "../../src/normalization/time.ts";

const cases: readonly (readonly [string, string | null])[] = [
  ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"],
  ["2026-11-22t10:00:00z", "2026-11-22T10:00:00Z"],
  ["2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00Z"],
  ["2026-11-22T10:00:00.120Z", "2026-11-22T10:00:00.12Z"],
  ["2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123456789Z"],
  ["2026-11-22T10:00:00.1234567899Z", "2026-11-22T10:00:00.123456789Z"],
  ["2026-11-22T00:30:00+01:00", "2026-11-21T23:30:00Z"],
  ["2026-12-31T23:30:00.5-01:00", "2027-01-01T00:30:00.5Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
  ["2026-02-29T00:00:00Z", null],
  ["2026-13-01T00:00:00Z", null],
  ["2026-11-22T24:00:00Z", null],
  ["2026-11-22T10:60:00Z", null],
  ["2026-11-22T10:00:60Z", null],
  ["2026-11-22T10:00:00+24:00", null],
  ["2026-11-22T10:00:00", null],
  ["2026-11-22", null],
  ["1700000000", null],
  ["0001-01-01T00:00:00Z", null],
  ["9999-12-31T23:59:59Z", null],
  ["2026-11-22T10:00:00Z\n", null],
  [`2026-11-22T10:00:00.${"0".repeat(100)}Z`, null],
];

describe("canonicalTime", () => {
  for (const [text, expected] of cases) {
    it(JSON.stringify(text.slice(0, 40)), () => expect(canonicalTime(text)).to.equal(expected));
  }
  it("not stated stays not stated", () => expect(canonicalTime(null)).to.equal(null));
});

it("timeOfProtobuf reads Witness' times", () => {
  expect(timeOfProtobuf({ seconds: 1780000000, nanos: 5000000 })).to.equal("2026-05-28T20:26:40.005Z");
  expect(timeOfProtobuf({ seconds: "1780000000" })).to.equal("2026-05-28T20:26:40Z");
  for (const wrong of [
    null,
    5,
    "x",
    [],
    { seconds: "x" },
    { seconds: 1e300 },
    { seconds: 1, nanos: -1 },
    { seconds: -1 },
  ]) {
    expect(timeOfProtobuf(wrong)).to.equal(null);
  }
});

it("timeOfDate drops an empty fraction only", () => {
  expect(timeOfDate(new Date("2026-11-22T10:00:00.000Z"))).to.equal("2026-11-22T10:00:00Z");
  expect(timeOfDate(new Date("2026-11-22T10:00:10.120Z"))).to.equal("2026-11-22T10:00:10.12Z");
  expect(timeOfDate(new Date("2026-11-22T10:00:10.000Z"))).to.equal("2026-11-22T10:00:10Z");
});
