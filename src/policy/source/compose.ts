import type { JsonObject } from "../../core/index.ts";
import { compileData } from "./compile.ts";
import { fileFault } from "./folder.ts";
import { libraryOf } from "./library.ts";
import type { Checked } from "./checked.ts";
import type { PolicySource } from "./types.ts";

/**
 * The data for a policy folder without Rego of its own, to be put in place of the default bundle's: no OPA is needed. A
 * folder with rules is refused (`policy.needs_build`), for they would be left out.
 */
export function composeFromDefault(
  source: PolicySource,
  defaultBundle: { readonly data: JsonObject },
): Checked<JsonObject> {
  const [rule] = source.ownRules;
  if (rule !== undefined) {
    const message = "the policy has rules of its own; build it first with `assay policy build`";
    return { ok: false, faults: [fileFault(rule.path, { code: "policy.needs_build", message })] };
  }
  return compileData(source, libraryOf(defaultBundle.data));
}
