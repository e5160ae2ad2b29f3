import { realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzip } from "node:zlib";
import { digestOf, oneLine, type Digest } from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";
import { DEFAULT_REGISTRY_LIMITS, OCI_MANIFEST, parseManifest } from "../../registry/index.ts";
import type { DeliveredArchive, FetchOptions } from "../types.ts";
import { allEvidence, EVIDENCE_SUFFIXES, evidenceDocuments, MANIFEST_SUFFIX } from "./evidence-files.ts";
import { SourceFault } from "./fault.ts";
import { SOURCE_LIMITS } from "./limits.ts";
import { leadsTo, readSettledIfThere } from "./settled-file.ts";

const ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled before each further one. */
const PAUSE_MS = 10;

/**
 * The bundle that a file holds, with the evidence beside it (`EVIDENCE_SUFFIXES`). Never a part of it and never parts
 * of two (T187): what is written to while it is read, is no whole gzip yet, or whose name leads to another file once
 * its evidence has been read, is read again, and at last refused as `source.changed_while_read`, or as `source.invalid`
 * where nobody was seen to write to it.
 */
export async function fetchFile(
  path: string,
  { known, signal, progress }: FetchOptions,
): Promise<DeliveredArchive | "unchanged"> {
  const seen = new Set<string>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    const place = await placeOf(path);
    const read = await readSettledIfThere(place, SOURCE_LIMITS.archiveBytes, signal);
    seen.add(read?.identity ?? `none ${attempt}`);
    // Gone, though the name has just led to it: the name leads elsewhere by now.
    if (read === undefined || read === null) continue;
    const { bytes: archive, identity } = read;
    const digest = digestOf(archive);
    if (digest === known) return "unchanged";
    if (archive.length > 1 && (archive[0] !== 0x1f || archive[1] !== 0x8b)) break;
    if (!(await isWholeGzip(archive))) continue;
    const evidence = await readEvidence(path, place, signal);
    if (evidence === null || (evidence.length > 0 && !(await leadsTo(path, identity)))) {
      seen.add(`mixed ${attempt}`);
      continue;
    }
    progress?.(archive.byteLength, archive.byteLength);
    const manifest = await readManifest(place, digest, signal);
    return {
      kind: "archive",
      archive,
      digest,
      version: digest,
      evidence,
      subjects: manifest === undefined ? [digest] : [digest, digestOf(manifest)],
      ...(manifest !== undefined && { manifest }),
    };
  }
  throw seen.size > 1
    ? new SourceFault(
        "source.changed_while_read",
        "the file changes while it is read; write policies beside it and rename them",
      )
    : new SourceFault("source.invalid", "no policy bundle: not a gzip archive (tar.gz), or not all of one");
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

/** The manifest beside the file, where it is of this very bundle; what is none or of another counts for nothing. */
async function readManifest(
  place: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const name = `${place}${MANIFEST_SUFFIX}`;
  const read = await readSettledIfThere(name, DEFAULT_REGISTRY_LIMITS.manifestBytes, signal);
  const manifest = read === undefined || read === null ? undefined : parseManifest(read.bytes, OCI_MANIFEST);
  if (manifest?.ok !== true || manifest.value.kind === "index") return undefined;
  const { layers } = manifest.value;
  return layers.length === 1 && layers[0]?.digest === digest ? read?.bytes : undefined;
}

/** Also where it inflates to more than a bundle may: that it is too large is not for here to say. */
function isWholeGzip(bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    gunzip(bytes, { maxOutputLength: BUNDLE_LIMITS.tarBytes }, (error) => {
      resolve(error === null || ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE"));
    });
  });
}
