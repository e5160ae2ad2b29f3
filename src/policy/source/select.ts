import type { PolicyFault } from "../types.ts";
import { didYouMean } from "./nearest.ts";
import type { ImageSetSource, RuleInfo, RuleLibrary } from "./types.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The rules of one set of images, in the order of their codes, and the single terms that are left out. */
export interface Selection {
  readonly rules: readonly string[];
  readonly excludeTerms: readonly { readonly code: string; readonly term: string }[];
}

const NO_PULL_REQUEST = "source.no_pull_request";

/**
 * Decides which rules apply to a set of images: those of its collections, those whose data is configured there, own rules
 * that name no collection, and `include`; less `exclude`. The more specific word wins (rule over area over collection),
 * `exclude` where both are alike. What a chosen rule needs and does not find is a fault, never a rule left out in
 * silence. Codes: `policy.collection_unknown`, `policy.rule_unknown`, `policy.data_missing`, `policy.nothing_applies`.
 */
export function selectRules(
  set: ImageSetSource,
  index: number,
  library: RuleLibrary,
  file: YamlFile,
): Selection | readonly PolicyFault[] {
  const collections = new Set(Object.values(library).flatMap((rule) => rule.collections));
  const faults = [
    ...(set.collections ?? []).flatMap((name, i) =>
      collections.has(name)
        ? []
        : [
            file.fault(
              ["images", index, "collections", i],
              "policy.collection_unknown",
              `the collection ${JSON.stringify(name)} does not exist${didYouMean(name, collections)}`,
            ),
          ],
    ),
    ...(["include", "exclude"] as const).flatMap((field) =>
      (set[field] ?? []).flatMap((word, i) => {
        const message = faultOfWord(word, field, library, collections);
        return message === undefined
          ? []
          : [file.fault(["images", index, field, i], "policy.rule_unknown", message)];
      }),
    ),
  ];
  if (faults.length > 0) return faults;
  const rules = Object.keys(library)
    .sort()
    .filter((code) => applies(code, library[code], set));
  const missing = rules.filter((code) => !hasWhatItNeeds(library[code], set));
  if (missing.length > 0) {
    return missing.map((code) =>
      file.fault(
        ["images", index],
        "policy.data_missing",
        `the rule ${code} needs ${library[code]?.needs.join(" or ") ?? ""} in this set of images; add it or exclude the rule`,
      ),
    );
  }
  if (!rules.some((code) => library[code]?.own === true || library[code]?.needs.length !== 0)) {
    return [
      file.fault(
        ["images", index],
        "policy.nothing_applies",
        "no rule that asks for signed evidence applies to this set of images; name collections, or what is required",
      ),
    ];
  }
  const excludeTerms = (set.exclude ?? []).flatMap((word) => {
    const { code, term } = parseWord(word);
    return term === undefined ? [] : [{ code, term }];
  });
  return { rules, excludeTerms };
}

/** `area.rule:term` in parts; the term may hold colons itself. */
export function parseWord(word: string): { readonly code: string; readonly term: string | undefined } {
  const colon = word.indexOf(":");
  return colon === -1
    ? { code: word, term: undefined }
    : { code: word.slice(0, colon), term: word.slice(colon + 1) };
}

/** Says why a rule, an area (`provenance.*`) or a rule's term does not exist, or nothing where it does. */
export function faultOfRule(word: string, library: RuleLibrary): string | undefined {
  const { code } = parseWord(word);
  const areas = new Set(Object.keys(library).map((known) => `${known.split(".")[0] ?? ""}.*`));
  if (code.endsWith(".*") && areas.has(code)) return undefined;
  if (Object.hasOwn(library, code)) return undefined;
  const names = [...Object.keys(library), ...areas];
  return `the rule ${JSON.stringify(code)} does not exist${didYouMean(code, names)}`;
}

function faultOfWord(
  word: string,
  field: "include" | "exclude",
  library: RuleLibrary,
  collections: ReadonlySet<string>,
): string | undefined {
  if (!word.includes(".")) {
    return collections.has(word)
      ? undefined
      : `the collection ${JSON.stringify(word)} does not exist${didYouMean(word, collections)}`;
  }
  if (parseWord(word).term !== undefined && field === "include") {
    return "a single term can be excluded but not included; include the rule";
  }
  return faultOfRule(word, library);
}

function applies(code: string, rule: RuleInfo | undefined, set: ImageSetSource): boolean {
  if (rule === undefined) return false;
  const chosen =
    rule.collections.some((name) => set.collections?.includes(name) === true) ||
    rule.enabledBy.some((path) => configured(set, path)) ||
    (rule.own && rule.collections.length === 0);
  const included = Math.max(chosen ? 1 : 0, ...(set.include ?? []).map((word) => weight(word, code, rule)));
  const excluded = Math.max(0, ...(set.exclude ?? []).map((word) => weight(word, code, rule)));
  if (code === NO_PULL_REQUEST && set.provenance?.allowPullRequests === true && included < 3) return false;
  return included > excluded;
}

/** How specifically a word of include or exclude speaks of a rule; 0: not at all. A term speaks of no whole rule. */
function weight(word: string, code: string, rule: RuleInfo): number {
  if (word === code) return 3;
  if (word.endsWith(".*")) return code.startsWith(word.slice(0, -1)) ? 2 : 0;
  return rule.collections.includes(word) ? 1 : 0;
}

function hasWhatItNeeds(rule: RuleInfo | undefined, set: ImageSetSource): boolean {
  if (rule === undefined || rule.needs.length === 0) return true;
  return rule.needs.some((path) => configured(set, path));
}

/** Paths that METADATA may name in `enabled_by` and `needs`; `undefined` for one that does not exist. */
function configured(set: ImageSetSource, path: string): boolean {
  switch (path) {
    case "provenance":
      return set.provenance !== undefined;
    case "provenance.signers":
      return set.provenance !== undefined;
    case "provenance.builders":
      return set.provenance?.builders !== undefined;
    case "provenance.repositories":
      return set.provenance?.repositories !== undefined;
    case "provenance.refs":
      return set.provenance?.refs !== undefined;
    case "provenance.buildTypes":
      return set.provenance?.buildTypes !== undefined;
    case "provenance.forbidPullRequests":
      return set.provenance?.allowPullRequests === false;
    case "provenance.requireHosted":
      return set.provenance?.requireHosted === true;
    case "signature":
    case "signature.signers":
      return set.signature !== undefined;
    case "attestations":
      return set.attestations !== undefined;
    case "evidence.signers":
      return set.evidence?.signers !== undefined;
    case "evidence.complete":
      return set.evidence?.complete === true;
    default:
      return false;
  }
}
