import {
  arrayAt,
  at,
  isObject,
  objectAt,
  stringAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import {
  codeOfRule,
  imageSets,
  imagesOf,
  isWritten,
  matchEntries,
  holderWords,
  rulesOfSet,
  sectionsOf,
  wordsOf,
} from "../compiled/index.ts";
import { loadEngine } from "../engine/load-engine.ts";
import { libraryOf } from "../source/library.ts";
import type { RuleLibrary } from "../source/types.ts";
import type { PolicyBundle } from "../types.ts";
import { compileModule } from "../wasm/module.ts";
import { PolicyInstance } from "../wasm/instance.ts";
import type { InspectedException, InspectedSet, Inspection } from "./types.ts";
import { inspectTrust } from "./trust.ts";

const DAY = 86_400_000;
/** Of an instance that evaluates nothing. */
const LIMITS = { memoryBytes: 256 * 1024 * 1024, resultBytes: 1024 * 1024 };

/** Reads what a bundle holds. Codes: those of `loadEngine`, where it could not decide anything. */
export async function inspectBundle(bundle: PolicyBundle, now: Date): Promise<Result<Inspection>> {
  const builtins = await builtinsOf(bundle);
  if (!builtins.ok) return builtins;
  const { name, revision, digest, entrypoints, data, wasm, reads } = bundle;
  const library = libraryOf(data);
  return success({
    name,
    version: stringAt(data, "policy", "version") ?? null,
    revision,
    digest,
    sequence: bundle.sequence ?? null,
    rollback: bundle.rollback ?? null,
    examples: bundle.examples?.length ?? 0,
    entrypoints,
    roots: bundle.roots ?? [],
    images: imageSets(data).map((set, i) => inspectSet(set, patternsOf(data, i), library)),
    signers: Object.entries(objectAt(data, "policy", "signers") ?? {}).map(([signer, value]) => ({
      name: signer,
      is: holderWords(value),
    })),
    builders: (arrayAt(data, "policy", "builders") ?? []).map((entry) => ({
      builder: wordsOf(at(entry, "builder")),
      signers: wordsOf(at(entry, "signers")),
      level: numberOf(at(entry, "level")),
    })),
    trust: inspectTrust(objectAt(data, "trust") ?? {}, now),
    exceptions: (arrayAt(data, "exceptions") ?? []).filter(isObject).map((one) => inspectException(one, now)),
    builtins: builtins.value,
    rules: {
      library: Object.values(library).filter(({ own }) => !own).length,
      own: Object.keys(library).filter((code) => library[code]?.own === true),
    },
    bytes: { wasm: wasm.byteLength, data: Buffer.byteLength(JSON.stringify(data)) },
    reads:
      reads === undefined
        ? null
        : [...new Set([...reads.decision, ...Object.values(reads.rules).flat()])].sort(),
  });
}

/** The module is started in a worker first, where one that does not come to an end is stopped. */
async function builtinsOf(bundle: PolicyBundle): Promise<Result<readonly string[]>> {
  const engine = await loadEngine(bundle, { workers: 1 });
  if (!engine.ok) return engine;
  await engine.value.close();
  const instance = new PolicyInstance(await compileModule(bundle.wasm), bundle.wasm.byteLength, LIMITS);
  return success([...instance.builtinNames.values()].sort());
}

function patternsOf(data: JsonObject, images: number): readonly string[] {
  return matchEntries(data)
    .filter((entry) => entry.images === images)
    .map(({ pattern, namespace }) =>
      namespace === null ? wordsOf(pattern) : `${wordsOf(pattern)} in namespaces ${wordsOf(namespace)}`,
    );
}

function inspectSet(set: JsonObject, match: readonly string[], library: RuleLibrary): InspectedSet {
  return {
    match,
    mode: stringAt(set, "mode") ?? "enforce",
    allowAll: stringAt(set, "allowAll") ?? null,
    rules: rulesOfSet(set).map((rule) => {
      const info = library[codeOfRule(rule)];
      return {
        code: codeOfRule(rule),
        title: info?.title ?? null,
        own: info?.own === true,
        action: stringAt(rule, "action") ?? null,
        effectiveOn: stringAt(rule, "effectiveOn") ?? null,
      };
    }),
    excluded: (arrayAt(set, "excludeTerms") ?? []).map(
      (entry) => `${wordsOf(at(entry, "code"))}:${wordsOf(at(entry, "term"))}`,
    ),
    demands: Object.fromEntries(demandsOf(sectionsOf(set))),
  };
}

/** Fields as policy.yaml has them, each with its value in words. */
function demandsOf(value: JsonValue, path = ""): readonly (readonly [string, string])[] {
  if (!isObject(value) || isWritten(value)) return [[path, wordsOf(value)]];
  return Object.entries(value).flatMap(([key, entry]) =>
    demandsOf(entry, path === "" ? key : `${path}.${key}`),
  );
}

function inspectException(exception: JsonObject, now: Date): InspectedException {
  const until = stringAt(exception, "until") ?? null;
  const from = stringAt(exception, "from");
  const left = until === null ? null : Date.parse(until) - now.getTime();
  const begun = from === undefined || Date.parse(from) <= now.getTime();
  return {
    rule: wordsOf(exception["rule"]),
    images: imagesOf(exception),
    owner: wordsOf(exception["owner"]),
    reason: wordsOf(exception["reason"]),
    reference: stringAt(exception, "reference") ?? null,
    until,
    state: !begun ? "not begun" : left === null ? "without end" : left >= 0 ? "current" : "ended",
    daysLeft: left === null ? null : Math.floor(left / DAY),
  };
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}
