import type { Digest, Reason } from "../core/index.ts";
import type { EvidenceFile } from "../evidence/index.ts";
import type { ContentSource, LayoutSource } from "../registry/index.ts";
import type { InputDocument, InputRequest } from "../normalization/index.ts";
import type { PolicyEngine, PolicyResult, PolicyVerdict } from "../policy/index.ts";
import type { Appraisal } from "./appraisal/appraise.ts";
import type { Appraiser } from "./appraisal/appraiser.ts";
import type { StageObserver } from "./stages.ts";
import type { ConclusionCache, TrustMaterial } from "../verification/index.ts";

export type Outcome = "allow" | "deny" | "undecided";

/** The decision document (schemas/decision.schema.json). `allow` is true only where `outcome` is `allow`. */
export interface Decision {
  readonly allow: boolean;
  readonly outcome: Outcome;
  readonly image: { readonly reference: string; readonly digest: Digest | null };
  readonly violations: readonly PolicyResult[];
  readonly warnings: readonly PolicyResult[];
  readonly exceptions: PolicyVerdict["exceptions"];
  readonly passed: readonly string[];
  readonly notEvaluated: PolicyVerdict["notEvaluated"];
  readonly mode: PolicyVerdict["mode"];
  /** Why no decision was reached; `null` where one was. */
  readonly reason: Reason | null;
  readonly policy: { readonly name: string; readonly revision: string; readonly digest: Digest };
  readonly trust: { readonly digest: Digest };
  /** RFC 3339, UTC. */
  readonly time: string;
  /**
   * RFC 3339, UTC: until then the same evidence is certainly judged the same (src/decision/validity.ts). `null` where
   * nothing was decided.
   */
  readonly validUntil: string | null;
  readonly decisionId: string;
}

/** One image to be judged. */
export interface DecisionRequest extends InputRequest {
  /** `os/architecture[/variant]`: judge only this platform of an index. */
  readonly platform: string | null;
  /**
   * What its pod says of pull secrets, for whoever asks the registry with them; absent: nobody knows the pod. It is no part of
   * what is judged.
   */
  readonly pull?: PullNames;
}

/** Names of objects in the namespace of the request, never in another. */
export interface PullNames {
  /** Whose pull secrets a pod is given that names none itself. */
  readonly serviceAccount: string;
  readonly secrets: readonly string[];
}

/** Everything the evidence is gathered with; nothing of it changes while one decision is made. */
export interface DecisionContext {
  /** The network; `null` where none may be used. */
  readonly registry: ContentSource | null;
  /** OCI layouts named on the command line. */
  readonly layouts: readonly LayoutSource[];
  /** Files and folders named on the command line. */
  readonly files: readonly string[];
  /** Evidence at hand, read as files are; absent: none. */
  readonly documents?: readonly EvidenceFile[];
  readonly trust: TrustMaterial;
  /** Where verified conclusions are remembered from one decision to the next; absent: nowhere. */
  readonly conclusions?: ConclusionCache;
  /** Told how long each stage of a decision took; it changes none. */
  readonly observer?: StageObserver;
  readonly clock: () => Date;
}

/** … and judged. */
export interface DecidingContext extends DecisionContext {
  readonly engine: PolicyEngine;
  /**
   * Whether the input document holds every list, for records and for people. Otherwise lists that no rule of the policy
   * reads are left out and named in `omitted`, which changes no decision.
   */
  readonly wholeInput?: boolean;
  /** Judges large evidence in a thread of its own; absent: all is judged in this thread. */
  readonly appraiser?: Appraiser;
  /** Told of each decision that is made, and what it was made from; it changes none. */
  readonly decided?: (decision: Decision, evidence: Appraisal) => void;
  /** Milliseconds that lie between a decision and its `validUntil` at most; absent: a minute. */
  readonly longestValidity?: number;
}

export interface GatherOptions {
  readonly signal: AbortSignal;
  /** The decision's time. */
  readonly time: Date;
  /** Parts of the document that the policy reads; absent is the whole document. */
  readonly reads?: readonly string[] | undefined;
}

/** What `gather` makes of one image: everything up to policy. */
export interface Gathered {
  readonly input: InputDocument;
}

export interface Decided {
  readonly decision: Decision;
  /** What was judged; `null` where it did not get that far, or where it was judged in a thread of its own. */
  readonly input: InputDocument | null;
}
