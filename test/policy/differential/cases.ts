import { Random } from "./random.ts";
import type { Case } from "./oracle.ts";

const json = JSON.stringify;
const call = (name: string, ...args: unknown[]): Case => ({ call: name, args: json(args) });
const raw = (name: string, args: string): Case => ({ call: name, args });

/** Numbers as JSON texts: OPA's sprintf looks at the notation. */
const NUMBERS = [
  "0",
  "1",
  "-1",
  "7",
  "255",
  "-42",
  "65",
  "128512",
  "1114112",
  "-0",
  "1.0",
  "1.5",
  "-2.25",
  "0.1",
  "100.0",
  "1e3",
  "1.5e300",
  "1e-7",
  "123456.789",
  "0.000012345",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "123456789012345678901234567890",
  "-99999999999999999999",
  "1e999",
  "2.5",
  "3.5",
  "1234567.0",
  "1e21",
  "5e-324",
  "0.5",
];
const STRINGS = [
  "",
  "a",
  "héllo",
  "日本",
  "\u0001\u007f",
  'q"uo\\te',
  "tab\there",
  "a`b",
  "😀x",
  "\u00a0",
  "%d",
  "line\nend",
  "x".repeat(20),
];
const COMPOSITES = [
  "null",
  "true",
  "false",
  "[]",
  "{}",
  '[1,"a",null,{"k":[true]}]',
  '{"b":1,"a":"x"}',
  "[[],{}]",
  '["\\n"]',
];

function sprintfCases(random: Random, count: number): Case[] {
  const verbs = Array.from("vdsqxXobeEfFgGtcUTOz%é");
  const values = () =>
    random.pick([
      random.pick(NUMBERS),
      json(random.pick(STRINGS)),
      random.pick(COMPOSITES),
      random.pick(NUMBERS),
    ]);
  const directive = () => {
    const flags = random.list(random.below(3), () => random.pick(Array.from("+-# 0"))).join("");
    const index = random.once(8) ? random.pick(["[1]", "[2]", "[3]", "[9]", "[0]", "[x]", "[", "[]"]) : "";
    const width = random.once(3) ? random.pick(["1", "5", "12", "*", "30", "10000011", "[2]*"]) : "";
    const precision = random.once(3) ? random.pick([".", ".0", ".1", ".3", ".10", ".*", ".[1]*", ".20"]) : "";
    return `%${flags}${index}${width}${precision}${random.pick(verbs)}`;
  };
  return random.list(count, () => {
    const format =
      random.list(1 + random.below(2), () => random.pick(["", "a ", "é:"]) + directive()).join("") +
      random.pick(["", "", "%", " end", "%5"]);
    return raw("sprintf", `[${json(format)},[${random.list(random.below(4), values).join(",")}]]`);
  });
}

function everyVerb(random: Random): Case[] {
  const flags = ["", "+", "#", "-8", "08", "8.3", ".0", "+#", " "];
  const values = [...NUMBERS, '"héllo"', '"a`b"', "null"];
  return Array.from("vdsqxXobeEfFgGtcUTO").flatMap((verb) =>
    values.flatMap((value) =>
      ["", random.pick(flags)].map((flag) => raw("sprintf", `[${json(`<%${flag}${verb}>`)},[${value}]]`)),
    ),
  );
}

const LAYOUTS = [
  "RFC3339",
  "RFC3339Nano",
  "ANSIC",
  "UnixDate",
  "RubyDate",
  "RFC822",
  "RFC822Z",
  "RFC850",
  "RFC1123",
  "RFC1123Z",
  "2006-01-02",
  "Jan _2 2006 3:04PM",
  "02/01/06 15h04",
  "2006-002",
  "2006 __2",
  "20060102150405.000",
  "15:04:05,999999",
  "Monday, January 2",
  "2006-01-02T15:04:05.999-0700",
  "2006-01-02 15:04:05 -07",
  "Z07:00:00 15",
  "-070000",
  "03:04:05pm",
  "1/2/2006",
  "Janet Monx _2006",
  "Z0700",
  "Z07",
  ".00 .99 05.000",
];
const ABBREVIATED = new Set(["UnixDate", "RFC822", "RFC850", "RFC1123"]);
const ZONES = [
  "UTC",
  "",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Nowhere/City",
  "+05:30",
  "europe/berlin",
  "../etc",
];
const INSTANTS = [
  "0",
  "1733000000123456789",
  "1709164800000000000",
  "-1",
  "-6795364578871345152",
  "1e18",
  "1.5",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "951782400000000000",
  "1711846800000000000",
  "1711850400000000000",
  "1698541200000000000",
];

