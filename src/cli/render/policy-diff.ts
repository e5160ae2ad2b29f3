import { oneLine, parseVersion } from "../../core/index.ts";
import type { Change, ChangedDecision, Direction, PolicyDiff, PolicyName } from "../../policy/index.ts";
import { codeSpan } from "./markdown.ts";
import type { Paint } from "./paint.ts";

export const DIFF_OUTPUTS = ["text", "json", "markdown"] as const;

const MARKS: Readonly<Record<Direction, readonly ["green" | "red" | "yellow", string]>> = {
  stricter: ["green", "+ stricter"],
  looser: ["red", "- looser  "],
  changed: ["yellow", "~ changed "],
};

const ORDER: readonly Direction[] = ["looser", "changed", "stricter"];

/** Of the changelog: what asks for most of whoever updates comes first. */
const LISTS = [
  ["stricter", "Stricter", "What was allowed may be denied."],
  ["looser", "Looser", "What was denied may be allowed."],
  ["changed", "Changed", null],
] as const;

/** The report of `assay policy diff`. */
export function renderDiff(diff: PolicyDiff, output: string, paint: Paint): string {
  if (output === "json") return `${JSON.stringify(diff, null, 2)}\n`;
  return output === "markdown" ? markdownOf(diff) : textOf(diff, paint);
}

function textOf({ from, to, version, changes, decisions }: PolicyDiff, paint: Paint): string {
  const line = (direction: Direction, text: string) => {
    const [colour, mark] = MARKS[direction];
    return `  ${paint(colour, mark)}  ${oneLine(text)}`;
  };
  const groups = groupsOf(changes).flatMap(([title, group]) => [
    "",
    paint("bold", oneLine(title)),
    ...group.map(({ direction, message }) => line(direction, message)),
  ]);
  const decided = (decisions?.changed ?? []).map(({ file, direction, message }) =>
    line(direction, `${file}: ${message}`),
  );
  return [
    `${nameOf(from)} → ${nameOf(to)}`,
    ...(groups.length === 0 ? ["", "nothing changed"] : groups),
    "",
    paint("bold", decisions === null ? countOf(decisions) : `Decisions: ${countOf(decisions)}`),
    ...decided,
    "",
    summaryOf(changes),
    oneLine(`version: ${version.message}`),
    "",
  ].join("\n");
}

/** An entry for a changelog. What comes from outside stands in code spans only. */
function markdownOf({ from, to, version, changes, decisions }: PolicyDiff): string {
  const lists = LISTS.flatMap(([direction, title, words]) => {
    const group = changes.filter((change) => change.direction === direction);
    if (group.length === 0) return [];
    const entries = group.map(({ subject, message }) => `- ${codeSpan(subject)}: ${codeSpan(message)}`);
    return ["", `### ${title}`, "", ...(words === null ? [] : [words, ""]), ...entries];
  });
  const decided = (decisions?.changed ?? []).map(
    ({ file, direction, message }) => `- ${direction}: ${codeSpan(`${file}: ${message}`)}`,
  );
  return [
    headingOf(to),
    "",
    `From ${codeSpan(nameOf(from))} to ${codeSpan(nameOf(to))}: ${codeSpan(version.message)}.`,
    ...(lists.length === 0 ? ["", "Nothing changed."] : lists),
    "",
    "### Decisions",
    "",
    `${countOf(decisions)}.`,
    ...(decided.length === 0 ? [] : ["", ...decided]),
    "",
  ].join("\n");
}

function headingOf({ version, revision, sequence }: PolicyName): string {
  const stated = version ?? revision;
  const title = parseVersion(stated) === undefined ? codeSpan(oneLine(stated, 100)) : stated;
  return `## ${title}${sequence === null ? "" : ` (sequence ${sequence})`}`;
}

function groupsOf(changes: readonly Change[]): readonly (readonly [string, readonly Change[]])[] {
  const groups = Map.groupBy(changes, ({ area, subject }) => `${area} ${subject}`);
  return [...groups].map(([title, group]) => [
    title,
    group.toSorted((a, b) => ORDER.indexOf(a.direction) - ORDER.indexOf(b.direction)),
  ]);
}

function countOf(
  decisions: { readonly examples: number; readonly changed: readonly ChangedDecision[] } | null,
): string {
  if (decisions === null) return "No examples to compare decisions by";
  return `${decisions.changed.length} of ${decisions.examples} examples are decided otherwise`;
}

/** A loosening is named with what it means: to the version it is a small step, to who relies on denials it is not. */
function summaryOf(changes: readonly Change[]): string {
  const count = (direction: Direction) => changes.filter((change) => change.direction === direction).length;
  const looser = count("looser");
  const meaning = looser === 0 ? "" : " (what was denied may be allowed: to be reviewed)";
  return `${looser} looser${meaning}, ${count("stricter")} stricter, ${count("changed")} changed`;
}

function nameOf({ name, revision, digest }: PolicyName): string {
  return oneLine(`${name} ${revision} (${digest.slice(0, 19)})`);
}
