import type { JsonValue } from "./json.ts";
import { describeThrown, failure, success, type Result } from "./result.ts";

export interface JsonLimits {
  /** Bytes of the whole document. */
  readonly bytes: number;
  /** Arrays and objects inside each other. */
  readonly depth: number;
  /** Values in the whole document; a million where it is absent. */
  readonly values?: number;
}

/**
 * Three bytes can make a value that takes fifty in memory and a microsecond of everybody's time. The largest documents
 * seen, SBOMs of 20 MB, have half as many.
 */
const DEFAULT_VALUES = 1_000_000;

export const DEFAULT_JSON_LIMITS: JsonLimits = { bytes: 128 * 1024 * 1024, depth: 100 };

export type StrictJsonCode =
  | "json.too_large"
  | "json.too_deep"
  | "json.too_many_values"
  | "json.not_utf8"
  | "json.syntax"
  | "json.duplicate_key"
  | "json.number_range";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON from outside in the one way on which all parsers agree. `JSON.parse` alone keeps the last of duplicate
 * keys, rounds integers beyond 2^53 and accepts any depth; other readers of the same signed bytes do otherwise, and
 * an attacker lives in the difference (threats T054, T065, T066, T067). Refused here: invalid UTF-8 and byte order
 * marks, duplicate keys also where escapes hide them, integers that a double cannot hold, numbers out of range.
 */
export function parseStrictJson(
  bytes: Uint8Array,
  limits: JsonLimits = DEFAULT_JSON_LIMITS,
): Result<JsonValue, StrictJsonCode> {
  if (bytes.byteLength > limits.bytes) {
    return failure("json.too_large", `${bytes.byteLength} bytes of JSON; at most ${limits.bytes} are read`);
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return failure("json.not_utf8", "the JSON text is not valid UTF-8");
  }
  const sizeFault = checkSize(text, limits);
  if (sizeFault !== undefined) return sizeFault;
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return failure("json.syntax", `not JSON: ${describeThrown(thrown)}`);
  }
  return checkKeysAndNumbers(text) ?? success(value);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;

/** Runs before `JSON.parse`, whose recursion a hostile depth, and whose memory hostile numbers would exhaust. */
function checkSize(text: string, { depth: deepest, values: most = DEFAULT_VALUES }: JsonLimits) {
  let depth = 0;
  // The first value inside another comes with its bracket, every further one with a comma.
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      values++;
      if (++depth > deepest) return failure("json.too_deep", `JSON nested more than ${deepest} levels deep`);
    } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) depth--;
    else if (c === COMMA) values++;
    if (values > most) return failure("json.too_many_values", `JSON of more than ${most} values`);
  }
  return undefined;
}

/** Runs after `JSON.parse` has accepted the text, so it may assume that the grammar holds. */
function checkKeysAndNumbers(text: string) {
  const keysOfOpenObjects: (Set<string> | undefined)[] = [];
  let keyComesNext = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = endOfString(text, i);
      if (keyComesNext) {
        const key = unescape(text, i, end);
        const keys = keysOfOpenObjects.at(-1);
        if (keys?.has(key) === true) {
          return failure(
            "json.duplicate_key",
            `the key ${JSON.stringify(key.slice(0, 100))} stands twice in one object`,
          );
        }
        keys?.add(key);
        keyComesNext = false;
      }
      i = end;
    } else if (c === OPEN_BRACE) {
      keysOfOpenObjects.push(new Set());
      keyComesNext = true;
    } else if (c === OPEN_BRACKET) {
      keysOfOpenObjects.push(undefined);
      keyComesNext = false;
    } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      keysOfOpenObjects.pop();
      keyComesNext = false;
    } else if (c === COMMA) {
      keyComesNext = keysOfOpenObjects.at(-1) !== undefined;
    } else if (c === COLON) {
      keyComesNext = false;
    } else if (c === MINUS || isDigit(c)) {
      let end = i + 1;
      while (end < text.length && isNumberPart(text.charCodeAt(end))) end++;
      const number = text.slice(i, end);
      if (!survivesAsDouble(number)) {
        return failure("json.number_range", `the number ${number.slice(0, 40)} cannot be held exactly`);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Index of the quote that ends the string beginning at `start`; the text's end where none does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function unescape(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes("\\")) return raw;
  const parsed: unknown = JSON.parse(`"${raw}"`);
  return typeof parsed === "string" ? parsed : raw;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function isNumberPart(c: number): boolean {
  return isDigit(c) || c === 0x2e || c === 0x2b || c === MINUS || c === 0x65 || c === 0x45;
}

/** Fractions are rounded by every reader alike; an integer that is rounded is another integer. */
function survivesAsDouble(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return false;
  return /[.eE]/.test(number) || Number.isSafeInteger(value);
}
