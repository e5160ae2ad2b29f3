import type { Tier } from "./tier.ts";

/** How long and how much is remembered. Times are milliseconds; 0 remembers nothing. */
export interface CacheSettings {
  /** A tag's digest, from when the registry was asked on. */
  readonly tags: number;
  /** A decision that allows; also how far ahead `validUntil` lies at most. */
  readonly decisions: number;
  /** A decision that denies, that something is not there, and a list of what is attached to an image. */
  readonly denials: number;
  /** Of memory that everything kept may take together. */
  readonly bytes: number;
}

export const DEFAULT_CACHE: CacheSettings = {
  tags: 10_000,
  decisions: 60_000,
  denials: 5_000,
  bytes: 192 * 1024 * 1024,
};

/** Where else than in memory things are kept; absent: nowhere. */
export interface CacheTiers {
  /** Blobs on disk. */
  readonly disk?: Tier;
  /** Decisions and small blobs, for all replicas. */
  readonly shared?: Tier;
}
