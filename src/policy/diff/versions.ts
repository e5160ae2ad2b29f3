import { compareVersions, oneLine, parseVersion, type SemanticVersion } from "../../core/index.ts";
import type { BundleRollback } from "../types.ts";
import { compareSteps, largestStep } from "./steps.ts";
import type { PolicyName, Step, VersionJudgement } from "./types.ts";

type Judged = Pick<PolicyName, "version">;

/**
 * Holds the versions that two policies state against the step that their differences need (Semantic Versioning 2.0.0,
 * 4 and 6 to 11). Before 1.0.0, where anything may change, a minor step is enough for what needs a major one. A prerelease
 * has promised nothing yet: from it to whatever follows is the step that it announces.
 */
export function judgeVersions(
  from: Judged,
  to: Judged,
  needed: Step | null,
  rollback?: BundleRollback,
): VersionJudgement {
  const asks = needed === null ? "nothing changed" : `the changes ask for a ${needed} step`;
  const judgement = (
    verdict: VersionJudgement["verdict"],
    taken: Step | null,
    words: string,
  ): VersionJudgement => ({
    needed,
    taken,
    verdict,
    message: oneLine(`${asks}; ${words}`, 500),
  });
  const went = `${from.version ?? "no version"} → ${to.version ?? "no version"}`;
  if (needed === null && from.version !== null && from.version === to.version) {
    return judgement("enough", null, "no new version is needed");
  }
  const [old, now] = [parsed(from), parsed(to)];
  const order = compareVersions(from.version ?? "", to.version ?? "");
  if (old === undefined || now === undefined || order === undefined) {
    const side = old === undefined ? "OLD" : "NEW";
    const stated = (old === undefined ? from : to).version;
    const what = stated === null ? "no version" : `${JSON.stringify(stated)}, which is no semantic version`;
    return judgement("unknown", null, `${side} states ${what}, so that no step can be told`);
  }
  if (order >= 0) {
    if (order === 0 && needed === null) return judgement("enough", null, `${went} is the same version`);
    if (order > 0 && rollback !== undefined) {
      return judgement("rollback", null, `${went} goes back on purpose: ${rollback.reason}`);
    }
    return judgement("not_higher", null, `${went} is not higher: expected ${expected(old, needed)}`);
  }
  const taken = stepBetween(old, now);
  return needed === null || compareSteps(taken, asked(needed, old)) >= 0
    ? judgement("enough", taken, `${went} is a ${taken} one${leniency(needed, taken)}`)
    : judgement("too_small", taken, `${went} is a ${taken} one: expected ${expected(old, needed)}`);
}

function parsed({ version }: Judged): SemanticVersion | undefined {
  return version === null ? undefined : parseVersion(version);
}

/** Of a version and a higher one. */
function stepBetween(old: SemanticVersion, now: SemanticVersion): Step {
  const steps: Step[] = [];
  if (now.major > old.major) steps.push("major");
  else if (now.minor > old.minor) steps.push("minor");
  else if (now.patch > old.patch) steps.push("patch");
  if (old.prerelease !== null) steps.push(announced(old));
  return largestStep(steps) ?? "patch";
}

/** What a prerelease is to be: `2.0.0-rc.1` a major step, whatever was before it. */
function announced({ major, minor, patch }: SemanticVersion): Step {
  if (patch > 0) return "patch";
  return minor > 0 || major === 0 ? "minor" : "major";
}

/** What is enough for a step from this version. */
function asked(needed: Step, { major }: SemanticVersion): Step {
  return needed === "major" && major === 0 ? "minor" : needed;
}

/** The lowest version that is enough. */
function expected(old: SemanticVersion, needed: Step | null): string {
  const { major, minor, patch, prerelease } = old;
  if (needed === null) return "the same version or a higher one";
  const step = asked(needed, old);
  const lowest =
    prerelease !== null && compareSteps(announced(old), step) >= 0
      ? [major, minor, patch]
      : step === "major"
        ? [major + 1, 0, 0]
        : step === "minor"
          ? [major, minor + 1, 0]
          : [major, minor, patch + 1];
  return `${lowest.join(".")} or higher`;
}

function leniency(needed: Step | null, taken: Step): string {
  return needed === "major" && taken === "minor" ? ", which is enough before 1.0.0" : "";
}
