import type { JsonObject } from "../../../core/index.ts";
import type { Example } from "../../examples/types.ts";
import { shuffled } from "../dynamic/sampling.ts";
import type { Sources } from "../sources.ts";
import type { Module } from "../syntax/types.ts";
import type { Finding, MutationScore } from "../types.ts";
import { mutantsOf, type Mutant } from "./mutants.ts";
import { Runner, type Outcome } from "./runner.ts";

export interface MutationReport {
  readonly findings: readonly Finding[];
  readonly score: MutationScore;
}

/** Mutants that are tried together where that can be; where the time ends, what has come before still is a fair sample. */
const CHUNK = 500;

/**
 * Changes the rules one small thing at a time and runs their tests: first the one beside the changed file, for many mutants
 * at a time, then those that read its package, and where they notice nothing, all tests and the examples. What nobody
 * notices is listed with its place (`check.mutant_survived`). Mutants that do not compile do not count.
 */
export async function mutationReport(
  opa: string,
  sources: Sources,
  targets: readonly Module[],
  examples: readonly Example[],
  data: JsonObject,
  until: number,
): Promise<MutationReport> {
  const runner = await Runner.prepare(opa, sources, examples, data);
  const broken = await runner.baseline();
  if (broken !== undefined) return { findings: [broken], score: scoreOf([]) };
  const mutants = shuffled(
    targets.flatMap((module) => mutantsOf(module).map((mutant) => ({ module, mutant }))),
    "mutants",
  ).map((entry, number) => ({ ...entry, number }));
  const outcomes: Outcome[] = [];
  for (let start = 0; start < mutants.length; start += CHUNK) {
    outcomes.push(...(await runner.runAll(mutants.slice(start, start + CHUNK), until)));
  }
  return {
    findings: mutants.filter((_, i) => outcomes[i] === "survived").map(({ mutant }) => survivor(mutant)),
    score: scoreOf(outcomes),
  };
}

function survivor({ file, line, column, change }: Mutant): Finding {
  return {
    code: "check.mutant_survived",
    severity: "note",
    message: `no test and no example notices that ${change}`,
    file,
    line,
    column,
    remedy: "add a test or an example that fails with it, or simplify the rule",
  };
}

function scoreOf(outcomes: readonly Outcome[]): MutationScore {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const killed = count("killed");
  const tried = killed + count("survived");
  return {
    mutants: tried,
    killed,
    untried: count("untried"),
    percent: tried === 0 ? null : Math.floor((killed * 100) / tried),
  };
}
