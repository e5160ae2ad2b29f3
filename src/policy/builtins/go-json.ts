import { compareStrings, sortedElements } from "../rego/compare.ts";
import { RegoNumber, RegoObject, RegoSet, type RegoValue } from "../rego/value.ts";

export interface Indentation {
  readonly prefix: string;
  readonly indent: string;
}

/** Go's `json.Marshal` of what OPA makes of a value: sets as sorted arrays, other keys than strings as their JSON. */
export function goJson(value: RegoValue, pretty?: Indentation): string {
  return write(value, pretty, 0);
}

function write(value: RegoValue, pretty: Indentation | undefined, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return goString(value);
  if (value instanceof RegoNumber) return value.text;
  if (value instanceof RegoObject) {
    const members = value.entries.map(([key, member]) => ({
      key: typeof key === "string" ? key : goJson(key),
      member,
    }));
    members.sort((a, b) => compareStrings(a.key, b.key));
    const colon = pretty === undefined ? ":" : ": ";
    const parts = members.map(({ key, member }) => goString(key) + colon + write(member, pretty, depth + 1));
    return enclose("{", parts, "}", pretty, depth);
  }
  const elements = value instanceof RegoSet ? sortedElements(value) : value;
  const parts = elements.map((element) => write(element, pretty, depth + 1));
  return enclose("[", parts, "]", pretty, depth);
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  pretty: Indentation | undefined,
  depth: number,
): string {
  if (pretty === undefined || parts.length === 0) return open + parts.join(",") + close;
  const line = (level: number) => `\n${pretty.prefix}${pretty.indent.repeat(level)}`;
  return open + line(depth + 1) + parts.join(`,${line(depth + 1)}`) + line(depth) + close;
}

/** Go escapes `<`, `>`, `&` and the line separators besides. */
function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
