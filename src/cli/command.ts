import type { Arguments, Flags } from "./arguments.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";

export interface Command {
  /** After `assay`: `verify IMAGE…`. */
  readonly usage: string;
  /** What it does, in a few lines. */
  readonly description: string;
  readonly flags: Flags;
  readonly examples: readonly string[];
  /** How many arguments stand beside the flags. */
  readonly positionals: { readonly least: number; readonly most: number; readonly name: string };
  run(args: Arguments, io: Io): Promise<ExitCode>;
}
