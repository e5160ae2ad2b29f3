/** One thing to be measured; `run` does it once. */
export interface Contestant {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Measured {
  readonly name: string;
  /** Median over the rounds, milliseconds of CPU (user and system, all threads) each. */
  readonly cpuMs: number;
}

const WARM_UP_MS = 300;

/**
 * Measures contestants side by side: in every round each runs for `batchMs` or so, in turns, so that a machine that
 * slows down slows all of them. The first is the one to compare with.
 */
export async function sideBySide(
  contestants: readonly Contestant[],
  options: { readonly rounds?: number; readonly batchMs?: number } = {},
): Promise<readonly Measured[]> {
  const { rounds = 9, batchMs = 150 } = options;
  const samples = contestants.map((): number[] => []);
  const sizes: number[] = [];
  for (const contestant of contestants) sizes.push(await batchSize(contestant, batchMs));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const size = sizes[index] ?? 1;
      const before = process.cpuUsage();
      for (let time = 0; time < size; time += 1) await contestant.run();
      const used = process.cpuUsage(before);
      samples[index]?.push((used.user + used.system) / 1000 / size);
    }
  }
  return contestants.map(({ name }, index) => ({ name, cpuMs: median(samples[index] ?? []) }));
}

/** Runs it until the compiler has settled; how often it then fits into `batchMs`. */
async function batchSize(contestant: Contestant, batchMs: number): Promise<number> {
  const started = performance.now();
  let runs = 0;
  do {
    await contestant.run();
    runs += 1;
  } while (performance.now() - started < WARM_UP_MS);
  return Math.max(1, Math.round((batchMs * runs) / (performance.now() - started)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Prints rows under headings, numbers right-aligned. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    process.stdout.write(`  ${cells.join("   ").trimEnd()}\n`);
  }
  process.stdout.write("\n");
}
