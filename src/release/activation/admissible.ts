import {
  compareVersions,
  failure,
  oneLine,
  stringAt,
  success,
  type Digest,
  type Result,
} from "../../core/index.ts";
import type { PolicyBundle } from "../../policy/index.ts";
import type { ActivationCode } from "./types.ts";

/** What was active before, here or at another replica that shares the folder. */
export interface History {
  /** The policy's own name; `null`: none was ever active. */
  readonly policy: string | null;
  /** The highest sequence. */
  readonly sequence: number | null;
  /** Of the bundle with that sequence; where none has one, of the last. */
  readonly digest: Digest | null;
  readonly version: string | null;
}

export const NO_HISTORY: History = { policy: null, sequence: null, digest: null, version: null };

/** The history once a bundle is active. */
export function historyWith(bundle: PolicyBundle): History {
  return {
    policy: bundle.name,
    sequence: bundle.sequence ?? null,
    digest: bundle.digest,
    version: versionOf(bundle),
  };
}

/** Of two histories the one that goes further; the first where neither does. */
export function further(one: History, other: History): History {
  if ((other.sequence ?? 0) > (one.sequence ?? 0)) return { ...other, policy: other.policy ?? one.policy };
  return one.policy === null ? other : one;
}

/** As policy.yaml states it. */
export function versionOf({ data }: PolicyBundle): string | null {
  return stringAt(data, "policy", "version") ?? null;
}

/**
 * Whether a verified bundle may follow what was active before: the same policy, and later
 * than all that went before (T180). The sequence decides what is later, for times can be set back and versions are
 * for people; a lower version is refused besides, unless the release says that it goes back on purpose.
 */
export function admissible(
  bundle: PolicyBundle,
  history: History,
  requireSequence: boolean,
): Result<void, ActivationCode> {
  if (history.policy !== null && bundle.name !== history.policy) {
    return failure(
      "activation.name_changed",
      `this is the policy ${quoted(bundle.name)}; expected ${quoted(history.policy)}, as before`,
    );
  }
  // What was active follows itself, but for what the configuration has come to demand since.
  const isSame = bundle.digest === history.digest && !(requireSequence && bundle.sequence === undefined);
  return isSame ? success(undefined) : follows(bundle, history, requireSequence);
}

function follows(
  bundle: PolicyBundle,
  history: History,
  requireSequence: boolean,
): Result<void, ActivationCode> {
  const { sequence, rollback } = bundle;
  if (sequence === undefined) {
    if (history.sequence === null && !requireSequence) return success(undefined);
    const why =
      history.sequence === null ? "the configuration demands one" : `${history.sequence} was active`;
    return failure(
      "activation.sequence_missing",
      `the bundle has no sequence, and ${why}; build it with assay policy build --sequence`,
    );
  }
  if (history.sequence !== null && sequence <= history.sequence) {
    const which = sequence === history.sequence ? "another bundle with that sequence" : history.sequence;
    return failure(
      "activation.sequence_not_higher",
      `the bundle has the sequence ${sequence}, and ${which} was active; expected a higher one`,
    );
  }
  const version = versionOf(bundle);
  if (rollback !== undefined && rollback.to !== version) {
    return failure(
      "activation.rollback_invalid",
      `the release goes back to ${quoted(rollback.to)}, and its version is ${quoted(version ?? "")}`,
    );
  }
  const step =
    version === null || history.version === null ? undefined : compareVersions(version, history.version);
  if (step !== undefined && step < 0 && rollback === undefined) {
    return failure(
      "activation.version_lower",
      `version ${quoted(version ?? "")} is lower than ${quoted(history.version ?? "")}; a release that goes back on purpose says so (assay policy build --rollback)`,
    );
  }
  return success(undefined);
}

function quoted(text: string): string {
  return oneLine(JSON.stringify(text), 120);
}
