import { oneLine } from "../core/index.ts";

/** Flat on purpose: what is nested is hard to search and easy to leak through. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logs: one JSON object a line. Nothing of a request's headers or body stands in them but images. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** `write` takes one whole line, its newline included. */
export function createLog(write: (line: string) => void, clock: () => Date = () => new Date()): Log {
  const log = (level: string) => {
    return (message: string, fields: LogFields = {}) => {
      const entry = { time: clock().toISOString(), level, message: oneLine(message), ...tidyFields(fields) };
      write(`${JSON.stringify(entry)}\n`);
    };
  };
  return { info: log("info"), error: log("error") };
}

/** A line of a log stays one line and readable, whatever an image's name holds (threat T205). */
function tidyFields(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" ? withoutPassword(oneLine(value)) : value,
    ]),
  );
}

/** People paste `https://user:password@registry/…` where an image belongs. */
function withoutPassword(text: string): string {
  return text.replaceAll(/\/\/[^\s/@]*@/g, "//[redacted]@");
}
