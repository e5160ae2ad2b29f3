import { oneLine } from "../core/index.ts";
import type { Decision } from "../decision/index.ts";

/** Why, in the shortest form that serves: what Gatekeeper shows to whoever created the pod. */
export interface AnswerReason {
  readonly code: string;
  readonly message: string;
  readonly solution: string | null;
}

/** Messages quote what attackers wrote into evidence, so their number and length are bounded (threat T205). */
const MOST_REASONS = 50;

/** A decision's violations, led by the reason why none was reached, where none was. */
export function tidyResults(decision: Pick<Decision, "violations" | "reason">): readonly AnswerReason[] {
  const { reason, violations } = decision;
  const open =
    reason === null ? [] : [{ code: reason.code, message: oneLine(reason.message), solution: null }];
  const rest = violations.slice(0, MOST_REASONS).map(({ code, message, solution }) => ({
    code: oneLine(code),
    message: oneLine(message),
    solution: solution === null ? null : oneLine(solution),
  }));
  return [...open, ...rest];
}

/** The whole decision with its texts bounded in the same way; nothing else of it is changed. */
export function tidyDecision(decision: Decision): Decision {
  const { reason, violations, warnings } = decision;
  return {
    ...decision,
    violations: violations.slice(0, MOST_REASONS).map(tidyResult),
    warnings: warnings.slice(0, MOST_REASONS).map(tidyResult),
    reason: reason === null ? null : { code: reason.code, message: oneLine(reason.message) },
  };
}

function tidyResult(result: Decision["violations"][number]): Decision["violations"][number] {
  return {
    ...result,
    message: oneLine(result.message),
    solution: result.solution === null ? null : oneLine(result.solution),
    evidence: result.evidence.slice(0, 100),
  };
}
