import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describeThrown, failure, parseStrictJson, success, type Result } from "../../core/index.ts";
import { join } from "node:path";
import { COLLECTIONS } from "../source/collections.ts";
import { Folder } from "../source/folder.ts";
import { libraryFromAnnotations } from "../source/library.ts";
import { loadPolicyFolder } from "../source/load.ts";
import { findOpa, runOpa } from "../source/opa.ts";
import type { Checked } from "../source/checked.ts";
import type { PolicySource, RuleLibrary } from "../source/types.ts";
import type { PolicyFault } from "../types.ts";
import { behaviour } from "./behaviour.ts";
import { mutationReport } from "./mutation/score.ts";
import { parseFiles, stageSources, type Sources } from "./sources.ts";
import { builtinFindings } from "./static/builtins.ts";
import { compilerFindings } from "./static/compile.ts";
import { Scope } from "./static/scope.ts";
import {
  clashFindings,
  codeOf,
  collectionsOf,
  metadataFindings,
  structureFindings,
} from "./static/structure.ts";
import { unreachableFindings } from "./static/unreachable.ts";
import { vanishingDenials } from "./static/vanishing.ts";
import { versionFindings } from "./static/version.ts";
import type { Module } from "./syntax/types.ts";
import type { CheckReport, Finding } from "./types.ts";

export interface CheckOptions {
  /** The policy folder; without one, only the library's text can be checked. */
  readonly folder?: string;
  /** Check the standard library's rules as well. */
  readonly library?: boolean;
  /** Measure how many changed rules the tests and examples notice. */
  readonly mutate?: boolean;
  /** Milliseconds for what evaluates: a half for examples, the rest for mutants. */
  readonly budgetMs?: number;
  readonly opa?: string;
}

const BUDGET_MS = 120_000;

/**
 * Checks a policy folder before anybody relies on it: its files and rules as they are written, then, where those are
 * sound, how they behave when evidence is taken away or a stranger signs it. Codes: `policy.opa_missing`,
 * `policy.file_missing` (no such folder), `check.failed`; what is wrong with the policy is in the report.
 */