function timeCases(random: Random, count: number): Case[] {
  const format = random.list(count, () => {
    const layout = random.pick(LAYOUTS);
    // Abbreviations of zones other than UTC are refused: Node.js does not have Go's.
    const zone = ABBREVIATED.has(layout) ? "UTC" : random.pick(ZONES);
    return raw("time.format", `[[${random.pick(INSTANTS)},${json(zone)},${json(layout)}]]`);
  });
  const parts = ["time.date", "time.clock", "time.weekday"].flatMap((name) =>
    INSTANTS.flatMap((at) => ZONES.slice(0, 7).map((zone) => raw(name, `[[${at},${json(zone)}]]`))),
  );
  const moved = random.list(count, () =>
    raw(
      "time.add_date",
      `[[${random.pick(INSTANTS)},${json(random.pick(ZONES))}],${random.pick(["0", "1", "-3", "40", "1.0", "1.5"])},${random.pick(["0", "1", "-13", "30"])},${random.pick(["0", "31", "-400", '"x"'])}]`,
    ),
  );
  const apart = random.list(count, () =>
    raw(
      "time.diff",
      `[[${random.pick(INSTANTS)},${json(random.pick(ZONES))}],[${random.pick(INSTANTS)},${json(random.pick(ZONES))}]]`,
    ),
  );
  const digit = (n: number) => String(random.below(n)).padStart(2, "0");
  const stamp = () => {
    const text =
      `${random.pick(["2024", "1999", "2262", "0001", "1677"])}-${digit(14)}-${digit(33)}T${digit(25)}:${digit(61)}:${digit(61)}` +
      random.pick(["", ".5", ".123456789123", ",25", "."]) +
      random.pick(["Z", "+01:00", "-23:59", "+24:61", "z", "", "+0100", "-00:00", "Zx"]);
    return random.once(6)
      ? text.replace(random.pick(["-", "T", "0", ":"]), random.pick([" ", "", "x"]))
      : text;
  };
  const rfc3339 = random.list(count * 2, () => call("time.parse_rfc3339_ns", stamp()));
  const values = [
    "2024-02-29",
    "Feb  3 2024 11:59PM",
    "29/02/24 23h59",
    "2024-060",
    "2024  60",
    "2023-366",
    "20240229123456.789",
    "12:34:56,789",
    "friday, february 29",
    "2024-02-29T12:34:56.7-0330",
    "2024-02-29 12:34:56 +09",
    "12:00:00am",
    "12:00:00pm",
    "2/29/2023",
    "Mon Jan  2 15:04:05 2006",
    "Mon Jan _2 15:04:05 2006",
    "Mon Jan  2 15:04:05 MST 2006",
    "Mon Jan 02 15:04:05 -0700 2006",
    "02 Jan 06 15:04 CEST",
    "02 Jan 06 15:04 GMT+3",
    "Monday, 02-Jan-06 15:04:05 UTC",
    "Mon, 02 Jan 2006 15:04:05 GMT",
    "Mon, 02 Jan 2006 15:04:05 -0700",
    "2006-01-02T15:04:05.999999999+01:00",
    "Z 15",
    "+01:00:30 15",
    "-013000",
    "Z",
    "+05",
    ".12 .5 07.250",
    "",
    "1999-365",
  ];
  const parsed = LAYOUTS.flatMap((layout) =>
    random.list(14, () => call("time.parse_ns", layout, random.pick(values))),
  );
  const durations = [
    "1h",
    "1.5h",
    "-2m3s",
    "1d",
    "2w3d",
    "1y",
    "1.5d",
    "",
    "0",
    "+5s",
    "1us",
    "1µs",
    "1μs",
    "1ns",
    ".5s",
    "1.s",
    ".s",
    "3",
    "1x",
    "1h-1m",
    "1d1x",
    "9223372036s",
    "2562047h47m16.854775807s",
    "-2562047h47m16.854775808s",
    "2562047h47m16.854775808s",
    "1.00000000000000000001s",
    "1e3s",
    "0.3333333333333333333h",
    "1.2.3d",
    "d",
    "292y",
    "300y",
    "1ms1us",
    " 1h",
    "00010s",
  ].map((text) => call("time.parse_duration_ns", text));
  return [...format, ...parts, ...moved, ...apart, ...rfc3339, ...parsed, ...durations];
}

