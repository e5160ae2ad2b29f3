import { arrayAt, stringAt, type JsonObject } from "../../core/index.ts";
import { readBundle } from "../bundle/read-bundle.ts";
import { loadEngine } from "../engine/load-engine.ts";
import { judgeExample } from "../examples/judge.ts";
import { readExamples } from "../examples/read.ts";
import type { Example } from "../examples/types.ts";
import { buildPolicy } from "../source/build.ts";
import type { Folder } from "../source/folder.ts";
import type { RuleLibrary } from "../source/types.ts";
import { Prober } from "./dynamic/prober.ts";
import { sampleExamples } from "./dynamic/sample.ts";
import { strangerFindings } from "./dynamic/stranger.ts";
import { vacuityFindings, type WatchedRule } from "./dynamic/vacuity.ts";
import { wordsOf } from "./dynamic/words.ts";
import type { Sources } from "./sources.ts";
import { annotationOf, codeOf } from "./static/structure.ts";
import type { Module } from "./syntax/types.ts";
import type { Finding } from "./types.ts";

/** What evaluation has shown. */
export interface Behaviour {
  readonly findings: readonly Finding[];
  readonly examples: readonly Example[];
  readonly evaluations: number;
  /** data.json of the policy; `undefined` where it could not be built. */
  readonly data: JsonObject | undefined;
}

const FIELDS_PER_EXAMPLE = 400;

/** Builds the policy and evaluates it over its examples, over what is left of them, and over forgeries. */
export async function behaviour(
  opa: string,
  sources: Sources,
  folder: Folder,
  modules: readonly Module[],
  library: RuleLibrary,
  until: number,
): Promise<Behaviour> {
  const { examples, faults } = await readExamples(folder.path);
  const findings: Finding[] = faults.map((fault) => ({ ...fault, severity: "error", remedy: null }));
  const built = await buildPolicy(folder.path, { revision: "check", opa });
  if (!built.ok) {
    findings.push(...built.faults.map((fault) => ({ ...fault, severity: "error" as const, remedy: null })));
    return { findings, examples, evaluations: 0, data: undefined };
  }
  const { bytes, data } = built.value;
  findings.push(...(await exampleFindings(bytes, examples)), ...unappliedRules(modules, appliedCodes(data)));
  const applied = appliedCodes(data);
  const rules = modules
    .flatMap((module) => watch(module, library))
    .filter(({ code, file }) => applied.has(code) || !file.startsWith("rego/"));
  const staged = sources.files.filter(({ test }) => !test).map((file) => file.staged);
  const codes = rules.map(({ code }) => code);
  const prober = await Prober.compile(opa, sources.work, staged, codes, data);
  if (!prober.ok) {
    const { code, message } = prober.reason;
    findings.push({
      code,
      severity: "error",
      message,
      file: "rules",
      line: null,
      column: null,
      remedy: null,
    });
    return { findings, examples, evaluations: 0, data };
  }
  try {
    const tried = examples.length > 0 ? examples : sampleExamples(data);
    if (examples.length === 0) findings.push(noExamples());
    const half = performance.now() + (until - performance.now()) / 2;
    findings.push(
      ...(await strangerFindings(prober.value, tried, rules, half)),
      ...(await vacuityFindings(prober.value, tried, rules, {
        fields: FIELDS_PER_EXAMPLE,
        until,
        words: wordsOf(data),
      })),
    );
    return { findings, examples, evaluations: prober.value.evaluations, data };
  } finally {
    await prober.value.close();
  }
}

async function exampleFindings(bytes: Uint8Array, examples: readonly Example[]): Promise<readonly Finding[]> {
  if (examples.length === 0) return [];
  const bundle = readBundle(bytes);
  const engine = bundle.ok ? await loadEngine(bundle.value, { workers: 1 }) : bundle;
  if (!engine.ok) throw new TypeError(engine.reason.message);
  const findings: Finding[] = [];
  try {
    for (const example of examples) {
      const judged = await judgeExample(engine.value, example);
      if (judged.kind === "as-expected") continue;
      const message = judged.kind === "failed" ? judged.reason.message : judged.differences.join("; ");
      findings.push({
        code: "check.example_differs",
        severity: "error",
        message: `the policy does not decide as the example expects: ${message}`,
        file: example.file,
        line: null,
        column: null,
        remedy: "mend the policy, or what the example expects",
      });
    }
  } finally {
    await engine.value.close();
  }
  return findings;
}

/** Rules of the policy's own that no set of images applies: nothing evaluates them. */
function unappliedRules(modules: readonly Module[], applied: ReadonlySet<string>): readonly Finding[] {
  return modules
    .filter(({ file }) => !file.startsWith("rego/"))
    .filter((module) => !applied.has(codeOf(module) ?? ""))
    .map((module) => ({
      code: "check.never_applied",
      severity: "warning" as const,
      message: `no set of images in policy.yaml applies ${codeOf(module) ?? ""}`,
      file: module.file,
      line: module.packagePlace.row,
      column: module.packagePlace.column,
      remedy: "name it, or a collection of its METADATA, in policy.yaml",
    }));
}

/** Codes of the rules that policy.yaml applies to some image. */
function appliedCodes(data: JsonObject): ReadonlySet<string> {
  return new Set(
    (arrayAt(data, "policy", "images") ?? []).flatMap((set) =>
      (arrayAt(set, "rules") ?? []).flatMap((rule) => stringAt(rule, "code") ?? []),
    ),
  );
}

function watch(module: Module, library: RuleLibrary): readonly WatchedRule[] {
  const code = codeOf(module);
  const head = module.definitions.find(({ name }) => name === "deny" || name === "warn");
  if (code === undefined || head === undefined) return [];
  const custom = annotationOf(module)?.custom ?? {};
  return [
    {
      code,
      file: module.file,
      line: head.headPlace.row,
      column: head.headPlace.column,
      dependsOn: followed(textsOf(custom["depends_on"]), library),
      dependents: Object.keys(library).filter((other) => library[other]?.dependsOn.includes(code)),
      optional: textsOf(custom["optional"]),
    },
  ];
}

/** The codes, and those that they depend on in turn. */
function followed(codes: readonly string[], library: RuleLibrary): readonly string[] {
  const all = new Set(codes);
  for (const code of all) for (const next of library[code]?.dependsOn ?? []) all.add(next);
  return [...all];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function noExamples(): Finding {
  return {
    code: "check.no_examples",
    severity: "note",
    message:
      "there are no examples, so rules were tried on documents made from the schema, and no stranger could be",
    file: "examples",
    line: null,
    column: null,
    remedy: "save what `assay evidence IMAGE --output json` prints, with the decision that you expect",
  };
}
