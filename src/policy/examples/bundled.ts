import {
  at,
  canonicalJson,
  failure,
  isArray,
  objectAt,
  oneLine,
  parseStrictJson,
  stringAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../bundle/limits.ts";
import { exampleName } from "../bundle/release-data.ts";
import type { BundledExample, PolicyBundle } from "../types.ts";
import { timeOf } from "./time.ts";
import type { Example, ExpectedDecision } from "./types.ts";

/**
 * Examples as a bundle carries them, in canonical JSON, numbered: names of the folder's files could be too long for an
 * archive, or `data.json`, which OPA would take for data. Code: `policy.limit_exceeded`.
 */
export function packExamples(
  examples: readonly Example[],
): Result<readonly BundledExample[], "policy.limit_exceeded"> {
  const { examples: most, exampleBytes } = BUNDLE_LIMITS;
  if (examples.length > most) {
    return failure(
      "policy.limit_exceeded",
      `${examples.length} examples; a bundle carries at most ${most}: keep fewer, or build with --no-examples`,
    );
  }
  const packed = examples.map((example, index) => ({
    name: exampleName(index),
    bytes: Buffer.from(canonicalJson(exampleJson(example))),
  }));
  const bytes = packed.reduce((sum, example) => sum + example.bytes.byteLength, 0);
  return bytes <= exampleBytes
    ? success(packed)
    : failure(
        "policy.limit_exceeded",
        `the examples have ${bytes} bytes; a bundle carries at most ${exampleBytes}: keep fewer, or build with --no-examples`,
      );
}

/** Reads the examples that a bundle carries; none where it carries none. Code: `policy.example_invalid`. */
export function bundledExamples(bundle: PolicyBundle): Result<readonly Example[], "policy.example_invalid"> {
  const examples: Example[] = [];
  for (const { name, bytes } of bundle.examples ?? []) {
    const parsed = parseStrictJson(bytes, { bytes: BUNDLE_LIMITS.exampleBytes, depth: 100 });
    const example = parsed.ok ? exampleOf(parsed.value) : parsed.reason.message;
    if (typeof example === "string") return failure("policy.example_invalid", `${name}: ${example}`);
    examples.push(example);
  }
  return success(examples);
}

function exampleJson({ file, input, expect }: Example): JsonObject {
  const { allow, violations, warnings } = expect;
  return { file, input, expect: { allow, violations, ...(warnings === undefined ? {} : { warnings }) } };
}

function exampleOf(value: JsonValue): Example | string {
  const file = stringAt(value, "file");
  const input = objectAt(value, "input");
  const time = timeOf(stringAt(input, "time"));
  const expect = expectedOf(at(value, "expect"));
  if (file === undefined || input === undefined || time === undefined || expect === undefined) {
    return "expected {file, input with time, expect: {allow, violations}}";
  }
  return { file: oneLine(file, 200), input, time, expect };
}

function expectedOf(value: JsonValue | undefined): ExpectedDecision | undefined {
  const allow = at(value, "allow");
  const violations = textsOf(at(value, "violations"));
  const stated = at(value, "warnings");
  const warnings = stated === undefined ? undefined : textsOf(stated);
  if (typeof allow !== "boolean" || violations === undefined) return undefined;
  if (stated !== undefined && warnings === undefined) return undefined;
  return { allow, violations, warnings };
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  return isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;
}
