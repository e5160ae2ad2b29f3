import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from "./value.ts";

/** The order of all Rego values: null, booleans, numbers, strings, arrays, objects, sets; negative, zero or positive. */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (a instanceof RegoNumber && b instanceof RegoNumber) return compareNumbers(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(sortedElements(a), sortedElements(b));
  if (a instanceof RegoObject && b instanceof RegoObject) return compareObjects(a, b);
  if (a !== null && b !== null && isRegoArray(a) && isRegoArray(b)) return compareLists(a, b);
  return 0;
}

export function equalValues(a: RegoValue, b: RegoValue): boolean {
  return compareValues(a, b) === 0;
}

/** By code point, which is the order of the UTF-8 bytes; JavaScript's `<` orders UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  // Within a pair both halves before it are equal, so comparing from its start changes nothing.
  const start = i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i;
  return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

export function sortedElements(set: RegoSet): readonly RegoValue[] {
  return [...set.elements].sort(compareValues);
}

export function sortedEntries(object: RegoObject): readonly (readonly [RegoValue, RegoValue])[] {
  return [...object.entries].sort(([a], [b]) => compareValues(a, b));
}

/** The set of distinct elements. */
export function setOf(elements: readonly RegoValue[]): RegoSet {
  const sorted = [...elements].sort(compareValues);
  return new RegoSet(sorted.filter((element, i) => i === 0 || !equalValues(element, sorted[i - 1] ?? null)));
}

export function valueAt(object: RegoObject, key: RegoValue): RegoValue | undefined {
  if (typeof key === "string") return object.member(key);
  return object.entries.find(([k]) => equalValues(k, key))?.[1];
}

function rankOf(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return 1;
  if (value instanceof RegoNumber) return 2;
  if (typeof value === "string") return 3;
  if (value instanceof RegoObject) return 5;
  return value instanceof RegoSet ? 6 : 4;
}

function compareNumbers(a: RegoNumber, b: RegoNumber): number {
  if (a.text === b.text) return 0;
  const [x, y] = [a.toBigInt(), b.toBigInt()];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  return a.toDouble() - b.toDouble();
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: RegoObject, b: RegoObject): number {
  const [x, y] = [sortedEntries(a), sortedEntries(b)];
  const keys = compareLists(
    x.map(([key]) => key),
    y.map(([key]) => key),
  );
  if (keys !== 0) return keys;
  return compareLists(
    x.map(([, value]) => value),
    y.map(([, value]) => value),
  );
}
