import { quote } from "../../rego/go-quote.ts";
import { pad, type Flags } from "./flags.ts";

/** A `string` under one verb; `undefined` where Go knows no such verb for it. */
export function formatString(value: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case "v":
      return flags.sharpV ? quoted(value, flags) : pad(truncated(value, flags), flags);
    case "s":
      return pad(truncated(value, flags), flags);
    case "x":
    case "X":
      return hexadecimal(value, verb, flags);
    case "q":
      return quoted(value, flags);
    default:
      return undefined;
  }
}

function truncated(value: string, flags: Flags): string {
  if (flags.precision === undefined || flags.precision >= value.length) return value;
  return Array.from(value).slice(0, flags.precision).join("");
}

function quoted(value: string, flags: Flags): string {
  const text = truncated(value, flags);
  if (flags.sharp && canBackquote(text)) return pad(`\`${text}\``, flags);
  return pad(quote(text, flags.plus), flags);
}

/** Go's `strconv.CanBackquote`: no control characters but the tab, no back quote, no byte order mark. */
function canBackquote(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]/.test(text);
}

function hexadecimal(value: string, verb: string, flags: Flags): string {
  const bytes = Buffer.from(value, "utf8").subarray(0, flags.precision);
  const prefix = flags.sharp ? `0${verb}` : "";
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const digits = flags.space ? pairs.join(` ${prefix}`) : pairs.join("");
  const cased = verb === "X" ? digits.toUpperCase() : digits;
  return pad(bytes.length === 0 ? "" : prefix + cased, flags);
}
