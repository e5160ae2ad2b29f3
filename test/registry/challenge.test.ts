import { expect } from "chai";
import fc from "fast-check";
import { parseChallenges } from "../../src/registry/challenge.ts";
import { readLinks } from "../../src/registry/link.ts";

function read(header: string) {
  return parseChallenges(header)?.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("parseChallenges", () => {
  const table: readonly (readonly [string, unknown])[] = [
    [
      'Bearer realm="https://a/token",service="s",scope="x:y:pull,push"',
      [["bearer", { realm: "https://a/token", service: "s", scope: "x:y:pull,push" }]],
    ],
    ['Bearer realm="a" , service=b', [["bearer", { realm: "a", service: "b" }]]],
    ['BASIC Realm="A"', [["basic", { realm: "A" }]]],
    [
      'Basic realm="a", Bearer realm="b",service="c"',
      [
        ["basic", { realm: "a" }],
        ["bearer", { realm: "b", service: "c" }],
      ],
    ],
    [
      'Negotiate, Basic realm="a"',
      [
        ["negotiate", {}],
        ["basic", { realm: "a" }],
      ],
    ],
    [
      'Negotiate YWJj==, Basic realm="a"',
      [
        ["negotiate", {}],
        ["basic", { realm: "a" }],
      ],
    ],
    [
      'Basic realm="a", Negotiate',
      [
        ["basic", { realm: "a" }],
        ["negotiate", {}],
      ],
    ],
    ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
    ['Bearer realm = "a"', [["bearer", { realm: "a" }]]],
    [',, Bearer realm="a",,', [["bearer", { realm: "a" }]]],
    ["Bearer", [["bearer", {}]]],
    ["", []],
    ['Bearer realm="a', undefined],
    ['Bearer realm="a" service="b"', undefined],
    ['Bearer realm="a",realm="b"', undefined],
    ['Bearer realm="a",REALM="b"', undefined],
    ["Bearer realm=", [["bearer", {}]]],
    ['="a"', undefined],
    ['Bearer "a"', undefined],
    ['Bearer/x realm="a"', undefined],
    [`Bearer realm="${"x".repeat(9000)}"`, undefined],
  ];
  for (const [header, expected] of table) {
    it(`T024 ${header.slice(0, 60)}`, () => expect(read(header)).to.deep.equal(expected));
  }

  it("T024 reads any text in linear time", () => {
    const hostile = ["a", " ", "=", '"', "\\", ",", "a=", 'a="', "=,", "\t", 'a="b",'];
    for (const piece of hostile) {
      for (const prefix of ["", "Bearer ", 'Bearer realm="']) {
        const header = (prefix + piece.repeat(8192)).slice(0, 8192);
        // An expression that tried again and again over 8 KiB would not come back before the test's timeout.
        expect(parseChallenges(header) ?? []).to.be.an("array");
      }
    }
  });

  it("T024 answers any text", () => {
    const pieces = fc.array(fc.constantFrom("Bearer", "a", "=", '"', ",", " ", "\\", "x=y", "\u00e9"), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const found = parseChallenges(parts.join(""));
        for (const { scheme } of found ?? []) expect(scheme).to.match(/^[^A-Z\s",=]+$/);
      }),
    );
  });
});

describe("readLinks", () => {
  const table: readonly (readonly [string, unknown])[] = [
    ['</a?b=c>; rel="next"', [["/a?b=c", "next"]]],
    ["</a>; rel=next", [["/a", "next"]]],
    ['</a>; title="x, y"; rel="next"', [["/a", "next"]]],
    [
      '</a>;rel=prev,</b>;REL="next"',
      [
        ["/a", "prev"],
        ["/b", "next"],
      ],
    ],
    ['</a>; title="rel=next"', [["/a", undefined]]],
    ["</a>", [["/a", undefined]]],
    ["", []],
    ["/a; rel=next", undefined],
    ["</a; rel=next", undefined],
    ["</a> </b>", undefined],
  ];
  for (const [header, expected] of table) {
    it(`A117 ${header}`, () => {
      expect(readLinks(header)?.map(({ target, relation }) => [target, relation])).to.deep.equal(expected);
    });
  }
});
