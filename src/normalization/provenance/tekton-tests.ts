import { isObject, parseStrictJson, type JsonObject, type JsonValue } from "../../core/index.ts";
import type { ProvenanceTask } from "../types.ts";
import { textOf } from "./tekton-metadata.ts";

export type TaskTests = NonNullable<ProvenanceTask["tests"]>;

/** A task's results together are at most 4 KB, or a little more with larger ones enabled (tekton.dev/docs/pipelines/tasks). */
const LIMITS = { bytes: 256 * 1024, depth: 20 };

/** Names of the result, newest first. */
const NAMES = ["TEST_OUTPUT", "HACBS_TEST_OUTPUT"] as const;

const WORDS: ReadonlyMap<JsonValue | undefined, NonNullable<TaskTests["result"]>> = new Map([
  ["SUCCESS", "PASSED"],
  ["WARNING", "WARNED"],
  ["FAILURE", "FAILED"],
  ["ERROR", "ERRORED"],
  ["SKIPPED", "SKIPPED"],
]);

/**
 * What a task's tests found, from the result `TEST_OUTPUT` of Konflux's tasks (ADR 0030, "Tekton Results Naming
 * Convention"): `{"result": "SUCCESS", "successes": 3, "failures": 0, "warnings": 0}` as JSON text or as an object. `null`
 * where the task has no such result; one that cannot be read is there and states nothing.
 */
export function testsOf(results: JsonObject): TaskTests | null {
  const name = NAMES.find((one) => Object.hasOwn(results, one));
  if (name === undefined) return null;
  const output = outputOf(results[name]);
  return {
    result: WORDS.get(output["result"]) ?? null,
    passed: countOf(output["successes"]),
    warned: countOf(output["warnings"]),
    failed: countOf(output["failures"]),
  };
}

function outputOf(value: JsonValue | undefined): JsonObject {
  if (isObject(value)) return value;
  const parsed = parseStrictJson(Buffer.from(textOf(value) ?? ""), LIMITS);
  return parsed.ok && isObject(parsed.value) ? parsed.value : {};
}

/** A whole number; as an object of strings, Tekton's own form, it is written in digits. */
function countOf(value: JsonValue | undefined): number | null {
  const count = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
