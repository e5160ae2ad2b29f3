import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { at, canonicalJson, isArray, parseStrictJson, type JsonObject } from "../../../core/index.ts";
import type { Example } from "../../examples/types.ts";
import { runOpa } from "../../source/opa.ts";
import { shuffled } from "../dynamic/sampling.ts";
import { mapLimited, parseFiles, type RegoFile, type Sources } from "../sources.ts";
import { Scope } from "../static/scope.ts";
import type { Module } from "../syntax/types.ts";
import type { Finding, MutationScore } from "../types.ts";
import { closureOf, testsOf } from "./closure.ts";
import { mutantsOf, mutated, type Mutant } from "./mutants.ts";

export interface MutationReport {
  readonly findings: readonly Finding[];
  readonly score: MutationScore;
}

const AT_ONCE = 2;
const EXAMPLES = "mutants/examples_test.rego";
const DATA = "mutants/data.json";

type Outcome = "killed" | "survived" | "invalid" | "untried";

/**
 * Changes the rules one small thing at a time and runs their tests: first the one beside the changed file, then those that
 * read its package, and where they notice nothing, all tests and the examples. What nobody notices is listed with its place
 * (`check.mutant_survived`). Mutants that do not compile do not count.
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
  );
  const outcomes = await mapLimited(
    mutants.map((entry, number) => ({ ...entry, number })),
    AT_ONCE,
    async ({ module, mutant, number }) => ({
      mutant,
      outcome: performance.now() > until ? ("untried" as const) : await runner.run(module, mutant, number),
    }),
  );
  return {
    findings: outcomes.filter(({ outcome }) => outcome === "survived").map(({ mutant }) => survivor(mutant)),
    score: scoreOf(outcomes.map(({ outcome }) => outcome)),
  };
}

interface Near {
  /** The test beside the module with all that it needs, where there are further ones: it notices most. */
  readonly beside: readonly string[];
  readonly files: readonly string[];
  /** There are no other tests that could notice. */
  readonly complete: boolean;
}

class Runner {
  readonly #opa: string;
  readonly #sources: Sources;
  readonly #scope: Scope;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #nearby = new Map<string, Near>();

  readonly #exampleCount: number;

  private constructor(opa: string, sources: Sources, scope: Scope, exampleCount: number) {
    this.#opa = opa;
    this.#exampleCount = exampleCount;
    this.#sources = sources;
    this.#scope = scope;
    this.#paths = new Map(sources.files.map(({ file, staged }) => [file, staged]));
  }

  static async prepare(
    opa: string,
    sources: Sources,
    examples: readonly Example[],
    data: JsonObject,
  ): Promise<Runner> {
    const { work, files } = sources;
    await mkdir(join(work, dirname(DATA)), { recursive: true });
    const recorded = examples.map(({ input, expect }) => ({ input, expect }));
    await writeFile(
      join(work, DATA),
      canonicalJson({ ...data, assay_examples: JSON.parse(JSON.stringify(recorded)) }),
    );
    await writeFile(join(work, EXAMPLES), exampleTests(examples.length));
    return new Runner(opa, sources, new Scope(await parseFiles(opa, work, files)), examples.length);
  }

  /** All tests and examples over the rules as they are: where they fail, nothing can be learnt from mutants. */
  async baseline(): Promise<Finding | undefined> {
    const outcome = await this.#all((path) => path);
    if (outcome === "survived") return undefined;
    return {
      code: "check.tests_fail",
      severity: "error",
      message: "the policy's own tests fail over the rules as they are, so no mutant was tried",
      file: "rules",
      line: null,
      column: null,
      remedy: "run the tests and mend them first",
    };
  }

  async run(module: Module, mutant: Mutant, number: number): Promise<Outcome> {
    const place = `mutants/${number}.rego`;
    await writeFile(join(this.#sources.work, place), mutated(module, mutant));
    const exchange = (path: string) => (path === this.#paths.get(module.file) ? place : path);
    const near = this.#near(module);
    for (const files of [near.beside, near.files]) {
      const outcome = files.length === 0 ? "survived" : await this.#test(files.map(exchange));
      if (outcome !== "survived") return outcome;
    }
    return near.complete ? this.#examples(exchange) : this.#all(exchange);
  }

  /** All tests, then the examples by themselves: the tests bring data of their own. */
  async #all(exchange: (path: string) => string): Promise<Outcome> {
    const { files } = this.#sources;
    const tests = files.filter(isRead(this.#sources)).map(({ staged }) => exchange(staged));
    const tested = files.some(({ test }) => test) ? await this.#test(tests) : "survived";
    return tested === "survived" ? this.#examples(exchange) : tested;
  }

  async #examples(exchange: (path: string) => string): Promise<Outcome> {
    if (this.#exampleCount === 0) return "survived";
    const { files } = this.#sources;
    const rules = files.filter(({ test }) => !test).map(({ staged }) => exchange(staged));
    return this.#test([...rules, EXAMPLES, DATA]);
  }

  /** The files of the tests that read this module, and all that those need. */
  #near(module: Module): Near {
    const known = this.#nearby.get(module.file);
    if (known !== undefined) return known;
    const all = this.#testModules();
    const tests = testsOf(module, all, this.#scope);
    const needed = (some: readonly Module[]) =>
      some.length === 0
        ? []
        : closureOf([module, ...some], this.#scope).flatMap(({ file }) => this.#paths.get(file) ?? []);
    const beside = tests.filter(({ file }) => file === module.file.replace(/\.rego$/, "_test.rego"));
    const near = {
      beside: beside.length < tests.length ? needed(beside) : [],
      files: needed(tests),
      complete: all.every((test) => tests.includes(test)),
    };
    this.#nearby.set(module.file, near);
    return near;
  }

  #testModules(): readonly Module[] {
    const read = new Set(this.#sources.files.filter(isRead(this.#sources)).map(({ file }) => file));
    return this.#scope.modules.filter(
      ({ file }) => read.has(file) && file.endsWith("_test.rego") && !file.endsWith("fixtures_test.rego"),
    );
  }

  async #test(paths: readonly string[]): Promise<Outcome> {
    const run = await runOpa(this.#opa, ["test", "--format", "json", ...paths], this.#sources.work);
    const parsed = parseStrictJson(run.stdout);
    const results = parsed.ok && isArray(parsed.value) ? parsed.value : undefined;
    if (results === undefined) return "invalid";
    const failed = results.some((result) => at(result, "fail") === true || at(result, "error") !== undefined);
    return failed ? "killed" : "survived";
  }
}

/** The library's tests use values of their own, which a policy's data must not replace. */
function isRead({ files }: Sources): (file: RegoFile) => boolean {
  const own = files.some((file) => file.own && file.test);
  return (file) => !file.test || (own ? file.own || file.file.endsWith("fixtures_test.rego") : true);
}

function exampleTests(count: number): string {
  const tests = Array.from(
    { length: count },
    (_, i) => `
test_example_${i} if {
	example := data.assay_examples[${i}]
	decision := data.assay.decision with input as example.input
	decision.allow == example.expect.allow
	{violation.code | some violation in decision.violations} == {code | some code in example.expect.violations}
}
`,
  );
  return `package assay_examples_test\n${tests.join("")}`;
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
