import { arrayAt, isArray, isObject, type JsonObject, type JsonValue } from "../../../core/index.ts";

/** What a policy itself speaks of, and what a document made without it would never hold. */
export interface PolicyWords {
  /** Days and moments, RFC 3339 UTC. */
  readonly moments: readonly string[];
  /** Texts that may be names: of labels, of annotations. */
  readonly names: readonly string[];
}

export const NO_WORDS: PolicyWords = { moments: [], names: [] };

/** Which rules apply, which images are meant, and the pieces of patterns. */
const NO_WORDS_IN: ReadonlySet<string> = new Set([
  "rules",
  "excludeTerms",
  "match",
  "head",
  "middle",
  "tail",
]);

const MOST_NAMES = 200;
const MOST_MOMENTS = 50;
const LONGEST_NAME = 100;
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;

/** The words of all sets of images in data.json. */
export function wordsOf(data: JsonObject): PolicyWords {
  const texts = new Set<string>();
  collect(arrayAt(data, "policy", "images") ?? [], texts);
  const all = [...texts].sort();
  return {
    moments: all
      .filter((text) => DATE.test(text))
      .map((text) => (text.includes("T") ? text : `${text}T12:00:00Z`))
      .slice(0, MOST_MOMENTS),
    names: all
      .filter((text) => /^[\w.:/-]+$/.test(text) && text.length <= LONGEST_NAME && !DATE.test(text))
      .slice(0, MOST_NAMES),
  };
}

function collect(value: JsonValue, into: Set<string>): void {
  if (typeof value === "string") into.add(value);
  else if (isArray(value)) for (const entry of value) collect(entry, into);
  else if (isObject(value)) {
    for (const [key, entry] of Object.entries(value)) {
      if (NO_WORDS_IN.has(key)) continue;
      into.add(key);
      collect(entry, into);
    }
  }
}

const DAY = 86_400_000;

/** Other times at which an example could have been decided: those of the policy, a week of nights, and long after. */
export function otherMoments(time: Date, { moments }: PolicyWords): readonly Date[] {
  const at = (days: number) => new Date(time.getTime() + days * DAY);
  const nights = Array.from(
    { length: 7 },
    (_, days) => new Date(`${at(days).toISOString().slice(0, 10)}T02:30:00Z`),
  );
  const stated = moments
    .map((moment) => new Date(moment))
    .filter((moment) => !Number.isNaN(moment.getTime()));
  return [at(3650), ...nights, ...stated];
}
