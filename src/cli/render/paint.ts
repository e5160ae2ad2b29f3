import type { Io } from "../io.ts";

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export type Paint = (style: keyof typeof CODES, text: string) => string;

/** Colours on a terminal, unless NO_COLOR asks for none. */
export function painter(io: Pick<Io, "stdout" | "env">): Paint {
  const plain = !io.stdout.isTerminal || (io.env["NO_COLOR"] ?? "") !== "" || io.env["TERM"] === "dumb";
  return plain ? (_style, text) => text : (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;
}
