import type { Digest, JsonValue, Reason } from "../../core/index.ts";
import type { Appraisal } from "./appraise.ts";
import type { EncodedInput } from "./encoded-input.ts";

/** The trust that later appraisals are made with: the policy's own data, which the thread reads for itself. */
export interface TrustMessage {
  readonly kind: "trust";
  readonly digest: Digest;
  readonly data: JsonValue;
}

export interface AppraiseMessage {
  readonly kind: "appraise";
  /** Of the trust that the caller decides with; another one in the thread refuses the work. */
  readonly trust: Digest;
  readonly appraisal: Appraisal;
}

export type ToThread = TrustMessage | AppraiseMessage;

/** The answer to the one appraisal that was asked for. */
export type FromThread =
  | { readonly kind: "appraised"; readonly input: EncodedInput }
  | { readonly kind: "failed"; readonly reason: Reason };
