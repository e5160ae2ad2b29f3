import type { Digest, JsonObject, JsonValue, Reason, Result } from "../core/index.ts";

/** A policy bundle read from its archive: checked, held in memory, nothing written to disk. */
export interface PolicyBundle {
  readonly name: string;
  readonly revision: string;
  /** Of the archive's bytes as they came. */
  readonly digest: Digest;
  /** Names as `.manifest` and the module agree on them: `assay/decision`, `assay/allow`. */
  readonly entrypoints: readonly string[];
  readonly wasm: Uint8Array;
  /** data.json: the compiled policy.yaml, exceptions and trust material. */
  readonly data: JsonObject;
  /** Paths that the bundle owns (`.manifest`); absent is everything. */
  readonly roots?: readonly string[];
  /** Paths that rules occupy and data may not, entrypoints among them. */
  readonly rules?: readonly string[];
  /** Which parts of the input its rules can read; absent where the bundle does not tell. */
  readonly reads?: BundleReads;
  /** Which release it is (`.manifest`, `metadata.assay.sequence`): a later one has a higher number. Absent where it has none. */
  readonly sequence?: number;
  /** Where it goes back to an earlier version on purpose. */
  readonly rollback?: BundleRollback;
  /** The examples that it brings along, as they are in its archive; `bundledExamples` reads them. */
  readonly examples?: readonly BundledExample[];
}

/** `.manifest`, `metadata.assay.rollback`: a release that goes back on purpose, and so may have a lower version. */
export interface BundleRollback {
  /** The version gone back to: the bundle's own. */
  readonly to: string;
  /** One line, for those who are alarmed by it. */
  readonly reason: string;
}

/** A file `examples/NNN.json` of a bundle: {file, input, expect}, not parsed yet. */
export interface BundledExample {
  /** Its name in the archive. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Names of parts of the input (`image`, `sboms`, `unverified.sboms`; `*` is all of it), told when a bundle is built. */
export interface BundleReads {
  /** What the decision itself reads, without any rule. */
  readonly decision: readonly string[];
  /** By rule, what it and all that it refers to read. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
}

export type BundleCode =
  | "bundle.not_found"
  | "bundle.invalid"
  | "bundle.limit_exceeded"
  | "bundle.entrypoint_missing"
  | "bundle.builtin_refused"
  | "bundle.module_invalid"
  | "bundle.data_invalid";

export type EvaluationCode =
  | "policy.undefined"
  | "policy.bad_result"
  | "policy.builtin_error"
  | "policy.runtime_error"
  | "policy.conflict"
  | "policy.timeout"
  | "policy.memory"
  | "policy.input_invalid"
  | "policy.entrypoint_unknown"
  | "policy.closed"
  | "policy.overloaded";

export interface EvaluateOptions {
  /** What the clock builtins answer: `input.time`, as milliseconds since the epoch. */
  readonly now: Date;
  /** Milliseconds after which the worker is killed. */
  readonly timeoutMs: number;
}

/** A bundle made ready to evaluate: worker threads that are killed on a limit and replaced. */
export interface PolicyEngine {
  readonly bundle: PolicyBundle;
  /** Evaluates one entrypoint over an input document in JSON; the value is the entrypoint's result. */
  evaluate(
    input: Uint8Array,
    entrypoint: string,
    options: EvaluateOptions,
  ): Promise<Result<JsonValue, EvaluationCode>>;
  close(): Promise<void>;
}

/** Whether what a policy finds denies (`enforce`), or is only told of. */
export type PolicyMode = "enforce" | "warn" | "audit";

/** What `assay/decision` yields, checked for shape before anybody believes it. */
export interface PolicyVerdict {
  readonly allow: boolean;
  readonly violations: readonly PolicyResult[];
  readonly warnings: readonly PolicyResult[];
  readonly exceptions: readonly JsonObject[];
  readonly passed: readonly string[];
  /** Rules that apply and could not be evaluated; they are never among `passed`. */
  readonly notEvaluated: readonly NotEvaluated[];
  readonly mode: PolicyMode;
}

/** Why a rule said nothing. */
export interface NotEvaluated {
  readonly code: string;
  readonly message: string;
}

/** One violation or warning. */
export interface PolicyResult {
  /** Package and short name of the rule: `provenance.builder_allowed`. */
  readonly code: string;
  readonly message: string;
  /** What would satisfy the rule. */
  readonly solution: string | null;
  /** Ids of the evidence that it is about. */
  readonly evidence: readonly string[];
  readonly severity: "low" | "medium" | "high" | "critical" | null;
  /** What tells results of one rule apart, for exclusion and exceptions. */
  readonly term: string | null;
}

/** A fault in a policy folder, for people: where, what, what to do. */
export interface PolicyFault extends Reason {
  readonly file: string;
  /** From 1; `null` where the fault is the file as a whole. */
  readonly line: number | null;
  readonly column: number | null;
}
