import { RegoNumber } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import { anyOperand, stringOperand } from "./operands.ts";

export const semverBuiltins: BuiltinTable = {
  "semver.is_valid": (operands) => {
    const operand = anyOperand(operands, 0);
    return typeof operand === "string" && parse(operand) !== undefined;
  },

  "semver.compare": (operands) => {
    const a = parse(stringOperand(operands, 0));
    const b = parse(stringOperand(operands, 1));
    if (a === undefined) throw new BuiltinError("operand 1 is not a valid SemVer");
    if (b === undefined) throw new BuiltinError("operand 2 is not a valid SemVer");
    return RegoNumber.of(compare(a, b));
  },
};

interface Version {
  readonly numbers: readonly bigint[];
  readonly preRelease: readonly string[];
}

const INT64_MAX = 2n ** 63n - 1n;
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(`^v?(\\d+)\\.(\\d+)\\.(\\d+)(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);

/** SemVer 2.0.0 with OPA's optional leading `v`. */
function parse(text: string): Version | undefined {
  const parts = VERSION.exec(text);
  if (parts === null) return undefined;
  const digits = parts.slice(1, 4);
  if (digits.some((number) => /^0\d/.test(number) || BigInt(number) > INT64_MAX)) return undefined;
  const preRelease = parts[4]?.split(".") ?? [];
  if (preRelease.some((identifier) => /^0\d+$/.test(identifier))) return undefined;
  return { numbers: digits.map(BigInt), preRelease };
}

function compare(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0n;
    if (number !== other) return number > other ? 1 : -1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return Math.sign(b.preRelease.length - a.preRelease.length);
  }
  for (const [i, identifier] of a.preRelease.entries()) {
    const other = b.preRelease[i];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return a.preRelease.length < b.preRelease.length ? -1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber) {
    const [x, y] = [clamped(a), clamped(b)];
    return x > y ? 1 : x < y ? -1 : 0;
  }
  return a > b ? 1 : a < b ? -1 : 0;
}

/** Go's `Atoi` answers its largest number for larger ones, and OPA does not ask whether it did. */
function clamped(digits: string): bigint {
  const value = BigInt(digits);
  return value > INT64_MAX ? INT64_MAX : value;
}
