import { spawn } from "node:child_process";

/** A part of the tests: a program that runs to its end and says how many passed. */
export interface Suite {
  readonly name: string;
  /** A file to run under this Node.js, or a program from PATH. */
  readonly command: readonly [file: string, ...args: string[]];
  /** Reads the counts from what the program prints; without it, the exit code counts as one test. */
  readonly counts?: (output: string) => Counts | undefined;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped?: number;
}

/** The last line `N passed, N failed` of an output; with a name before and `N skipped` after it where there are. */
export function countsOfLastLine(output: string): Counts | undefined {
  const lines = /^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gmu;
  const last = [...output.matchAll(lines)].at(-1);
  if (last === undefined) return undefined;
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}

/** What mocha's console reporters print at their end. */
export function countsOfMocha(output: string): Counts | undefined {
  const number = (word: string): number | undefined => {
    const found = [...output.matchAll(new RegExp(`^ {2}(\\d+) ${word}\\b`, "gmu"))].at(-1);
    return found === undefined ? undefined : Number(found[1]);
  };
  const passed = number("passing");
  if (passed === undefined) return undefined;
  return { passed, failed: number("failing") ?? 0, skipped: number("pending") ?? 0 };
}

/**
 * What a finished suite adds to the sum. A program that fails never counts as no failure, whatever it printed, and
 * one that prints no counts it should print has failed.
 */
export function judge(suite: Suite, exitCode: number | null, output: string): Counts {
  const counts = suite.counts?.(output);
  if (suite.counts === undefined) return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  if (counts === undefined) return { passed: 0, failed: 1 };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Runs the suites one after another, showing what they print, and ends with the one line `N passed, N failed`. */
export async function runSuites(suites: readonly Suite[], env: NodeJS.ProcessEnv): Promise<Counts> {
  let passed = 0;
  let failed = 0;
  for (const suite of suites) {
    const started = performance.now();
    const { exitCode, output } = await show(suite.command, env);
    const counts = judge(suite, exitCode, output);
    passed += counts.passed;
    failed += counts.failed;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const skipped =
      counts.skipped === undefined || counts.skipped === 0 ? "" : `, ${String(counts.skipped)} skipped`;
    process.stdout.write(
      `${counts.failed === 0 ? "✓" : "✗"} ${suite.name}: ${String(counts.passed)} of ` +
        `${String(counts.passed + counts.failed)}${skipped} (${seconds} s)\n`,
    );
  }
  process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
  return { passed, failed };
}

function show(
  [file, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = file.endsWith(".ts")
      ? spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
      : spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.stderr.pipe(process.stderr, { end: false });
    child.on("error", (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      resolve({ exitCode: null, output });
    });
    child.on("close", (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}
