import { oneLine } from "../../core/index.ts";
import { BundleFault } from "./fault.ts";
import { BUNDLE_LIMITS } from "./limits.ts";

/**
 * A file's name without the `/` or `./` that OPA and tar put before it, so that `a`, `/a` and `./a` are one name.
 * Refused: empty segments, `.` and `..`, backslashes, control characters, what is not UTF-8, drive letters.
 */
export function normalizeName(name: string): string {
  const bare = name.replace(/^(?:\.\/|\/)/, "");
  const segments = bare.split("/");
  const hostile =
    bare === "" ||
    Buffer.byteLength(bare) > BUNDLE_LIMITS.nameBytes ||
    /[\\\p{Cc}\ufffd]|^[A-Za-z]:/u.test(bare) ||
    segments.some((segment) => segment === "" || segment === "." || segment === "..");
  if (hostile)
    throw new BundleFault(
      "bundle.invalid",
      `the archive has a file with the name ${oneLine(JSON.stringify(name), 100)}`,
    );
  return bare;
}
