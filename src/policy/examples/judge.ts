import { DECISION_ENTRYPOINT } from "../bundle/read-bundle.ts";
import type { PolicyEngine, PolicyVerdict } from "../types.ts";
import { asVerdict } from "../verdict.ts";
import type { Example, ExpectedDecision, Judgement } from "./types.ts";

const TIMEOUT_MS = 30_000;

/**
 * Has an engine decide an example at the example's own time, within milliseconds, and compares with what is expected of
 * it.
 */
export async function judgeExample(
  engine: PolicyEngine,
  example: Example,
  timeoutMs = TIMEOUT_MS,
): Promise<Judgement> {
  const input = Buffer.from(JSON.stringify(example.input));
  const options = { now: example.time, timeoutMs };
  const answer = await engine.evaluate(input, DECISION_ENTRYPOINT, options);
  const verdict = answer.ok ? asVerdict(answer.value) : answer;
  if (!verdict.ok) return { kind: "failed", reason: verdict.reason };
  const differences = differencesFrom(example.expect, verdict.value);
  return differences.length === 0
    ? { kind: "as-expected", verdict: verdict.value }
    : { kind: "different", verdict: verdict.value, differences };
}

/** The codes of violations or warnings, each once, sorted. */
export function codesOf(results: readonly { readonly code: string }[]): readonly string[] {
  return [...new Set(results.map(({ code }) => code))].sort();
}

function differencesFrom(expect: ExpectedDecision, verdict: PolicyVerdict): readonly string[] {
  const differences: string[] = [];
  if (verdict.allow !== expect.allow) {
    differences.push(
      `expected ${expect.allow ? "allow" : "deny"}, decided ${verdict.allow ? "allow" : "deny"}`,
    );
  }
  compare("violations", expect.violations, codesOf(verdict.violations));
  if (expect.warnings !== undefined) compare("warnings", expect.warnings, codesOf(verdict.warnings));
  return differences;

  function compare(what: string, wanted: readonly string[], found: readonly string[]): void {
    const missing = wanted.filter((code) => !found.includes(code));
    const more = found.filter((code) => !wanted.includes(code));
    if (missing.length > 0) differences.push(`${what} lack ${missing.join(", ")}`);
    if (more.length > 0)
      differences.push(`${what} have ${more.join(", ")}, which the example does not expect`);
  }
}
