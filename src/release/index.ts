export type * from "./types.ts";
export { isOpaAlgorithm, OPA_ALGORITHMS, type OpaAlgorithm } from "./opa-signature/algorithms.ts";
export { signOpaBundle, type OpaSigning, type OpaSigningCode } from "./opa-signature/sign.ts";
export { verifyOpaSignature } from "./opa-signature/verify.ts";
export { verifyRelease } from "./verify-release.ts";
export * from "./activation/index.ts";
export { compileFolder, faultLines, type CompiledFolder } from "./sources/compile-folder.ts";
export {
  pushBundle,
  pushReferrer,
  type PushedBundle,
  type PushOptions,
  type Referrer,
} from "./sources/oci/push.ts";
export { pushEvidence } from "./sources/oci/push-evidence.ts";
export { putBundle } from "./sources/http/put.ts";
export { EVIDENCE_SUFFIXES, MANIFEST_SUFFIX } from "./sources/evidence-files.ts";
export { SOURCE_REASONS } from "./sources/reasons.ts";
export { openSource, schemeOf } from "./sources/open.ts";
export type { HttpCredentials, SourceSettings } from "./sources/settings.ts";
export * from "./sigstore/index.ts";
export {
  openSigners,
  type IdentitySignerSettings,
  type KeySignerSettings,
  type SignerCode,
  type SignerSettings,
} from "./signers.ts";
export {
  judgeProvenance,
  openProvenanceJudge,
  POLICY_REFERENCE,
  type ProvenanceJudge,
  type ProvenanceRequest,
} from "./provenance.ts";
