/**
 * Rego values as builtins see them. JSON alone would lose what Rego has beyond it: sets, objects with any key, and
 * numbers whose text matters (`1.0` prints otherwise than `1`, and integers have no limit).
 */
export type RegoValue = null | boolean | string | RegoNumber | RegoArray | RegoSet | RegoObject;

export type RegoArray = readonly RegoValue[];

/** A number by its JSON text, as OPA keeps it. */
export class RegoNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  static of(value: number | bigint): RegoNumber {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw new RangeError("not an exact integer");
    }
    return new RegoNumber(value.toString());
  }

  /** What a double holds of it; infinite where it is out of range. */
  toDouble(): number {
    return Number(this.text);
  }

  /** Exact where the text is a plain integer: digits with at most a sign, no fraction, no exponent. */
  toBigInt(): bigint | undefined {
    return /^-?\d+$/.test(this.text) ? BigInt(this.text) : undefined;
  }
}

/** Elements in the order in which they came; equality and membership are those of `compareValues`. */
export class RegoSet {
  readonly elements: readonly RegoValue[];

  constructor(elements: readonly RegoValue[]) {
    this.elements = elements;
  }
}

export class RegoObject {
  readonly entries: readonly (readonly [RegoValue, RegoValue])[];
  #byString: ReadonlyMap<RegoValue, RegoValue> | undefined;

  constructor(entries: readonly (readonly [RegoValue, RegoValue])[]) {
    this.entries = entries;
  }

  /** From string keys, in the order given. */
  static of(members: Readonly<Record<string, RegoValue>>): RegoObject {
    return new RegoObject(Object.entries(members));
  }

  /** The value under a string key. */
  member(key: string): RegoValue | undefined {
    this.#byString ??= new Map(this.entries);
    return this.#byString.get(key);
  }
}

export type RegoTypeName = "null" | "boolean" | "string" | "number" | "array" | "set" | "object";

export function typeName(value: RegoValue): RegoTypeName {
  if (value === null) return "null";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "string";
  if (value instanceof RegoNumber) return "number";
  if (value instanceof RegoSet) return "set";
  if (value instanceof RegoObject) return "object";
  return "array";
}

export function isRegoArray(value: RegoValue): value is RegoArray {
  return Array.isArray(value);
}
