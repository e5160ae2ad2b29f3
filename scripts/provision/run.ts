import { spawn } from "node:child_process";

export interface Finished {
  /** `null` where it could not be started, was killed or took too long. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The last of standard error, or why the program did not run. */
  readonly stderr: string;
}

const OUTPUT_LIMIT = 64 * 1024;

/**
 * Runs a program to its end, at most `timeoutMs` milliseconds, then it and all it started are killed. Never
 * rejects. Of each output stream the last 64 KiB are kept.
 */
export function run(
  file: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((resolve) => {
    const grouped = process.platform !== "win32";
    const child = spawn(file, args, {
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that the compilers a build starts end with it.
      detached: grouped,
    });
    let stdout = "";
    let stderr = "";
    let ended = false;

    const kill = (): void => {
      if (child.pid === undefined || ended) return;
      try {
        process.kill(grouped ? -child.pid : child.pid, "SIGKILL");
      } catch {
        // It ended by itself in between.
      }
    };
    const finish = (exitCode: number | null, note: string): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      process.off("exit", kill);
      for (const signal of SIGNALS) process.off(signal, leave);
      resolve({ exitCode, stdout, stderr: note === "" ? stderr : note });
    };
    const leave = (): void => {
      kill();
      process.exit(130);
    };
    const timer = setTimeout(() => {
      kill();
      finish(null, `took longer than ${String(options.timeoutMs)} ms`);
    }, options.timeoutMs);
    process.on("exit", kill);
    for (const signal of SIGNALS) process.on(signal, leave);

    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_LIMIT);
    });
    child.on("error", (error) => {
      finish(null, error.message);
    });
    child.on("close", (exitCode, signal) => {
      finish(exitCode, signal === null ? "" : `ended by ${signal}`);
    });
  });
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
