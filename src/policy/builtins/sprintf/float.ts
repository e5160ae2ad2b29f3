import { binaryParts, exact, rounded, shortest, type Decimal } from "./decimal.ts";
import { pad, type Flags } from "./flags.ts";

/** A `float64` (always finite here) under one verb; `undefined` where Go knows no such verb for it. */
export function formatFloat64(value: number, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case "v":
      return dressed(value, "g", -1, flags);
    case "b":
    case "g":
    case "G":
    case "x":
    case "X":
      return dressed(value, verb, -1, flags);
    case "e":
    case "E":
    case "f":
      return dressed(value, verb, 6, flags);
    case "F":
      return dressed(value, "f", 6, flags);
    default:
      return undefined;
  }
}

function dressed(value: number, verb: string, defaultPrecision: number, flags: Flags): string {
  const precision = flags.precision ?? defaultPrecision;
  const negative = value < 0 || Object.is(value, -0);
  let text = unsigned(value, verb, precision);
  if (flags.sharp && verb !== "b") text = withPoint(text, verb, precision);
  const sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  if (sign !== "" && flags.zero && !flags.minus && flags.width !== undefined) {
    return sign + text.padStart(flags.width - 1, "0");
  }
  return pad(sign + text, flags);
}

/** Go's `strconv.FormatFloat` of the absolute value; a precision of -1 asks for the shortest. */
function unsigned(value: number, verb: string, precision: number): string {
  switch (verb) {
    case "b": {
      const { mantissa, exponent } = binaryParts(value);
      return `${mantissa}p${exponent >= 0 ? "+" : ""}${exponent}`;
    }
    case "x":
      return hexadecimal(value, precision);
    case "X":
      return hexadecimal(value, precision).toUpperCase();
    case "f":
      return fixed(value, precision);
    case "e":
      return scientific(precision < 0 ? shortest(value) : rounded(exact(value), precision + 1), precision);
    case "E":
      return scientific(rounded(exact(value), precision + 1), precision).toUpperCase();
    default:
      return verb === "G" ? general(value, precision).toUpperCase() : general(value, precision);
  }
}

function fixed(value: number, precision: number): string {
  const full = exact(value);
  const { digits, point } = rounded(full, full.point + precision);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision === 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.padEnd(precision, "0")}`;
}

/** Digits after the first; -1 for just those that there are. */
function scientific({ digits, point }: Decimal, places: number): string {
  const first = digits === "" ? "0" : digits.charAt(0);
  const rest = digits.slice(1).padEnd(Math.max(0, places), "0");
  const exponent = digits === "" ? 0 : point - 1;
  const size = Math.abs(exponent).toString().padStart(2, "0");
  return `${first}${rest === "" ? "" : `.${rest}`}e${exponent < 0 ? "-" : "+"}${size}`;
}

function general(value: number, precision: number): string {
  const wanted = precision === 0 ? 1 : precision;
  const decimal = precision < 0 ? shortest(value) : rounded(exact(value), wanted);
  const { digits, point } = decimal;
  const exponent = digits === "" ? -1 : point - 1;
  let limit = precision < 0 ? 6 : wanted;
  if (precision >= 0 && limit > digits.length && digits.length >= point) limit = digits.length;
  // Without digits (zero) Go's exponent is -1, which is neither small nor large.
  if (exponent < -4 || exponent >= limit) {
    if (digits !== "" || exponent >= limit) return scientific(decimal, -1);
  }
  if (digits === "") return "0";
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, "0");
  return digits.length > point ? `${whole}.${digits.slice(point)}` : whole;
}

/** `0x1.8p+01`, rounded half to even where a precision is given. */
function hexadecimal(value: number, precision: number): string {
  let { mantissa, exponent } = binaryParts(value);
  if (mantissa === 0n) return `0x0${precision > 0 ? `.${"0".repeat(precision)}` : ""}p+00`;
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 13) {
    const dropped = BigInt((13 - precision) * 4);
    const half = 1n << (dropped - 1n);
    const rest = mantissa & ((1n << dropped) - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  let fraction = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
  fraction =
    precision < 0 ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const binaryExponent = exponent + 52;
  const size = Math.abs(binaryExponent).toString().padStart(2, "0");
  return `0x1${fraction === "" ? "" : `.${fraction}`}p${binaryExponent < 0 ? "-" : "+"}${size}`;
}

/** The `#` flag: a decimal point always, and for `%g` the trailing zeros that it drops. */
function withPoint(text: string, verb: string, precision: number): string {
  const tailStart = verb === "x" || verb === "X" ? text.search(/p/i) : text.search(/e/i);
  const head = tailStart < 0 ? text : text.slice(0, tailStart);
  const tail = tailStart < 0 ? "" : text.slice(tailStart);
  const pointed = head.includes(".") ? head : `${head}.`;
  if (!["v", "g", "G", "x"].includes(verb)) return pointed + tail;
  const wanted = precision === -1 ? 6 : precision;
  return pointed + "0".repeat(Math.max(0, wanted - countedDigits(head))) + tail;
}

/** Digits from the first that is not zero; a lone zero counts as one. */
function countedDigits(head: string): number {
  if (head === "0") return 1;
  const significant = head.replace(/^[0.]+/, "").replace(".", "");
  return significant.length;
}
