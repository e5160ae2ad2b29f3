import { validDuring } from "./authority.ts";
import { contentForLog, type SignedEvidence } from "./evidence-form.ts";
import { verifyInclusion } from "./inclusion.ts";
import { matchLogBody, type SignedContent } from "./log-body.ts";
import { refuse } from "./refusal.ts";
import { verifyTimestamp } from "./timestamp.ts";
import type { TransparencyLog } from "./trust-root.ts";
import type { LogEntry, TrustRoot, VerifiedTime } from "./types.ts";

/** How far a clock that testifies may run ahead of ours. */
export const CLOCK_SKEW = 5 * 60 * 1000;

/** What logs and timestamp authorities have proven about one signature. */
export interface Testimony {
  /** Milliseconds since 1970, at least one where anything testified to the time. */
  readonly times: readonly number[];
  readonly verifiedTimes: readonly VerifiedTime[];
  readonly entries: readonly LogEntry[];
  /** Ids of the logs that hold the signature: each counts once, however many entries it has (A018, A027, A031). */
  readonly logs: ReadonlySet<string>;
  /** Timestamp authorities (`Authority.service`) that stamped it: each counts once, however many stamps it made. */
  readonly authorities: ReadonlySet<string>;
}

/**
 * Hears every log entry and timestamp of trusted logs and authorities. Those of strangers neither count nor spoil;
 * those of trusted ones must be right in every respect, or the evidence is refused.
 */
export function hearTestimony(
  evidence: SignedEvidence,
  signature: Buffer,
  verifier: SignedContent["verifier"],
  roots: readonly TrustRoot[],
  now: Date,
): Testimony {
  const times: number[] = [];
  const verifiedTimes: VerifiedTime[] = [];
  const accept = (time: number, source: VerifiedTime["source"], trustRoot: string): void => {
    if (time > now.getTime() + CLOCK_SKEW) {
      refuse("time.invalid", `a ${source} time of ${new Date(time).toISOString()}, which is in the future`);
    }
    times.push(time);
    verifiedTimes.push({ time: new Date(time).toISOString(), source, trustRoot });
  };

  const logs = new Map<string, TransparencyLog>();
  const entries = new Map<string, LogEntry>();
  const content = contentForLog(evidence, signature, verifier);
  for (const entry of evidence.logEntries) {
    const known = findLog(entry.logId, roots);
    if (known === undefined) continue;
    const { log, trustRoot } = known;
    matchLogBody(entry, content);
    const { time, index } = verifyInclusion(entry, log);
    const key = `${log.id}:${index}`;
    if (entries.has(key)) continue;
    entries.set(key, { log: log.name, index, trustRoot });
    logs.set(log.id, log);
    if (time !== null) accept(time, "rekor", trustRoot);
  }

  const rootOf = new Map(
    roots.flatMap(({ name, material }) => material.timestampAuthorities.map((one) => [one, name] as const)),
  );
  const authorities = [...rootOf.keys()];
  const stamped = evidence.storedEnvelope === null ? [signature] : [signature, evidence.storedEnvelope];
  const stampedBy = new Set<string>();
  for (const der of evidence.timestamps) {
    const stamp = verifyTimestamp(der, stamped, authorities);
    if (stamp === undefined) continue;
    accept(stamp.time, "tsa", rootOf.get(stamp.authority) ?? "");
    stampedBy.add(stamp.authority.service);
  }

  checkLogValidity(logs.values(), times.length === 0 ? [now.getTime()] : times);
  return {
    times,
    verifiedTimes,
    entries: [...entries.values()],
    logs: new Set(logs.keys()),
    authorities: stampedBy,
  };
}

function findLog(
  id: string,
  roots: readonly TrustRoot[],
): { readonly log: TransparencyLog; readonly trustRoot: string } | undefined {
  for (const { name, material } of roots) {
    const log = material.logs.get(id);
    if (log !== undefined) return { log, trustRoot: name };
  }
  return undefined;
}

/** A log's testimony counts for times at which its key was trusted (T102). */
function checkLogValidity(logs: Iterable<TransparencyLog>, times: readonly number[]): void {
  for (const log of logs) {
    if (!times.every((time) => validDuring(log.validFor, time))) {
      refuse("log.untrusted", `the log ${log.name} was not trusted at the time of its entry`);
    }
  }
}
