import { quote } from "./go-quote.ts";
import { sortedElements, sortedEntries } from "./compare.ts";
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from "./value.ts";

/** What `opa_value_parse` reads: JSON with set literals. Lone surrogates become U+FFFD, as Go writes them. */
export function writeRegoText(value: RegoValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (value instanceof RegoNumber) return value.text;
  if (value instanceof RegoSet) {
    return value.elements.length === 0 ? "set()" : `{${value.elements.map(writeRegoText).join(",")}}`;
  }
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([k, v]) => `${writeRegoText(k)}:${writeRegoText(v)}`).join(",")}}`;
  }
  return `[${value.map(writeRegoText).join(",")}]`;
}

/** How OPA prints a value for people (`%v` of a composite value): sorted, with Go's quoting. */
export function printValue(value: RegoValue): string {
  if (typeof value === "string") return quote(value);
  if (value instanceof RegoSet) {
    return value.elements.length === 0 ? "set()" : `{${sortedElements(value).map(printValue).join(", ")}}`;
  }
  if (value instanceof RegoObject) {
    const members = sortedEntries(value).map(([k, v]) => `${printValue(k)}: ${printValue(v)}`);
    return `{${members.join(", ")}}`;
  }
  if (value instanceof RegoNumber) return value.text;
  return value !== null && typeof value !== "boolean" && isRegoArray(value)
    ? `[${value.map(printValue).join(", ")}]`
    : String(value);
}
