import { realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzip } from "node:zlib";
import { digestOf, oneLine } from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";
import type { DeliveredArchive, FetchOptions } from "../types.ts";
import { allEvidence, EVIDENCE_SUFFIXES, evidenceDocuments } from "./evidence-files.ts";
import { SourceFault } from "./fault.ts";
import { SOURCE_LIMITS } from "./limits.ts";
import { leadsTo, readSettledIfThere } from "./settled-file.ts";

const ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled before each further one. */
const PAUSE_MS = 10;
/** Milliseconds in which who is writing a file writes more of it. File systems tell times by ticks of up to 10. */
const STAYS_MS = 100;

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
  let damaged: { readonly identity: string; readonly since: number } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    const place = await placeOf(path);
    const read = await readSettledIfThere(place, SOURCE_LIMITS.archiveBytes, signal);
    // Gone, though the name has just led to it: the name leads elsewhere by now.
    if (read === undefined || read === null) continue;
    const { bytes: archive, identity } = read;
    const digest = digestOf(archive);
    if (digest === known) return "unchanged";
    if (!(await isWholeGzip(archive))) {
      const now = performance.now();
      if (damaged?.identity !== identity) damaged = { identity, since: now };
      if (now - damaged.since < STAYS_MS) continue;
    }
    const evidence = await readEvidence(path, place, signal);
    if (evidence === null) continue;
    if (evidence.length > 0 && !(await leadsTo(path, identity))) continue;
    progress?.(archive.byteLength, archive.byteLength);
    return { kind: "archive", archive, digest, version: digest, evidence, subjects: [digest] };
  }
  throw new SourceFault(
    "source.changed_while_read",
    "the file changes while it is read; write policies beside it and rename them",
  );
}

/** Where the name leads to, links resolved: what Kubernetes' link leads to is never written to. */
async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => {
    throw new SourceFault("source.not_found", "there is no such policy");
  });
}

/** What lies beside the file itself, else beside its name; `null` where some of it was written to while it was read. */
async function readEvidence(
  path: string,
  place: string,
  signal: AbortSignal,
): Promise<readonly Uint8Array[] | null> {
  for (const file of new Set([place, path])) {
    const parts: (readonly Uint8Array[])[] = [];
    for (const suffix of EVIDENCE_SUFFIXES) {
      const name = `${file}${suffix}`;
      const read = await readSettledIfThere(name, SOURCE_LIMITS.evidenceBytes, signal);
      if (read === null) return null;
      if (read !== undefined) parts.push(evidenceDocuments(read.bytes, oneLine(name)));
    }
    if (parts.length > 0) return allEvidence(parts, oneLine(path));
  }
  return [];
}

/** Also where it inflates to more than a bundle may: that it is too large is not for here to say. */
function isWholeGzip(bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    gunzip(bytes, { maxOutputLength: BUNDLE_LIMITS.tarBytes }, (error) => {
      resolve(error === null || ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE"));
    });
  });
}
