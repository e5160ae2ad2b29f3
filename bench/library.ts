import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPolicy } from "../src/cli/policy.ts";
import { loadBuiltins } from "../src/policy/builtins/catalogue.ts";
import { loadEngine, type PolicyBundle } from "../src/policy/index.ts";
import { PolicyInstance } from "../src/policy/wasm/instance.ts";
import { checkJson } from "../src/policy/wasm/json-input.ts";
import { compileModule } from "../src/policy/wasm/module.ts";
import { clients, provision } from "../scripts/provision/index.ts";
import { inputOf, type Contents } from "./library/input.ts";
import { sideBySide, table } from "./measure.ts";

const MIB = 1024 * 1024;
const NOW = new Date("2026-11-22T10:00:00Z");
const LIBRARY = join(import.meta.dirname, "../rego");
const POLICY = join(import.meta.dirname, "library/policy.yaml");

/** What is asked of us for inputs of some 2, 16 and 220 KB: OPA's CPU with decoding, divided by ours with checking. */
const DOCUMENTS: readonly { readonly contents: Contents; readonly goal: number }[] = [
  { contents: "signature", goal: 4 },
  { contents: null, goal: 4 },
  { contents: { components: 6, findings: 3 }, goal: 8 },
  { contents: { components: 50, findings: 30 }, goal: 8 },
  { contents: { components: 800, findings: 250 }, goal: 12 },
];

/**
 * The standard library with everything in it (`strict`), over images with provenance alone and with SBOM, scan, VEX and
 * tests of growing size: our host in this thread and through a worker, and OPA's library in a process of its own.
 */
export async function run(): Promise<void> {
  const opa = await provision(clients["opa-in-process"]);
  if (!opa.ok) {
    process.stdout.write(`  left out: ${opa.reason.message}\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    const bundle = await bundleOf(folder);
    writeFileSync(join(folder, "data.json"), JSON.stringify(bundle.data));
    const rows: string[][] = [];
    for (const document of DOCUMENTS) rows.push(await measure(opa.value, folder, bundle, document));
    table(
      ["input bytes", "host µs", "worker µs", "OPA µs", "of it decoding", "OPA ÷ host", "goal", ""],
      rows,
    );
    process.stdout.write(
      "  CPU per evaluation, from bytes to the decision. OPA: its Go library with a prepared query, JSON decoded each time.\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bundle, and beside it the Rego that OPA evaluates: the same rules and data. */
async function bundleOf(folder: string): Promise<PolicyBundle> {
  const source = join(folder, "source");
  cpSync(LIBRARY, join(folder, "rego"), { recursive: true, filter: (path) => !path.endsWith("_test.rego") });
  mkdirSync(source);
  copyFileSync(POLICY, join(source, "policy.yaml"));
  cpSync(join(import.meta.dirname, "library/trust"), join(source, "trust"), { recursive: true });
  const opened = await openPolicy(source);
  rmSync(source, { recursive: true });
  if (!opened.ok) throw new Error(opened.reason.message);
  return opened.value;
}

async function measure(
  opa: string,
  folder: string,
  bundle: PolicyBundle,
  { contents, goal }: (typeof DOCUMENTS)[number],
): Promise<string[]> {
  const document = Buffer.from(inputOf(contents));
  const file = join(tmpdir(), `assay-bench-input-${process.pid}.json`);
  writeFileSync(file, document);
  const host = await hostOf(bundle);
  const engine = await loadEngine(bundle, { workers: 1 });
  if (!engine.ok) throw new Error(engine.reason.message);
  const options = { now: NOW, timeoutMs: 60_000 };
  const [ours, worker] = await sideBySide([
    { name: "host", run: () => host(document) },
    { name: "worker", run: () => engine.value.evaluate(document, "assay/decision", options) },
  ]);
  await engine.value.close();
  const theirs = inProcess(opa, folder, file);
  rmSync(file);
  requireSame(host(document), theirs.result);
  const hostUs = (ours?.cpuMs ?? Number.NaN) * 1000;
  const ratio = theirs.whole / hostUs;
  return [
    String(document.length),
    hostUs.toFixed(0),
    ((worker?.cpuMs ?? Number.NaN) * 1000).toFixed(0),
    theirs.whole.toFixed(0),
    (theirs.whole - theirs.evaluation).toFixed(0),
    ratio.toFixed(1),
    String(goal),
    ratio >= goal ? "kept" : "NOT KEPT",
  ];
}

async function hostOf(bundle: PolicyBundle): Promise<(document: Uint8Array) => Verdict> {
  const limits = { memoryBytes: 1024 * MIB, resultBytes: 16 * MIB };
  const instance = new PolicyInstance(await compileModule(bundle.wasm), bundle.wasm.length, limits);
  const builtins = await loadBuiltins([...instance.builtinNames.values()]);
  instance.start(builtins, Buffer.from(JSON.stringify(bundle.data)));
  const context = { nowNs: BigInt(NOW.getTime()) * 1_000_000n };
  return (document) => {
    checkJson(document);
    const [only]: readonly { readonly result: Verdict }[] = JSON.parse(
      instance.evaluate(document, "assay/decision", context),
    );
    if (only === undefined) throw new Error("the decision is undefined");
    return only.result;
  };
}

interface Verdict {
  readonly allow: boolean;
  readonly violations: readonly { readonly code: string }[];
  readonly passed: readonly string[];
}

interface InProcess {
  readonly evaluation: number;
  readonly whole: number;
  readonly result: Verdict;
}

function inProcess(opa: string, folder: string, input: string): InProcess {
  const printed = execFileSync(opa, [folder, input, "data.assay.decision", "4"], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  const measured: InProcess = JSON.parse(printed);
  return measured;
}

/** A comparison of two who decide differently would be none. */
function requireSame(ours: Verdict, theirs: Verdict): void {
  const codes = ({ allow, violations, passed }: Verdict) =>
    JSON.stringify([allow, violations.map(({ code }) => code), passed]);
  if (codes(ours) !== codes(theirs)) throw new Error("OPA and our host decide differently");
}