export async function checkPolicy(options: CheckOptions): Promise<Result<CheckReport>> {
  const opa = options.opa === undefined ? await findOpa() : success(options.opa);
  if (!opa.ok) return opa;
  const folder = options.folder === undefined ? undefined : await Folder.open(options.folder);
  if (folder !== undefined && !(folder instanceof Folder)) return failure(folder.code, folder.message);
  const work = await mkdtemp(join(tmpdir(), "assay-check-"));
  try {
    return success(await check(opa.value, work, folder, options));
  } catch (thrown) {
    return failure("check.failed", `the policy could not be checked: ${describeThrown(thrown)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function check(
  opa: string,
  work: string,
  folder: Folder | undefined,
  options: CheckOptions,
): Promise<CheckReport> {
  const started = performance.now();
  const budget = options.budgetMs ?? BUDGET_MS;
  const policy = folder === undefined ? undefined : await loadPolicyFolder(folder.path);
  const sources = await stageSources(work, folder);
  const { modules, library, findings } = await readAndCheck(opa, sources, policy, options.library === true);
  findings.unshift(...sources.faults.map(faultFinding), ...faultsOf(policy));
  if (policy?.ok === true) findings.push(...versionFindings(policy.value));
  const watched = modules
    .filter(({ file }) => isWatched(file, options))
    .filter((module) => codeOf(module) !== undefined);

  const base = { files: modules.length, rules: watched.length };
  if (folder === undefined || findings.some(({ severity }) => severity === "error")) {
    const note = folder === undefined ? [libraryAlone()] : [notEvaluated()];
    return { findings: sorted([...findings, ...note]), checked: { ...base, examples: 0, evaluations: 0 } };
  }
  const shown = await behaviour(
    opa,
    sources,
    folder,
    watched,
    library,
    started + budget / (options.mutate === true ? 2 : 1),
  );
  const mutation =
    options.mutate === true && shown.data !== undefined
      ? await mutationReport(
          opa,
          sources,
          mutable(modules, options),
          shown.examples,
          shown.data,
          started + budget,
        )
      : undefined;
  return {
    findings: sorted([...findings, ...shown.findings, ...(mutation?.findings ?? [])]),
    checked: { ...base, examples: shown.examples.length, evaluations: shown.evaluations },
    ...(mutation === undefined ? {} : { mutation: mutation.score }),
  };
}

interface Reading {
  /** Of everything that was parsed: the policy's own, and of the library what those may need. */
  readonly modules: readonly Module[];
  readonly library: RuleLibrary;
  readonly findings: Finding[];
}

async function readAndCheck(
  opa: string,
  sources: Sources,
  policy: Checked<PolicySource> | undefined,
  withLibrary: boolean,
): Promise<Reading> {
  const { work, files } = sources;
  const compiled = await compilerFindings(opa, sources, withLibrary);
  const needed = files.filter(
    ({ own, test, file }) => !test && (own || withLibrary || !file.startsWith("rego/rules/")),
  );
  const modules = await parseFiles(opa, work, needed);
  const known = await libraryIn(opa, work);
  const library = known ?? {};
  const scope = new Scope(modules);
  const looked = modules.filter(({ file }) => withLibrary || !file.startsWith("rego/"));
  const own = looked.filter(({ file }) => !file.startsWith("rego/"));
  const conventions = {
    codes: new Set([...Object.keys(library), ...own.flatMap((module) => codeOf(module) ?? [])]),
    collections: new Set([
      ...Object.keys(COLLECTIONS),
      ...collectionsOf(library),
      ...collectionsNamed(policy),
    ]),
  };
  const recursive = compiled.some(({ code }) => code === "rego.recursion");
  const findings = [
    ...compiled,
    ...looked.flatMap((module) => [
      ...structureFindings(module, !module.file.startsWith("rego/")),
      ...metadataFindings(module, known === undefined ? undefined : conventions),
      ...unreachableFindings(module, scope),
      ...builtinFindings(module, scope),
      ...(codeOf(module) === undefined || recursive ? [] : vanishingDenials(module, scope)),
    ]),
    ...clashFindings(own, new Set(Object.keys(library))),
  ];
  return { modules, library, findings: unique(findings) };
}

/** The library's rules, as their METADATA describes them; `undefined` where OPA cannot read the library. */
async function libraryIn(opa: string, work: string): Promise<RuleLibrary | undefined> {
  const run = await runOpa(opa, ["inspect", "--annotations", "--format", "json", "assay"], work);
  const parsed = run.ok ? parseStrictJson(run.stdout) : undefined;
  return parsed?.ok === true ? libraryFromAnnotations(parsed.value, false).library : undefined;
}

function collectionsNamed(policy: Checked<PolicySource> | undefined): readonly string[] {
  return policy?.ok === true ? policy.value.images.flatMap(({ collections }) => collections ?? []) : [];
}

function isWatched(file: string, options: CheckOptions): boolean {
  return options.library === true || !file.startsWith("rego/");
}

function faultsOf(policy: Checked<PolicySource> | undefined): readonly Finding[] {
  return policy?.ok === false ? policy.faults.map(faultFinding) : [];
}

/** A fault of the policy's files as a finding. */
export function faultFinding({ code, message, file, line, column }: PolicyFault): Finding {
  return { code, severity: "error", message, file, line, column, remedy: null };
}

function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = JSON.stringify([finding.code, finding.file, finding.line, finding.column, finding.message]);
    return !seen.has(key) && seen.add(key);
  });
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

function libraryAlone(): Finding {
  return note(
    "no policy folder is given, so the library's rules were read and not evaluated",
    "rego",
    "name a folder",
  );
}

function notEvaluated(): Finding {
  return note(
    "the rules were not evaluated, for there are errors",
    "policy.yaml",
    "mend them and check again",
  );
}

function note(message: string, file: string, remedy: string): Finding {
  return { code: "check.not_evaluated", severity: "note", message, file, line: null, column: null, remedy };
}

/** The rules, and the helpers that are checked with them. */
function mutable(modules: readonly Module[], options: CheckOptions): readonly Module[] {
  return modules.filter(({ file }) => isWatched(file, options));
}
