import type { Digest, Reason, Result } from "../../core/index.ts";
import type { Decision } from "../../decision/index.ts";
import type { BundleCode, PolicyBundle, PolicyEngine } from "../../policy/index.ts";
import type {
  BundleSource,
  DeliveredArchive,
  ReleaseSigner,
  SignatureCode,
  SignedBy,
  SourceCode,
} from "../types.ts";

/** What `PolicyStore` needs to know. What is optional has the default that its comment names. */
export interface StoreSettings<Prepared> {
  /** The policy's name in the configuration; also the name of its folder in `lastGood`. */
  readonly name: string;
  /** Closed with the store. */
  readonly source: BundleSource;
  /** One of them is enough; none: what is unsigned is taken. */
  readonly signers: readonly ReleaseSigner[];
  /** Makes what decisions need beside the engine (trust), before the revision counts. Bounded by `limits.prepareMs`. */
  readonly prepare: (bundle: PolicyBundle, engine: PolicyEngine) => Promise<Result<Prepared>>;
  /** Called once for everything that `prepare` gave, after the last decision with it has ended. */
  readonly dispose: (prepared: Prepared) => void | Promise<void>;
  /** For logs and metrics; must not throw. */
  readonly report?: (event: StoreEvent) => void;
  /** Judges the archive's own provenance, after its signature and before it is parsed; absent: none is asked for. */
  readonly judgeProvenance?: (delivery: DeliveredArchive, signal: AbortSignal) => Promise<Result<Decision>>;
  /** What exactly may be activated; absent or `null`: whatever the rest allows. */
  readonly lock?: PolicyLock | null;
  /** A private folder where the last good bundle is kept; absent or `null`: in memory only. */
  readonly lastGood?: string | null;
  /** Refuses bundles without sequence from the first on; default false. */
  readonly requireSequence?: boolean;
  /** Refuses bundles without examples of their own; default false. */
  readonly requireExamples?: boolean;
  /** Milliseconds between questions to the source, each up to a fifth shorter; 0: only `refresh` and `watch` ask. Default 60 s. */
  readonly refreshMs?: number;
  /** Milliseconds after which a policy that the source has not confirmed is stale (threat T181); absent or `null`: never. */
  readonly maxAgeMs?: number | null;
  /**
   * Milliseconds after which a release is stale, confirmed or not: a server that keeps answering with an old one is no proof
   * (threat T181). Its age counts from when it is proven to have been signed, else from when it was first active here.
   * Absent or `null`: never.
   */
  readonly maxReleaseAgeMs?: number | null;
  /** Whether a stale policy makes the store not ready; default false: alarm only. */
  readonly expire?: boolean;
  readonly limits?: Partial<StoreLimits>;
  readonly clock?: StoreClock;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
  /** Makes the engine; default `loadEngine`. */
  readonly load?: (bundle: PolicyBundle) => Promise<Result<PolicyEngine, BundleCode>>;
}

/** Milliseconds. */
export interface StoreLimits {
  /** One question to the source while running; a source that holds questions needs more than it holds them. Default 120 s. */
  readonly fetchMs: number;
  /** … at start, where the persisted policy waits; default 20 s. */
  readonly startMs: number;
  /** All of `prepare`; default 30 s. */
  readonly prepareMs: number;
  /** The judging of provenance; default 60 s. */
  readonly provenanceMs: number;
  /** All of a bundle's examples; default 60 s. */
  readonly examplesMs: number;
  /** Least between two questions, however many triggers come; default 1 s. */
  readonly leastGapMs: number;
  /** Longest wait after failures; default 5 min, or the polling interval where that is longer. */
  readonly longestWaitMs: number;
}

/** Time as the store knows it; tests have their own. */
export interface StoreClock {
  now(): Date;
  /** Milliseconds of a clock that only goes forward. */
  elapsed(): number;
  /** Calls once after milliseconds; the answer stops it. Keeps no process alive. */
  after(milliseconds: number, call: () => void): () => void;
}

/** One revision made ready. It never changes; a decision holds it from begin to end. */
export interface ActivePolicy {
  readonly bundle: PolicyBundle;
  readonly engine: PolicyEngine;
  readonly signedBy: readonly SignedBy[];
  /** `bundle.sequence`; `null` where it has none. */
  readonly sequence: number | null;
  /** When it became the current one here. */
  readonly activated: Date;
  /** `BundleSource.name`. */
  readonly source: string;
  /** Whether it came from the source or was kept from an earlier run. */
  readonly origin: Origin;
}

export type Origin = "source" | "last-good";

export type Active<Prepared> = ActivePolicy & { readonly prepared: Prepared };

