import { arrayAt, at, isArray, objectAt, stringAt, type JsonValue } from "../../core/index.ts";
import type { BundleReads, PolicyBundle } from "../types.ts";

/** The entrypoints whose reads a manifest tells; anything else may read whatever it likes. */
const KNOWN: ReadonlySet<string> = new Set(["assay/decision", "assay/allow"]);

/** Reads `metadata.assay.reads` of a `.manifest`; `undefined` where it is absent or something else. */
export function readReads(manifest: JsonValue): BundleReads | undefined {
  const stated = at(manifest, "metadata", "assay", "reads");
  const decision = texts(at(stated, "decision"));
  const rules = Object.entries(objectAt(stated, "rules") ?? {}).map(
    ([code, list]) => [code, texts(list)] as const,
  );
  if (decision === undefined) return undefined;
  return {
    decision,
    rules: Object.fromEntries(rules.flatMap(([code, list]) => (list === undefined ? [] : [[code, list]]))),
  };
}

/**
 * The parts of the input that a policy can read: those of the decision itself and of every rule that some set of images
 * asks, with what these depend on. `undefined` is everything: the bundle does not tell, or has entrypoints of its own.
 */
export function inputReads(bundle: PolicyBundle): readonly string[] | undefined {
  const known = remembered.get(bundle);
  if (known !== undefined) return known.reads;
  const reads = readsOf(bundle);
  remembered.set(bundle, { reads });
  return reads;
}

/** A bundle never changes, and every decision asks. */
const remembered = new WeakMap<PolicyBundle, { readonly reads: readonly string[] | undefined }>();

function readsOf({ reads, data, entrypoints }: PolicyBundle): readonly string[] | undefined {
  if (reads === undefined || entrypoints.some((entrypoint) => !KNOWN.has(entrypoint))) return undefined;
  const all = new Set(reads.decision);
  for (const code of askedRules(data)) {
    const ofRule = Object.hasOwn(reads.rules, code) ? reads.rules[code] : undefined;
    if (ofRule === undefined) return undefined;
    for (const read of ofRule) all.add(read);
  }
  return all.has("*") ? undefined : [...all].sort();
}

function askedRules(data: JsonValue): ReadonlySet<string> {
  const asked = new Set<string>();
  const open = (arrayAt(data, "policy", "images") ?? []).flatMap((set) =>
    (arrayAt(set, "rules") ?? []).map((rule) => stringAt(rule, "code") ?? ""),
  );
  for (let code = open.pop(); code !== undefined; code = open.pop()) {
    if (asked.has(code)) continue;
    asked.add(code);
    open.push(...(texts(at(data, "library", "rules", code, "dependsOn")) ?? []));
  }
  return asked;
}

function texts(value: JsonValue | undefined): readonly string[] | undefined {
  return isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;
}
