/** What a policy bundle holds, for people and programs that want to know before they rely on it. */
export interface Inspection {
  readonly name: string;
  /** As policy.yaml states it. */
  readonly version: string | null;
  readonly revision: string;
  readonly digest: string;
  /** Its number among the policy's releases; `null` where it has none. */
  readonly sequence: number | null;
  /** Where it goes back to an earlier version on purpose: to which, and why. */
  readonly rollback: { readonly to: string; readonly reason: string } | null;
  /** Examples that it brings along, decided before it is activated. */
  readonly examples: number;
  readonly entrypoints: readonly string[];
  readonly roots: readonly string[];
  readonly images: readonly InspectedSet[];
  readonly signers: readonly { readonly name: string; readonly is: string }[];
  readonly builders: readonly {
    readonly builder: string;
    readonly signers: string;
    readonly level: number;
  }[];
  readonly trust: InspectedTrust;
  readonly exceptions: readonly InspectedException[];
  /** Builtins that the module calls its host for. */
  readonly builtins: readonly string[];
  readonly rules: { readonly library: number; readonly own: readonly string[] };
  readonly bytes: { readonly wasm: number; readonly data: number };
  /** Parts of the input that its rules can read; `null` where the bundle does not tell. */
  readonly reads: readonly string[] | null;
}

export interface InspectedSet {
  /** Patterns, with the namespaces that they are for. */
  readonly match: readonly string[];
  readonly mode: string;
  readonly allowAll: string | null;
  readonly rules: readonly InspectedRule[];
  readonly excluded: readonly string[];
  /** What is demanded, by field: `provenance.refs` → `refs/tags/v*`. */
  readonly demands: Readonly<Record<string, string>>;
}

export interface InspectedRule {
  readonly code: string;
  readonly title: string | null;
  readonly own: boolean;
  /** What policy.yaml makes of its denials; `null` is as the rule says. */
  readonly action: string | null;
  readonly effectiveOn: string | null;
}

export interface InspectedTrust {
  readonly roots: readonly {
    readonly name: string;
    readonly certificateAuthorities: number;
    readonly transparencyLogs: number;
    readonly timestampAuthorities: number;
    /** When its newest authority or log began, and so when the root was made at the earliest; RFC 3339. */
    readonly newest: string | null;
    /** Days from then to now. */
    readonly ageDays: number | null;
    /** After this nothing new that its certificate authorities sign can be proven; `null` is open. */
    readonly until: string | null;
  }[];
  readonly keys: readonly { readonly name: string; readonly terms: string }[];
  readonly authorities: readonly string[];
  readonly trustStores: readonly string[];
  readonly distrusted: number;
}

export interface InspectedException {
  readonly rule: string;
  readonly images: string;
  readonly owner: string;
  readonly reason: string;
  readonly reference: string | null;
  readonly until: string | null;
  readonly state: "current" | "ended" | "not begun" | "without end";
  readonly daysLeft: number | null;
}
