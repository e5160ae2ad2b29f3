export type * from "./types.ts";
export { REASONS, type ReasonCode } from "./reasons.ts";
export { ConclusionCache, type CacheLimits } from "./conclusion-cache.ts";
export { verify, type VerificationOptions } from "./verify.ts";
export { proveBundle, verifyBundle, type BundleArtifact, type DemandedSigner } from "./verify-bundle.ts";
export { parseStatement } from "./statement.ts";
export { isIdentity, type DemandedIdentity } from "./identity.ts";
export {
  combineTrust,
  publicGoodRoot,
  trustFromData,
  trustFromFiles,
  trustOfPolicy,
  type TrustCode,
} from "./trust.ts";
export { openTufRoot, type TufOptions, type TufRoot, type TufSource } from "./tuf/open-tuf-root.ts";
export { publicGoodTuf } from "./tuf/public-good.ts";
export type { TufCode } from "./tuf/fault.ts";
