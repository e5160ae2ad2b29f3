import { canonicalJson, digestOf, hexOf, type Digest, type Reason } from "../core/index.ts";
import type { Expected } from "./media-types.ts";
import { onlyDocument, shapeOf } from "./shape.ts";
import type { EvidenceCode } from "./reasons.ts";
import type { Artifact, ArtifactContent } from "./types.ts";

type Annotations = Readonly<Record<string, string>>;

/**
 * What a blob is: by its shape, and by its media type where the shape does not tell. cosign's simple signing is the
 * exception: its signature stands in the annotations, whatever the bytes look like.
 */
export function contentOf(bytes: Uint8Array, expected: Expected, annotations: Annotations): ArtifactContent {
  const evidence = cosignAnnotations(annotations);
  if (expected === "notary-jws") return notarySignature(bytes, "jws");
  if (expected === "notary-cose") return notarySignature(bytes, "cose");
  if (expected === "simple-signing") return { kind: "simple-signing", bytes, annotations: evidence };
  const document = onlyDocument(bytes);
  const shape = document === undefined ? "unknown" : shapeOf(document);
  switch (shape) {
    case "sigstore-bundle":
    case "statement":
    case "document":
      return { kind: shape, bytes };
    case "dsse-envelope":
    case "simple-signing":
      return { kind: shape, bytes, annotations: evidence };
    case "notary-jws":
      return notarySignature(bytes, "jws");
    default:
      return byMediaType(bytes, expected, evidence);
  }
}

function byMediaType(bytes: Uint8Array, expected: Expected, annotations: Annotations): ArtifactContent {
  switch (expected) {
    case "sigstore-bundle":
    case "document":
      return { kind: expected, bytes };
    case "in-toto":
      return { kind: "statement", bytes };
    case "dsse-envelope":
      return { kind: expected, bytes, annotations };
    default:
      return skipped("evidence.format_unknown", "the content is none of the known forms of evidence");
  }
}

/** Annotations that are part of the evidence: cosign keeps signature, certificate, log entry and timestamp in them. */
function cosignAnnotations(annotations: Annotations): Annotations {
  const entries = Object.entries(annotations).filter(
    ([name]) => name.startsWith("dev.cosignproject.cosign/") || name.startsWith("dev.sigstore.cosign/"),
  );
  return Object.fromEntries(entries);
}

/**
 * Names an artifact by its content: by the digest of the bytes alone where they are the whole evidence, else over
 * digest and annotations, so that two signatures of one payload stay two.
 */
export function idOf(bytes: Uint8Array, digest: Digest, content: ArtifactContent): Digest {
  const annotations = "annotations" in content ? content.annotations : {};
  if (Object.keys(annotations).length === 0) {
    return digest.startsWith("sha256:") ? digest : digestOf(bytes);
  }
  return digestOf(Buffer.from(canonicalJson({ digest, annotations })));
}

export function notarySignature(bytes: Uint8Array, envelope: "jws" | "cose"): ArtifactContent {
  return { kind: "notary-signature", bytes, envelope };
}

export function skipped(code: EvidenceCode, message: string): ArtifactContent {
  return { kind: "skipped", reason: { code, message } };
}

export function unsupported(message: string): ArtifactContent {
  return { kind: "unsupported", reason: { code: "evidence.format_unsupported", message } };
}

export function unreachable(reason: Reason): ArtifactContent {
  return { kind: "unreachable", reason };
}

/**
 * Why content that is listed cannot be had. Whoever may push can make a manifest that is missing, malformed or too
 * large: that is an answer about the artifact. Everything else is the registry's failure and leaves the question open.
 */
export function contentOfFailure(reason: Reason): { content: ArtifactContent; open: boolean } {
  switch (reason.code) {
    case "registry.not_found":
      return {
        content: skipped("evidence.no_payload", "it is listed, but it is not there"),
        open: false,
      };
    case "registry.limit_exceeded":
      return { content: skipped("evidence.limit_exceeded", reason.message), open: true };
    case "registry.manifest_invalid":
    case "registry.media_type":
      return { content: skipped("evidence.format_unknown", reason.message), open: false };
    case "registry.size_mismatch":
      return { content: skipped("evidence.payload_invalid", reason.message), open: false };
    default:
      return { content: unreachable(reason), open: true };
  }
}

/** Whether its bytes are there to be judged. */
export function isHeld(artifact: Artifact): boolean {
  return "bytes" in artifact.content;
}

/** A digest short enough for a line that people read. */
export function short(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(":"))}:${hexOf(digest).slice(0, 12)}…`;
}
