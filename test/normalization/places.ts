import { isArray, isObject, type JsonObject, type JsonValue } from "../../src/core/index.ts";

export type Step = string | number;
export type Path = readonly Step[];

/** In place of a value: the member or element is left out. */
export const REMOVED = Symbol("removed");

/** Every place in a value, itself included. */
export function pathsOf(value: JsonValue, path: Path = []): readonly Path[] {
  return [path, ...membersOf(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function membersOf(value: JsonValue): readonly (readonly [Step, JsonValue])[] {
  if (isArray(value)) return value.map((element, index) => [index, element] as const);
  return isObject(value) ? Object.entries(value) : [];
}

export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((here, step) => memberOf(here, step), value);
}

/**
 * A copy with another value at a path, or without the place; as it was where the path leads nowhere. A document always
 * stays an object; `value` is JSON, or `REMOVED`. No list gets a hole, which JSON has no word for.
 */
export function replaceAt(document: JsonObject, path: Path, value: unknown): JsonObject {
  const replaced = replacedAt(document, path, value === REMOVED ? undefined : (value as JsonValue));
  return isObject(replaced) ? replaced : {};
}

function replacedAt(
  here: JsonValue,
  [step, ...rest]: Path,
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (step === undefined) return value;
  const inner = memberOf(here, step);
  if (inner === undefined && rest.length > 0) return here;
  const replaced = replacedAt(inner ?? null, rest, value);
  if (isArray(here)) {
    const index = Number(step);
    if (inner === undefined) return here;
    return replaced === undefined ? here.toSpliced(index, 1) : here.with(index, replaced);
  }
  if (!isObject(here)) return here;
  return Object.fromEntries(
    [
      ...Object.entries(here).map(([key, member]) => [key, key === step ? replaced : member] as const),
      ...(Object.hasOwn(here, step) ? [] : [[String(step), replaced] as const]),
    ].flatMap(([key, member]) => (member === undefined ? [] : [[key, member] as const])),
  );
}

function memberOf(here: JsonValue | undefined, step: Step): JsonValue | undefined {
  if (isArray(here)) return here[Number(step)];
  return isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
}
