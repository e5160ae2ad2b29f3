import type { RegoValue } from "../rego/value.ts";

/** What a builtin may know of the evaluation that called it: nothing but its clock. */
export interface BuiltinContext {
  /** `input.time` in nanoseconds since the epoch. */
  readonly nowNs: bigint;
}

/**
 * A builtin of OPA outside of the module. `undefined` is Rego's undefined. It throws `BuiltinError` where OPA in
 * strict mode reports a builtin error.
 */
export type Builtin = (operands: readonly RegoValue[], context: BuiltinContext) => RegoValue | undefined;

export type BuiltinTable = Readonly<Record<string, Builtin>>;

/** A builtin refuses its operands. */
export class BuiltinError extends Error {
  override readonly name = "BuiltinError";
}

/** Characters or elements that one builtin call may make; a policy that wants more is out of hand (threat A062). */
export const MAX_RESULT_LENGTH = 16 * 1024 * 1024;
export const MAX_RESULT_ELEMENTS = 1_000_000;
