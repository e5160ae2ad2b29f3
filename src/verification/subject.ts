import { isDigestAlgorithm, parseDigest, type Digest } from "../core/index.ts";
import { refuse } from "./refusal.ts";
import type { Statement, StatementSubject, SubjectMatch, VerificationTarget } from "./types.ts";

/**
 * Binds a statement to the image: some subject's digest is the image's or that of a platform of its verified index.
 * Names decide nothing (T072). Throws `subject.absent` or `subject.mismatch`.
 */
export function bindSubject(statement: Statement, target: VerificationTarget): SubjectMatch {
  const match = findSubject(statement, target);
  if (match !== undefined) return match;
  const usable = statement.subjects.flatMap(usableDigests);
  if (usable.length === 0)
    return refuse("subject.absent", "the statement names no subject by a SHA-2 digest");
  const more = usable.length > 1 ? ` and ${usable.length - 1} more` : "";
  return refuse(
    "subject.mismatch",
    `the statement speaks of ${usable[0]}${more}, not of ${target.digest} or its platforms`,
  );
}

/** As `bindSubject`; `undefined` where no subject is the image. */
export function findSubject(statement: Statement, target: VerificationTarget): SubjectMatch | undefined {
  // The digest's own algorithm decides: what a weaker or unknown algorithm says beside it proves nothing (T070).
  // A set, because hundreds of thousands of subjects may meet tens of thousands of platforms.
  const named = new Set(statement.subjects.flatMap(usableDigests));
  if (named.has(target.digest)) return matchDigest(target.digest, target);
  const platform = target.platforms.find(({ digest }) => named.has(digest));
  return platform === undefined ? undefined : matchDigest(platform.digest, target);
}

export function matchDigest(digest: Digest, target: VerificationTarget): SubjectMatch | undefined {
  if (digest === target.digest) return { digest, matches: "image", platform: null };
  const platform = target.platforms.find((candidate) => candidate.digest === digest);
  return platform === undefined ? undefined : { digest, matches: "platform", platform: platform.platform };
}

/** Only collision resistant algorithms under their exact names, values in full lowercase hexadecimal (T070, T071). */
function usableDigests(subject: StatementSubject): readonly Digest[] {
  return Object.entries(subject.digest).flatMap(([algorithm, value]) => {
    const digest = isDigestAlgorithm(algorithm) ? parseDigest(`${algorithm}:${value}`) : undefined;
    return digest === undefined ? [] : [digest];
  });
}
