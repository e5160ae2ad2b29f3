import { expect } from "chai";
import { structuredForm } from "../../../src/release/opa-signature/structured.ts";

function formOf(text: string): string {
  const form = structuredForm(Buffer.from(text));
  return form.ok ? form.value.toString() : form.reason.code;
}

describe("structuredForm", () => {
  const cases: readonly { readonly name: string; readonly text: string; readonly form: string }[] = [
    { name: "white space goes", text: ' { "a" : [ 1 ,\n2 ] }\t\r\n', form: '{"a":[1,2]}' },
    {
      name: "keys are sorted, inside too",
      text: '{"b":{"d":1,"c":2},"a":[]}',
      form: '{"a":[],"b":{"c":2,"d":1}}',
    },
    {
      name: "keys are sorted as UTF-8, not as UTF-16",
      text: '{"\\ud83d\\ude00":1,"\\uffee":2,"a":3}',
      form: '{"a":3,"\uffee":2,"\u{1f600}":1}',
    },
    {
      name: "escapes are Go's",
      text: '["\\u003c\\/\\u00e9\\b\\f\\n\\r\\t\\u0001\\u007f\\u2028\\"\\\\", "\u2029"]',
      form: '["</é\\b\\f\\n\\r\\t\\u0001\u007f\\u2028\\"\\\\","\\u2029"]',
    },
    {
      name: "T176 numbers stay as they are written",
      text: "[1, 1.0, 1e2, 1E+2, -0, 0.1000, 9007199254740991]",
      form: "[1,1.0,1e2,1E+2,-0,0.1000,9007199254740991]",
    },
    { name: "words and emptiness", text: '[true,false,null,{},[],""]', form: '[true,false,null,{},[],""]' },
    {
      name: "quotes behind backslashes, and brackets inside of strings",
      text: '["\\\\","\\\\\\"",{"\\"]":"},["}]',
      form: '["\\\\","\\\\\\"",{"\\"]":"},["}]',
    },
    {
      name: "keys of the prototype",
      text: '{"__proto__":1,"toString":2}',
      form: '{"__proto__":1,"toString":2}',
    },
    { name: "keys that look like numbers", text: '{"10":1,"9":2,"a":3}', form: '{"10":1,"9":2,"a":3}' },
  ];
  for (const { name, text, form } of cases) it(name, () => expect(formOf(text)).to.equal(form));

  describe("T176 refuses what could be read as something else", () => {
    const refused: readonly (readonly [name: string, text: string, code: string])[] = [
      ["a key twice", '{"a":1,"a":2}', "json.duplicate_key"],
      ["a key twice by escapes", '{"a":1,"\\u0061":2}', "json.duplicate_key"],
      ["2^53 + 1", "[9007199254740993]", "json.number_range"],
      ["a number beyond all", "[1e999]", "json.number_range"],
      ["half of a surrogate pair", '["\\ud800"]', "json.not_utf8"],
      ["half of a surrogate pair as a key", '{"\\udfff":1}', "json.not_utf8"],
      ["a byte order mark", "\ufeff{}", "json.syntax"],
      ["YAML", "a: 1", "json.syntax"],
      ["a second document", "{} {}", "json.syntax"],
      ["a comment", "{} // no", "json.syntax"],
      ["T184 more values than anybody needs", `[${"0,".repeat(1_000_000)}0]`, "json.too_many_values"],
      ["too deep", `${"[".repeat(101)}${"]".repeat(101)}`, "json.too_deep"],
    ];
    for (const [name, text, code] of refused) it(name, () => expect(formOf(text)).to.equal(code));

    it("bytes that are no UTF-8", () => {
      const form = structuredForm(Buffer.from([0x22, 0xff, 0x22]));
      expect(form.ok ? "" : form.reason.code).to.equal("json.not_utf8");
    });
  });
});
