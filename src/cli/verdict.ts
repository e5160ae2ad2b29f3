import type { Decision } from "../decision/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** A denial is a denial whatever else is open; nothing decided is never an allowance. */
export function exitCodeOf(decisions: readonly Pick<Decision, "allow" | "outcome">[]): ExitCode {
  if (decisions.some(({ outcome }) => outcome === "deny")) return EXIT.deny;
  const allowed =
    decisions.length > 0 && decisions.every(({ allow, outcome }) => allow && outcome === "allow");
  return allowed ? EXIT.allow : EXIT.undecided;
}
