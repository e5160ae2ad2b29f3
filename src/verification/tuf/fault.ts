/** Why a TUF repository is not believed; the last good state is kept then (docs/decisions/trust-roots.md). */
export type TufCode =
  /** The mirror cannot be reached, does not answer in time, or lacks a file that it must have. */
  | "tuf.unavailable"
  /** Metadata that is not what the TUF specification says. */
  | "tuf.invalid"
  /** Fewer keys than the role's threshold signed it. */
  | "tuf.signature"
  /** One key stands under two key ids of a role, and would count twice (A103). */
  | "tuf.duplicate_key"
  /** An older version than was seen before, or files that were not published together. */
  | "tuf.rollback"
  /** Metadata beyond its expiry: the mirror is neglected, or somebody holds back newer metadata. */
  | "tuf.expired"
  /** More bytes than such a file may have. */
  | "tuf.too_large"
  /** The trusted root itself is absent, is not the one that was signed, or cannot be used. */
  | "tuf.target"
  /** The clock is behind what is known to have happened: no expiry can be told by it (T105). */
  | "tuf.clock"
  /** The cache folder cannot be used; all is kept in memory only. */
  | "tuf.cache"
  | "internal";

/** What the leaves of this folder throw, and `open-tuf-root.ts` makes a value of. */
export class TufFault extends Error {
  readonly code: TufCode;

  constructor(code: TufCode, message: string) {
    super(message);
    this.name = "TufFault";
    this.code = code;
  }
}

export function refuseTuf(code: TufCode, message: string): never {
  throw new TufFault(code, message);
}
