import { parseVersion } from "../../../core/index.ts";
import type { PolicySource } from "../../source/types.ts";
import type { Finding } from "../types.ts";

/**
 * A version that does not say whether it is higher than another: neither can a service refuse a lower one, nor can
 * `assay policy diff` tell the step. Code: `policy.version_not_semantic`.
 */
export function versionFindings({ version, file }: PolicySource): readonly Finding[] {
  if (parseVersion(version) !== undefined) return [];
  const message = `version ${JSON.stringify(version)} is no semantic version, so that nobody can tell which of two is higher`;
  return [
    {
      ...file.fault(["version"], "policy.version_not_semantic", message),
      severity: "warning",
      remedy: "write MAJOR.MINOR.PATCH, as 1.0.0 (semver.org)",
    },
  ];
}
