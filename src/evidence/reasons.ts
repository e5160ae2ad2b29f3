/** Every reason for which an artifact is left aside before anybody looks at its signature, a line each. */
export const EVIDENCE_REASONS = {
  "evidence.media_type_unknown":
    "Something attached to the image that is no kind of evidence; it was not fetched.",
  "evidence.format_unknown": "A file or blob that is no evidence in any form that is known.",
  "evidence.format_unsupported": "A known form of evidence that this version cannot judge.",
  "evidence.no_payload":
    "A manifest without a layer that could hold evidence, or whose payload is elsewhere.",
  "evidence.payload_invalid":
    "The evidence cannot be had: missing, malformed or of another size than described.",
  "evidence.list_incomplete": "The list of what is attached was cut, or parts of it could not be read.",
  "evidence.limit_exceeded":
    "More, larger or denser evidence than is looked at; what is over the limit is left aside.",
  "subject.mismatch": "What was found says itself that it is about something else.",
} as const;

export type EvidenceCode = keyof typeof EVIDENCE_REASONS;
