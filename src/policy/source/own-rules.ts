import { arrayAt, at, member, parseStrictJson, stringAt, type JsonValue } from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import { runOpa } from "./opa.ts";

const RESERVED_ROOTS: ReadonlySet<string> = new Set(["exceptions", "library", "policy", "trust", "system"]);

/** Areas whose codes the decision itself gives. */
const RESERVED_AREAS: ReadonlySet<string> = new Set(["exceptions", "policy"]);

/** Faults of the organization's own Rego files, and the bundle roots that they add. */
export interface OwnRules {
  readonly faults: readonly PolicyFault[];
  readonly roots: readonly string[];
}

/**
 * Checks that own rules lie where the decision finds them: a package `assay.rules.<area>.<name>` with `deny` or `warn` as
 * sets (`deny contains …`); anything else would never be evaluated, or never deny. Helpers and further entrypoints
 * live in packages outside `assay`. Code: `policy.rego_invalid`.
 */
export async function checkOwnRules(
  opa: string,
  work: string,
  files: readonly { readonly path: string }[],
): Promise<OwnRules> {
  const faults: PolicyFault[] = [];
  const roots = new Set<string>();
  for (const { path } of files) {
    const run = await runOpa(opa, ["parse", "--format", "json", "--json-include", "locations", path], work);
    const parsed = run.ok ? parseStrictJson(run.stdout) : undefined;
    if (parsed?.ok !== true) {
      faults.push(fault(path, 1, "OPA cannot parse the file"));
      continue;
    }
    const words = packageOf(parsed.value);
    const root = words[0] ?? "";
    if (root !== "assay") {
      if (RESERVED_ROOTS.has(root))
        faults.push(fault(path, 1, `the package ${words.join(".")} is assay's own`));
      else roots.add(root);
    } else if (words[1] !== "rules" || words.length !== 4) {
      const message = `the package is ${words.join(".")}; expected assay.rules.<area>.<name>, or one outside assay`;
      faults.push(fault(path, 1, message));
    } else if (RESERVED_AREAS.has(words[2] ?? "")) {
      faults.push(fault(path, 1, `the area ${words[2] ?? ""} is assay's own; name it otherwise`));
    } else {
      faults.push(...headFaults(path, parsed.value));
    }
  }
  return { faults, roots: [...roots] };
}

function headFaults(path: string, module: JsonValue): PolicyFault[] {
  const heads = (arrayAt(module, "rules") ?? []).filter((rule) => isDecisive(nameOf(rule)));
  if (heads.length === 0) {
    return [fault(path, 1, "neither deny nor warn is defined, so the rule could never say anything")];
  }
  return heads
    .filter((rule) => member(member(rule, "head"), "key") === undefined)
    .map((rule) => {
      const line = at(rule, "location", "row");
      const message = `${nameOf(rule)} is no set; write \`${nameOf(rule)} contains result if …\``;
      return fault(path, typeof line === "number" ? line : 1, message);
    });
}

function isDecisive(name: string): boolean {
  return name === "deny" || name === "warn";
}

function nameOf(rule: JsonValue): string {
  return stringAt(rule, "head", "name") ?? stringAt(rule, "head", "ref", 0, "value") ?? "";
}

function packageOf(module: JsonValue): string[] {
  return (arrayAt(module, "package", "path") ?? []).slice(1).map((step) => stringAt(step, "value") ?? "");
}

function fault(file: string, line: number, message: string): PolicyFault {
  return { code: "policy.rego_invalid", message, file, line, column: null };
}
