import { quote } from "./go-quote.ts";
import { compareStrings, sortedElements, sortedEntries } from "./compare.ts";
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

/** The JSON of a value as OPA answers it: sets as arrays, they and keys sorted, keys that are no strings as their JSON. */
export function orderedJson(value: RegoValue): string {
  if (value instanceof RegoSet) return `[${sortedElements(value).map(orderedJson).join(",")}]`;
  if (value instanceof RegoObject) {
    const members = value.entries.map(([key, member]) => ({
      name: typeof key === "string" ? key : orderedJson(key),
      member,
    }));
    members.sort((a, b) => compareStrings(a.name, b.name));
    return `{${members.map(({ name, member }) => `${JSON.stringify(name)}:${orderedJson(member)}`).join(",")}}`;
  }
  return value !== null && typeof value === "object" && !(value instanceof RegoNumber)
    ? `[${value.map(orderedJson).join(",")}]`
    : writeRegoText(value);
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
