import { RegoNumber } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { stringOperand } from "./operands.ts";
import { binaryParts } from "./sprintf/decimal.ts";

export const unitBuiltins: BuiltinTable = {
  "units.parse": (operands) => {
    const text = stringOperand(operands, 0).replaceAll('"', "");
    const { number, unit } = split(text);
    // The first letter's case tells milli from mega.
    const factor = unitFactor(unit.slice(0, 1) + unit.slice(1).toLowerCase());
    return new RegoNumber(decimalText(multiply(number, factor)));
  },

  "units.parse_bytes": (operands) => {
    const text = stringOperand(operands, 0).toLowerCase().replaceAll('"', "");
    const { number, unit } = split(text);
    const factor = byteFactor(unit);
    // OPA multiplies in floats of 64 bits.
    const product = rounded64(multiply(rounded64(number), { numerator: factor, denominator: 1n }));
    return RegoNumber.of(product.numerator / product.denominator);
  },
};

interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** OPA takes six digits of exponent; numbers that long are no amounts. */
const MAX_EXPONENT = 4000;
const LETTERS = "kmgtpe";

function split(text: string): { readonly number: Rational; readonly unit: string } {
  if (text.includes(" ")) throw new BuiltinError("spaces not allowed in resource strings");
  const end = endOfNumber(text);
  if (end === 0) throw new BuiltinError("no amount provided");
  return { number: parseNumber(text.slice(0, end)), unit: text.slice(end) };
}

/** Where the unit begins: an `e` that no digit or sign follows belongs to it. */
function endOfNumber(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (!/[0-9.eE+-]/.test(c)) return i;
    if (c !== "e" && c !== "E") continue;
    if (!/^[0-9+-]/.test(text.slice(i + 1))) return i;
    if (/^[+-]/.test(text.slice(i + 1))) i++;
  }
  return text.length;
}

function parseNumber(text: string): Rational {
  const parts = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) throw new BuiltinError("could not parse amount to a number");
  const [, sign, whole = "", fraction = "", onlyFraction = "", exponentText = "0"] = parts;
  const digits = whole + fraction + onlyFraction;
  const exponent = Number(exponentText) - fraction.length - onlyFraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT || digits.length > MAX_EXPONENT)
    throw new BuiltinError("exponent too large");
  const size = BigInt(digits) * (sign === "-" ? -1n : 1n);
  return exponent >= 0
    ? { numerator: size * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: size, denominator: 10n ** BigInt(-exponent) };
}

function unitFactor(unit: string): Rational {
  if (unit === "m") {
    // The double nearest to a thousandth, as in OPA.
    const { mantissa, exponent } = binaryParts(0.001);
    return { numerator: mantissa, denominator: 1n << BigInt(-exponent) };
  }
  const factor = /^(?:[kgtpe]i?|mi|[KMGTPE]i?)$/.test(unit) ? factorOf(unit.toLowerCase()) : undefined;
  if (unit === "") return { numerator: 1n, denominator: 1n };
  if (factor === undefined) throw new BuiltinError("unit not recognized");
  return { numerator: factor, denominator: 1n };
}

function byteFactor(unit: string): bigint {
  if (unit === "") return 1n;
  if (!/^[kmgtpe](?:i?b?)$/.test(unit)) throw new BuiltinError("byte unit not recognized");
  return factorOf(unit.replace("b", ""));
}

/** `k` and `ki`, and so on up to `ei`. */
function factorOf(unit: string): bigint {
  const power = BigInt(LETTERS.indexOf(unit.charAt(0)) + 1);
  return unit.endsWith("i") ? 1024n ** power : 1000n ** power;
}

function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** The nearest number with a mantissa of 64 bits, a tie to the even one. */
function rounded64({ numerator, denominator }: Rational): Rational {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  if (size === 0n) return { numerator: 0n, denominator: 1n };
  let shift = bitLength(size) - bitLength(denominator) - 64;
  if (atLeast(size, denominator, shift + 64)) shift++;
  const [top, bottom] =
    shift >= 0 ? [size, denominator << BigInt(shift)] : [size << BigInt(-shift), denominator];
  let mantissa = top / bottom;
  const twice = (top % bottom) * 2n;
  if (twice > bottom || (twice === bottom && (mantissa & 1n) === 1n)) mantissa++;
  const signed = negative ? -mantissa : mantissa;
  return shift >= 0
    ? { numerator: signed << BigInt(shift), denominator: 1n }
    : { numerator: signed, denominator: 1n << BigInt(-shift) };
}

/** Whether `size / denominator` is at least two to the power. */
function atLeast(size: bigint, denominator: bigint, power: number): boolean {
  return power >= 0 ? size >= denominator << BigInt(power) : size << BigInt(-power) >= denominator;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** An integer as such, anything else with ten decimals, halves rounded away from zero. */
function decimalText({ numerator, denominator }: Rational): string {
  if (numerator % denominator === 0n) return (numerator / denominator).toString();
  const negative = numerator < 0n;
  const scaled = (negative ? -numerator : numerator) * 10n ** 10n;
  const digits = ((scaled * 2n + denominator) / (denominator * 2n)).toString().padStart(11, "0");
  return `${negative ? "-" : ""}${digits.slice(0, -10)}.${digits.slice(-10)}`;
}
