/**
 * Failures as values. A stage returns a `Result`; the reason's `code` is stable and documented, its `message` is
 * one line for a person: what was found, what was expected, what to do.
 */
export interface Reason<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failure<Code extends string = string> {
  readonly ok: false;
  readonly reason: Reason<Code>;
}

export type Result<T, Code extends string = string> = Success<T> | Failure<Code>;

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failure<Code extends string>(code: Code, message: string): Failure<Code> {
  return { ok: false, reason: { code, message } };
}

/**
 * Words for anything that was thrown: libraries throw strings, objects and null as well as errors. Never a stack
 * trace, never more than one line, never longer than 500 characters, no control characters (threat T205).
 */
export function describeThrown(thrown: unknown): string {
  try {
    const text = typeof thrown === "string" ? thrown : messageOf(thrown);
    return oneLine(text === "" ? "unknown error" : text);
  } catch {
    // A getter or proxy that throws in its turn.
    return "unknown error";
  }
}

function messageOf(thrown: unknown): string {
  if (
    typeof thrown === "object" &&
    thrown !== null &&
    "message" in thrown &&
    typeof thrown.message === "string"
  ) {
    return thrown.message;
  }
  return `unexpected ${thrown === null ? "null" : typeof thrown} thrown`;
}

/** What needs no mending, as nearly all that is ever logged: visible ASCII with single spaces inside. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** Untrusted text made fit for one line of a message or a log: control characters out, at most `limit` characters. */
export function oneLine(text: string, limit = 500): string {
  if (text.length <= limit && PLAIN.test(text)) return text;
  // Bidirectional overrides can make a line read otherwise than it is written.
  const clean = text
    .slice(0, limit * 4)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}
