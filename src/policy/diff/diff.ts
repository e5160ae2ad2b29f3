import { stringAt, success, type Result } from "../../core/index.ts";
import { codesOf } from "../examples/judge.ts";
import type { Example } from "../examples/types.ts";
import { judgeAll, type JudgedExample } from "../test-run/index.ts";
import type { PolicyBundle, PolicyVerdict } from "../types.ts";
import { compareBuilders, compareExceptions } from "./exceptions.ts";
import { compareRego } from "./rego.ts";
import { compareRest } from "./rest.ts";
import { compareSets } from "./sets.ts";
import { compareSigners } from "./signers.ts";
import { largestStep, stepOf, withStep } from "./steps.ts";
import { compareTrust } from "./trust.ts";
import type { ChangedDecision, ComparedPolicy, Direction, PolicyDiff, PolicyName, Step } from "./types.ts";
import { judgeVersions } from "./versions.ts";

/**
 * Says what became stricter or looser from one policy to another, which of the examples they decide otherwise, and
 * whether their versions differ as far as that asks for (`Step`). An exception that has ended at `now` excuses nothing.
 * Codes: those of `loadEngine`.
 */
export async function diffPolicies(
  from: ComparedPolicy,
  to: ComparedPolicy,
  examples: readonly Example[],
  now: Date,
): Promise<Result<PolicyDiff>> {
  const [before, after] = [from.bundle.data, to.bundle.data];
  const decisions = await changedDecisions(from.bundle, to.bundle, examples);
  if (!decisions.ok) return decisions;
  const changes = [
    ...compareSets(before, after),
    ...compareSigners(before, after),
    ...compareBuilders(before, after),
    ...compareTrust(before, after),
    ...compareExceptions(before, after, now),
    ...compareRego(from, to),
    ...compareRest(before, after),
  ].map(withStep);
  const needed = largestStep([...changes, ...decisions.value].map(({ step }) => step));
  const [old, young] = [nameOf(from.bundle), nameOf(to.bundle)];
  return success({
    from: old,
    to: young,
    version: judgeVersions(old, young, needed, to.bundle.rollback),
    changes,
    decisions: examples.length === 0 ? null : { examples: examples.length, changed: decisions.value },
  });
}

function nameOf({ name, revision, digest, data, sequence }: PolicyBundle): PolicyName {
  const version = stringAt(data, "policy", "version") ?? null;
  return { name, version, revision, sequence: sequence ?? null, digest };
}

async function changedDecisions(
  from: PolicyBundle,
  to: PolicyBundle,
  examples: readonly Example[],
): Promise<Result<readonly ChangedDecision[]>> {
  const before = await judgeAll(from, examples);
  if (!before.ok) return before;
  const after = await judgeAll(to, examples);
  if (!after.ok) return after;
  return success(
    before.value.flatMap((old, i) => {
      const now = after.value[i];
      return now === undefined ? [] : (changeOf(old, now) ?? []);
    }),
  );
}

function changeOf(before: JudgedExample, after: JudgedExample): ChangedDecision | undefined {
  const { file } = before.example;
  const changed = (direction: Direction, message: string): ChangedDecision => ({
    file,
    direction,
    step: stepOfDecision(direction),
    message,
  });
  const [old, now] = [verdictOf(before), verdictOf(after)];
  if (old === undefined || now === undefined) {
    const words = `${wordsOf(before)} → ${wordsOf(after)}`;
    if (old === now && wordsOf(before) === wordsOf(after)) return undefined;
    const direction = old?.allow === true ? "stricter" : now?.allow === true ? "looser" : "changed";
    return changed(direction, words);
  }
  if (old.allow !== now.allow) {
    return changed(now.allow ? "looser" : "stricter", `${wordsOf(before)} → ${wordsOf(after)}`);
  }
  const [had, has] = [codesOf(old.violations), codesOf(now.violations)];
  const words = [
    ...has.filter((code) => !had.includes(code)).map((code) => `violates ${code} too`),
    ...had.filter((code) => !has.includes(code)).map((code) => `no longer violates ${code}`),
  ];
  return words.length === 0
    ? undefined
    : changed("changed", `${wordsOf(after)} as before, but ${words.join(", ")}`);
}

/** What is allowed or denied as before asks for nothing more. */
function stepOfDecision(direction: Direction): Step {
  return direction === "changed" ? "patch" : stepOf(direction);
}

function verdictOf({ judgement }: JudgedExample): PolicyVerdict | undefined {
  return judgement.kind === "failed" ? undefined : judgement.verdict;
}

function wordsOf({ judgement }: JudgedExample): string {
  if (judgement.kind === "failed") return `denied (${judgement.reason.code})`;
  const { allow, violations } = judgement.verdict;
  return allow ? "allowed" : `denied (${codesOf(violations).join(", ")})`;
}
