import {
  arrayAt,
  at,
  canonicalJson,
  isObject,
  objectAt,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import { wordsOf } from "../compiled/index.ts";
import { differing, same } from "./names.ts";
import type { Direction, FoundChange } from "./types.ts";

/** What changed in by whom signatures are proven: more to prove them by is looser, more that is distrusted stricter. */
export function compareTrust(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  const [old, now] = [objectAt(before, "trust") ?? {}, objectAt(after, "trust") ?? {}];
  const named = (field: string, what: string, compare: Comparison) =>
    differing(objectAt(old, field), objectAt(now, field)).flatMap(
      ({ name, before: was, after: is }): FoundChange[] => {
        if (is === undefined) return [trustChange("stricter", name, `${what} is no longer trusted`)];
        return was === undefined
          ? [trustChange("looser", name, `${what} is trusted now`)]
          : compare(was, is).map(([direction, words]) => trustChange(direction, name, `${what}: ${words}`));
      },
    );
  return [
    ...named("roots", "the trust root", rootChanges),
    ...named("keys", "the key", keyChanges),
    ...named("authorities", "the authority", authorityChanges),
    ...named("notary", "the trust store", () => [["changed", "its certificates or its level changed"]]),
    ...thresholdChanges(objectAt(old, "thresholds"), objectAt(now, "thresholds")),
    ...distrustedChanges(arrayAt(old, "distrusted"), arrayAt(now, "distrusted")),
    ...differing(old, now)
      .filter(({ name }) => !COMPARED.has(name))
      .map(({ name }) => trustChange("changed", name, `what trust says of ${name} changed`)),
  ];
}

const COMPARED: ReadonlySet<string> = new Set([
  "roots",
  "keys",
  "authorities",
  "notary",
  "thresholds",
  "distrusted",
]);

type Comparison = (before: JsonValue, after: JsonValue) => readonly (readonly [Direction, string])[];

function trustChange(direction: Direction, subject: string, message: string): FoundChange {
  return { direction, area: "trust", subject, message };
}

/** Lists of a trusted root, and what people call their entries. */
const PARTS: readonly (readonly [string, string])[] = [
  ["certificateAuthorities", "certificate authorities"],
  ["timestampAuthorities", "timestamp authorities"],
  ["tlogs", "transparency logs"],
  ["ctlogs", "certificate logs"],
];

function rootChanges(before: JsonValue, after: JsonValue): readonly (readonly [Direction, string])[] {
  const changes = PARTS.flatMap(([field, what]): (readonly [Direction, string])[] => {
    const [old, now] = [before, after].map((root) => (arrayAt(root, field) ?? []).map(canonicalJson));
    const added = (now ?? []).filter((entry) => old?.includes(entry) !== true).length;
    const removed = (old ?? []).filter((entry) => now?.includes(entry) !== true).length;
    // An entry that ends at last is one removed and one added.
    const both = Math.min(added, removed);
    return [
      ...(both > 0 ? [["changed", `${both} of its ${what} changed`] as const] : []),
      ...(added > both ? [["looser", `${added - both} more ${what}`] as const] : []),
      ...(removed > both ? [["stricter", `${removed - both} fewer ${what}`] as const] : []),
    ];
  });
  return changes.length > 0 ? changes : [["changed", "its content changed"]];
}

function keyChanges(before: JsonValue, after: JsonValue): readonly (readonly [Direction, string])[] {
  if (!isObject(before) || !isObject(after)) return [["changed", "its content changed"]];
  return differing(terms(before), terms(after)).map(({ name, before: old, after: now }) => {
    if (name === "pem") return ["changed", "it is another key"];
    const words = `${name}: ${wordsOf(old)} → ${wordsOf(now)}`;
    if (old === undefined) return ["stricter", words];
    if (now === undefined) return ["looser", words];
    const later = Date.parse(wordsOf(now)) > Date.parse(wordsOf(old));
    if (name === "from") return [later ? "stricter" : "looser", words];
    return [name === "to" || name === "distrust" ? (later ? "looser" : "stricter") : "changed", words];
  });
}

function terms(key: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null));
}

function authorityChanges(before: JsonValue, after: JsonValue): readonly (readonly [Direction, string])[] {
  const [old, now] = [before, after].map((authority) => arrayAt(authority, "crls") ?? []);
  const pem =
    at(before, "pem") === at(after, "pem") ? [] : [["changed", "its certificates changed"] as const];
  const crls =
    canonicalJson(old ?? []) === canonicalJson(now ?? [])
      ? []
      : [["changed", `its revocation lists changed (${old?.length ?? 0} → ${now?.length ?? 0})`] as const];
  return [...pem, ...crls];
}

function thresholdChanges(before: JsonObject = {}, after: JsonObject = {}): readonly FoundChange[] {
  return differing(before, after).flatMap(({ name, before: old, after: now }) =>
    differing(isObject(old) ? old : {}, isObject(now) ? now : {}).map(
      ({ name: field, before: was, after: is }) =>
        trustChange(
          direction(typeof was === "number" ? was : 0, typeof is === "number" ? is : 0),
          name,
          `threshold ${field}: ${wordsOf(was)} → ${wordsOf(is)}`,
        ),
    ),
  );
}

function direction(before: number, after: number): Direction {
  return after > before ? "stricter" : after < before ? "looser" : "changed";
}

function distrustedChanges(
  before: readonly JsonValue[] = [],
  after: readonly JsonValue[] = [],
): readonly FoundChange[] {
  return [
    ...without(after, before).map((entry) =>
      trustChange("stricter", "distrusted", `distrusted now: ${wordsOf(entry)}`),
    ),
    ...without(before, after).map((entry) =>
      trustChange("looser", "distrusted", `no longer distrusted: ${wordsOf(entry)}`),
    ),
  ];
}

function without(list: readonly JsonValue[], others: readonly JsonValue[]): readonly JsonValue[] {
  return list.filter((entry) => !others.some((other) => same(entry, other)));
}
