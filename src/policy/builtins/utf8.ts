import { BuiltinError } from "./contract.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decoded bytes as a string. A Go string may hold any bytes, one here may not: what is not UTF-8 is refused rather
 * than changed.
 */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new BuiltinError("the decoded bytes are not UTF-8");
  }
}