function semverCases(random: Random, count: number): Case[] {
  const identifier = () =>
    random.pick([
      "0",
      "1",
      "01",
      "alpha",
      "beta",
      "rc",
      "2",
      "10",
      "-",
      "x-y",
      "9223372036854775808",
      "9223372036854775809",
      "",
      "é",
    ]);
  const version = () =>
    random.pick(["", "", "v", "V"]) +
    random
      .list(random.once(8) ? 2 : 3, () =>
        random.pick(["0", "1", "2", "10", "01", "99999999999999999999", "9223372036854775807"]),
      )
      .join(".") +
    (random.once(2) ? `-${random.list(1 + random.below(3), identifier).join(".")}` : "") +
    (random.once(4) ? `+${identifier()}` : "");
  return random
    .list(count, version)
    .flatMap((text) => [
      call("semver.is_valid", text),
      call("semver.compare", text, version()),
      call("semver.compare", text, text),
    ]);
}

function regexCases(random: Random, count: number): Case[] {
  const patterns = [
    "a*",
    "(a)(b)?",
    "^x",
    "x$",
    "\\b",
    "[^,]+",
    "",
    ",",
    "(?P<name>[a-z]+)-(\\d+)",
    "(?i)AB",
    "(",
    "a{2,3}",
    ".",
    "\\pL+",
    "(?s).",
    "a|ab",
    "(?:)",
    "é",
    "[[:alpha:]]+",
    "(a+)+$",
    "\\z",
  ];
  const texts = [
    "",
    "aaab",
    "a,b,,c",
    "abc-12 x-3",
    "éaé",
    "日本,語",
    "xAbX\nab",
    "aab aaa",
    "😀,😀",
    ",",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
  ];
  const templates = [
    "",
    "<$1>",
    "${name}!",
    "$name",
    "$2$1",
    "$$",
    "$",
    "${",
    "$1x",
    "${1}x",
    "$0",
    "$01",
    "$9",
    "\\1",
    "$é",
  ];
  const cases = patterns.flatMap((pattern) =>
    texts.flatMap((text) => [
      call("regex.split", pattern, text),
      call("regex.find_n", pattern, text, random.pick([-1, 0, 1, 2, 5])),
      call("regex.replace", text, pattern, random.pick(templates)),
      call("regex.replace", text, pattern, random.pick(templates)),
    ]),
  );
  const matched = random.list(count, () =>
    call(
      "regex.template_match",
      random.pick(["urn:foo:<.*>", "urn:{a:{b}}", "{", "}", "x.{[0-9]+}.y", "<<a>>", "{(}", "{a|b}"]),
      random.pick(["urn:foo:bar", "x.12.y", "xa12ay", "a", "urn:a:b"]),
      random.pick(["<", "{", "é", ""]),
      random.pick([">", "}"]),
    ),
  );
  return [...cases, ...matched];
}

const subset: Case[] = (() => {
  const values = [
    "{}",
    '{"a":1}',
    '{"a":1,"b":[1,2,3]}',
    '{"a":1,"b":[2,3]}',
    "[]",
    "[1,2]",
    "[1,2,3]",
    "[3,1]",
    "[1,1,2]",
    '{"b":{"c":{}}}',
    '{"a":1.0}',
    "1",
    '"a"',
    "[[1,2],3]",
    '{"b":[]}',
  ];
  return values
    .flatMap((a) => values.map((b) => raw("object.subset", `[${a},${b}]`)))
    .concat(
      ["[]", "[1,2]", "[1,2,3]", "[1,1,2]", "[[1],[2]]", "[[1]]"].flatMap((a, _i, all) =>
        all.flatMap((b) => [
          raw("object.subset/sets", `[${a},${b}]`),
          raw("object.subset/array-set", `[${a},${b}]`),
        ]),
      ),
    );
})();

const patch: Case[] = (() => {
  const documents = ['{"a":{"b":[1,2,3]},"c":null}', "[1,[2],{}]", '{"a/b":1,"m~n":2,"":3}', "5"];
  const paths = [
    "/a/b/0",
    "/a/b/-",
    "/a/b/3",
    "/a/b/4",
    "/a/x",
    "/c",
    "",
    "/0",
    "/1/0",
    "/2/k",
    "a",
    "/a~1b",
    "/m~0n",
    "/01",
    "/a/b/-1",
    "/a/b/+1",
    "/",
    "/x/y",
    ["a", "b", 1],
    ["a", "b", "1"],
    [0],
    7,
    ["", ""],
  ];
  return documents.flatMap((document) =>
    paths.flatMap((path) => [
      // Where the whole document is removed, OPA itself crashes.
      ...["add", "replace", "test", ...(path === "" ? [] : ["remove"])].map((op) =>
        raw("json.patch", `[${document},[${json({ op, path, value: { n: 1 } })}]]`),
      ),
      ...["move", "copy"].map((op) =>
        raw(
          "json.patch",
          `[${document},[${json({ op, from: path, path: "/a/b/1" })},${json({ op: "add", path: "/z", value: 1 })}]]`,
        ),
      ),
    ]),
  );
})();

