import {
  arrayAt,
  at,
  canonicalJson,
  decodeBase64,
  digestOf,
  parseStrictJson,
  type Digest,
  type JsonValue,
} from "../../core/index.ts";
import { parseManifest } from "../../registry/index.ts";
import { bundleLayer } from "../sources/oci/bundle-layer.ts";
import type { DeliveredArchive } from "../types.ts";

/** Bytes of what lies beside an archive: all that a source delivers at most, in Base64. */
export const MAX_BESIDE = 64 * 1024 * 1024;

const MAX_EVIDENCE = 64;

/** What lies beside a kept archive: its evidence, and the manifest that evidence may be about. */
export function besideJson({ evidence, manifest }: DeliveredArchive): Buffer {
  return Buffer.from(
    canonicalJson({
      schemaVersion: 1,
      evidence: evidence.map(base64),
      manifest: manifest === undefined ? null : base64(manifest),
    }),
  );
}

/**
 * A kept release as if it were delivered now; throws where it is none. Nothing in the folder is believed: the digest is that
 * of the bytes, and evidence about a manifest counts only where the manifest is there and this archive is its bundle, or
 * somebody could put another archive under a signature (T191).
 */
export function keptDelivery(archive: Uint8Array, beside: Uint8Array): DeliveredArchive {
  const parsed = parseStrictJson(beside, { bytes: MAX_BESIDE, depth: 4 });
  if (!parsed.ok) throw new Error(`what lies beside it: ${parsed.reason.message}`);
  const list = arrayAt(parsed.value, "evidence") ?? [];
  if (list.length > MAX_EVIDENCE) throw new Error(`more than ${MAX_EVIDENCE} pieces of evidence`);
  const digest = digestOf(archive);
  const stated = at(parsed.value, "manifest") ?? null;
  const manifest = stated === null ? undefined : bytesOf(stated);
  return {
    kind: "archive",
    archive,
    digest,
    version: digest,
    evidence: list.map(bytesOf),
    subjects: manifest === undefined ? [digest] : [digest, manifestDigest(manifest, digest)],
    ...(manifest === undefined ? {} : { manifest }),
  };
}

function manifestDigest(bytes: Uint8Array, archive: Digest): Digest {
  const manifest = parseManifest(bytes);
  if (!manifest.ok) throw new Error(`its manifest: ${manifest.reason.message}`);
  if (bundleLayer(manifest.value).digest !== archive) throw new Error("its manifest is of another bundle");
  return digestOf(bytes);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function bytesOf(value: JsonValue): Uint8Array {
  const bytes = typeof value === "string" ? decodeBase64(value) : undefined;
  if (bytes === undefined) throw new Error("what lies beside it is no Base64");
  return bytes;
}
