import type { Digest, Reason } from "../core/index.ts";
import type { EvidenceCode } from "./reasons.ts";

export type EvidenceSource = "referrer" | "cosign-tag" | "buildkit" | "layout" | "file";

/**
 * One thing that may speak of the image. Its bytes were compared with the digest under which they were found; what
 * they claim is not looked at here. An artifact that could not be had or read stays in the list with its reason.
 */
export interface Artifact {
  /**
   * Digest of the content's bytes, or over digest and annotations where these belong to the evidence (cosign's older
   * layers); of the descriptor where the content could not be had.
   */
  readonly id: Digest;
  readonly source: EvidenceSource;
  /** Where it was found, for a person: `referrer sha256:… layer 1`, `tag sha256-….att`, `release.jsonl line 3`. */
  readonly location: string;
  readonly mediaType: string;
  /** The image or platform manifest to which it was attached; `null` for files, which are attached to nothing. */
  readonly attachedTo: Digest | null;
  readonly content: ArtifactContent;
}

/** What the bytes are, told by their media type and shape, never by an annotation's claim. */
export type ArtifactContent =
  /** A Sigstore bundle, JSON of any version. */
  | { readonly kind: "sigstore-bundle"; readonly bytes: Uint8Array }
  /** A DSSE envelope, bare or as cosign's `.att` layer, with the layer's annotations. */
  | {
      readonly kind: "dsse-envelope";
      readonly bytes: Uint8Array;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** cosign's `.sig` layer: a simple-signing payload, its signature in the annotations. */
  | {
      readonly kind: "simple-signing";
      readonly bytes: Uint8Array;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /**
   * One entry of gcloud's provenance: `{ image_summary, provenance }`, the envelope with all that stands beside it.
   * Kept apart from other envelopes, because only here may a signature be over the bare payload.
   */
  | { readonly kind: "cloud-build-provenance"; readonly bytes: Uint8Array }
  /** A Notary Project signature: its layer's type tells which of the two envelopes it is. */
  | { readonly kind: "notary-signature"; readonly bytes: Uint8Array; readonly envelope: "jws" | "cose" }
  /** An in-toto statement without an envelope (BuildKit, files). */
  | { readonly kind: "statement"; readonly bytes: Uint8Array }
  /** A document without an envelope: an SBOM attached as it is. */
  | { readonly kind: "document"; readonly bytes: Uint8Array }
  /** Something of a known kind that this version cannot judge: kept, so that it never reads as absent. */
  | { readonly kind: "unsupported"; readonly reason: Reason<EvidenceCode> }
  /** Left aside on purpose: unknown, over a cap, about something else. */
  | { readonly kind: "skipped"; readonly reason: Reason<EvidenceCode> }
  /** There, but not to be had now: the registry failed. */
  | { readonly kind: "unreachable"; readonly reason: Reason };

export interface EvidenceCollection {
  readonly artifacts: readonly Artifact[];
  /** Empty where all there is was listed and fetched. */
  readonly incomplete: readonly Reason[];
}
