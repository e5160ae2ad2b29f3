// The standard library under OPA: formatted, strictly checked, tested, every line covered.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { arrayAt, at, objectAt, parseStrictJson, stringAt, type JsonValue } from "../src/core/index.ts";
import { findOpa } from "../src/policy/index.ts";
import { packageRoot } from "../src/policy/source/package-root.ts";
import { runOpa } from "../src/policy/source/opa.ts";

const root = packageRoot();
const schema = join("schemas", "input.schema.json");

const found = await findOpa();
if (!found.ok) {
  process.stderr.write(`test:rego: ${found.reason.message}\n`);
  process.exit(1);
}
const opa = found.value;
const faults = [...(await format()), ...(await check()), ...(await test()), ...(await coverage())];
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.exit(faults.length === 0 ? 0 : 1);

async function format(): Promise<string[]> {
  const run = await runOpa(opa, ["fmt", "--fail", "--list", "rego"], root);
  const files = run.stdout.toString("utf8").trim();
  return run.ok ? [] : [`not formatted (opa fmt --write rego): ${files} ${run.stderr.trim()}`];
}

async function check(): Promise<string[]> {
  const strict = await runOpa(opa, ["check", "--strict", "rego"], root);
  if (!strict.ok) return [strict.stderr.trim()];
  if (!existsSync(join(root, schema))) return [];
  // Tests give rules input that the schema forbids, so only the library itself is held against it.
  const library = ["--schema", schema, "--ignore", "*_test.rego", "rego"];
  const typed = await runOpa(opa, ["check", "--strict", ...library], root);
  return typed.ok ? [] : [typed.stderr.trim()];
}

async function test(): Promise<string[]> {
  const run = await runOpa(opa, ["test", "--format", "json", "rego"], root);
  const parsed = parseStrictJson(run.stdout);
  if (!parsed.ok) return [`opa test: ${run.stderr.trim()}${run.stdout.toString("utf8").slice(0, 2000)}`];
  const results: readonly JsonValue[] = arrayAt(parsed.value) ?? [];
  const failed = results.filter((result) => at(result, "fail") === true || at(result, "error") !== undefined);
  const skipped = results.filter((result) => at(result, "skip") === true);
  process.stdout.write(
    `rego: ${results.length - failed.length - skipped.length} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
  );
  if (results.length === 0) return ["opa test ran no test"];
  return failed.map(
    (result) =>
      `${stringAt(result, "location", "file") ?? ""}:${rowOf(at(result, "location"))}: ${stringAt(result, "name") ?? ""} failed`,
  );
}

async function coverage(): Promise<string[]> {
  const run = await runOpa(opa, ["test", "--coverage", "--format", "json", "rego"], root);
  const parsed = parseStrictJson(run.stdout);
  if (!parsed.ok) return ["opa test --coverage gave no report"];
  const uncovered: string[] = [];
  for (const [file, report] of Object.entries(objectAt(parsed.value, "files") ?? {})) {
    for (const range of arrayAt(report, "not_covered") ?? []) {
      uncovered.push(`${file}:${rowOf(at(range, "start"))}: no test covers this line`);
    }
  }
  const covered = Object.keys(objectAt(parsed.value, "files") ?? {}).length;
  process.stdout.write(
    `rego: ${covered} files, ${uncovered.length === 0 ? "every line" : "not every line"} covered\n`,
  );
  return uncovered;
}

function rowOf(location: JsonValue | undefined): number {
  const row = at(location, "row");
  return typeof row === "number" ? row : 0;
}
