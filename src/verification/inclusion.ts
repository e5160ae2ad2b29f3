import type { BundleLogEntry } from "./bundle.ts";
import { validDuring } from "./authority.ts";
import { verifyCheckpoint } from "./checkpoint.ts";
import { leafHash, rootFromProof } from "./merkle.ts";
import { refuse } from "./refusal.ts";
import { verifySignature } from "./signature.ts";
import type { TransparencyLog } from "./trust-root.ts";

/** What a log has proven of an entry. */
export interface Inclusion {
  /** Milliseconds since 1970; `null` where nothing signed says when. */
  readonly time: number | null;
  /** Decimal; the one that was signed. */
  readonly index: string;
}

/**
 * Verifies that `log` holds `entry`: by its signed promise, by an inclusion proof that leads to a checkpoint of the
 * log's, or both; whatever is there must be right. The integrated time counts only where the promise signs it (A016).
 */
export function verifyInclusion(entry: BundleLogEntry, log: TransparencyLog): Inclusion {
  if (entry.promise === null && entry.proof === null) {
    return refuse("log.invalid", "the log entry carries neither a promise nor a proof of inclusion");
  }
  if (entry.proof !== null) verifyProof(entry, entry.proof, log);
  if (entry.promise === null) return { time: null, index: String(entry.proof?.logIndex ?? entry.logIndex) };
  return { time: verifyPromise(entry, entry.promise, log), index: entry.logIndex };
}

function verifyProof(
  entry: BundleLogEntry,
  proof: NonNullable<BundleLogEntry["proof"]>,
  log: TransparencyLog,
): void {
  const root = rootFromProof(leafHash(entry.body), proof.logIndex, proof.treeSize, proof.hashes);
  if (root?.equals(proof.rootHash) !== true) {
    refuse("log.invalid", "the inclusion proof does not lead to the root hash that it names");
  }
  const checkpoint = verifyCheckpoint(proof.checkpoint, log);
  if (checkpoint.size !== proof.treeSize || !checkpoint.rootHash.equals(proof.rootHash)) {
    refuse("log.invalid", "the checkpoint is of another tree than the inclusion proof");
  }
}

/** Rekor v1's signed entry timestamp: over the canonical JSON (RFC 8785) of body, time, log id and index. */
function verifyPromise(entry: BundleLogEntry, promise: Buffer, log: TransparencyLog): number {
  const seconds = entry.integratedTime;
  if (seconds === null)
    return refuse("log.invalid", "the log entry's promise stands without the time that it signs");
  const payload = `{"body":"${entry.body.toString("base64")}","integratedTime":${seconds},"logID":"${entry.logId}","logIndex":${entry.logIndex}}`;
  if (!verifySignature(log.key, Buffer.from(payload), promise, log.hash)) {
    return refuse("log.invalid", `the inclusion promise is not signed by the log ${log.name}`);
  }
  const time = Number(seconds) * 1000;
  if (!validDuring(log.validFor, time)) {
    return refuse("log.untrusted", `the log ${log.name} was not trusted at the time of its entry`);
  }
  return time;
}
