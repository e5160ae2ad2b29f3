import type { Digest, JsonValue, Reason, Result } from "../core/index.ts";
import type {
  CachingState,
  Decision,
  DecisionRequest,
  DescribedInput,
  Lane,
  StageObserver,
} from "../decision/index.ts";
import type { StoreStatus } from "../release/index.ts";

/** What decides. The server knows nothing of how: tests give it a fake, `assay serve` the real thing. */
export interface Decider {
  /**
   * One image, by the policy of its namespace, with one revision of it throughout. Whatever it throws, and however long it
   * takes, the caller is answered.
   */
  decide(request: DecisionRequest, options: DecideOptions): Promise<Decision>;
  /** The digest that a reference names now; nothing is judged. */
  resolve(request: DecisionRequest, options: { readonly signal: AbortSignal }): Promise<Result<Digest>>;
  /** The whole input document of one image. */
  describe(
    request: DecisionRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<Result<DescribedInput>>;
  /**
   * Runs work with one revision of a namespace's policy, which stays as it is until the work has ended (T188). Where there
   * is none, it is one that decides nothing, and says why.
   */
  hold<T>(namespace: string | null, work: (policy: HeldPolicy) => Promise<T>): Promise<T>;
  /** What an answer names that had to be given without a decision. */
  names(namespace: string | null): DecisionNames;
  /** Whether all policies are loaded: `/readyz`. */
  readonly ready: () => boolean;
  /** For operators; absent where nothing is known. */
  readonly status?: () => DeciderStatus;
  /** Asks all sources now, at most once more however often it is called meanwhile; absent where nothing is ever asked. */
  readonly refresh?: () => void;
}

export interface DecideOptions {
  readonly signal: AbortSignal;
  readonly lane?: Lane;
  /** Told of the stages of a decision that is made for this caller; one that is remembered has none. */
  readonly observer?: StageObserver | undefined;
}

export type DecisionNames = Pick<Decision, "policy" | "trust">;

/** One revision of one policy. */
export interface HeldPolicy extends Pick<Decider, "decide" | "describe" | "names"> {
  /** What an entrypoint says over a document, also one that a caller brought: nothing of it is ever remembered. */
  query(
    input: DescribedInput,
    entrypoint: string,
    options: { readonly signal: AbortSignal },
  ): Promise<Result<JsonValue>>;
  /** Names of the policy's entrypoints: `assay/decision`, `assay/allow`, its author's own. */
  readonly entrypoints: readonly string[];
  /** Why it decides nothing; `null` where it does. */
  readonly unavailable: Reason | null;
}

export interface DeciderStatus {
  readonly policies: readonly PolicyStatus[];
  readonly caching: CachingState;
}

/** One policy as it is now. */
export interface PolicyStatus {
  readonly store: StoreStatus;
  /** `null`: none is loaded. */
  readonly names: DecisionNames | null;
  /** Trust roots that are renewed, and when their repository last confirmed each. */
  readonly roots: readonly { readonly name: string; readonly confirmed: Date | null }[];
  /** What became of what its source gave, since the start. */
  readonly activations: Readonly<Record<ActivationResult, number>>;
  /** What is decided beside it; `null`: nothing. */
  readonly shadow: ShadowStatus | null;
}

export type ActivationResult = "activated" | "refused" | "failed";

export interface ShadowStatus {
  readonly store: StoreStatus;
  readonly names: DecisionNames | null;
  /** Decisions since the start: as the enforced ones or not, not reached, and left out because too many waited. */
  readonly decisions: Readonly<Record<ShadowResult, number>>;
}

export type ShadowResult = "same" | "different" | "failed" | "dropped";

/** Milliseconds from a request's arrival within which it is answered. */
export interface Budgets {
  readonly gatekeeper: number;
  /** Of mutation, whose webhook waits a second by default. */
  readonly gatekeeperMutate: number;
  readonly kyverno: number;
  /** Of a webhook of the API server, which may ask for less. */
  readonly admission: number;
  readonly dataApi: number;
}

export interface Limits {
  /** Of a request's body. */
  readonly bodyBytes: number;
  /** Images one request may ask for. */
  readonly keys: number;
  /** Characters of one key. */
  readonly keyLength: number;
  /** Of the body of a request that holds whole objects. */
  readonly reviewBytes: number;
  /** Of all such bodies that are being answered. */
  readonly reviewBytesInHand: number;
  /** Different images that one such request may name. */
  readonly reviewImages: number;
  /** Of one input document that is handed out. */
  readonly documentBytes: number;
  /** Of all input documents of one answer. */
  readonly documentsBytes: number;
  /** Images of one request that are decided at the same time. */
  readonly parallelImages: number;
  /** Requests that are worked on at the same time; more are told to come again. */
  readonly parallelRequests: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 1024 * 1024,
  // The API server takes objects of up to 3 MiB, and sends the former one along.
  reviewBytes: 8 * 1024 * 1024,
  reviewBytesInHand: 64 * 1024 * 1024,
  reviewImages: 100,
  keys: 1000,
  keyLength: 4096,
  // Gatekeeper reads all of an answer into memory and copies it for its rules.
  documentBytes: 4 * 1024 * 1024,
  documentsBytes: 16 * 1024 * 1024,
  parallelImages: 16,
  parallelRequests: 256,
};

export const DEFAULT_BUDGETS: Budgets = {
  gatekeeper: 2500,
  gatekeeperMutate: 800,
  kyverno: 5000,
  admission: 5000,
  dataApi: 5000,
};

/** How OPA's Data API is answered. */
export interface DataApiSettings {
  /**
   * Whether the listener `api` evaluates documents that callers bring in place of an image's. No other listener does: what
   * they say would be taken for a decision about evidence.
   */
  readonly ownInput: boolean;
}

export const DEFAULT_DATA_API: DataApiSettings = { ownInput: false };

/** Which listener a request came in on. They differ in TLS and in how a fault is worded, not in routes. */
export type ListenerName = "gatekeeper" | "kyverno" | "admission" | "api" | "metrics";