const plain: Case[] = [
  ...["a", "1\u0000", "é😀", ""].flatMap((text) =>
    [
      "crypto.md5",
      "crypto.sha1",
      "crypto.sha256",
      "hex.encode",
      "base64url.encode_no_pad",
      "urlquery.encode",
      "glob.quote_meta",
    ].map((name) => call(name, text)),
  ),
  ...["crypto.hmac.md5", "crypto.hmac.sha1", "crypto.hmac.sha256", "crypto.hmac.sha512"].map((name) =>
    call(name, "text", "kéy"),
  ),
  ...[
    ["a", "a"],
    ["a", "b"],
    ["a", "aa"],
  ].map(([a, b]) => call("crypto.hmac.equal", a, b)),
  ...["*?[]{}\\-!,^$.", "a b+c&d=é/~'()!*;"].flatMap((text) => [
    call("glob.quote_meta", text),
    call("urlquery.encode", text),
  ]),
  ...["6869", "C3a9", "6", "zz", "", 7].map((text) => call("hex.decode", text)),
  ...["a+b%20c", "%C3%A9", "%", "%2", "%zz", "a=b&c", "😀%21"].map((text) => call("urlquery.decode", text)),
  ...["a=1&b=2&a=3", "", "x", "=v", "a=%zz", "a;b=1", "&&a=1&", "k=a+b"].map((text) =>
    call("urlquery.decode_object", text),
  ),
  ...[{ b: "2", a: ["x y", "z"] }, {}, { a: 1 }, { a: [1] }, [1], { "k&": "" }].map((value) =>
    call("urlquery.encode_object", value),
  ),
  call("urlquery.encode_object/set", ["b", "a"]),
  ...[
    {},
    { pretty: true },
    { indent: "  " },
    { prefix: ">" },
    { indent: "", pretty: false },
    { pretty: "x" },
    { nope: 1 },
    { prefix: 1 },
    [],
  ].flatMap((options) =>
    [{ b: [1, { c: "<&>\u2028" }], a: {}, e: [] }, "x", null, []].map((value) =>
      call("json.marshal_with_options", value, options),
    ),
  ),
  call("json.marshal_with_options/set", ["b", "a", 2], { indent: " " }),
  ...[
    ["abcabc", "bc"],
    ["éaéa", "a"],
    ["aaaa", "aa"],
    ["", "a"],
    ["a", ""],
    ["😀a😀", "😀"],
    ["é", "é"],
  ].flatMap(([a, b]) => [call("indexof_n", a, b), call("strings.count", a, b)]),
  ...[
    ["ab", "a"],
    [
      ["x", "ya"],
      ["y", "z"],
    ],
    ["a", []],
    [[], "a"],
    ["a", [1]],
    [1, "a"],
    ["a", ""],
  ].flatMap(([a, b]) => [call("strings.any_prefix_match", a, b), call("strings.any_suffix_match", a, b)]),
  call("strings.any_prefix_match/set", "ab", ["x", "a"]),
  ...[
    [1, 10, 3],
    [10, 1, 3],
    [1, 1, 1],
    [0, 5, 0],
    [0, 5, -1],
    [0, 1.5, 1],
    ["a", 1, 1],
  ].map((args) => call("numbers.range_step", ...args)),
  raw("numbers.range_step", "[1.0,3,1]"),
  raw("numbers.range_step", "[9223372036854775806,9223372036854775809,1]"),
  ...[
    [{ a: ["b", "c"], b: ["a"], c: [] }, ["a"]],
    [{ a: ["b"] }, ["a", "x"]],
    [{ a: null }, ["a"]],
    [{ a: ["a"] }, ["a"]],
    [{}, []],
    [{ a: ["b"], b: ["c"], c: ["b"] }, ["a", "b"]],
    [{ a: ["b"] }, "a"],
  ].map((args) => call("graph.reachable_paths", ...args)),
  call("graph.reachable_paths/set", { a: ["b", "c"], b: [] }, ["a", "b"]),
  ...[
    "10.0.0.0/8",
    "10.0.0.0/33",
    "::1/128",
    "fe80::%eth0/64",
    "10.0.0.01/8",
    "10.0.0.0",
    "::ffff:1.2.3.4/120",
    "1.2.3.4/08",
    "",
    5,
  ].map((text) => call("net.cidr_is_valid", text)),
  ...[
    "10.0.0.5/30",
    "2001:db8::/126",
    "::ffff:1.2.3.4/127",
    "10.0.0.1/32",
    "::/127",
    "1:0:0:2::/127",
    "1:0:0:2:0:0:0:4/127",
    "x",
  ].map((text) => call("net.cidr_expand", text)),
  ...[
    ["10.0.0.0/8", "10.1.2.3"],
    [
      ["10.0.0.0/8", "11.0.0.0/8"],
      ["10.1.0.0/16", "12.0.0.0/8"],
    ],
    [{ a: "10.0.0.0/8", b: ["1.0.0.0/8", "x"] }, "10.0.0.0/7"],
    ["::/0", "::1"],
    ["::/80", "::/80"],
    ["::ffff:0:0/96", "1.2.3.4"],
    ["0.0.0.0/0", "::ffff:1.2.3.4"],
    [[], "1.1.1.1"],
    [[[]], "1.1.1.1"],
    ["x", "1.1.1.1"],
    ["10.0.0.0/8", "y"],
    ["2001:db8::/32", "2001:db8:1::/48"],
  ].map((args) => call("net.cidr_contains_matches", ...args)),
  call("net.cidr_contains_matches/set", ["10.0.0.0/8"], ["10.0.0.1", "9.0.0.1"]),
  ...[
    "00112233-4455-1677-8899-aabbccddeeff",
    "000003e8-cbb9-21ea-b201-00045a86c8a1",
    "urn:uuid:f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "{f47ac10b-58cc-4372-c567-0e02b2c3d479}",
    "f47ac10b58cc4372e5670e02b2c3d479",
    "f47ac10b-58cc-4372-0567-0e02b2c3d479",
    "nope",
    "f47ac10b-58cc-1372-0567-0f02b2c3d479",
  ].map((text) => call("uuid.parse", text)),
  ...[
    "1",
    "10Mi",
    "1m",
    "1.5k",
    "100M",
    "2E",
    "1e3",
    "1e3K",
    "0.1",
    "1.00000000001",
    "",
    "Ki",
    "1 k",
    "1x",
    "5mi",
    "5Mi",
    "1E5m",
    ".5Gi",
    "-3k",
    "+3",
    "1e",
    "3e2e",
    '"10Ki"',
    "1/2",
    "1.2.3",
    "33m",
    "e",
    "1KI",
    "1kI",
  ].flatMap((text) => [call("units.parse", text), call("units.parse_bytes", text)]),
  ...[
    "1kb",
    "1KiB",
    "10.5MB",
    "0.1gib",
    "1.1eib",
    "16777217.5kb",
    "123456789012345678901234567890",
    "0.3tb",
    "1b",
    "1ib",
    "99999999999.99999999pb",
    "1kbb",
  ].map((text) => call("units.parse_bytes", text)),
  ...[
    "a.b",
    "e30.e30.e30",
    "eyJhbGciOiJub25lIn0.eyJhIjoxLjAsImIiOjEyMzQ1Njc4OTAxMjM0NTY3ODkwfQ.",
    "eyJhbGciOiJub25lIn0=.e30.YQ",
    "e30.W10.",
    "e30.eyJhIjoxLCJhIjoyfQ.YWI",
    "e30.e30.Y",
    "x.e30.e30",
    "eyJlbmMiOiJ4In0.e30.",
    "eyJjdHkiOiJKV1QifQ.ZTMwLmUzMC5ZUQ.",
  ].map((text) => call("io.jwt.decode", text)),
  ...["[1,2]", '["b","a"]', '[{"k":[1]},null]', "[]"].flatMap((set) =>
    ["%v", "%s", "%q", "%d", "%12v"].flatMap((format) => [
      raw("sprintf/set", `[${json(format)},${set}]`),
      raw("sprintf/object", `[${json(format)},${set}]`),
    ]),
  ),
  call("json.patch/set", ["a", "b"], [{ op: "add", path: ["c"], value: "c" }]),
  call("json.patch/set", ["a", "b"], [{ op: "remove", path: ["a"] }]),
  call("json.patch/set", ["a", "b"], [{ op: "add", path: ["c"], value: "d" }]),
];

/** By family; the same on every run. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  sprintf: [
    call("sprintf", "%1000001d", [1]),
    ...everyVerb(new Random(5)),
    ...sprintfCases(new Random(1), 2000),
  ],
  time: timeCases(new Random(2), 150),
  semver: semverCases(new Random(3), 300),
  regex: regexCases(new Random(4), 60),
  "object.subset": subset,
  "json.patch": patch,
  others: plain,
};
