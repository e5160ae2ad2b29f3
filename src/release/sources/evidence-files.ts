import { parseStrictJson } from "../../core/index.ts";
import { SourceFault } from "./fault.ts";
import { SOURCE_LIMITS } from "./limits.ts";

/**
 * What is looked for beside a bundle `FILE`, by file and by HTTP: its signature in `FILE.sigstore.json`, whatever else
 * is attested of it (provenance) in `FILE.intoto.jsonl`. Either may hold one Sigstore bundle, or one a line.
 */
export const EVIDENCE_SUFFIXES = [".sigstore.json", ".intoto.jsonl"] as const;

/**
 * Beside a file that was pulled from a registry: the OCI manifest that names it. What is said of the manifest (as cosign
 * signs artifacts) is said of the file, because it holds the file's digest.
 */
export const MANIFEST_SUFFIX = ".manifest.json";

/** The documents of a file of evidence, as they came; more than may be are refused, not left out. */
export function evidenceDocuments(bytes: Uint8Array, name: string): readonly Uint8Array[] {
  if (parseStrictJson(bytes, { bytes: SOURCE_LIMITS.evidenceBytes, depth: 100 }).ok) return [bytes];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Uint8Array[] = [];
  for (let from = 0; from < buffer.length;) {
    const end = buffer.indexOf(0x0a, from);
    const line = buffer.subarray(from, end < 0 ? buffer.length : end);
    if (line.some((byte) => byte > 0x20)) lines.push(line);
    if (lines.length > SOURCE_LIMITS.evidence) throw tooMany(name);
    from = end < 0 ? buffer.length : end + 1;
  }
  return lines;
}

/** All documents of all files. */
export function allEvidence(parts: readonly (readonly Uint8Array[])[], name: string): readonly Uint8Array[] {
  const all = parts.flat();
  if (all.length > SOURCE_LIMITS.evidence) throw tooMany(name);
  return all;
}

function tooMany(name: string): SourceFault {
  return new SourceFault(
    "source.limit_exceeded",
    `${name} holds more than the ${SOURCE_LIMITS.evidence} Sigstore bundles that are read`,
  );
}
