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
  for (const subject of statement.subjects) {
    if (names(subject, target.digest)) return matchDigest(target.digest, target);
  }
  for (const { digest } of target.platforms) {
    if (statement.subjects.some((subject) => names(subject, digest))) return matchDigest(digest, target);
  }
  return undefined;
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

/** The digest's own algorithm decides: what a weaker or unknown algorithm says beside it proves nothing (T070). */
function names(subject: StatementSubject, digest: Digest): boolean {
  return usableDigests(subject).includes(digest);
}
