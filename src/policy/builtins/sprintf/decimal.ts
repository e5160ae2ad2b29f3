/** A finite double without its sign as decimal digits: `0.digits × 10^point`; zero has no digits. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** The fewest digits that name this double and no other. */
export function shortest(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  return trimmed(mantissa.replace(".", ""), Number(exponent) + 1);
}

/** All digits of the double, of which there may be a thousand. */
export function exact(value: number): Decimal {
  const { mantissa, exponent } = binaryParts(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return trimmed(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trimmed(digits, digits.length + exponent);
}

/** Rounded to `count` digits, a tie to the even one. */
export function rounded(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: "", point: 0 };
  const kept = digits.slice(0, count);
  if (!roundsUp(kept, digits.slice(count))) return trimmed(kept, point);
  const next = (BigInt(kept === "" ? "0" : kept) + 1n).toString().padStart(count, "0");
  return trimmed(next, point + (next.length - count));
}

function roundsUp(kept: string, dropped: string): boolean {
  const isTie = /^50*$/.test(dropped);
  return isTie ? /[13579]$/.test(kept) : dropped >= "5";
}

function trimmed(digits: string, point: number): Decimal {
  const end = digits.replace(/0+$/, "");
  return end === "" ? { digits: "", point: 0 } : { digits: end, point };
}

/** `|value| = mantissa × 2^exponent`. */
export function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const fraction = raw & 0xfffffffffffffn;
  const exponent = Number((raw >> 52n) & 0x7ffn);
  return exponent === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: exponent - 1075 };
}