/** Keeps a revision alive from `acquire` to `release`; releasing twice does no more than once. */
export interface Lease<Prepared> {
  readonly active: Active<Prepared>;
  release(): void;
}

/** What became of asking the source. */
export type RefreshOutcome =
  | { readonly kind: "activated"; readonly digest: Digest }
  /** The source still has what is active. */
  | { readonly kind: "unchanged" }
  /** It has something that is not taken; what was active still is. */
  | { readonly kind: "refused"; readonly reason: Reason<RefusalCode> }
  /** It gave nothing. */
  | { readonly kind: "failed"; readonly reason: Reason<RefusalCode> };

/** For logs and metrics; messages are one line each. */
export type StoreEvent =
  | {
      readonly kind: "activated";
      readonly policy: string;
      readonly revision: string;
      readonly digest: Digest;
      readonly sequence: number | null;
      readonly signedBy: readonly SignedBy[];
      readonly origin: Origin;
      /** The revision that it takes the place of. */
      readonly previous: string | null;
      /** Why it goes back, where it does. */
      readonly rollback: string | null;
    }
  /** Said once for a version and a reason. `digest` is `null` where there is no archive. */
  | {
      readonly kind: "refused";
      readonly policy: string;
      readonly reason: Reason<RefusalCode>;
      readonly version: string;
      readonly digest: Digest | null;
      readonly origin: Origin;
    }
  /** The source gives nothing: said at the first failure, and where the reason's code changes. */
  | { readonly kind: "source_failed"; readonly policy: string; readonly reason: Reason<RefusalCode> }
  | { readonly kind: "source_recovered"; readonly policy: string; readonly failures: number }
  /** The source has not confirmed the policy for `maxAgeMs`, or it is older than `maxReleaseAgeMs`; said once. */
  | {
      readonly kind: "stale";
      readonly policy: string;
      readonly why: "not_confirmed" | "old_release";
      /** When it was last confirmed, or released. */
      readonly since: Date;
    }
  /** The active policy could not be kept for the next start. */
  | { readonly kind: "not_kept"; readonly policy: string; readonly message: string }
  /** A revision's last decision has ended and it is closed; `message` where closing it failed. */
  | {
      readonly kind: "retired";
      readonly policy: string;
      readonly revision: string;
      readonly digest: Digest;
      readonly message: string | null;
    };

/** For health checks and metrics. */
export interface StoreStatus {
  readonly name: string;
  readonly source: string;
  /** Whether it can decide: a policy is active, and not expired. */
  readonly ready: boolean;
  readonly policy: string | null;
  readonly revision: string | null;
  /** policy.yaml's. */
  readonly version: string | null;
  readonly digest: Digest | null;
  readonly sequence: number | null;
  /** The highest that was ever activated here. */
  readonly highestSequence: number | null;
  readonly signedBy: readonly SignedBy[];
  readonly origin: Origin | null;
  readonly activated: Date | null;
  /** When the source was last asked. */
  readonly checked: Date | null;
  /** When the source last had what is active. */
  readonly confirmed: Date | null;
  /** When it is proven to have been signed, else when it was first active here. */
  readonly released: Date | null;
  /** Why what the source has is not taken, or why it gives nothing, and since when; `null` once it has what is active. */
  readonly lastRefusal: {
    readonly code: RefusalCode;
    readonly message: string;
    readonly time: Date;
  } | null;
  /** Questions in a row that failed. */
  readonly failures: number;
  readonly stale: boolean;
  /** Whether the active policy is kept for the next start; `null` where that is not asked for. */
  readonly kept: boolean | null;
}

/** What a policy may only be: written by `assay policy lock`, obeyed by a store. */
export interface PolicyLock {
  /** `BundleSource.name`; paths absolute. */
  readonly source: string;
  /** Of the archive. */
  readonly digest: Digest;
  /** `.manifest`'s, for people. */
  readonly revision: string;
  readonly sequence: number | null;
  /** Each must have signed; empty: unsigned. */
  readonly signers: readonly LockedSigner[];
}

export interface LockedSigner {
  readonly form: SignedBy["form"];
  readonly identity: string;
  readonly issuer: string | null;
}

export type ActivationCode =
  | "activation.lock_mismatch"
  | "activation.provenance_refused"
  | "activation.sequence_missing"
  | "activation.sequence_not_higher"
  | "activation.version_lower"
  | "activation.rollback_invalid"
  | "activation.name_changed"
  | "activation.examples_missing"
  | "activation.example_invalid"
  | "activation.example_failed"
  | "activation.prepare_failed"
  | "activation.timeout"
  | "activation.failed"
  | "activation.kept_invalid"
  | "activation.closed";

export type RefusalCode = ActivationCode | SourceCode | SignatureCode | BundleCode;
