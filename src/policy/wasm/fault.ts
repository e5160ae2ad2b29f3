import type { BundleCode, EvaluationCode } from "../types.ts";

/** Thrown inside of the WASM host with the code that the failure ends in; caught by the worker only. */
export class PolicyFault extends Error {
  override readonly name = "PolicyFault";
  readonly code: BundleCode | EvaluationCode;

  constructor(code: BundleCode | EvaluationCode, message: string) {
    super(message);
    this.code = code;
  }
}
