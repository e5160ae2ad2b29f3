/** A JSON value found in a text, told by its outline alone: whether it is well formed, its reader will say. */
export interface OutlinedValue {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly kind: "object" | "array" | "other";
  /** The object's own keys; with their value where it is a short string, else `null`. */
  readonly members: ReadonlyMap<string, string | null>;
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Longest string that is worth reading to tell what something is: media types and predicate types. */
const SHORT = 300;

/**
 * Outlines the values that stand one after another between two offsets: one document, JSON Lines, or, with commas
 * allowed between them, the elements of an array. One pass over the bytes whatever their depth, nothing copied; big
 * attestations are parsed once, by whoever verifies them, and not here as well.
 */
export function* outline(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  commas = false,
): Generator<OutlinedValue> {
  let at = start;
  while (at < end) {
    const c = bytes[at] ?? 0;
    if (isSpace(c) || (commas && c === COMMA)) {
      at++;
      continue;
    }
    const value =
      c === OPEN_BRACE || c === OPEN_BRACKET ? nested(bytes, at, end) : scalar(bytes, at, end, commas);
    yield value;
    at = value.end;
  }
}

/** The elements of an array that was outlined. */
export function elements(bytes: Uint8Array, array: OutlinedValue): Generator<OutlinedValue> {
  return outline(bytes, array.start + 1, array.end - 1, true);
}

function nested(bytes: Uint8Array, start: number, end: number): OutlinedValue {
  const kind = bytes[start] === OPEN_BRACE ? "object" : "array";
  const members = new Map<string, string | null>();
  let depth = 0;
  for (let at = start; at < end; at++) {
    const c = bytes[at] ?? 0;
    if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      if (--depth === 0) return { start, end: at + 1, kind, members };
    } else if (c === QUOTE) {
      const close = endOfString(bytes, at, end);
      const colon = skipSpace(bytes, close + 1, end);
      if (depth === 1 && kind === "object" && bytes[colon] === COLON) {
        const valueAt = skipSpace(bytes, colon + 1, end);
        const value =
          bytes[valueAt] === QUOTE ? text(bytes, valueAt, endOfString(bytes, valueAt, end)) : null;
        const key = text(bytes, at, close);
        if (key !== null && !members.has(key)) members.set(key, value);
      }
      at = close;
    }
  }
  return { start, end, kind: "other", members: new Map() };
}

/** Anything else, up to the end of its line or, in an array, to the next comma. */
function scalar(bytes: Uint8Array, start: number, end: number, commas: boolean): OutlinedValue {
  const stop = commas ? COMMA : LINE_FEED;
  let at = start;
  while (at < end && bytes[at] !== LINE_FEED && bytes[at] !== stop) {
    at = bytes[at] === QUOTE ? endOfString(bytes, at, end) + 1 : at + 1;
  }
  return { start, end: Math.min(at, end), kind: "other", members: new Map() };
}

/** Offset of the closing quote, or the end where there is none. */
function endOfString(bytes: Uint8Array, open: number, end: number): number {
  for (let at = open + 1; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return end;
}

function text(bytes: Uint8Array, open: number, close: number): string | null {
  if (close - open > SHORT) return null;
  try {
    const read: unknown = JSON.parse(Buffer.from(bytes.subarray(open, close + 1)).toString());
    return typeof read === "string" ? read : null;
  } catch {
    return null;
  }
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at] ?? 0)) at++;
  return at;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === LINE_FEED || c === 0x0d || c === 0x09;
}
