import { EXIT, type ExitCode } from "./exit-code.ts";

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** Everything of the process that a command may touch; tests give their own. */
export interface Io {
  /** The result and nothing else. */
  readonly stdout: Output;
  /** Faults, progress and logs. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  /**
   * Asks a person on standard error for one line; `undefined` where standard input has ended. Absent where there is no
   * terminal to ask on.
   */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Settles when the process is asked to end; only a service waits for it. */
  readonly untilAskedToEnd: () => Promise<"SIGINT" | "SIGTERM">;
  /** Calls whenever the process is asked to read its files anew (SIGHUP), from now on; absent where it never is. */
  readonly onAskedToReload?: (reload: () => void) => void;
  /** Calls last of all, also where a fault of assay itself ends the process; it waits for nothing. Absent: never. */
  readonly onExit?: (last: () => void) => void;
}

/** One line of fault each, and the exit code that goes with it. */
export function complain(io: Io, message: string, code: ExitCode = EXIT.usage): ExitCode {
  for (const line of message.split("\n")) io.stderr.write(`assay: ${line}\n`);
  return code;
}
