import { RE2JS } from "re2js";
import { BuiltinError, MAX_RESULT_ELEMENTS, MAX_RESULT_LENGTH, type BuiltinTable } from "./contract.ts";
import { intOperand, stringOperand } from "./operands.ts";

/**
 * The regular expressions that the module lacks, in RE2's linear time: JavaScript's own engine would let a pattern
 * or a text stall the worker (threat T158).
 */
export const regexBuiltins: BuiltinTable = {
  "regex.find_n": (operands) => {
    const [pattern, text] = [compiled(stringOperand(operands, 0)), stringOperand(operands, 1)];
    const wanted = intOperand(operands, 2);
    return allMatches(pattern, text, wanted).map(({ start, end }) => text.slice(start, end));
  },

  "regex.split": (operands) => split(stringOperand(operands, 0), stringOperand(operands, 1)),

  "regex.replace": (operands) => {
    const [text, replacement] = [stringOperand(operands, 0), stringOperand(operands, 2)];
    return replace(compiled(stringOperand(operands, 1)), text, replacement);
  },

  "regex.template_match": (operands) => {
    const [open, close] = [stringOperand(operands, 2), stringOperand(operands, 3)];
    if (Buffer.byteLength(open) !== 1)
      throw new BuiltinError("start delimiter has to be exactly one character long");
    if (Buffer.byteLength(close) !== 1)
      throw new BuiltinError("end delimiter has to be exactly one character long");
    const pattern = compiled(templatePattern(stringOperand(operands, 0), open, close));
    return pattern.matcher(stringOperand(operands, 1)).find();
  },
};

const MAX_COMPILED = 200;
const cache = new Map<string, RE2JS>();

function compiled(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let fresh: RE2JS;
  try {
    fresh = RE2JS.compile(pattern);
  } catch {
    throw new BuiltinError("error parsing regexp");
  }
  const oldest = cache.keys().next();
  if (cache.size >= MAX_COMPILED && oldest.done !== true) cache.delete(oldest.value);
  cache.set(pattern, fresh);
  return fresh;
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** Go's `allMatches`: an empty match right behind another match does not count. */
function allMatches(pattern: RE2JS, text: string, wanted = -1n): readonly Match[] {
  const matcher = pattern.matcher(text);
  const groupCount = matcher.groupCount();
  const matches: Match[] = [];
  let previousEnd = -1;
  const limit = wanted < 0n ? Infinity : Number(wanted);
  for (let position = 0; position <= text.length;) {
    if (matches.length >= limit || !matcher.find(position)) break;
    const [start, end] = [matcher.start(0), matcher.end(0)];
    if (end === position && start === previousEnd) position += characterLength(text, position);
    else {
      if (matches.length >= MAX_RESULT_ELEMENTS) throw new BuiltinError("too many matches");
      const groups = Array.from({ length: groupCount + 1 }, (_, i) => matcher.group(i) ?? undefined);
      matches.push({ start, end, groups });
      position = end === position ? position + characterLength(text, position) : end;
    }
    previousEnd = end;
  }
  return matches;
}

function characterLength(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

function split(expression: string, text: string): readonly string[] {
  const pattern = compiled(expression);
  if (expression !== "" && text === "") return [""];
  const parts: string[] = [];
  let [begin, end] = [0, 0];
  for (const match of allMatches(pattern, text)) {
    end = match.start;
    if (match.end !== 0) parts.push(text.slice(begin, end));
    begin = match.end;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

function replace(pattern: RE2JS, text: string, template: string): string {
  const names = pattern.namedGroups();
  let out = "";
  let begin = 0;
  for (const match of allMatches(pattern, text)) {
    out += text.slice(begin, match.start) + expand(template, match, names);
    if (out.length > MAX_RESULT_LENGTH) throw new BuiltinError("result too long");
    begin = match.end;
  }
  return out + text.slice(begin);
}

/** Go's `Regexp.Expand`: `$1`, `$name`, `${name}`, `$$`; a group that is not there is empty. */
function expand(template: string, match: Match, names: Readonly<Record<string, number>>): string {
  return template.replaceAll(
    /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (_all, dollar, braced, bare) => {
      if (dollar !== undefined) return "$";
      const name = String(braced ?? bare);
      const index = /^\d+$/.test(name)
        ? groupNumber(name)
        : Object.hasOwn(names, name)
          ? names[name]
          : undefined;
      return (index === undefined ? undefined : match.groups[index]) ?? "";
    },
  );
}

/** Go takes no number with a leading zero, and none beyond eight digits. */
function groupNumber(name: string): number | undefined {
  return name.length > 8 || (name.startsWith("0") && name !== "0") ? undefined : Number(name);
}

/** Expressions between delimiters, literal text around them; delimiters may nest. */
function templatePattern(template: string, open: string, close: string): string {
  let pattern = "^";
  let [level, begin, literalEnd] = [0, 0, 0];
  for (let i = 0; i < template.length; i++) {
    if (template[i] === open) {
      if (++level === 1) begin = i;
    } else if (template[i] === close) {
      if (--level < 0) throw new BuiltinError("unbalanced braces");
      if (level > 0) continue;
      const expression = template.slice(begin + 1, i);
      compiled(`^${expression}$`);
      pattern += `${quoteMeta(template.slice(literalEnd, begin))}(${expression})`;
      literalEnd = i + 1;
    }
  }
  if (level !== 0) throw new BuiltinError("unbalanced braces");
  return `${pattern}${quoteMeta(template.slice(literalEnd))}$`;
}

function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
