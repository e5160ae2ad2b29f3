import type { SignatureCode } from "../types.ts";

/** Thrown where a signature does not hold, with the code that it ends in; caught by `verifyOpaSignature` only. */
export class SignatureFault extends Error {
  override readonly name = "SignatureFault";
  readonly code: SignatureCode;

  constructor(code: SignatureCode, message: string) {
    super(message);
    this.code = code;
  }
}
