import { at, isArray, objectAt, type JsonObject, type JsonValue } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { exceptionData } from "./exceptions.ts";
import { libraryData } from "./library.ts";
import { asPattern, bySpecificity, patternData } from "./pattern.ts";
import { BUILDERS_SCHEMA, IMAGE_SET_SCHEMA, mapMarked } from "./schema-walk.ts";
import { selectRules, type Selection } from "./select.ts";
import { signerData } from "./signer-data.ts";
import { trustData } from "./trust-data.ts";
import type { Checked } from "./checked.ts";
import type { ImageSetSource, PolicySource, RuleInfo, RuleLibrary, RuleOverride } from "./types.ts";
import { dataOfValue } from "./value-kinds.ts";

/**
 * Compiles a policy against the rules that its bundle will hold into data.json: `policy`, `exceptions`, `trust` and
 * `library`. Faults: those of `selectRules` and of the exceptions' rules.
 */
export function compileData(source: PolicySource, library: RuleLibrary): Checked<JsonObject> {
  const faults: PolicyFault[] = [];
  const selections: Selection[] = [];
  source.images.forEach((set, i) => {
    const selected = selectRules(set, i, library, source.file);
    if ("rules" in selected) selections.push(selected);
    else faults.push(...selected);
  });
  faults.push(...levelFaults(source));
  const exceptions = exceptionData(source, library);
  faults.push(...exceptions.faults);
  const [first, ...others] = faults;
  if (first !== undefined) return { ok: false, faults: [first, ...others] };
  return {
    ok: true,
    value: {
      policy: {
        name: source.name,
        version: source.version,
        signers: mapValues(source.signers, (signer) => signerData(signer)),
        builders: compiledBy(BUILDERS_SCHEMA, source.builders),
        matches: matchesData(source.images),
        images: source.images.map((set, i) => setData(set, selections[i], library)),
      },
      exceptions: exceptions.exceptions,
      trust: trustData(source.trust),
      library: libraryData(library),
    },
  };
}

/** A level that no builder can have been granted would deny every image. */
function levelFaults(source: PolicySource): PolicyFault[] {
  if (isArray(source.builders) && source.builders.length > 0) return [];
  return source.images.flatMap((set, i) => {
    if (at(set.sections, "provenance", "level") === undefined) return [];
    const message = "level needs builders at the top of policy.yaml, which say what level each has; add them";
    return [source.file.fault(["images", i, "provenance", "level"], "policy.data_missing", message)];
  });
}

/** A rule as a set of images names it, with what the set says of it otherwise. */
export function ruleData(
  code: string,
  rule: RuleInfo | undefined,
  change: Partial<RuleOverride> & { readonly demanded?: boolean } = {},
): JsonObject {
  const dot = code.indexOf(".");
  return {
    code,
    area: code.slice(0, dot),
    name: code.slice(dot + 1),
    dependsOn: rule?.dependsOn ?? [],
    effectiveOn: change.effectiveOn ?? rule?.effectiveOn ?? null,
    severity: change.severity ?? null,
    action: change.action ?? null,
    demanded: change.demanded ?? true,
  };
}

function setData(set: ImageSetSource, selection: Selection | undefined, library: RuleLibrary): JsonObject {
  return {
    ...objectAt(compiledBy(IMAGE_SET_SCHEMA, set.sections)),
    match: set.match,
    mode: set.mode ?? "enforce",
    rules: (selection?.rules ?? []).map((code) =>
      ruleData(code, library[code], {
        ...set.rules?.[code],
        demanded: selection?.demanded.has(code) === true,
      }),
    ),
    excludeTerms: (selection?.excludeTerms ?? []).map((entry) => ({ ...entry })),
    ...(set.allowAll === undefined ? {} : { allowAll: set.allowAll }),
    ...(set.data === undefined ? {} : { data: set.data }),
  };
}

/** What the schema marks, as rules compare it (value-kinds.ts). */
function compiledBy(schema: JsonValue, value: JsonValue): JsonValue {
  return mapMarked(schema, value, [], (marked) => dataOfValue(marked.kind, marked.value));
}

/** Most specific first: by the image's pattern; where that is alike, a set for namespaces before one for all. */
function matchesData(images: readonly ImageSetSource[]): JsonObject[] {
  return images
    .flatMap((set, i) =>
      set.match.flatMap((text) =>
        (set.namespaces ?? [null]).map((namespace) => ({ text, namespace, images: i })),
      ),
    )
    .sort(
      (a, b) => bySpecificity(a.text, b.text) || byNamespace(a.namespace, b.namespace) || a.images - b.images,
    )
    .map(({ text, namespace, images: index }) => ({
      pattern: compiled(text),
      namespace: namespace === null ? null : compiled(namespace),
      images: index,
    }));
}

function byNamespace(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return bySpecificity(a, b);
}

function compiled(text: string): JsonObject {
  return patternData(asPattern(text));
}

function mapValues<T>(map: Readonly<Record<string, T>>, change: (value: T) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
