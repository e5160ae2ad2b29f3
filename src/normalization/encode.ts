import type { InputDocument } from "./types.ts";

/**
 * The document's bytes: JSON without white space, the keys of every object in one order, so that the same document
 * always gives the same bytes and digest, however its parts were put together. (Keys that are whole numbers come
 * first, as JavaScript keeps them; the others by code unit.)
 */
export function encodeInput(document: InputDocument): Uint8Array {
  return Buffer.from(encodeValue(document), "utf8");
}

/** The same for any value made of plain data. */
export function encodeValue(value: object): string {
  return JSON.stringify(inOrder(value));
}

/** The value with its keys in order; what is in order already is not copied. */
function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    const ordered = elements.map(inOrder);
    return ordered.every((element, index) => element === elements[index]) ? value : ordered;
  }
  const members = Object.entries(value);
  let isInOrder = members.every(([key], index) => index === 0 || key > (members[index - 1]?.[0] ?? ""));
  if (!isInOrder) members.sort(byKey);
  const ordered = members.map(([key, member]): [string, unknown] => {
    const inside = inOrder(member);
    isInOrder &&= inside === member;
    return [key, inside];
  });
  return isInOrder ? value : Object.fromEntries(ordered);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
