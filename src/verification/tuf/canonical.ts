import { isArray, isObject, type JsonValue } from "../../core/index.ts";
import { refuseTuf } from "./fault.ts";

/**
 * Canonical JSON (OLPC), over which TUF metadata is signed: keys sorted, no white space, integers alone, and in strings
 * nothing escaped but quote and backslash, so that a PEM's line breaks stand as they are.
 */
export function canonicalBytes(value: JsonValue): Buffer {
  return Buffer.from(write(value), "utf8");
}

function write(value: JsonValue): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") {
    return Number.isSafeInteger(value)
      ? String(value)
      : refuseTuf("tuf.invalid", `the number ${value}; signed metadata holds integers`);
  }
  if (isArray(value)) return `[${value.map(write).join(",")}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${quote(key)}:${write(member)}`);
  return `{${members.join(",")}}`;
}

function quote(text: string): string {
  // Halves of surrogate pairs all become one and the same character in UTF-8.
  if (!text.isWellFormed()) refuseTuf("tuf.invalid", "a string that is not Unicode");
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
