import type { Io } from "./io.ts";

/** Milliseconds before which nobody wonders. */
const PATIENCE = 1_000;

/** Tells a waiting person what is going on, once it takes long; returns what ends it. */
export function startProgress(io: Io, words: string): () => void {
  if (!io.stderr.isTerminal) return () => undefined;
  const timer = setTimeout(() => io.stderr.write(`assay: ${words} …\n`), PATIENCE);
  return () => clearTimeout(timer);
}
