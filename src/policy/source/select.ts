import { at } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { COLLECTIONS } from "./collections.ts";
import { didYouMean } from "./nearest.ts";
import { states, unreadFields } from "./stated.ts";
import type { ImageSetSource, RuleInfo, RuleLibrary } from "./types.ts";
import type { YamlFile, YamlPath } from "./yaml-file.ts";

/** The rules of one set of images, in the order of their codes, and the single terms that are left out. */
export interface Selection {
  readonly rules: readonly string[];
  /** Of these, those that the set itself asks for, by a field or by name, and no collection alone. */
  readonly demanded: ReadonlySet<string>;
  readonly excludeTerms: readonly { readonly code: string; readonly term: string }[];
}

const NO_PULL_REQUEST = "source.no_pull_request";

/** What only signed evidence can satisfy. */
const SIGNED =
  /^(?:provenance|signature|attestations|evidence\.signers|sbom|vulnerabilities|tests|vsa|source|releases|attributes|traces)\b/;

/**
 * Decides which rules apply to a set of images: those of its collections, those whose data is configured there, own rules
 * that name no collection, and `include`; less `exclude`. The more specific word wins (rule over area over collection),
 * `exclude` where both are alike. What a chosen rule needs and does not find is a fault, never a rule left out in
 * silence; so is what the set states and no rule reads. Codes: `policy.collection_unknown`, `policy.rule_unknown`,
 * `policy.not_enforced`, `policy.data_missing`, `policy.rule_not_applied`, `policy.nothing_applies`,
 * `policy.allow_all_contradicted`.
 */
export function selectRules(
  set: ImageSetSource,
  index: number,
  library: RuleLibrary,
  file: YamlFile,
): Selection | readonly PolicyFault[] {
  const here: YamlPath = ["images", index];
  const unknown = unknownWords(set, here, library, file);
  if (unknown.length > 0) return unknown;
  const rules = Object.keys(library)
    .sort()
    .filter((code) => applies(code, library[code], set));
  const faults = [
    ...unreadFields(set, library).map((field) => {
      const message = `${field} is stated and no rule reads it, so it would demand nothing; remove it`;
      return file.fault([...here, ...field.split(".")], "policy.not_enforced", message, "key");
    }),
    ...rules
      .filter((code) => !hasWhatItNeeds(library[code], set))
      .map((code) => {
        const needs = library[code]?.needs.join(" or ") ?? "";
        const message = `the rule ${code} needs ${needs} in this set of images; add it or exclude the rule`;
        return file.fault(here, "policy.data_missing", message);
      }),
    ...Object.keys(set.rules ?? {})
      .filter((code) => !rules.includes(code))
      .map((code) => {
        const message = `the rule ${code} does not apply to this set of images; include it, or remove what is said of it`;
        return file.fault([...here, "rules", code], "policy.rule_not_applied", message, "key");
      }),
    ...allowAllFaults(set, here, rules, library, file),
  ];
  if (faults.length > 0) return faults;
  const excludeTerms = (set.exclude ?? []).flatMap((word) => {
    const { code, term } = parseWord(word);
    return term === undefined ? [] : [{ code, term }];
  });
  const demanded = new Set(rules.filter((code) => isDemanded(code, library[code], set)));
  return { rules, demanded, excludeTerms };
}

/** A set that asks for nothing signed must say so, and only such a set may. */
function allowAllFaults(
  set: ImageSetSource,
  here: YamlPath,
  rules: readonly string[],
  library: RuleLibrary,
  file: YamlFile,
): PolicyFault[] {
  const asking = rules.find(
    (code) => library[code]?.own === true || library[code]?.needs.some((path) => SIGNED.test(path)) === true,
  );
  if (asking === undefined && set.allowAll === undefined) {
    const message =
      "no rule that asks for signed evidence applies to this set of images; name collections, or what is required";
    return [file.fault(here, "policy.nothing_applies", message)];
  }
  if (asking === undefined || set.allowAll === undefined) return [];
  const message = `allowAll says that nothing signed is asked for, and the rule ${asking} applies; remove one of them`;
  return [file.fault([...here, "allowAll"], "policy.allow_all_contradicted", message, "key")];
}

function unknownWords(
  set: ImageSetSource,
  here: YamlPath,
  library: RuleLibrary,
  file: YamlFile,
): PolicyFault[] {
  const collections = collectionsOf(library);
  return [
    ...(set.collections ?? []).flatMap((name, i) => {
      if (collections.has(name)) return [];
      const message = `the collection ${JSON.stringify(name)} does not exist${didYouMean(name, collections)}`;
      return [file.fault([...here, "collections", i], "policy.collection_unknown", message)];
    }),
    ...(["include", "exclude"] as const).flatMap((field) =>
      (set[field] ?? []).flatMap((word, i) => {
        const message = faultOfWord(word, field, library, collections);
        return message === undefined ? [] : [file.fault([...here, field, i], "policy.rule_unknown", message)];
      }),
    ),
    ...Object.keys(set.rules ?? {}).flatMap((code) => {
      if (Object.hasOwn(library, code)) return [];
      const message = `the rule ${JSON.stringify(code)} does not exist${didYouMean(code, Object.keys(library))}`;
      return [file.fault([...here, "rules", code], "policy.rule_unknown", message, "key")];
    }),
  ];
}

/** Names of all collections: the standard library's, and those that rules of one's own found. */
export function collectionsOf(library: RuleLibrary): ReadonlySet<string> {
  return new Set([
    ...Object.keys(COLLECTIONS),
    ...Object.values(library).flatMap((rule) => rule.collections),
  ]);
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
    rule.enabledBy.some((path) => states(set, path)) ||
    (rule.own && rule.collections.length === 0);
  const included = Math.max(chosen ? 1 : 0, ...(set.include ?? []).map((word) => weight(word, code, rule)));
  const excluded = Math.max(0, ...(set.exclude ?? []).map((word) => weight(word, code, rule)));
  if (
    code === NO_PULL_REQUEST &&
    at(set.sections, "provenance", "allowPullRequests") === true &&
    included < 3
  )
    return false;
  return included > excluded;
}

/** How specifically a word of include or exclude speaks of a rule; 0: not at all. A term speaks of no whole rule. */
function weight(word: string, code: string, rule: RuleInfo): number {
  if (word === code) return 3;
  if (word.endsWith(".*")) return code.startsWith(word.slice(0, -1)) ? 2 : 0;
  return rule.collections.includes(word) ? 1 : 0;
}

/** Rules of one's own without collection are asked for by being there. */
function isDemanded(code: string, rule: RuleInfo | undefined, set: ImageSetSource): boolean {
  if (rule === undefined) return false;
  return (
    set.include?.includes(code) === true ||
    rule.enabledBy.some((path) => states(set, path)) ||
    (rule.own && rule.collections.length === 0)
  );
}

function hasWhatItNeeds(rule: RuleInfo | undefined, set: ImageSetSource): boolean {
  if (rule === undefined || rule.needs.length === 0) return true;
  return rule.needs.some((path) => states(set, path));
}
