import {
  arrayAt,
  at,
  isObject,
  objectAt,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import {
  codeOfRule,
  covers,
  imageSets,
  matchEntries,
  rulesOfSet,
  sectionsOf,
  wordsOf,
  type MatchEntry,
} from "../compiled/index.ts";
import { compareSections, type FieldChange } from "./fields.ts";
import { differing, same } from "./names.ts";
import { compareSteps, stepOf } from "./steps.ts";
import type { Direction, FoundChange, Step } from "./types.ts";

/** Images that both policies judge by one set each; `undefined` is a set that does not exist. */
interface Pair {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  readonly patterns: string[];
}

/**
 * What changed for the images, set by set. Sets are compared where the same images fall into them: by every pattern of
 * either policy, and the most specific pattern of the other that covers it.
 */
export function compareSets(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  return pairsOf(before, after).flatMap(({ before: old, after: now, patterns }) => {
    const subject = patterns.join(", ");
    const change = (found: FieldChange): FoundChange => ({ ...found, area: "images", subject });
    if (old === undefined || now === undefined) {
      return old === now ? [] : [change(old === undefined ? FOUND : LOST)];
    }
    const found = [
      ...modeChanges(old, now),
      ...ruleChanges(old, now, after),
      ...termChanges(old, now),
      ...compareSections(sectionsOf(old), sectionsOf(now)),
      ...dataChanges(old, now),
    ].map((one) => (denies(now) ? one : { ...one, step: harmless(one) }));
    return [...found, ...(hasRules(old) && !hasRules(now) ? [EMPTY] : [])].map(change);
  });
}

/** Whether what its rules find denies. */
function denies(set: JsonObject): boolean {
  return MODES[stringAt(set, "mode") ?? "enforce"] !== 0;
}

/** No more than a minor step, where the set that follows denies nothing by its rules. */
function harmless({ step, direction }: FieldChange): Step {
  const asked = step ?? stepOf(direction);
  return compareSteps(asked, "minor") > 0 ? "minor" : asked;
}

/** Without any, and without allowAll, every image is denied. */
function hasRules(set: JsonObject): boolean {
  return rulesOfSet(set).length > 0 || stringAt(set, "allowAll") !== undefined;
}

const EMPTY: FieldChange = {
  direction: "stricter",
  message: "no rule applies any more, so that all is denied",
};

const LOST: FieldChange = {
  direction: "stricter",
  message: "no set of images matches them as a whole any more; what no narrower pattern matches is denied",
};

const FOUND: FieldChange = {
  direction: "looser",
  message: "no set of images matched them as a whole; what no narrower pattern matched was denied",
};

function pairsOf(before: JsonObject, after: JsonObject): readonly Pair[] {
  const sides = [before, after].map((data) => ({ entries: matchEntries(data), sets: imageSets(data) }));
  const pairs = new Map<string, Pair>();
  const seen = new Set<string>();
  for (const entry of sides.flatMap(({ entries }) => entries)) {
    const name = nameOf(entry);
    if (seen.has(name)) continue;
    seen.add(name);
    const [old, now] = sides.map(({ entries, sets }) => {
      const owner = entries.find((other) => includes(other, entry));
      return owner === undefined ? undefined : { index: owner.images, set: sets[owner.images] };
    });
    const key = `${old?.index ?? ""} ${now?.index ?? ""}`;
    const pair = pairs.get(key) ?? { before: old?.set, after: now?.set, patterns: [] };
    pair.patterns.push(name);
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}

function includes(wide: MatchEntry, narrow: MatchEntry): boolean {
  if (!covers(wide.pattern, narrow.pattern)) return false;
  if (wide.namespace === null) return true;
  return narrow.namespace !== null && covers(wide.namespace, narrow.namespace);
}

function nameOf({ pattern, namespace }: MatchEntry): string {
  const where = namespace === null ? "" : ` in namespaces ${wordsOf(namespace)}`;
  return `${wordsOf(pattern)}${where}`;
}

/** How far a mode lets violations deny. */
const MODES: Readonly<Record<string, number>> = { enforce: 1, warn: 0, audit: 0 };

function modeChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  const [old, now] = [stringAt(before, "mode") ?? "enforce", stringAt(after, "mode") ?? "enforce"];
  const changes: FieldChange[] = [];
  if (old !== now) {
    changes.push({
      direction: byOrder(MODES[old] ?? 1, MODES[now] ?? 1),
      message: `mode: ${old} → ${now}`,
    });
  }
  const [said, says] = [stringAt(before, "allowAll"), stringAt(after, "allowAll")];
  if (said === undefined && says !== undefined) {
    changes.push({ direction: "looser", message: `allowAll: everything is allowed: ${wordsOf(says)}` });
  }
  if (said !== undefined && says === undefined) {
    changes.push({ direction: "stricter", message: "allowAll: no longer stated" });
  }
  if (said !== undefined && says !== undefined && said !== says) {
    const message = `allowAll: ${wordsOf(said)} → ${wordsOf(says)}`;
    changes.push({ direction: "changed", step: "patch", message });
  }
  return changes;
}

function ruleChanges(before: JsonObject, after: JsonObject, data: JsonObject): readonly FieldChange[] {
  const old = new Map(rulesOfSet(before).map((rule) => [codeOfRule(rule), rule]));
  const now = new Map(rulesOfSet(after).map((rule) => [codeOfRule(rule), rule]));
  const titled = (code: string) => {
    const title = stringAt(data, "library", "rules", code, "title");
    return title === undefined ? code : `${code} (${wordsOf(title)})`;
  };
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((code): FieldChange[] => {
    const [was, is] = [old.get(code), now.get(code)];
    if (was === undefined && is !== undefined) {
      const warns = stringAt(is, "action") === "warn" && at(is, "demanded") === false;
      const message = `rule ${titled(code)} applies now${warns ? ", and warns" : ""}`;
      return [{ direction: "stricter", message, ...(warns && { step: "minor" as const }) }];
    }
    if (was === undefined || is === undefined) {
      return [{ direction: "looser", message: `rule ${titled(code)} no longer applies` }];
    }
    return propertyChanges(code, was, is);
  });
}

function propertyChanges(code: string, before: JsonObject, after: JsonObject): FieldChange[] {
  const changes: FieldChange[] = [];
  const property = (
    name: string,
    rank: (value: JsonValue | undefined) => number | string,
    words: (value: JsonValue | undefined) => string,
    step?: Step,
  ) => {
    const [old, now] = [at(before, name) ?? null, at(after, name) ?? null];
    if (same(old, now)) return;
    const direction = byOrder(rank(old), rank(now));
    const message = `rule ${code}: ${words(old)} → ${words(now)}`;
    changes.push({ direction, message, ...(step && { step }) });
  };
  property(
    "action",
    (value) => (value === "warn" ? 0 : 1),
    (value) => (value === "warn" ? "warns" : value === "deny" ? "denies" : "as the rule says"),
  );
  // Later is looser; no date is at once.
  property(
    "effectiveOn",
    (value) => (typeof value === "string" ? -Date.parse(value) : 0),
    (value) => (typeof value === "string" ? `effective on ${value}` : "effective at once"),
  );
  property(
    "demanded",
    (value) => (value === false ? 0 : 1),
    (value) => (value === false ? "may be left unevaluated" : "denies where it cannot be evaluated"),
  );
  property(
    "severity",
    () => 0,
    (value) => `severity ${wordsOf(value ?? "of the rule")}`,
    "patch",
  );
  return changes;
}

function termChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  const [old, now] = [termsOf(before), termsOf(after)];
  return [
    ...now
      .filter((term) => !old.includes(term))
      .map((term) => ({ direction: "looser" as const, message: `${term} is excluded now` })),
    ...old
      .filter((term) => !now.includes(term))
      .map((term) => ({ direction: "stricter" as const, message: `${term} is no longer excluded` })),
  ];
}

function termsOf(set: JsonObject): readonly string[] {
  return (arrayAt(set, "excludeTerms") ?? [])
    .filter(isObject)
    .map((entry) => `${wordsOf(entry["code"])}:${wordsOf(entry["term"])}`);
}

function dataChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  return differing(objectAt(before, "data"), objectAt(after, "data")).map(
    ({ name, before: old, after: now }) => ({
      direction: "changed",
      message: `data.${name}: ${wordsOf(old)} → ${wordsOf(now)}`,
    }),
  );
}

function byOrder(before: number | string, after: number | string): Direction {
  return after > before ? "stricter" : after < before ? "looser" : "changed";
}
