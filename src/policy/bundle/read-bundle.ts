import {
  DEFAULT_JSON_LIMITS,
  canonicalJson,
  describeThrown,
  digestOf,
  failure,
  isObject,
  oneLine,
  parseStrictJson,
  stringAt,
  success,
  type JsonObject,
  type Result,
} from "../../core/index.ts";
import type { BundleCode, PolicyBundle } from "../types.ts";
import { checkDataPaths, checkRulePaths } from "./data-paths.ts";
import { BundleFault } from "./fault.ts";
import { unpack } from "./files.ts";
import { BUNDLE_LIMITS } from "./limits.ts";
import { readManifest } from "./manifest.ts";
import { rulePaths } from "./rule-paths.ts";
import { examplesIn } from "./release-data.ts";

/** The entrypoint that every policy has. */
export const DECISION_ENTRYPOINT = "assay/decision";

/**
 * Reads a policy bundle: an OPA bundle (tar.gz) with `.manifest`, `policy.wasm` and `data.json`, wholly in memory,
 * every part bounded before it is read. What the module itself says is checked when it is loaded (`loadEngine`).
 */
export function readBundle(bytes: Uint8Array): Result<PolicyBundle, BundleCode> {
  return caught(() => read(bytes));
}

/** What makes a policy of its own out of another one's rules. */
export interface Composition {
  readonly name: string;
  readonly revision: string;
  readonly data: JsonObject;
}

/**
 * The same rules over other data: a policy without rules of its own runs on the default bundle's module. The digest
 * is that of the canonical JSON of the module's digest and the data, and so the same wherever both are the same.
 */
export function composeBundle(
  bundle: PolicyBundle,
  composition: Composition,
): Result<PolicyBundle, BundleCode> {
  return caught(() => {
    const { name, revision, data } = composition;
    checkDataPaths(data, bundle.roots ?? [""], bundle.rules ?? bundle.entrypoints);
    const identity = canonicalJson({ module: digestOf(bundle.wasm), data });
    // What the other one is as a release says nothing about this one.
    const { sequence: _, rollback: __, examples: ___, ...rules } = bundle;
    return { ...rules, name, revision, data, digest: digestOf(Buffer.from(identity)) };
  });
}

function caught(work: () => PolicyBundle): Result<PolicyBundle, BundleCode> {
  try {
    return success(work());
  } catch (thrown) {
    const code = thrown instanceof BundleFault ? thrown.code : "bundle.invalid";
    return failure(code, describeThrown(thrown));
  }
}

function read(bytes: Uint8Array): PolicyBundle {
  const files = new Map(unpack(bytes).map((file) => [file.name, file.bytes]));
  const manifest = readManifest(fileNamed(files, ".manifest"));
  if (!manifest.entrypoints.includes(DECISION_ENTRYPOINT)) {
    throw new BundleFault(
      "bundle.entrypoint_missing",
      `.manifest lacks the entrypoint ${DECISION_ENTRYPOINT}`,
    );
  }
  const wasm = fileNamed(files, manifest.module);
  if (wasm.length > BUNDLE_LIMITS.moduleBytes) {
    throw new BundleFault(
      "bundle.limit_exceeded",
      `${manifest.module} has more than ${BUNDLE_LIMITS.moduleBytes} bytes`,
    );
  }
  const data = readData(files.get("data.json"));
  const rules = rulesOf(manifest.entrypoints, files);
  checkRulePaths(rules, manifest.roots);
  checkDataPaths(data, manifest.roots, rules);
  const { sequence, rollback } = manifest.release;
  const examples = examplesIn(files, manifest.release.examples);
  return {
    name: stringAt(data, "policy", "name") ?? manifest.name ?? "policy",
    revision: manifest.revision,
    digest: digestOf(bytes),
    entrypoints: manifest.entrypoints,
    // Of its own: the archive around it may go.
    wasm: new Uint8Array(wasm),
    data,
    roots: manifest.roots,
    rules,
    ...(manifest.reads === undefined ? {} : { reads: manifest.reads }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(rollback === undefined ? {} : { rollback }),
    ...(examples === undefined ? {} : { examples }),
  };
}

function fileNamed(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const file = files.get(name);
  if (file === undefined) throw new BundleFault("bundle.invalid", `the archive lacks ${oneLine(name, 100)}`);
  return file;
}

function readData(bytes: Uint8Array | undefined): JsonObject {
  if (bytes === undefined) return {};
  if (bytes.byteLength > BUNDLE_LIMITS.dataBytes) {
    throw new BundleFault(
      "bundle.limit_exceeded",
      `data.json has more than ${BUNDLE_LIMITS.dataBytes} bytes`,
    );
  }
  const parsed = parseStrictJson(bytes, { ...DEFAULT_JSON_LIMITS, values: Infinity });
  if (!parsed.ok) throw new BundleFault("bundle.data_invalid", `data.json: ${parsed.reason.message}`);
  if (!isObject(parsed.value)) throw new BundleFault("bundle.data_invalid", "data.json is no object");
  return parsed.value;
}

/** What the bundle defines, as far as its files tell. */
function rulesOf(entrypoints: readonly string[], files: ReadonlyMap<string, Buffer>): readonly string[] {
  const rules = new Set(entrypoints);
  for (const rule of rulesIn(files)) {
    rules.add(rule);
    if (rules.size <= BUNDLE_LIMITS.rules) continue;
    throw new BundleFault("bundle.limit_exceeded", `the archive has more than ${BUNDLE_LIMITS.rules} rules`);
  }
  return [...rules];
}

function* rulesIn(files: ReadonlyMap<string, Buffer>): Generator<string> {
  for (const [name, bytes] of files) {
    if (name.endsWith(".rego")) yield* rulePaths(bytes.toString("utf8"));
  }
}
