import { failure, oneLine, success, type Result } from "../../core/index.ts";
import { bundledExamples, judgeExample, type PolicyEngine } from "../../policy/index.ts";
import type { ActivationCode, StoreClock } from "./types.ts";

/** Milliseconds that one example may take at most. */
const ONE_MS = 10_000;

/**
 * Has the engine decide the examples that its bundle brings along (T189), one after the other: the old engine decides for
 * others meanwhile. Bounded in number and bytes when the bundle was read, in time here. Codes:
 * `activation.examples_missing`, `.example_invalid`, `.example_failed`, `.timeout`.
 */
export async function tryExamples(
  engine: PolicyEngine,
  demanded: boolean,
  milliseconds: number,
  clock: StoreClock,
): Promise<Result<void, ActivationCode>> {
  const examples = bundledExamples(engine.bundle);
  if (!examples.ok) return failure("activation.example_invalid", examples.reason.message);
  if (examples.value.length === 0 && demanded) {
    return failure(
      "activation.examples_missing",
      "the bundle brings no examples, and the configuration demands them; put some into the policy's examples/",
    );
  }
  const begin = clock.elapsed();
  for (const [done, example] of examples.value.entries()) {
    const left = milliseconds - (clock.elapsed() - begin);
    if (left <= 0) {
      return failure(
        "activation.timeout",
        `its examples take longer than ${milliseconds} ms: ${done} of ${examples.value.length} were decided`,
      );
    }
    const judged = await judgeExample(engine, example, Math.min(left, ONE_MS));
    if (judged.kind === "as-expected") continue;
    const found = judged.kind === "failed" ? judged.reason.message : judged.differences.join("; ");
    return failure("activation.example_failed", `${oneLine(example.file, 120)}: ${oneLine(found, 350)}`);
  }
  return success(undefined);
}
