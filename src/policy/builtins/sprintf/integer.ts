import { characterOf, isPrintable, quoteRune } from "../../rego/go-quote.ts";
import { pad, type Flags } from "./flags.ts";

/** An `int64` under one verb; `undefined` where Go knows no such verb for it. */
export function formatInt64(value: bigint, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case "v":
    case "d":
      return digits(value, 10, verb, flags);
    case "b":
      return digits(value, 2, verb, flags);
    case "o":
    case "O":
      return digits(value, 8, verb, flags);
    case "x":
    case "X":
      return digits(value, 16, verb, flags);
    case "c":
      return pad(characterOf(value), flags);
    case "q":
      return pad(quoteRune(value, flags.plus), flags);
    case "U":
      return unicode(BigInt.asUintN(64, value), flags);
    default:
      return undefined;
  }
}

function digits(value: bigint, base: number, verb: string, flags: Flags): string {
  const negative = value < 0n;
  if (flags.precision === 0 && value === 0n) return " ".repeat(flags.width ?? 0);
  let text = (negative ? -value : value).toString(base);
  if (verb === "X") text = text.toUpperCase();
  text = text.padStart(leastDigits(negative, flags), "0");
  if (flags.sharp) text = prefixed(text, verb);
  if (verb === "O") text = `0o${text}`;
  return pad(sign(negative, flags) + text, flags, false);
}

/** Precision, else the width where it is to be filled with zeros. */
function leastDigits(negative: boolean, flags: Flags): number {
  if (flags.precision !== undefined) return flags.precision;
  if (!flags.zero || flags.minus || flags.width === undefined) return 0;
  return flags.width - (negative || flags.plus || flags.space ? 1 : 0);
}

function prefixed(text: string, verb: string): string {
  if (verb === "b") return `0b${text}`;
  if (verb === "x" || verb === "X") return `0${verb}${text}`;
  return (verb === "o" || verb === "O") && !text.startsWith("0") ? `0${text}` : text;
}

function sign(negative: boolean, flags: Flags): string {
  return negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
}

function unicode(value: bigint, flags: Flags): string {
  const hex = value
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), "0");
  const named = flags.sharp && value <= 0x10ffffn && isPrintable(characterOf(value));
  return pad(`U+${hex}${named ? ` '${characterOf(value)}'` : ""}`, flags, false);
}

/** A `*big.Int`, which formats itself: integers beyond 64 bits. */
export function formatBigInt(value: bigint, verb: string, flags: Flags): string {
  const base = new Map([
    ["b", 2],
    ["o", 8],
    ["O", 8],
    ["d", 10],
    ["s", 10],
    ["v", 10],
    ["x", 16],
    ["X", 16],
  ]).get(verb);
  if (base === undefined) return `%!${verb}(big.Int=${value})`;
  const negative = value < 0n;
  let text = (negative ? -value : value).toString(base);
  if (verb === "X") text = text.toUpperCase();
  text = text.padStart(flags.precision ?? 0, "0");
  const head = sign(negative, { ...flags, plus: flags.plus || flags.plusV }) + bigIntPrefix(verb, flags);
  const missing = Math.max(0, (flags.width ?? 0) - head.length - text.length);
  if (flags.minus) return head + text + " ".repeat(missing);
  if (flags.zero && flags.precision === undefined) return head + "0".repeat(missing) + text;
  return " ".repeat(missing) + head + text;
}

function bigIntPrefix(verb: string, flags: Flags): string {
  if (verb === "O") return "0o";
  if (!flags.sharp) return "";
  return { b: "0b", o: "0", x: "0x", X: "0X" }[verb] ?? "";
}
