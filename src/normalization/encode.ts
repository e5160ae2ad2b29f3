import type { InputDocument } from "./types.ts";

/**
 * The document's bytes: JSON with the keys of every object in order and no white space, so that the same document
 * always gives the same bytes and digest, however its parts were put together.
 */
export function encodeInput(document: InputDocument): Uint8Array {
  return Buffer.from(encodeValue(document), "utf8");
}

/** Canonical JSON of a value made of plain data; members that are `undefined` are left out, as JSON does. */
export function encodeValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(",")}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value).sort(byKey)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${encodeValue(member)}`);
  }
  return `{${members.join(",")}}`;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
