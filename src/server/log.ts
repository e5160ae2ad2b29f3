import { oneLine } from "../core/index.ts";

/** Flat on purpose: what is nested is hard to search and easy to leak through. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logs: one JSON object a line. Nothing of a request's headers or body stands in them but images. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Lines of one message that are written in a second; what is left out is counted (T256). */
const MOST_ERRORS = 100;
const SECOND = 1000;

/** `write` takes one whole line, its newline included. */
export function createLog(write: (line: string) => void, clock: () => Date = () => new Date()): Log {
  const line = (level: string, message: string, fields: LogFields, time: Date) => {
    const entry: Record<string, LogFields[string]> = {
      time: time.toISOString(),
      level,
      message: oneLine(message),
    };
    for (const [name, value] of Object.entries(fields)) entry[name] = tidy(value);
    write(`${JSON.stringify(entry)}\n`);
  };
  const errors = new Map<string, { since: number; count: number }>();
  /** Whether one more error may be written. Messages are the code's own: there are few. */
  const mayWrite = (message: string, now: Date): boolean => {
    const known = errors.get(message);
    if (known === undefined || Math.abs(now.getTime() - known.since) >= SECOND) {
      const leftOut = (known?.count ?? 0) - MOST_ERRORS;
      if (leftOut > 0) line("error", "lines left out", { of: message, count: leftOut }, now);
      errors.set(message, { since: now.getTime(), count: 1 });
      return true;
    }
    known.count++;
    return known.count <= MOST_ERRORS;
  };
  return {
    info: (message, fields = {}) => line("info", message, fields, clock()),
    error: (message, fields = {}) => {
      const now = clock();
      if (mayWrite(message, now)) line("error", message, fields, now);
    },
  };
}

/** Milliseconds that a line waits for others at most, and characters that wait. */
const GATHER_MS = 10;
const MOST_WAITING = 65_536;

/**
 * Lines written together: a write of its own for each would cost as much as an answer from memory. `flush` writes what
 * waits, and is to be called last of all.
 */
export function gatherLines(write: (lines: string) => void): {
  readonly write: (line: string) => void;
  readonly flush: () => void;
} {
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === "") return;
    const lines = waiting;
    waiting = "";
    write(lines);
  };
  return {
    write: (line) => {
      waiting += line;
      if (waiting.length >= MOST_WAITING) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}

/** A line of a log stays one line and readable, whatever an image's name holds (threat T205). */
function tidy(value: LogFields[string]): LogFields[string] {
  return typeof value === "string" ? withoutPassword(oneLine(value)) : value;
}

/** People paste `https://user:password@registry/…` where an image belongs. */
function withoutPassword(text: string): string {
  return text.includes("//") ? text.replaceAll(/\/\/[^\s/@]*@/g, "//[redacted]@") : text;
}
