import type { RegoSource } from "../bundle/sources.ts";
import type { PolicyBundle } from "../types.ts";

/** A policy and the Rego that it was compiled from, as far as that is there. */
export interface ComparedPolicy {
  readonly bundle: PolicyBundle;
  readonly rego: readonly RegoSource[];
}

/** What a change does to the images it concerns; `changed` where that cannot be told, or where it does nothing. */
export type Direction = "stricter" | "looser" | "changed";

/**
 * What a change asks of the policy's version (Semantic Versioning 2.0.0, 8 to 6), whose users are those who want their
 * images allowed: `major` where an image that was allowed may be denied, now or from a stated day on, and wherever that
 * cannot be told; `minor` where more is allowed, or something is new that denies nothing; `patch` where nothing is decided
 * otherwise. How much a loosening matters to those who rely on denials, the step does not say: `Direction` does.
 */
export type Step = "major" | "minor" | "patch";

/** One difference between two policies, in words. */
export interface Change {
  readonly direction: Direction;
  readonly step: Step;
  /** `policy`: what concerns it as a whole, and texts. */
  readonly area: "images" | "signers" | "builders" | "trust" | "exceptions" | "rules" | "policy";
  /** Of `images`: the patterns that it concerns; otherwise the name. */
  readonly subject: string;
  /** One line. */
  readonly message: string;
}

/** A change as it is found; where it says no step, that follows from the direction (`stepOf`). */
export type FoundChange = Omit<Change, "step"> & { readonly step?: Step };

/** An example that the two policies decide otherwise. */
export interface ChangedDecision {
  readonly file: string;
  readonly direction: Direction;
  readonly step: Step;
  readonly message: string;
}

export interface PolicyDiff {
  readonly from: PolicyName;
  readonly to: PolicyName;
  readonly version: VersionJudgement;
  readonly changes: readonly Change[];
  /** `null` where there were no examples to compare by. */
  readonly decisions: { readonly examples: number; readonly changed: readonly ChangedDecision[] } | null;
}

export interface PolicyName {
  readonly name: string;
  /** As policy.yaml states it; `null`: the bundle says none. */
  readonly version: string | null;
  readonly revision: string;
  readonly sequence: number | null;
  readonly digest: string;
}

/** Whether the versions that both policies state differ as far as the changes ask for. */
export interface VersionJudgement {
  /** The largest step of all changes; `null`: nothing changed. */
  readonly needed: Step | null;
  /** The step between the two versions; `null`: none upwards, or it cannot be told. */
  readonly taken: Step | null;
  /**
   * `enough`: `taken` is no smaller than what is needed; `rollback`: lower, as the release itself says; `not_higher`,
   * `too_small`; `unknown`: a version is not stated, or is no semantic version.
   */
  readonly verdict: "enough" | "rollback" | "not_higher" | "too_small" | "unknown";
  /** One line. */
  readonly message: string;
}
