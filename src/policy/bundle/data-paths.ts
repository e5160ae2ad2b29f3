import { isObject, oneLine, type JsonObject, type JsonValue } from "../../core/index.ts";
import { BundleFault } from "./fault.ts";
import { isWithin } from "./manifest.ts";

/**
 * Data must lie within the bundle's roots and stay clear of what rules define, as OPA demands: where it does not,
 * one of the two would silently be another's (threat T167).
 */
export function checkDataPaths(data: JsonObject, roots: readonly string[], rules: readonly string[]): void {
  checkRoots(data, "", roots);
  for (const rule of rules) {
    const conflict = conflictAt(data, rule.split("/"));
    if (conflict !== undefined) {
      throw new BundleFault(
        "bundle.data_invalid",
        `data.json has a value at ${shown(conflict)}, where the policy has the rule ${shown(rule)}`,
      );
    }
  }
}

/** Rules, too, lie within the roots, as OPA demands: a bundle defines nothing that it does not own (threat T193). */
export function checkRulePaths(rules: readonly string[], roots: readonly string[]): void {
  const outside = rules.find((rule) => !roots.some((root) => isWithin(rule, root)));
  if (outside !== undefined) {
    throw new BundleFault("bundle.invalid", `the rule ${shown(outside)} is outside of the manifest's roots`);
  }
}

function checkRoots(value: JsonValue, path: string, roots: readonly string[]): void {
  if (roots.some((root) => isWithin(path, root))) return;
  const leadsToRoot = path === "" || roots.some((root) => root.startsWith(`${path}/`));
  if (!leadsToRoot || !isObject(value)) {
    throw new BundleFault(
      "bundle.data_invalid",
      `data.json has ${shown(path)}, which is outside of the manifest's roots`,
    );
  }
  for (const [key, member] of Object.entries(value)) {
    checkRoots(member, path === "" ? segment(key) : `${path}/${segment(key)}`, roots);
  }
}

/** A key with a slash is no path. */
function segment(key: string): string {
  return key.replaceAll("/", "%2F");
}

/** The path at which data stands in the way of a rule: at the rule itself, or a value above it that is no object. */
function conflictAt(data: JsonObject, rule: readonly string[]): string | undefined {
  let here: JsonObject = data;
  for (const [i, name] of rule.entries()) {
    if (!Object.hasOwn(here, name)) return undefined;
    const next = here[name];
    if (i === rule.length - 1 || !isObject(next)) return rule.slice(0, i + 1).join("/");
    here = next;
  }
  return undefined;
}

function shown(path: string): string {
  return oneLine(JSON.stringify(path), 100);
}
