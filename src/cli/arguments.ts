import { parseArgs } from "node:util";
import { failure, oneLine, success, type Result } from "../core/index.ts";
import { nearest } from "./suggest.ts";

export interface Flag {
  /** What stands for its value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Arguments that fit their flags. Asking for a flag that the command does not have is a bug, not an absence. */
export interface Arguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  has(name: string): boolean;
}

/**
 * Reads arguments. Refused, each in one line: unknown flags (with the nearest known one), a missing or unexpected
 * value, a value outside its choices, and a flag given twice that takes one value, for two tools would take two
 * different ones.
 */
export function parseArguments(args: readonly string[], flags: Flags): Result<Arguments, "usage"> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = Object.hasOwn(flags, name) && rawName === `--${name}` ? flags[name] : undefined;
    if (flag === undefined) return unknownFlag(rawName, flags);
    const fault = checkValue(rawName, flag, value, inlineValue === true, given.has(name));
    if (fault !== undefined) return failure("usage", fault);
    given.set(name, [...(given.get(name) ?? []), value ?? ""]);
  }
  const texts = (name: string) => {
    if (!Object.hasOwn(flags, name)) throw new TypeError(`the command has no flag --${name}`);
    return given.get(name) ?? [];
  };
  return success({
    positionals,
    texts,
    text: (name) => texts(name)[0],
    has: (name) => texts(name).length > 0,
  });
}

function unknownFlag(rawName: string, flags: Flags) {
  const meant = nearest(
    rawName,
    Object.keys(flags).map((name) => `--${name}`),
  );
  const hint = meant === undefined ? "--help lists the known ones" : `did you mean ${meant}?`;
  return failure("usage", `unknown flag ${oneLine(rawName, 60)}: ${hint}`);
}

function checkValue(
  rawName: string,
  flag: Flag,
  value: string | undefined,
  inline: boolean,
  again: boolean,
): string | undefined {
  if (again && flag.repeatable !== true) return `${rawName} is given twice; it takes one value`;
  if (flag.value === undefined) return value === undefined ? undefined : `${rawName} takes no value`;
  // `--policy --output json` has forgotten the policy; a value that does begin so is written `--policy=-x`.
  if (value === undefined || value === "" || (!inline && value.startsWith("-") && value !== "-")) {
    return `${rawName} needs a value: ${rawName} ${flag.value}`;
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    return `${rawName} ${oneLine(value, 60)}: expected one of ${flag.choices.join(", ")}`;
  }
  return undefined;
}
