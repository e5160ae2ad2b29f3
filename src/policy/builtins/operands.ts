import {
  isRegoArray,
  RegoNumber,
  RegoObject,
  RegoSet,
  typeName,
  type RegoArray,
  type RegoValue,
} from "../rego/value.ts";
import { BuiltinError } from "./contract.ts";

/** The operand at `index`, of which type the caller must yet make sure. */
export function anyOperand(operands: readonly RegoValue[], index: number): RegoValue {
  const operand = operands[index];
  if (operand === undefined) throw new BuiltinError(`operand ${index + 1} missing`);
  return operand;
}

export function stringOperand(operands: readonly RegoValue[], index: number): string {
  const operand = anyOperand(operands, index);
  if (typeof operand !== "string") throw wrongType(index, operand, "string");
  return operand;
}

export function numberOperand(operands: readonly RegoValue[], index: number): RegoNumber {
  const operand = anyOperand(operands, index);
  if (!(operand instanceof RegoNumber)) throw wrongType(index, operand, "number");
  return operand;
}

/** An integer of 64 bits, also written `10.00`. */
export function intOperand(operands: readonly RegoValue[], index: number): bigint {
  const int = toInt64(numberOperand(operands, index));
  if (int === undefined) {
    throw new BuiltinError(`operand ${index + 1} must be integer number but got floating-point number`);
  }
  return int;
}

export function arrayOperand(operands: readonly RegoValue[], index: number): RegoArray {
  const operand = anyOperand(operands, index);
  if (operand === null || typeof operand === "boolean" || !isRegoArray(operand)) {
    throw wrongType(index, operand, "array");
  }
  return operand;
}

export function objectOperand(operands: readonly RegoValue[], index: number): RegoObject {
  const operand = anyOperand(operands, index);
  if (!(operand instanceof RegoObject)) throw wrongType(index, operand, "object");
  return operand;
}

/** A string, or an array or set of strings. */
export function stringsOperand(operands: readonly RegoValue[], index: number): readonly string[] {
  const operand = anyOperand(operands, index);
  if (typeof operand === "string") return [operand];
  return elementsOf(operand, index).map((element) => {
    if (typeof element !== "string") throw wrongType(index, element, "string, array or set of strings");
    return element;
  });
}

/** The elements of an array or a set. */
export function elementsOf(operand: RegoValue, index: number): readonly RegoValue[] {
  if (operand instanceof RegoSet) return operand.elements;
  if (operand !== null && typeof operand !== "boolean" && isRegoArray(operand)) return operand;
  throw wrongType(index, operand, "array or set");
}

export function wrongType(index: number, got: RegoValue, expected: string): BuiltinError {
  return new BuiltinError(`operand ${index + 1} must be ${expected} but got ${typeName(got)}`);
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** OPA's `util.Atoi64`: plain digits, perhaps with zeros past the decimal point. */
export function toInt64(number: RegoNumber): bigint | undefined {
  const digits = /^(-?\d+)(?:\.0*)?$/.exec(number.text)?.[1];
  if (digits === undefined || number.text.replace("-", "").length > 19) return undefined;
  const value = BigInt(digits);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

/** The integer that a number is, however it is written (`1e18`, `15.0`); `undefined` where it is none. */
export function toInteger(number: RegoNumber): bigint | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/.exec(number.text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point > 10_000 || /[1-9]/.test(digits.slice(Math.max(0, point)))) return undefined;
  const size = point <= 0 ? 0n : BigInt(digits.slice(0, point).padEnd(point, "0"));
  return sign === "-" ? -size : size;
}
