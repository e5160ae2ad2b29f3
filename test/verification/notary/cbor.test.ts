import { expect } from "chai";
import { cborBytes, readCbor } from "../../../src/verification/notary/cbor.ts";
import { Refusal } from "../../../src/verification/refusal.ts";
import { cbor } from "../../lab/notary.ts";

describe("CBOR", () => {
  const read = (hex: string) => readCbor(Buffer.from(hex, "hex"));

  it("reads all that COSE_Sign1 is made of", () => {
    const value = { tag: 18, value: [Buffer.from("ab"), new Map<unknown, unknown>([[1, -7]]), "é", true] };
    expect(readCbor(cbor(value))).to.deep.equal({
      kind: "tag",
      tag: 18,
      content: {
        kind: "array",
        items: [
          { kind: "bytes", value: Buffer.from("ab") },
          { kind: "map", entries: new Map([[1, { kind: "integer", value: -7 }]]) },
          { kind: "text", value: "é" },
          { kind: "simple", value: true },
        ],
      },
    });
    expect(read("f6")).to.deep.equal({ kind: "simple", value: null });
    expect(read("1b001fffffffffffff")).to.deep.equal({ kind: "integer", value: Number.MAX_SAFE_INTEGER });
  });

  it("writes byte strings as they are read", () => {
    for (const length of [0, 23, 24, 255, 256, 65535, 65536]) {
      const bytes = Buffer.alloc(length, 7);
      expect(readCbor(cborBytes(bytes))).to.deep.equal({ kind: "bytes", value: bytes });
    }
  });

  const spoilings = [
    { name: "nothing", hex: "", code: "format.invalid" },
    { name: "what is cut short", hex: "43aabb", code: "format.invalid" },
    { name: "what follows the end", hex: "0101", code: "format.invalid" },
    { name: "an indefinite length", hex: "9f01ff", code: "format.invalid" },
    { name: "a reserved length", hex: "1c", code: "format.invalid" },
    { name: "a number that is not in its shortest form", hex: "1817", code: "format.invalid" },
    { name: "a length that is not in its shortest form", hex: "580161", code: "format.invalid" },
    { name: "a number that a double cannot hold", hex: "1b0020000000000000", code: "format.invalid" },
    { name: "a length beyond all memory", hex: "5b00000fffffffffff", code: "format.invalid" },
    { name: "an array longer than its bytes", hex: "9affffffff", code: "format.invalid" },
    { name: "a float", hex: "f93c00", code: "format.invalid" },
    { name: "undefined", hex: "f7", code: "format.invalid" },
    { name: "a key twice", hex: "a201010102", code: "format.invalid" },
    { name: "a key that is an array", hex: "a18001", code: "format.invalid" },
    { name: "a text that is not UTF-8", hex: "61ff", code: "format.invalid" },
    { name: "hostile depth", hex: "81".repeat(50_000), code: "limit.exceeded" },
    { name: "hostile numbers", hex: `9a00010000${"00".repeat(65_536)}`, code: "limit.exceeded" },
  ];
  for (const { name, hex, code } of spoilings) {
    it(`refuses ${name}: ${code}`, () => {
      expect(() => read(hex))
        .to.throw(Refusal)
        .with.property("code", code);
    });
  }
});
