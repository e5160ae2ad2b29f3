export type * from "./types.ts";
export { decide, decideAgain, evaluate, type DecideOptions } from "./decide.ts";
export { gather } from "./gather.ts";
export { describeInput, queryPolicy, resolveDigest, type DescribedInput } from "./query.ts";
export type { Appraisal } from "./appraisal/appraise.ts";
export { Appraiser } from "./appraisal/appraiser.ts";
export { RenewingTrust, type RenewalEvent, type RenewalSettings } from "./renewing-trust.ts";
export { RootMemory } from "./root-memory.ts";
export {
  CachingDecider,
  type CachingOptions,
  type CachingSettings,
  type CachingState,
} from "./caching-decider.ts";
export { DEFAULT_CACHE, type CacheSettings, type CacheTiers } from "./cache/settings.ts";
export { DiskTier, type DiskSettings } from "./cache/disk-tier.ts";
export { SharedTier, type SharedCacheSettings } from "./cache/shared/shared-tier.ts";
export { DEFAULT_LOAD, type LoadSettings } from "./load/settings.ts";
export type { Lane } from "./load/work-queue.ts";
export type { Stage, StageObserver } from "./stages.ts";
export { NOTHING_SAID } from "./outcome.ts";
