import type { Io } from "./io.ts";

/** Milliseconds before which nobody wonders. */
const PATIENCE = 1_000;

/** Tells a waiting person what is going on, once it takes long; returns what ends it. */
export function startProgress(io: Io, words: string): () => void {
  if (!io.stderr.isTerminal) return () => undefined;
  const timer = setTimeout(() => io.stderr.write(`assay: ${words} …\n`), PATIENCE);
  return () => clearTimeout(timer);
}

/** Something that goes over a network. */
export interface Transfer {
  /** Is told how many bytes have gone over, and of how many where that is known. */
  readonly progress: (bytes: number, all: number | null) => void;
  readonly end: () => void;
}

/** Milliseconds between two words about one transfer. */
const PACE = 200;

/** Tells a waiting person how far a transfer is, once it takes long; `end` takes the line away again. */
export function startTransfer(io: Io, words: string): Transfer {
  if (!io.stderr.isTerminal) return { progress: () => undefined, end: () => undefined };
  let next = performance.now() + PATIENCE;
  let shown = false;
  const progress: Transfer["progress"] = (bytes, all) => {
    if (performance.now() < next) return;
    next = performance.now() + PACE;
    shown = true;
    const far = all === null || all === 0 ? mebibytes(bytes) : `${Math.floor((100 * bytes) / all)} %`;
    io.stderr.write(`\r\u001b[Kassay: ${words} … ${far}`);
  };
  const end = () => {
    if (shown) io.stderr.write("\r\u001b[K");
  };
  return { progress, end };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
