import { describeThrown, isObject, member, oneLine, type JsonValue } from "../core/index.ts";
import { parseInstant } from "./trust-root.ts";

/** Trust that cannot be used as a whole is refused as a whole. */
export type TrustCode = "trust.invalid" | "trust.duplicate_key" | "trust.unreadable";

/** What the readers of trust throw, and `trust.ts` makes a value of. */
export class TrustFault extends Error {
  readonly code: TrustCode;

  constructor(code: TrustCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Reads a part of the trust, and says which one it was where that fails. */
export function naming<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw new TrustFault("trust.invalid", `${oneLine(what, 200)}: ${describeThrown(thrown)}`);
  }
}

/** The members of one part of the trust, by name. */
export function members(
  value: JsonValue,
  name: string,
  limit: number,
): readonly (readonly [string, JsonValue])[] {
  const found = member(value, name) ?? {};
  if (!isObject(found)) throw new TrustFault("trust.invalid", `the policy's trust.${name} is not an object`);
  const entries = Object.entries(found);
  if (entries.length > limit) {
    throw new TrustFault(
      "trust.invalid",
      `the policy's trust.${name} has ${entries.length} members; at most ${limit} are read`,
    );
  }
  return entries;
}

/** An RFC 3339 time, or `null` where there is none. */
export function instant(name: string, key: JsonValue, bound: "from" | "to" | "distrust"): Date | null {
  const value = member(key, bound) ?? null;
  if (value === null) return null;
  const time = parseInstant(typeof value === "string" ? value : undefined);
  if (time === undefined) {
    throw new TrustFault("trust.invalid", `${oneLine(name, 200)}: ${bound} is not an RFC 3339 time`);
  }
  return new Date(time);
}
