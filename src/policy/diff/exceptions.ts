import {
  arrayAt,
  at,
  canonicalJson,
  isArray,
  isObject,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import { endOf, imagesOf, wordsOf } from "../compiled/index.ts";
import { same } from "./names.ts";
import type { Direction, FoundChange } from "./types.ts";

/** Words for people, which excuse nothing. */
const TEXTS = ["owner", "reason", "reference", "unbounded"] as const;

/**
 * What changed in what exceptions.yaml excuses; an exception is known by its rule and its images. One that had ended
 * before `now` excuses nothing any more, wherever it stands.
 */
export function compareExceptions(before: JsonObject, after: JsonObject, now: Date): readonly FoundChange[] {
  const [old, young] = [byScope(before), byScope(after)];
  return [...new Set([...old.keys(), ...young.keys()])].sort().flatMap((key): FoundChange[] => {
    const [was, is] = [old.get(key), young.get(key)];
    const isOver = [was, is].every((one) => one === undefined || momentOf(at(one, "until")) < now.getTime());
    const exception = is ?? was;
    const change = (direction: Direction, message: string): FoundChange => ({
      direction,
      area: "exceptions",
      subject: `${wordsOf(at(exception, "rule"))} for ${imagesOf(exception)}`,
      message,
    });
    const text = (message: string): FoundChange => ({ ...change("changed", message), step: "patch" });
    if (is === undefined) {
      return [
        isOver
          ? text(`the exception is gone, which had ended: ${endOf(was ?? null)}`)
          : change("stricter", "the exception is gone"),
      ];
    }
    if (was === undefined) {
      const words = `a new exception of ${wordsOf(at(is, "owner"))}, ${endOf(is)}`;
      return [isOver ? text(`${words}, which is over`) : change("looser", words)];
    }
    if (same(was, is)) return [];
    if (isOver) return [text(`an exception that has ended: ${endOf(was)} → ${endOf(is)}`)];
    const words = TEXTS.filter((name) => !same(at(was, name) ?? null, at(is, name) ?? null));
    return [
      ...(same(at(was, "until"), at(is, "until"))
        ? []
        : [change(later(at(was, "until"), at(is, "until")), `${endOf(was)} → ${endOf(is)}`)]),
      ...(same(at(was, "from"), at(is, "from"))
        ? []
        : [change(opposite(later(startOf(was), startOf(is))), `from ${startOf(was)} → from ${startOf(is)}`)]),
      ...(words.length === 0 ? [] : [text(`another ${words.join(", ")}`)]),
    ];
  });
}

/** What changed in the levels that builders are granted. */
export function compareBuilders(before: JsonObject, after: JsonObject): readonly FoundChange[] {
  const [old, now] = [before, after].map(
    (data) =>
      new Map(
        (arrayAt(data, "policy", "builders") ?? [])
          .filter(isObject)
          .map((entry) => [
            `${wordsOf(entry["builder"])} signed by ${wordsOf(entry["signers"])}`,
            entry["level"],
          ]),
      ),
  );
  if (old === undefined || now === undefined) return [];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((subject): FoundChange[] => {
    const [was, is] = [old.get(subject), now.get(subject)];
    if (same(was, is)) return [];
    const direction =
      levelOf(is) > levelOf(was) ? "looser" : levelOf(is) < levelOf(was) ? "stricter" : "changed";
    return [
      { direction, area: "builders", subject, message: `SLSA build level: ${wordsOf(was)} → ${wordsOf(is)}` },
    ];
  });
}

/** Of several with one scope, the one that lasts longest is compared with the other policy's that lasts longest. */
function byScope(data: JsonObject): ReadonlyMap<string, JsonObject> {
  const listed = at(data, "exceptions");
  const entries = Map.groupBy((isArray(listed) ? listed : []).filter(isObject), (entry) =>
    canonicalJson(
      [entry["rule"], entry["images"], entry["digests"], entry["namespaces"]].map((part) => part ?? null),
    ),
  );
  return new Map(
    [...entries].flatMap(([scope, alike]) =>
      alike
        .toSorted((a, b) => momentOf(b["until"]) - momentOf(a["until"]) || 0)
        .map((entry, i): [string, JsonObject] => [`${scope} ${i}`, entry]),
    ),
  );
}

/** An exception that lasts longer is looser. */
function later(before: JsonValue | undefined, after: JsonValue | undefined): Direction {
  return momentOf(after) > momentOf(before) ? "looser" : "stricter";
}

/** Without a beginning it holds from the beginning. */
function startOf(exception: JsonValue): string {
  return stringAt(exception, "from") ?? "1970-01-01T00:00:00Z";
}

function momentOf(value: JsonValue | undefined): number {
  return typeof value === "string" ? Date.parse(value) : Infinity;
}

function levelOf(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

function opposite(direction: Direction): Direction {
  return direction === "looser" ? "stricter" : "looser";
}
