export type * from "./types.ts";
export type { EvidenceFile } from "./documents.ts";
export { readEvidenceFiles, type FileCode } from "./files.ts";
export { gatherEvidence, type EvidenceSources, type GatherOptions } from "./gather.ts";
export { LIMITS as EVIDENCE_LIMITS, type Limits as EvidenceLimits } from "./limits.ts";
export { EVIDENCE_REASONS, type EvidenceCode } from "./reasons.ts";
