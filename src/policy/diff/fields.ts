import { at, isArray, isObject, stringAt, type JsonObject, type JsonValue } from "../../core/index.ts";
import { covers, isWritten, wordsOf } from "../compiled/index.ts";
import { meaningOf, type Meaning } from "./meanings.ts";
import { differing, same } from "./names.ts";
import type { Direction, Step } from "./types.ts";

/** A change of one field, without whom it concerns. */
export interface FieldChange {
  readonly direction: Direction;
  /** Where it does not follow from the direction. */
  readonly step?: Step;
  readonly message: string;
}

const SEVERITIES = ["low", "medium", "high", "critical"] as const;

/** What changed in what a set of images demands, field by field. */
export function compareSections(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  const [old, now] = [leavesOf(byType(before)), leavesOf(byType(after))];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const path = old.get(key)?.path ?? now.get(key)?.path ?? [];
    return compareField(path, old.get(key)?.value, now.get(key)?.value, { before, after });
  });
}

interface Sections {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** `attestations` by predicate type, so that their order is no difference. */
function byType(sections: JsonObject): JsonObject {
  const { attestations } = sections;
  if (!isArray(attestations)) return sections;
  const named = attestations.flatMap((entry) => {
    const { predicateType, ...rest } = isObject(entry) ? entry : {};
    return typeof predicateType === "string" ? [[predicateType, rest] as const] : [];
  });
  return { ...sections, attestations: Object.fromEntries(named) };
}

function leavesOf(value: JsonValue, path: readonly string[] = []): ReadonlyMap<string, Leaf> {
  if (!isObject(value) || isWritten(value) || isMap(path)) {
    return new Map([[JSON.stringify(path), { path, value }]]);
  }
  return new Map(Object.entries(value).flatMap(([key, entry]) => [...leavesOf(entry, [...path, key])]));
}

/** Objects whose keys are the policy's own words. */
function isMap(path: readonly string[]): boolean {
  return path.length > 1 && meaningOf(path)?.kind === "demanded";
}

function compareField(
  path: readonly string[],
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  sections: Sections,
): readonly FieldChange[] {
  if (same(before, after)) return [];
  const name = path.join(".");
  const meaning = meaningOf(path);
  const change = (direction: Direction, words: string): FieldChange => ({
    direction,
    message: `${name}: ${words}`,
  });
  const went = `${wordsOf(before)} → ${wordsOf(after)}`;
  if (meaning === undefined) return [change("changed", went)];
  const entries = meaning.kind === "approved" || meaning.kind === "demanded" || meaning.kind === "excusers";
  if (meaning.kind === "note") return [{ ...change("changed", went), step: "patch" }];
  if (!entries) return [change(directionOf(meaning, path, before, after, sections), went)];
  if (before === undefined || after === undefined) {
    const stricter = (after !== undefined) === (meaning.kind !== "excusers");
    const words =
      after === undefined ? `no longer stated (${wordsOf(before)})` : `now stated: ${wordsOf(after)}`;
    const found = change(stricter ? "stricter" : "looser", words);
    // Where a section names nobody, others answer for it, or nobody.
    return [path.at(-1) === "signers" && after === undefined ? { ...found, step: "major" } : found];
  }
  return isObject(before) && isObject(after)
    ? mapChanges(before, after).map(([direction, words]) => change(direction, words))
    : entryChanges(meaning, listOf(before), listOf(after)).map(([direction, words, step]) => {
        const found = { ...change(direction, words), ...(step === undefined ? {} : { step }) };
        return direction === "looser" && speaksAgainst(path, sections.after) ? mayDeny(found) : found;
      });
}

/** Whether a further signer's word can also deny: where one record that satisfies the rules is not enough. */
function speaksAgainst(path: readonly string[], after: JsonObject): boolean {
  const [section = "", field, ...more] = path;
  if (field !== "signers" || more.length > 0) return false;
  const meaning = meaningOf([section, "require"]);
  const absent = meaning?.kind === "ranked" ? meaning.absent : "any";
  return (stringAt(after, section, "require") ?? absent) !== "any";
}

function mayDeny(change: FieldChange): FieldChange {
  return { ...change, step: "major", message: `${change.message}; what they say may deny as well` };
}

/** What an entry does that is added to a list, or taken from it; nothing where another entry covers it. */
function entryChanges(
  meaning: Meaning,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): readonly (readonly [Direction, string, Step?])[] {
  const accepts = meaning.kind !== "demanded";
  const added = after.filter((entry) => !before.some((other) => same(entry, other)));
  const removed = before.filter((entry) => !after.some((other) => same(entry, other)));
  // What must all be there is not there with what covers it.
  const step = accepts ? "patch" : "major";
  return [
    ...added.map((entry) => {
      if (covered(entry, before))
        return ["changed", `${wordsOf(entry)} added, which was covered`, step] as const;
      return accepts
        ? (["looser", `${wordsOf(entry)} is approved too`] as const)
        : (["stricter", `${wordsOf(entry)} added`] as const);
    }),
    ...removed.map((entry) => {
      if (covered(entry, after))
        return ["changed", `${wordsOf(entry)} removed, which is covered`, step] as const;
      return accepts
        ? (["stricter", `${wordsOf(entry)} is no longer approved`] as const)
        : (["looser", `${wordsOf(entry)} removed`] as const);
    }),
  ];
}

function covered(entry: JsonValue, others: readonly JsonValue[]): boolean {
  if (!isPattern(entry)) return false;
  return others.some((other) => isPattern(other) && covers(other, entry));
}

function isPattern(value: JsonValue): value is JsonObject {
  return isObject(value) && typeof value["exact"] === "boolean";
}

/** Demands by name: labels, annotations, parameters. */
function mapChanges(before: JsonObject, after: JsonObject): readonly (readonly [Direction, string])[] {
  return differing(before, after).map(({ name, before: old, after: now }) => {
    if (old === undefined) return ["stricter", `${name} added: ${wordsOf(now)}`];
    if (now === undefined) return ["looser", `${name} removed`];
    return ["changed", `${name}: ${wordsOf(old)} → ${wordsOf(now)}`];
  });
}

function directionOf(
  meaning: Meaning,
  path: readonly string[],
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  { before: old, after: now }: Sections,
): Direction {
  switch (meaning.kind) {
    case "at-least":
      return byOrder(numberOf(before, 0), numberOf(after, 0));
    case "within":
      return byOrder(-numberOf(before, Infinity), -numberOf(after, Infinity));
    case "tolerated":
      return byOrder(-numberOf(before, 0), -numberOf(after, 0));
    case "threshold":
      return byOrder(-limitOf(path, before, old), -limitOf(path, after, now));
    case "assumed":
      return byOrder(severity(before ?? "critical"), severity(after ?? "critical"));
    case "flag":
      return byOrder(Number(before === true), Number(after === true));
    case "leniency":
      return byOrder(mercilessness(before), mercilessness(after));
    case "ranked": {
      const rank = (value: JsonValue | undefined) =>
        meaning.words.indexOf(typeof value === "string" ? value : meaning.absent);
      const extreme = (value: JsonValue | undefined) => ![0, meaning.words.length - 1].includes(rank(value));
      // What lies between the ends is asked of other records.
      return extreme(before) || extreme(after) ? "changed" : byOrder(rank(before), rank(after));
    }
    case "demand":
      return before === undefined ? "stricter" : after === undefined ? "looser" : "changed";
    default:
      return "changed";
  }
}

/** More is stricter. */
function byOrder(before: number, after: number): Direction {
  return after > before ? "stricter" : after < before ? "looser" : "changed";
}

function mercilessness(value: JsonValue | undefined): number {
  return value === true ? 0 : value === false ? 2 : 1;
}

/** `unpatched` that is absent is `failOn`; `failOn` that is absent denies nothing. */
function limitOf(path: readonly string[], value: JsonValue | undefined, sections: JsonObject): number {
  if (value !== undefined) return severity(value);
  const failOn = path.at(-1) === "unpatched" ? stringAt(sections, path[0] ?? "", "failOn") : undefined;
  return failOn === undefined ? SEVERITIES.length : severity(failOn);
}

function severity(value: JsonValue): number {
  return SEVERITIES.findIndex((name) => name === value);
}

function numberOf(value: JsonValue | undefined, absent: number): number {
  const found = isObject(value) ? at(value, "seconds") : value;
  return typeof found === "number" ? found : absent;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return isArray(value) ? value : [value];
}
