import { describeThrown, failure, success, type JsonValue, type Result } from "../../core/index.ts";
import type { EvaluationCode } from "../types.ts";

/**
 * The value of an entrypoint out of OPA's result set, `[{"result": value}]`. An empty set is undefined, which is
 * never taken for an answer (threat T151); more than one is nothing that a complete rule yields (threat T153).
 */
export function readResultSet(json: string): Result<JsonValue, EvaluationCode> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (thrown) {
    return failure("policy.bad_result", `the policy's result is not JSON: ${describeThrown(thrown)}`);
  }
  if (!Array.isArray(parsed)) return failure("policy.bad_result", "the policy's result is no result set");
  const results: readonly unknown[] = parsed;
  if (results.length === 0)
    return failure("policy.undefined", "the policy's entrypoint is undefined for this input");
  const [only] = results;
  if (results.length > 1 || !isResult(only)) {
    return failure(
      "policy.bad_result",
      `the policy's result set has ${results.length} elements; one was expected`,
    );
  }
  return success(only.result);
}

function isResult(element: unknown): element is { readonly result: JsonValue } {
  return typeof element === "object" && element !== null && Object.hasOwn(element, "result");
}
