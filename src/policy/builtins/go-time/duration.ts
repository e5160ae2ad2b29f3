import { BuiltinError } from "../contract.ts";

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** OPA's own units, in hours. */
const LONG_UNITS: ReadonlyMap<string, number> = new Map([
  ["d", 24],
  ["w", 7 * 24],
  ["y", 365 * 24],
]);

const LIMIT = 2n ** 63n;

/** Go's `time.ParseDuration` with OPA's `d`, `w` and `y`, in nanoseconds. */
export function parseDuration(text: string): bigint {
  return parseGoDuration(/[dwy]/.test(text) ? rewriteLongUnits(text) : text);
}

function parseGoDuration(text: string): bigint {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  let rest = text.slice(sign.length);
  if (rest === "0") return 0n;
  if (rest === "") throw invalid();
  let total = 0n;
  while (rest !== "") {
    const segment = /^(\d*)(?:\.(\d*))?([^.0-9]+)/.exec(rest);
    const [all = "", whole = "", fraction = "", unitName = ""] = segment ?? [];
    const unit = UNITS.get(unitName);
    if (unit === undefined || (whole === "" && fraction === "")) throw invalid();
    total += amount(whole, fraction, unit);
    if (total > LIMIT) throw invalid();
    rest = rest.slice(all.length);
  }
  if (sign === "-") return -total;
  if (total === LIMIT) throw invalid();
  return total;
}

function amount(whole: string, fraction: string, unit: bigint): bigint {
  if (whole.replace(/^0+/, "").length > 19) throw invalid();
  const value = BigInt(whole === "" ? "0" : whole);
  if (value > LIMIT / unit) throw invalid();
  const sum = value * unit + fractionOf(fraction, unit);
  if (sum > LIMIT) throw invalid();
  return sum;
}

/** Computed in doubles, as Go does, down to its rounding; digits beyond 63 bits are dropped. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > (LIMIT - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

function rewriteLongUnits(text: string): string {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const body = text.slice(sign.length);
  if (!/^(?:[0-9.]+(?:ms|us|\u00b5s|ns|[a-z]))+$/.test(body)) throw invalid();
  return (
    sign +
    body.replaceAll(/([0-9.]+)(ms|us|\u00b5s|ns|[a-z])/g, (segment, digits: string, unit: string) => {
      const hours = LONG_UNITS.get(unit);
      if (hours === undefined) return segment;
      if (!/^(?:\d+\.?\d*|\.\d+)$/.test(digits)) throw invalid();
      return `${plainDecimal(Number(digits) * hours)}h`;
    })
  );
}

/** The shortest decimal of a double, without an exponent. */
function plainDecimal(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  if (point > 30) throw invalid();
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  const fraction = digits.slice(point);
  return digits.slice(0, point).padEnd(point, "0") + (fraction === "" ? "" : `.${fraction}`);
}

function invalid(): BuiltinError {
  return new BuiltinError("time: invalid duration");
}
