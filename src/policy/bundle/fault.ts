import type { BundleCode } from "../types.ts";

/** Thrown while an archive is read, with the code that it ends in; caught by `readBundle` only. */
export class BundleFault extends Error {
  override readonly name = "BundleFault";
  readonly code: BundleCode;

  constructor(code: BundleCode, message: string) {
    super(message);
    this.code = code;
  }
}
