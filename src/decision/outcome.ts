import type { Reason } from "../core/index.ts";
import type { EvaluationCode, PolicyVerdict } from "../policy/index.ts";
import type { Outcome } from "./types.ts";

/**
 * Failures of the registry, or of assay itself, that another try may not meet. A denial for want of evidence that
 * could only not be fetched must not be remembered as one (threats T036, T208): it is `undecided`, which allows
 * nothing either.
 */
const TRANSIENT = new Set([
  "registry.unavailable",
  "registry.timeout",
  "registry.throttled",
  // An error page with status 200, a body that is no list: what is attached to the image is not known (T036).
  "registry.protocol",
  "registry.tls",
  "registry.auth_failed",
  "registry.auth_protocol",
  "internal",
]);

/** Faults of the machine's moment, not of the policy: the same evaluation may succeed a second later. */
const TRANSIENT_EVALUATION = new Set<EvaluationCode>([
  "policy.timeout",
  "policy.overloaded",
  "policy.closed",
]);

/** What a decision document says of a policy that was not asked, or gave no proper answer. */
export const NOTHING_SAID: Omit<PolicyVerdict, "allow"> = {
  violations: [],
  warnings: [],
  exceptions: [],
  passed: [],
  notEvaluated: [],
  mode: "enforce",
};

export interface Judged {
  readonly outcome: Outcome;
  /** Why no decision was reached; `null` where one was. */
  readonly reason: Reason | null;
}

/** The outcome of a verdict over evidence that may be incomplete: an allow stands whatever else could not be fetched, a denial does not. */
export function outcomeOf(verdict: PolicyVerdict, incomplete: readonly Reason[]): Judged {
  if (verdict.allow) return { outcome: "allow", reason: null };
  const transient = incomplete.find((reason) => TRANSIENT.has(reason.code));
  return transient === undefined
    ? { outcome: "deny", reason: null }
    : { outcome: "undecided", reason: transient };
}

/** Whether a failed evaluation leaves the question open, instead of answering it with a denial. */
export function leavesOpen(code: EvaluationCode): boolean {
  return TRANSIENT_EVALUATION.has(code);
}
