import { compareStrings } from "../rego/compare.ts";
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { goJson } from "./go-json.ts";
import { anyOperand, objectOperand, stringOperand } from "./operands.ts";
import { utf8Text } from "./utf8.ts";

export const encodingBuiltins: BuiltinTable = {
  "base64url.encode_no_pad": (operands) => Buffer.from(stringOperand(operands, 0)).toString("base64url"),

  "hex.encode": (operands) => Buffer.from(stringOperand(operands, 0)).toString("hex"),

  "hex.decode": (operands) => {
    const text = stringOperand(operands, 0);
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new BuiltinError("not hexadecimal");
    return utf8Text(Buffer.from(text, "hex"));
  },

  "urlquery.encode": (operands) => queryEscape(stringOperand(operands, 0)),

  "urlquery.decode": (operands) => queryUnescape(stringOperand(operands, 0)),

  "urlquery.encode_object": (operands) => {
    const members = objectOperand(operands, 0).entries.map(([key, value]) => {
      if (typeof key !== "string") throw new BuiltinError("keys must be strings");
      return { key, values: queryValues(value) };
    });
    members.sort((a, b) => compareStrings(a.key, b.key));
    const pairs = members.flatMap(({ key, values }) =>
      values.map((value) => `${queryEscape(key)}=${queryEscape(value)}`),
    );
    return pairs.join("&");
  },

  "urlquery.decode_object": (operands) => {
    const members = new Map<string, string[]>();
    for (const pair of stringOperand(operands, 0).split("&")) {
      if (pair.includes(";")) throw new BuiltinError("invalid semicolon separator in query");
      if (pair === "") continue;
      const equals = pair.indexOf("=");
      const key = queryUnescape(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? "" : queryUnescape(pair.slice(equals + 1));
      const values = members.get(key);
      if (values === undefined) members.set(key, [value]);
      else values.push(value);
    }
    return new RegoObject([...members]);
  },

  "json.marshal_with_options": (operands) => {
    const { prefix, indent, pretty } = marshalOptions(objectOperand(operands, 1));
    const value = anyOperand(operands, 0);
    return pretty ? prefix + goJson(value, { prefix, indent }) : goJson(value);
  },
};

interface MarshalOptions {
  readonly prefix: string;
  readonly indent: string;
  readonly pretty: boolean;
}

const MARSHAL_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["prefix", "string"],
  ["indent", "string"],
  ["pretty", "boolean"],
]);

function marshalOptions(options: RegoObject): MarshalOptions {
  for (const [key, value] of options.entries) {
    const wanted = typeof key === "string" ? MARSHAL_OPTIONS.get(key) : undefined;
    if (wanted === undefined) throw new BuiltinError("operand 2 object contained unknown key");
    if (typeof value !== wanted) throw new BuiltinError(`operand 2 has an option that is no ${wanted}`);
  }
  const [prefix, indent, pretty] = [
    options.member("prefix"),
    options.member("indent"),
    options.member("pretty"),
  ];
  return {
    prefix: typeof prefix === "string" ? prefix : "",
    indent: typeof indent === "string" ? indent : "\t",
    pretty: typeof pretty === "boolean" ? pretty : prefix !== undefined || indent !== undefined,
  };
}

function queryValues(value: RegoValue): readonly string[] {
  if (typeof value === "string") return [value];
  const elements = value instanceof RegoSet ? value.elements : value;
  if (elements === null || typeof elements === "boolean" || elements instanceof RegoNumber)
    throw wrongValues();
  if (!isRegoArray(elements)) throw wrongValues();
  const texts = elements.map((element) => {
    if (typeof element !== "string") throw wrongValues();
    return element;
  });
  return value instanceof RegoSet ? texts.sort(compareStrings) : texts;
}

function wrongValues(): BuiltinError {
  return new BuiltinError("operand 1 values must be string, array[string], or set[string]");
}

/** Go's `url.QueryEscape`: a space is `+`, unreserved characters stand, all else is `%XX`. */
function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function queryUnescape(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new BuiltinError("invalid URL escape");
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  const bytes = Buffer.concat(
    spaced
      .split(/(%[0-9a-fA-F]{2})/)
      .map((part, i) => Buffer.from(i % 2 === 1 ? part.slice(1) : part, i % 2 === 1 ? "hex" : "utf8")),
  );
  return utf8Text(bytes);
}
