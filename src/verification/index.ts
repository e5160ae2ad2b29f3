export type * from "./types.ts";
export { REASONS, type ReasonCode } from "./reasons.ts";
export { ConclusionCache, type CacheLimits } from "./conclusion-cache.ts";
export { verify } from "./verify.ts";
export { verifyBundle, type BundleArtifact, type DemandedSigner } from "./verify-bundle.ts";
export { parseStatement } from "./statement.ts";
export { isIdentity, type DemandedIdentity } from "./identity.ts";
export { combineTrust, publicGoodRoot, trustFromData, trustFromFiles, type TrustCode } from "./trust.ts";
