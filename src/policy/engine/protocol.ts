import type { Reason } from "../../core/index.ts";
import type { InstanceLimits } from "../wasm/instance.ts";
import type { BundleCode, EvaluationCode } from "../types.ts";

/** First message to a worker: what it is to evaluate with. */
export interface LoadMessage {
  readonly kind: "load";
  readonly module: WebAssembly.Module;
  readonly moduleBytes: number;
  /** JSON. */
  readonly data: Uint8Array;
  /** Exactly these the module must have. */
  readonly entrypoints: readonly string[];
  readonly limits: WorkerLimits;
}

export interface WorkerLimits extends InstanceLimits {
  /** An instance whose memory has grown beyond this is replaced after the evaluation. */
  readonly recycleBytes: number;
}

/** One evaluation; the next is sent only when the answer has come. */
export interface EvaluateMessage {
  readonly kind: "evaluate";
  readonly input: Uint8Array;
  readonly entrypoint: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type ToWorker = LoadMessage | EvaluateMessage;

export type FromWorker =
  | { readonly kind: "loaded" }
  | { readonly kind: "load-failed"; readonly reason: Reason<BundleCode> }
  /** The JSON of OPA's result set. */
  | { readonly kind: "result"; readonly json: string }
  | { readonly kind: "failed"; readonly reason: Reason<EvaluationCode> };
