import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  at,
  canonicalJson,
  isArray,
  parseStrictJson,
  stringAt,
  type JsonObject,
} from "../../../core/index.ts";
import type { Example } from "../../examples/types.ts";
import { runOpa } from "../../source/opa.ts";
import { shuffled } from "../dynamic/sampling.ts";
import { mapLimited, parseFiles, type RegoFile, type Sources } from "../sources.ts";
import { Scope } from "../static/scope.ts";
import type { Module } from "../syntax/types.ts";
import type { Finding } from "../types.ts";
import { batchesOf, namedIn, type Batchable } from "./batches.ts";
import { closureOf, testsOf } from "./closure.ts";
import { mutated, type Mutant } from "./mutants.ts";

const AT_ONCE = 2;
const MANY_TESTS = 24;
const SOME_TESTS = 8;
const MOST_ERRORS = 100_000;
const EXAMPLES = "mutants/examples_test.rego";
const DATA = "mutants/data.json";

export type Outcome = "killed" | "survived" | "invalid" | "untried";

/** A mutant with its number, by which its file is called. */
export interface Numbered {
  readonly module: Module;
  readonly mutant: Mutant;
  readonly number: number;
}

interface Near {
  /** The test beside the module with all that it needs: it notices most. */
  readonly beside: readonly string[];
  readonly besideTests: string | undefined;
  /** Where a great many tests read the module, a few of them: what breaks much is noticed by any. */
  readonly some: readonly string[];
  readonly files: readonly string[];
  /** There are no other tests that could notice. */
  readonly complete: boolean;
}

/** Runs the tests of rules over mutants of them. */
export class Runner {
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

  /** Outcomes of mutants in their order; from the first on for which the time did not suffice, all are untried. */
  async runAll(mutants: readonly Numbered[], until: number): Promise<readonly Outcome[]> {
    if (performance.now() > until) return mutants.map(() => "untried");
    await Promise.all(
      mutants.map(({ module, mutant, number }) =>
        writeFile(join(this.#sources.work, placeOf(number)), mutated(module, mutant)),
      ),
    );
    const first = await this.#beside(mutants, until);
    const outcomes = await mapLimited(mutants, AT_ONCE, async (one) => {
      const noticed = first.get(one.number);
      if (noticed !== undefined) return noticed;
      return performance.now() > until ? ("untried" as const) : await this.#run(one);
    });
    const end = outcomes.indexOf("untried");
    return outcomes.map((outcome, i) => (end !== -1 && i > end ? "untried" : outcome));
  }

  /** Which mutants the tests beside them notice, many at a time: those are no more to be tried. */
  async #beside(mutants: readonly Numbered[], until: number): Promise<ReadonlyMap<number, Outcome>> {
    const outcomes = new Map<number, Outcome>();
    const open = batchesOf(mutants.flatMap((one) => this.#batchable(one))).toReversed();
    for (let batch = open.pop(); batch !== undefined && performance.now() <= until; batch = open.pop()) {
      const places = new Map(batch.map(({ file, number }) => [file, placeOf(number)]));
      const files = new Set(batch.flatMap(({ reads }) => [...reads]));
      const run = await this.#opaTest([...files].map((file) => places.get(file) ?? file));
      if (run.failed === undefined) {
        const named = namedIn(run.errors);
        const [bad, good] = [
          batch.filter(({ number }) => named.has(number)),
          batch.filter(({ number }) => !named.has(number)),
        ];
        if (bad.length === 0 && batch.length > 1) {
          const half = Math.ceil(batch.length / 2);
          open.push(batch.slice(half), batch.slice(0, half));
        } else {
          for (const { number } of bad.length === 0 ? batch : bad) outcomes.set(number, "invalid");
          if (bad.length > 0 && good.length > 0) open.push(good);
        }
      } else {
        const { failed } = run;
        for (const { number, tests } of batch) if (failed.has(tests)) outcomes.set(number, "killed");
      }
    }
    return outcomes;
  }

  #batchable({ module, number }: Numbered): readonly (Batchable & { number: number; tests: string })[] {
    const { beside, besideTests } = this.#near(module);
    const file = this.#paths.get(module.file);
    return file === undefined || besideTests === undefined
      ? []
      : [{ number, file, tests: besideTests, reads: new Set(beside) }];
  }

  /** A mutant that the test beside it does not notice. */
  async #run({ module, number }: Numbered): Promise<Outcome> {
    const exchange = (path: string) => (path === this.#paths.get(module.file) ? placeOf(number) : path);
    const near = this.#near(module);
    for (const files of [near.some, near.files]) {
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
    const own = tests.find(({ file }) => file === module.file.replace(/\.rego$/, "_test.rego"));
    const near = {
      beside: own === undefined ? [] : needed([own]),
      besideTests: own === undefined ? undefined : this.#paths.get(own.file),
      some: tests.length > MANY_TESTS ? needed(shuffled(tests, module.file).slice(0, SOME_TESTS)) : [],
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
    const { failed } = await this.#opaTest(paths);
    if (failed === undefined) return "invalid";
    return failed.size > 0 ? "killed" : "survived";
  }

  /** The files of the tests that failed; `undefined` where OPA could not compile, with its errors. */
  async #opaTest(
    paths: readonly string[],
  ): Promise<{ readonly failed: ReadonlySet<string> | undefined; readonly errors: string }> {
    const args = ["test", "--format", "json", "--max-errors", String(MOST_ERRORS), ...paths];
    const run = await runOpa(this.#opa, args, this.#sources.work);
    const parsed = parseStrictJson(run.stdout);
    if (!parsed.ok || !isArray(parsed.value)) return { failed: undefined, errors: run.stderr };
    const failed = parsed.value.filter(
      (result) => at(result, "fail") === true || at(result, "error") !== undefined,
    );
    return {
      failed: new Set(failed.map((result) => stringAt(result, "location", "file") ?? "")),
      errors: "",
    };
  }
}

function placeOf(number: number): string {
  return `mutants/${number}.rego`;
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
