import { expect } from "chai";
import * as fc from "fast-check";
import {
  canonicalJson,
  decodeBase64,
  describeThrown,
  digestOf,
  member,
  oneLine,
  parseDigest,
  type JsonValue,
} from "../../src/core/index.ts";

describe("parseDigest", () => {
  const hex = "a".repeat(64);

  it("reads the digests of OCI's registered algorithms", () => {
    for (const good of [`sha256:${hex}`, `sha384:${"0".repeat(96)}`, `sha512:${"f".repeat(128)}`]) {
      expect(parseDigest(good)).to.equal(good);
    }
  });

  const hostile = [
    "",
    "sha256",
    "sha256:",
    `SHA256:${hex}`,
    `sha256:${hex.toUpperCase()}`,
    `sha256:${hex.slice(1)}`,
  ]
    .concat([
      `sha256:${hex}0`,
      `md5:${"0".repeat(32)}`,
      `sha1:${"0".repeat(40)}`,
      "sha256:../../etc/passwd",
      hex,
    ])
    .concat([
      `sha256:${hex}\n`,
      ` sha256:${hex}`,
      `__proto__:${hex}`,
      `constructor:${hex}`,
      `sha256:${hex.slice(2)}zz`,
    ]);
  for (const text of hostile) {
    it(`T007 A122 refuses ${JSON.stringify(text.slice(0, 40))}`, () =>
      expect(parseDigest(text)).to.equal(undefined));
  }
});

describe("digestOf", () => {
  it("is SHA-256 unless told otherwise", () => {
    expect(digestOf(Buffer.from("hello"))).to.equal(
      "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    );
  });
});

describe("decodeBase64", () => {
  it("T062 accepts either alphabet, with or without padding", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        const standard = bytes.toString("base64");
        for (const text of [standard, standard.replaceAll("=", ""), bytes.toString("base64url")]) {
          expect(decodeBase64(text)?.equals(bytes)).to.equal(true);
        }
      }),
    );
  });

  for (const text of ["+-==", "YQ=", "Y", "YQ==YQ==", "YW Jj", "YWJj\n", "YW*j", "YR==", "=", "YQ==="]) {
    it(`T062 refuses ${JSON.stringify(text)}`, () => expect(decodeBase64(text)).to.equal(undefined));
  }
});

describe("canonicalJson", () => {
  it("gives the same bytes whatever the order of keys", () => {
    const one: JsonValue = { b: [1, { d: null, c: "ü" }], a: true };
    const other: JsonValue = { a: true, b: [1, { c: "ü", d: null }] };
    expect(canonicalJson(one)).to.equal(canonicalJson(other));
    expect(canonicalJson(one)).to.equal('{"a":true,"b":[1,{"c":"ü","d":null}]}');
  });
});

describe("member", () => {
  it("T068 never finds what is inherited", () => {
    const value: JsonValue = JSON.parse('{"own":1}');
    expect(member(value, "own")).to.equal(1);
    for (const key of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
      expect(member(value, key), key).to.equal(undefined);
    }
  });
});

describe("words for people", () => {
  it("T205 keep to one line without control characters", () => {
    expect(oneLine("a\r\nb\u001B[31mc\u202Ed\u2028e")).to.equal("a b [31mc d e");
    expect(oneLine("x".repeat(1000))).to.have.lengthOf(500);
  });

  it("A040 describe a thrown value of any type", () => {
    for (const thrown of [new Error("broken"), "broken", { message: "broken" }]) {
      expect(describeThrown(thrown)).to.equal("broken");
    }
    expect(describeThrown(null)).to.equal("unexpected null thrown");
    expect(describeThrown(42)).to.equal("unexpected number thrown");
    const hostile = {
      get message(): string {
        throw hostile;
      },
    };
    expect(describeThrown(hostile)).to.equal("unknown error");
    expect(describeThrown(Object.assign(new Error("x"), { message: 7 }))).to.equal(
      "unexpected object thrown",
    );
    expect(describeThrown(new Error(""))).to.equal("unknown error");
  });
});
