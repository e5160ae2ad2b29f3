/** JSON as it comes from outside, before anybody has looked at its shape. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The own member of an object, else `undefined`; never something inherited (threat T068). */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at a path of own members; array elements are named by number. */
export function at(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonValue | undefined {
  let here = value;
  for (const step of path) {
    here = typeof step === "number" ? (isArray(here) ? here[step] : undefined) : member(here, step);
  }
  return here;
}

export function stringAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function objectAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonObject | undefined {
  const found = at(value, ...path);
  return isObject(found) ? found : undefined;
}

export function arrayAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): readonly JsonValue[] | undefined {
  const found = at(value, ...path);
  return isArray(found) ? found : undefined;
}

/** An object whose every value is a string; `undefined` where it is anything else. */
export function stringMap(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  if (!isObject(value)) return undefined;
  const entries: [string, string][] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "string") return undefined;
    entries.push([key, entry]);
  }
  return Object.fromEntries(entries);
}

/**
 * JSON with the keys of every object in code point order and no white space: the same document always gives the
 * same bytes (for documents without fractions in exotic notation this is RFC 8785).
 */
export function canonicalJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}
