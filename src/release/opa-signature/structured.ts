import {
  DEFAULT_JSON_LIMITS,
  failure,
  parseStrictJson,
  success,
  type Result,
  type StrictJsonCode,
} from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";

/** Of `.manifest` and data.json, as they are read when the bundle is loaded. */
const LIMITS = { ...DEFAULT_JSON_LIMITS, bytes: BUNDLE_LIMITS.dataBytes, values: Infinity };

/** A number as it is written: OPA hashes `1` and `1.0` as two things. */
class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The bytes that OPA hashes of a structured file (v1/bundle/hash.go): no white space, keys in the order of their UTF-8,
 * strings as Go writes them, numbers as they are written. OPA itself keeps the last of duplicate keys, takes YAML for
 * JSON, and reads halves of surrogate pairs as U+FFFD: documents of other content would have the same hash. Here these
 * are refused (threat T176); what remains differs from the signed document in white space, order and escapes alone.
 */
export function structuredForm(bytes: Uint8Array): Result<Buffer, StrictJsonCode> {
  const parsed = parseStrictJson(bytes, LIMITS);
  if (!parsed.ok) return parsed;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  let wellFormed = true;
  const value: unknown = JSON.parse(
    text,
    (key: string, member: unknown, context?: { readonly source?: string }): unknown => {
      wellFormed &&= key.isWellFormed() && (typeof member !== "string" || member.isWellFormed());
      return typeof member === "number" ? new WrittenNumber(context?.source ?? "") : member;
    },
  );
  return wellFormed
    ? success(Buffer.from(formOf(value)))
    : failure("json.not_utf8", "a string holds half of a surrogate pair, which is no character");
}

function formOf(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (typeof value === "string") return goString(value);
  if (Array.isArray(value)) return `[${value.map((element: unknown) => formOf(element)).join(",")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value)
    .map(([key, member]: [string, unknown]) => ({ key, member, order: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.order, b.order))
    .map(({ key, member }) => `${goString(key)}:${formOf(member)}`);
  return `{${members.join(",")}}`;
}

/** As Go's encoder writes it without escaping HTML: JavaScript's way, but for two line separators. */
function goString(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
