import { expect } from "chai";
import { parseDer, TAG, type DerElement } from "../../src/verification/der.ts";
import { Refusal } from "../../src/verification/refusal.ts";

const read = (hex: string): DerElement => parseDer(Buffer.from(hex, "hex"), "certificate.invalid");

describe("DER", () => {
  it("reads elements, their members and values", () => {
    const fields = read("300d0201050101ff060355040a0400").fields();
    expect(fields.next().smallInteger()).to.equal(5);
    expect(fields.optional(TAG.integer)).to.equal(undefined);
    expect(fields.next().boolean()).to.equal(true);
    expect(fields.next().oid()).to.equal("2.5.4.10");
    expect(fields.next().octets()).to.have.length(0);
    fields.end();
  });

  const times = [
    {
      name: "UTCTime of this century",
      hex: "170d3236303330313132303030305a",
      iso: "2026-03-01T12:00:00.000Z",
    },
    { name: "UTCTime of the last", hex: "170d3530303330313132303030305a", iso: "1950-03-01T12:00:00.000Z" },
    { name: "GeneralizedTime", hex: "180f32303236303330313132303030305a", iso: "2026-03-01T12:00:00.000Z" },
    {
      name: "a fraction of one digit",
      hex: "181132303236303330313132303030302e355a",
      iso: "2026-03-01T12:00:00.500Z",
    },
    {
      name: "a fraction of six digits",
      hex: "181632303236303330313132303030302e3132333435365a",
      iso: "2026-03-01T12:00:00.123Z",
    },
  ];
  for (const { name, hex, iso } of times) {
    it(`reads ${name}`, () => {
      expect(new Date(read(hex).time()).toISOString()).to.equal(iso);
    });
  }

  const spoilings: readonly {
    readonly name: string;
    readonly hex: string;
    readonly look?: (der: DerElement) => unknown;
  }[] = [
    { name: "nothing", hex: "" },
    { name: "a tag without a length", hex: "30" },
    { name: "an indefinite length", hex: "30800000" },
    { name: "a length in more octets than needed", hex: "04810100" },
    { name: "a length with a leading zero", hex: `04820001${"00".repeat(1)}` },
    { name: "a length beyond the end", hex: "040500" },
    { name: "a length of five octets", hex: "04850000000001aa" },
    { name: "a tag number beyond 30", hex: "1f810100" },
    { name: "bytes behind the end", hex: "0500aa" },
    { name: "a member longer than what holds it", hex: "30020405", look: (der) => der.children() },
    { name: "members of a primitive element", hex: "040100", look: (der) => der.children() },
    { name: "an integer with a leading zero", hex: "02020001", look: (der) => der.integer() },
    { name: "a negative small integer", hex: "0201ff", look: (der) => der.smallInteger() },
    { name: "an empty integer", hex: "0200", look: (der) => der.integer() },
    { name: "a boolean of another value", hex: "010101", look: (der) => der.boolean() },
    { name: "a bit string with unused bits as octets", hex: "03020480", look: (der) => der.bitString() },
    { name: "an object identifier with padding", hex: "06028001", look: (der) => der.oid() },
    { name: "an object identifier cut short", hex: "060281", look: (der) => der.oid() },
    {
      name: "an object identifier whose arc wraps in 32 bits to Fulcio's",
      hex: "060b2b060104018390808083bf30",
      look: (der) => (der.oid().startsWith("1.3.6.1.4.1.57264") ? der : der.fail("told apart")),
    },
    {
      name: "an object identifier with an arc beyond 2^53",
      hex: "060a2a81ffffffffffffff7f",
      look: (der) => der.oid(),
    },
    {
      name: "a month that does not exist",
      hex: "180f32303236313330313132303030305a",
      look: (der) => der.time(),
    },
    { name: "the 30th of February", hex: "180f32303236303233303132303030305a", look: (der) => der.time() },
    {
      name: "a time with an offset",
      hex: "181332303236303330313132303030302b30313030",
      look: (der) => der.time(),
    },
    { name: "another type than expected", hex: "0500", look: (der) => der.octets() },
    { name: "too few members", hex: "3000", look: (der) => der.fields().next() },
    { name: "too many members", hex: "30020500", look: (der) => der.fields().end() },
  ];
  for (const { name, hex, look } of spoilings) {
    it(`A021 refuses ${name}`, () => {
      expect(() => (look === undefined ? read(hex) : look(read(hex))))
        .to.throw(Refusal)
        .with.property("code", "certificate.invalid");
    });
  }

  it("A021 reads ten thousand levels without looking below the first", () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 10_000; depth++) {
      const length =
        nested.length < 0x80
          ? [nested.length]
          : [0x83, nested.length >> 16, (nested.length >> 8) & 255, nested.length & 255];
      if (length.length > 1 && nested.length < 0x10000) length.splice(0, 2, 0x82);
      if (length.length === 3 && nested.length < 0x100) length.splice(0, 2, 0x81);
      nested = Buffer.concat([Buffer.from([0x30, ...length]), nested]);
    }
    expect(parseDer(nested, "certificate.invalid").children()).to.have.length(1);
  });
});
