import { expect } from "chai";
import fc from "fast-check";
import { PolicyFault } from "../../../src/policy/wasm/fault.ts";
import { checkJson } from "../../../src/policy/wasm/json-input.ts";

function accepts(bytes: Uint8Array): boolean {
  try {
    checkJson(bytes);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof PolicyFault)) throw thrown;
    return false;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("checkJson", () => {
  it("accepts what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => accepts(Buffer.from(JSON.stringify(value)))),
      { seed: 1 },
    );
  });

  it("T165 agrees with JSON.parse on texts that are almost JSON", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      '"a"',
      "1",
      "0",
      "-",
      ".",
      "e",
      "+",
      "true",
      "nul",
      "null",
      " ",
      "\n",
      "\t",
      "\u0001",
      "é",
      "\\u00e9",
      "\\u12",
      "\\x",
      "/",
      "1.5e3",
      "01",
    );
    const texts = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        expect(accepts(Buffer.from(text)), JSON.stringify(text)).to.equal(parses(text));
      }),
      { seed: 2, numRuns: 5000 },
    );
  });

  it("refuses what is not UTF-8", () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(accepts(Uint8Array.from(bytes))).to.equal(false);
    }
  });

  it("refuses depth that would exhaust the module's stack", () => {
    const nested = (depth: number) => Buffer.from("[".repeat(depth) + "]".repeat(depth));
    expect(accepts(nested(512))).to.equal(true);
    expect(accepts(nested(513))).to.equal(false);
    expect(accepts(nested(1_000_000))).to.equal(false);
    expect(accepts(Buffer.from('{"a":'.repeat(513) + "1" + "}".repeat(513)))).to.equal(false);
  });

  describe("T054 makes lone surrogates what Go makes of them", () => {
    const cases = [
      ['"\\ud800"', '"\\ufffd"'],
      ['"\\uDC00x"', '"\\ufffdx"'],
      ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
      ['"\\ud800\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
      ['"\\\\ud800"', '"\\\\ud800"'],
      ['"\\ud800\\u0041"', '"\\ufffd\\u0041"'],
    ] as const;
    for (const [before, after] of cases) {
      it(before, () => {
        const bytes = Buffer.from(before);
        checkJson(bytes);
        expect(bytes.toString()).to.equal(after);
      });
    }
  });
});
