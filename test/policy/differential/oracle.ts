import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBuiltins } from "../../../src/policy/builtins/catalogue.ts";
import { readBundle } from "../../../src/policy/bundle/read-bundle.ts";
import { readJsonText } from "../../../src/policy/rego/read-text.ts";
import { writeRegoText } from "../../../src/policy/rego/write-text.ts";
import { PolicyFault } from "../../../src/policy/wasm/fault.ts";
import { PolicyInstance } from "../../../src/policy/wasm/instance.ts";
import { checkJson } from "../../../src/policy/wasm/json-input.ts";
import { compileModule } from "../../../src/policy/wasm/module.ts";
import { runOpa } from "../../lab/opa.ts";

/** One call of a builtin: its rule's name in `REGO`, its operands as JSON text, so that numbers keep their notation. */
export interface Case {
  readonly call: string;
  readonly args: string;
}

/** Calls that are more than a builtin's name with its operands in order: JSON knows no sets. */
const SPECIAL: Readonly<Record<string, string>> = {
  "object.subset/sets": "object.subset({x | some x in input.args[0]}, {x | some x in input.args[1]})",
  "object.subset/array-set": "object.subset(input.args[0], {x | some x in input.args[1]})",
  "sprintf/set": "sprintf(input.args[0], [{x | some x in input.args[1]}])",
  "sprintf/object": "sprintf(input.args[0], [{x: {x} | some x in input.args[1]}])",
  "strings.any_prefix_match/set": "strings.any_prefix_match(input.args[0], {x | some x in input.args[1]})",
  "json.marshal_with_options/set":
    "json.marshal_with_options([{x | some x in input.args[0]}], input.args[1])",
  "urlquery.encode_object/set": 'urlquery.encode_object({"k": {x | some x in input.args[0]}})',
  "graph.reachable_paths/set": "graph.reachable_paths(input.args[0], {x | some x in input.args[1]})",
  "net.cidr_contains_matches/set":
    "net.cidr_contains_matches({x | some x in input.args[0]}, {x | some x in input.args[1]})",
  "json.patch/set": "json.patch({x | some x in input.args[0]}, input.args[1])",
};

const ARITY: Readonly<Record<string, number>> = {
  "time.format": 1,
  "time.date": 1,
  "time.clock": 1,
  "time.weekday": 1,
  "time.parse_rfc3339_ns": 1,
  "time.parse_duration_ns": 1,
  "time.add_date": 4,
  "regex.find_n": 3,
  "regex.replace": 3,
  "regex.template_match": 4,
  "semver.is_valid": 1,
  "numbers.range_step": 3,
  "base64url.encode_no_pad": 1,
  "hex.encode": 1,
  "hex.decode": 1,
  "urlquery.encode": 1,
  "urlquery.decode": 1,
  "urlquery.encode_object": 1,
  "urlquery.decode_object": 1,
  "crypto.md5": 1,
  "crypto.sha1": 1,
  "crypto.sha256": 1,
  "io.jwt.decode": 1,
  "units.parse": 1,
  "units.parse_bytes": 1,
  "net.cidr_is_valid": 1,
  "net.cidr_expand": 1,
  "uuid.parse": 1,
  "glob.quote_meta": 1,
};

/** A policy that makes the call which its input names. */
function policy(calls: readonly string[]): string {
  const rules = calls.map((call) => {
    const operands = Array.from({ length: ARITY[call] ?? 2 }, (_, i) => `input.args[${i}]`).join(", ");
    return `decision := ${SPECIAL[call] ?? `${call}(${operands})`} if input.call == ${JSON.stringify(call)}`;
  });
  const all =
    "all[i] := text if {\n\tsome i, entry in input.cases\n\ttext := json.marshal(data.assay.decision) with input as entry\n}";
  return `package assay\n\n${rules.join("\n\n")}\n\n${all}\n`;
}

export interface Answers {
  /** OPA's, by number of the case; absent where OPA says undefined, which for these calls is a builtin error. */
  readonly opa: ReadonlyMap<number, string>;
  /** Ours: the result, or the code of the failure. */
  readonly ours: ReadonlyMap<number, string | { readonly code: string }>;
}

/** Answers every case with OPA itself (one `opa eval`) and with our engine on OPA's module (one `opa build`). */
export async function answer(opa: string, cases: readonly Case[]): Promise<Answers> {
  const folder = mkdtempSync(join(tmpdir(), "assay-differential-"));
  try {
    writeFileSync(join(folder, "policy.rego"), policy([...new Set(cases.map(({ call }) => call))]));
    const inputs = cases.map(({ call, args }) => `{"call":${JSON.stringify(call)},"args":${args}}`);
    writeFileSync(join(folder, "input.json"), `{"cases":[${inputs.join(",")}]}`);
    runOpa(
      opa,
      ["build", "-t", "wasm", "-e", "assay/decision", "-o", "bundle.tar.gz", "policy.rego"],
      folder,
    );
    const printed = runOpa(
      opa,
      ["eval", "-d", "policy.rego", "-i", "input.json", "-f", "raw", "data.assay.all"],
      folder,
    );
    const all: Record<string, string> = JSON.parse(printed);
    const ours = await evaluateAll(readFileSync(join(folder, "bundle.tar.gz")), inputs);
    return { opa: new Map(Object.entries(all).map(([i, text]) => [Number(i), normal(text)])), ours };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function evaluateAll(archive: Uint8Array, inputs: readonly string[]): Promise<Answers["ours"]> {
  const bundle = readBundle(archive);
  if (!bundle.ok) throw new Error(bundle.reason.message);
  const module = await compileModule(bundle.value.wasm);
  const limits = { memoryBytes: 256 * 1024 * 1024, resultBytes: 64 * 1024 * 1024 };
  const fresh = async () => {
    const instance = new PolicyInstance(module, bundle.value.wasm.length, limits);
    instance.start(await loadBuiltins([...instance.builtinNames.values()]), Buffer.from("{}"));
    return instance;
  };
  let instance = await fresh();
  const answers = new Map<number, string | { readonly code: string }>();
  for (const [i, input] of inputs.entries()) {
    try {
      const bytes = Buffer.from(input);
      checkJson(bytes);
      const json = instance.evaluate(bytes, "assay/decision", { nowNs: 0n });
      answers.set(i, json === "[]" ? { code: "undefined" } : normal(json.slice('[{"result":'.length, -2)));
    } catch (thrown) {
      if (!(thrown instanceof PolicyFault)) throw thrown;
      answers.set(i, { code: thrown.code });
      instance = await fresh();
    }
  }
  return answers;
}

/** JSON text in one notation, but for its numbers, which keep theirs. */
function normal(json: string): string {
  const value = readJsonText(json);
  return value === undefined ? `not JSON: ${json}` : writeRegoText(value);
}
