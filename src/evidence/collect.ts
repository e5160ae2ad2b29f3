import type { Digest, Reason } from "../core/index.ts";
import { isHeld } from "./content.ts";
import type { Limits } from "./limits.ts";
import type { Artifact, EvidenceCollection, EvidenceSource } from "./types.ts";

const SOURCES: readonly EvidenceSource[] = ["referrer", "cosign-tag", "buildkit", "layout", "file"];
/** Where something was found once, that is what it is, however often it could not be had elsewhere. */
const KINDS = ["held", "unreachable", "unsupported", "skipped"] as const;
/** Places that are named of something that is found in many. */
const PLACES = 5;
/** Reasons that are named of many. */
const REASONS = 50;

/**
 * One list of all that was found, each content once with all the places where it was, in an order that does not
 * depend on who answered first.
 */
export function collect(
  artifacts: readonly Artifact[],
  incomplete: readonly Reason[],
  limits: Limits,
): EvidenceCollection {
  const ordered = artifacts.toSorted((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source));
  const byId = new Map<Digest, Artifact[]>();
  for (const artifact of ordered) {
    const same = byId.get(artifact.id);
    if (same === undefined) byId.set(artifact.id, [artifact]);
    else same.push(artifact);
  }
  const merged = [...byId.values()].map(merge);
  const kept: Artifact[] = [];
  let aside = 0;
  for (const artifact of merged) {
    const { kind } = artifact.content;
    if ((kind !== "skipped" && kind !== "unsupported") || ++aside <= limits.leftAside) kept.push(artifact);
  }
  const over = aside - limits.leftAside;
  const unnamed: Reason = {
    code: "evidence.limit_exceeded",
    message: `${over} further artifacts that were left aside are not named one by one`,
  };
  return { artifacts: kept, incomplete: distinct(over > 0 ? [...incomplete, unnamed] : incomplete) };
}

function merge(same: readonly Artifact[]): Artifact {
  const [best, ...others] = same.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (best === undefined) throw new TypeError("nothing to merge");
  if (others.length === 0) return best;
  const places = [...new Set([best, ...others].map(({ location }) => location))];
  const named = places.slice(0, PLACES).join("; ");
  const more = places.length > PLACES ? `; and ${places.length - PLACES} more` : "";
  return { ...best, location: `${named}${more}` };
}

function rankOf(artifact: Artifact): number {
  const { kind } = artifact.content;
  return isHeld(artifact) ? 0 : KINDS.findIndex((known) => known === kind);
}

/** Each reason once, and of a flood of them at least one of every code, because what follows depends on the codes. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const all = [...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()];
  const codes = new Set<string>();
  return all.filter(({ code }, index) => {
    const first = !codes.has(code);
    codes.add(code);
    return first || index < REASONS;
  });
}
