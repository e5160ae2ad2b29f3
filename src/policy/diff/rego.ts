import type { JsonObject } from "../../core/index.ts";
import { ruleCodeOf, type RegoSource } from "../bundle/sources.ts";
import { codeOfRule, imageSets, rulesOfSet } from "../compiled/index.ts";
import type { ComparedPolicy, FoundChange } from "./types.ts";

/** More rules of the library than this are counted, not named. */
const MOST_NAMED = 10;

/** A file of either policy. */
interface Changed {
  readonly file: string;
  readonly code: string | undefined;
  /** Of its text. */
  readonly what: "changed" | "added" | "removed" | "comments";
}

/**
 * Rules whose text changed and that a set of images applies, in either policy. Which way, nobody can tell from text:
 * examples show it. Where a bundle brings no text, its compiled rules are compared, of which nobody can tell more.
 */
export function compareRego(from: ComparedPolicy, to: ComparedPolicy): readonly FoundChange[] {
  const files = changedFiles(from.rego, to.rego);
  if (from.rego.length === 0 || to.rego.length === 0 || files.length === 0) return compareCompiled(from, to);
  const [before, after] = [from, to].map(({ bundle }) => applied(bundle.data));
  const isRead = (code: string, file: string) =>
    [...from.rego, ...to.rego].some((other) => other.file !== file && other.text.includes(`rules.${code}`));
  const rules = files.flatMap(({ file, code, what }) => {
    if (code === undefined) return [];
    if (isRead(code, file)) return [{ file, code, what }];
    // A rule that one policy alone applies is told by its sets of images.
    const [was, is] = [before?.has(code) === true, after?.has(code) === true];
    return (what === "added" || what === "removed" ? was && is : was || is) ? [{ file, code, what }] : [];
  });
  const decisive = rules.filter(({ what }) => what !== "comments");
  const library = decisive.filter(({ file }) => file.startsWith("rego/"));
  const named = library.length > MOST_NAMED ? decisive.filter((rule) => !library.includes(rule)) : decisive;
  const helpers = files.filter(({ code, what }) => code === undefined && what !== "comments");
  const comments = files.filter(({ what }) => what === "comments");
  return [
    ...named.map(({ file, code, what }) =>
      rego(code, what === "changed" ? `the rule's text changed (${file})` : `${file} was ${what}`),
    ),
    ...(named.length === decisive.length
      ? []
      : [rego("standard library", `the text of ${library.length} rules that apply changed`)]),
    ...(helpers.length === 0
      ? []
      : [rego("helpers", `${helpers.length} files that rules may use changed: ${firstOf(helpers)}`)]),
    ...(comments.length === 0
      ? []
      : [
          {
            ...rego(
              "comments",
              `only comments and the texts in them (title, solution) changed in ${comments.length} files: ${firstOf(comments)}`,
            ),
            step: "patch" as const,
          },
        ]),
  ];
}

function changedFiles(before: readonly RegoSource[], after: readonly RegoSource[]): readonly Changed[] {
  const [old, now] = [before, after].map((files) => new Map(files.map(({ file, text }) => [file, text])));
  return [...new Set([...before, ...after].map(({ file }) => file))].sort().flatMap((file): Changed[] => {
    const [was, is] = [old?.get(file), now?.get(file)];
    if (was === is) return [];
    if (was === undefined || is === undefined) {
      const code = ruleCodeOf(is ?? was ?? "");
      return [{ file, code, what: was === undefined ? "added" : "removed" }];
    }
    const same = withoutComments(was) === withoutComments(is);
    const code = ruleCodeOf(was) === ruleCodeOf(is) ? ruleCodeOf(is) : undefined;
    return [{ file, code, what: same ? "comments" : "changed" }];
  });
}

/** Keys of METADATA that are texts, or that the compiled data holds, where they are compared. */
const METADATA_KEYS =
  /^(?:title|description|scope|entrypoint|schemas|authors|organizations|related_resources|custom|solution|severity|short_name|collections|depends_on|enabled_by|needs|uses|effective_on)$/;

/**
 * Without the lines that hold nothing but a comment. As it is, where a `#` may begin no comment (a raw string), or where a
 * rule may read METADATA of its own.
 */
function withoutComments(text: string): string {
  const lines = text.split(/\r?\n/);
  const keys = lines.flatMap((line) => /^[ \t]*#[ \t]+(\w+):/.exec(line)?.[1] ?? []);
  const isRead = text.includes("rego.metadata") && !keys.every((key) => METADATA_KEYS.test(key));
  if (text.includes("`") || isRead) return text;
  return lines.filter((line) => !/^[ \t]*(?:#|$)/.test(line)).join("\n");
}

function compareCompiled(from: ComparedPolicy, to: ComparedPolicy): readonly FoundChange[] {
  if (Buffer.compare(from.bundle.wasm, to.bundle.wasm) === 0) return [];
  const untold = from.rego.length === 0 || to.rego.length === 0;
  const why = untold ? "a bundle brings no text to compare" : "though their text did not";
  return [rego("compiled rules", `the compiled rules changed, ${why}`)];
}

function applied(data: JsonObject): ReadonlySet<string> {
  return new Set(imageSets(data).flatMap(rulesOfSet).map(codeOfRule));
}

function firstOf(files: readonly { readonly file: string }[]): string {
  const names = files.slice(0, 3).map(({ file }) => file);
  return [...names, ...(files.length > names.length ? ["…"] : [])].join(", ");
}

function rego(subject: string, message: string): FoundChange {
  return { direction: "changed", area: "rules", subject, message };
}
