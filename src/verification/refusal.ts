import type { ReasonCode } from "./reasons.ts";

/**
 * The one class that the leaves of this folder throw. `verify.ts` and `trust.ts` turn it into a value; whatever else
 * is thrown is a fault of assay and ends there as `internal`.
 */
export class Refusal extends Error {
  readonly code: ReasonCode;

  constructor(code: ReasonCode, message: string) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

export function refuse(code: ReasonCode, message: string): never {
  throw new Refusal(code, message);
}

/** What a check refuses, as a value; anything else that it throws is thrown on. */
export function faultOf(check: () => void): Refusal | undefined {
  try {
    check();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown;
    throw thrown;
  }
}
