import type { Change, Direction, FoundChange, Step } from "./types.ts";

const STEPS: readonly Step[] = ["patch", "minor", "major"];

/** What a change of this direction asks for; one of which nobody can tell what it does may deny. */
export function stepOf(direction: Direction): Step {
  return direction === "looser" ? "minor" : "major";
}

export function withStep(change: FoundChange): Change {
  return { ...change, step: change.step ?? stepOf(change.direction) };
}

/** Negative, zero or positive as the first asks for less, as much or more. */
export function compareSteps(one: Step, other: Step): number {
  return STEPS.indexOf(one) - STEPS.indexOf(other);
}

/** The largest; `null` of none. */
export function largestStep(steps: readonly Step[]): Step | null {
  return STEPS.findLast((step) => steps.includes(step)) ?? null;
}
