import { setTimeout as sleep } from "node:timers/promises";
import { gunzip } from "node:zlib";
import { digestOf, oneLine } from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";
import type { DeliveredArchive, FetchOptions } from "../types.ts";
import { allEvidence, EVIDENCE_SUFFIXES, evidenceDocuments } from "./evidence-files.ts";
import { SourceFault } from "./fault.ts";
import { SOURCE_LIMITS } from "./limits.ts";
import { leadsTo, readSettled, readSettledIfThere } from "./settled-file.ts";

const ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled before each further one. */
const PAUSE_MS = 10;

/**
 * The bundle that a file holds, with the evidence beside it (`EVIDENCE_SUFFIXES`). Never a part of it and never parts
 * of two (T187): what is written to while it is read, is no whole gzip yet, or whose name leads to another file once
 * its evidence has been read, is read again, and at last refused as `source.changed_while_read`. A file that stays
 * damaged is delivered as it is: that it is no bundle is for its reader to say.
 */
export async function fetchFile(
  path: string,
  { known, signal, progress }: FetchOptions,
): Promise<DeliveredArchive | "unchanged"> {
  let damaged: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    const read = await readSettled(path, SOURCE_LIMITS.archiveBytes, signal);
    if (read === null) continue;
    const archive = read.bytes;
    const digest = digestOf(archive);
    if (digest === known) return "unchanged";
    if (digest !== damaged && !(await isWholeGzip(archive))) {
      damaged = digest;
      continue;
    }
    const evidence = await readEvidence(path, signal);
    if (evidence === null) continue;
    if (evidence.length > 0 && !(await leadsTo(path, read.identity))) continue;
    progress?.(archive.byteLength, archive.byteLength);
    return { kind: "archive", archive, digest, version: digest, evidence, subjects: [digest] };
  }
  throw new SourceFault(
    "source.changed_while_read",
    `the file changes while it is read; write policies beside it and rename them`,
  );
}

/** `null` where some of it was written to while it was read. */
async function readEvidence(path: string, signal: AbortSignal): Promise<readonly Uint8Array[] | null> {
  const parts: (readonly Uint8Array[])[] = [];
  for (const suffix of EVIDENCE_SUFFIXES) {
    const name = `${path}${suffix}`;
    const read = await readSettledIfThere(name, SOURCE_LIMITS.evidenceBytes, signal);
    if (read === null) return null;
    if (read !== undefined) parts.push(evidenceDocuments(read.bytes, oneLine(name)));
  }
  return allEvidence(parts, oneLine(path));
}

/** Also where it inflates to more than a bundle may: that it is too large is not for here to say. */
function isWholeGzip(bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    gunzip(bytes, { maxOutputLength: BUNDLE_LIMITS.tarBytes }, (error) => {
      resolve(error === null || ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE"));
    });
  });
}
