import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  describeThrown,
  digestOf,
  failure,
  oneLine,
  success,
  type Failure,
  type Reason,
  type Result,
} from "../core/index.ts";
import { skipped } from "./content.ts";
import { fileArtifacts, type EvidenceFile } from "./documents.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Artifact, EvidenceCollection } from "./types.ts";

export type FileCode = "evidence.file_not_found" | "evidence.file_unreadable";

/**
 * Reads the files and folders that a person named: Sigstore bundles, DSSE envelopes, in-toto statements, SBOMs, several
 * of them as JSON Lines or in an array, gcloud's provenance, cosign manifests with their payloads beside them. A path
 * that is not there or cannot be read fails as a whole; content that is nothing known is listed with its reason.
 * Folders are read with all that is in them, except names that begin with a dot.
 */
export async function readEvidenceFiles(
  paths: readonly string[],
  limits: Limits = LIMITS,
): Promise<Result<EvidenceCollection, FileCode>> {
  const listed = new Set<string>();
  for (const path of paths) {
    const found = await listFiles(path, limits, 0);
    if (!found.ok) return found;
    for (const file of found.value) listed.add(file);
  }
  const files: EvidenceFile[] = [];
  const tooLarge: Artifact[] = [];
  let left = limits.totalBytes;
  for (const path of [...listed].slice(0, limits.files)) {
    const bytes = await readBounded(path, Math.min(limits.blobBytes, left));
    if (!bytes.ok) return bytes;
    if (bytes.value === undefined) {
      tooLarge.push(oversized(path));
    } else {
      left -= bytes.value.byteLength;
      files.push({ path, bytes: bytes.value });
    }
  }
  const read = fileArtifacts(files, limits);
  const over = listed.size - limits.files;
  const incomplete = [
    ...read.incomplete,
    ...tooLarge.map(({ location }) => limitExceeded(`${location}: larger than is read`)),
    ...(over > 0 ? [limitExceeded(`${over} files not looked at: over the limit`)] : []),
  ];
  return success({ artifacts: [...read.artifacts, ...tooLarge], incomplete });
}

/** The path itself, or the regular files under a folder in the order of their names. */
async function listFiles(
  path: string,
  limits: Limits,
  depth: number,
): Promise<Result<readonly string[], FileCode>> {
  try {
    const found = await stat(path);
    if (found.isFile()) return success([path]);
    if (!found.isDirectory()) {
      // A pipe might never end; inside folders such things are no evidence.
      return depth > 0 ? success([]) : unreadable(path, "it is neither a file nor a folder");
    }
    if (depth > limits.folderDepth) return unreadable(path, "folders are nested too deep");
    const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
    const files: string[] = [];
    for (const name of names) {
      // One more than are read shows that there are more.
      if (files.length > limits.files) break;
      const inside = await listFiles(join(path, name), limits, depth + 1);
      if (!inside.ok) return inside;
      files.push(...inside.value);
    }
    return success(files);
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

/** The whole file, or `undefined` where it has more bytes than the limit. */
async function readBounded(path: string, limit: number): Promise<Result<Uint8Array | undefined, FileCode>> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > limit) return success(undefined);
      // A file may grow while it is read.
      const buffer = Buffer.alloc(size + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length;) {
        ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length));
        length += read;
      }
      return length > size
        ? unreadable(path, "it grew while it was read")
        : success(buffer.subarray(0, length));
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

function unreadable(path: string, why: unknown): Failure<FileCode> {
  const what = oneLine(path, 300);
  const missing = why instanceof Error && "code" in why && (why.code === "ENOENT" || why.code === "ENOTDIR");
  return missing
    ? failure("evidence.file_not_found", `${what}: there is no such file or folder`)
    : failure("evidence.file_unreadable", `${what}: cannot be read: ${describeThrown(why)}`);
}

function oversized(path: string): Artifact {
  return {
    id: digestOf(Buffer.from(path)),
    source: "file",
    location: oneLine(path, 300),
    mediaType: "application/octet-stream",
    attachedTo: null,
    content: skipped("evidence.limit_exceeded", "the file is larger than is read"),
  };
}

function limitExceeded(message: string): Reason {
  return { code: "evidence.limit_exceeded", message };
}
