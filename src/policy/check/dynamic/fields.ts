import {
  arrayAt,
  isArray,
  isObject,
  objectAt,
  type JsonObject,
  type JsonValue,
} from "../../../core/index.ts";
import { SchemaPlace } from "../static/input-schema.ts";

/** Lists of statements, by the field of the input document; `evidence` and facts about the image stand apart. */
export const STATEMENT_LISTS: readonly string[] = SchemaPlace.root().member("unverified")?.names() ?? [];

/** A field of a statement: what somebody has said, or has left unsaid. */
export interface Field {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
  /** How a document shows that it is not stated. */
  readonly absences: readonly ("removed" | "null")[];
  /** Other values of the same type, which the policy may not have foreseen; none for lists and objects. */
  readonly others: readonly JsonValue[];
}

/** What normalization and verification write of every statement, and what only repeats other fields. */
const NO_CLAIMS: ReadonlySet<string> = new Set([
  "evidence",
  "kind",
  "predicateType",
  "subject",
  "corroboration",
  "conflicts",
  "unknownFields",
]);

const DEPTH = 10;
const CHOICES = 5;
/** Elements of one list that are looked at. */
const ELEMENTS = 3;

/**
 * The fields of a document's statements that may be absent: where the schema requires a value and forbids `null`, no
 * real document lacks it. Values in maps with keys of anybody's choice are no fields.
 */
export function fieldsOf(document: JsonObject): readonly Field[] {
  const fields: Field[] = [];
  for (const list of STATEMENT_LISTS) {
    const schema = SchemaPlace.root().member(list)?.element();
    const records = document[list];
    if (!isArray(records)) continue;
    records.slice(0, ELEMENTS).forEach((record, i) => {
      if (!isObject(record)) return;
      for (const [key, value] of Object.entries(record)) {
        if (NO_CLAIMS.has(key)) continue;
        collect(value, key, [list, i, key], schema, fields, 0);
      }
    });
  }
  return fields;
}

/** Facts that no statement makes: about the image, the request, and how its evidence was verified. */
export function factsOf(document: JsonObject): readonly Field[] {
  const fields: Field[] = [];
  for (const key of ["image", "request", "evidence", "completeness"]) {
    const value = document[key];
    if (value !== undefined) collect(value, key, [key], SchemaPlace.root(), fields, 0);
  }
  return fields;
}

/** Maps with keys of anybody's choice that are facts about the image: its annotations and labels. */
export function mapsOf(
  document: JsonObject,
): readonly (readonly [readonly (string | number)[], JsonObject])[] {
  const annotations = objectAt(document, "image", "annotations");
  const platforms = arrayAt(document, "image", "platforms") ?? [];
  return [
    ...(annotations === undefined ? [] : [[["image", "annotations"], annotations] as const]),
    ...platforms.slice(0, 1).flatMap((platform) => {
      const labels = objectAt(platform, "config", "labels");
      return labels === undefined ? [] : [[["image", "platforms", 0, "config", "labels"], labels] as const];
    }),
  ];
}

function collect(
  value: JsonValue,
  key: string,
  path: readonly (string | number)[],
  parent: SchemaPlace | undefined,
  fields: Field[],
  depth: number,
): void {
  if (depth > DEPTH) return;
  const absences = absencesOf(key, parent);
  const others = otherValues(value, parent?.member(key)?.choices() ?? []);
  if (value !== null && absences.length + others.length > 0) fields.push({ path, value, absences, others });
  const schema = parent?.member(key);
  if (isObject(value)) {
    if (schema !== undefined && schema.names().length === 0 && key !== "predicate") return;
    const inner = schema?.names().length === 0 ? undefined : schema;
    for (const [name, member] of Object.entries(value)) {
      collect(member, name, [...path, name], inner, fields, depth + 1);
    }
  } else if (isArray(value)) {
    const element = schema?.element();
    value.slice(0, ELEMENTS).forEach((entry, i) => {
      if (!isObject(entry)) return;
      for (const [name, member] of Object.entries(entry)) {
        collect(member, name, [...path, i, name], element, fields, depth + 1);
      }
    });
  }
}

function absencesOf(key: string, parent: SchemaPlace | undefined): Field["absences"] {
  if (parent === undefined) return ["removed"];
  if (parent.states(key)) return [];
  const member = parent.member(key);
  if (member === undefined) return ["removed"];
  return member.allows("null") ? ["null", "removed"] : ["removed"];
}

/** What else could stand there, in a few samples. */
function otherValues(value: JsonValue, choices: readonly string[]): readonly JsonValue[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1_000_000, value - 1_000_000];
  if (typeof value !== "string") return [];
  return choices.length > 0
    ? choices.filter((choice) => choice !== value).slice(0, CHOICES)
    : [`${value}-altered`];
}

/** The document without any statement, and without the evidence that made them. */
export function emptied(document: JsonObject): JsonObject {
  const lists = Object.fromEntries(STATEMENT_LISTS.map((list) => [list, []]));
  return { ...document, ...lists, evidence: [], ...("unverified" in document ? { unverified: lists } : {}) };
}
