import { oneLine } from "../../core/index.ts";
import type { Decided, Decision } from "../../decision/index.ts";
import { evidenceTree } from "./tree.ts";
import type { Paint } from "./paint.ts";

const VERDICTS = {
  allow: ["green", "✔ allowed"],
  deny: ["red", "✘ denied"],
  undecided: ["yellow", "? undecided"],
} as const;

/** A decision for a person: the verdict, why, what to do, and the evidence that it rests on. */
export function decisionText({ decision, input }: Decided, paint: Paint): string {
  const { outcome, image, violations, warnings, passed, reason, policy, time, decisionId } = decision;
  const [colour, verdict] = VERDICTS[outcome];
  const row = (name: string, text: string) => `  ${paint("dim", name.padEnd(9))}${text}`;
  const lines = [
    `${paint("bold", paint(colour, verdict))}  ${oneLine(image.reference)}`,
    // The tree below begins with it.
    ...(image.digest === null || input !== null ? [] : [row("digest", image.digest)]),
    row("policy", oneLine(`${policy.name} ${policy.revision}`)),
    row("decision", `${decisionId} at ${time}`),
    ...(reason === null ? [] : [row("reason", `${oneLine(reason.code)}: ${oneLine(reason.message)}`)]),
    ...(passed.length === 0 ? [] : [row("passed", oneLine(passed.join(", "), 1000))]),
    ...violations.flatMap((violation) => resultText(violation, paint("red", "✘"), paint)),
    ...warnings.flatMap((warning) => resultText(warning, paint("yellow", "!"), paint)),
    ...(input === null ? [] : ["", ...evidenceTree(input, paint).map((line) => `  ${line}`)]),
  ];
  return `${lines.join("\n")}\n`;
}

function resultText(result: Decision["violations"][number], mark: string, paint: Paint): string[] {
  return [
    "",
    `  ${mark} ${paint("bold", oneLine(result.code))}`,
    `    ${oneLine(result.message)}`,
    ...(result.solution === null ? [] : [`    ${paint("dim", "to do:")} ${oneLine(result.solution)}`]),
    ...result.evidence.slice(0, 10).map((id) => `    ${paint("dim", `evidence ${oneLine(id, 140)}`)}`),
  ];
}
