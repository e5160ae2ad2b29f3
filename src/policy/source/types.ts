import type { Digest, JsonObject, JsonValue } from "../../core/index.ts";
import type { PolicyMode } from "../types.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A policy folder, read and checked by itself; whether its rules exist is known once it meets a rule library. */
export interface PolicySource {
  readonly name: string;
  readonly version: string;
  readonly signers: Readonly<Record<string, SignerSource>>;
  /** The builders' levels, as policy.yaml states them. */
  readonly builders: JsonValue;
  readonly images: readonly ImageSetSource[];
  readonly exceptions: readonly ExceptionSource[];
  readonly trust: TrustSource;
  /** Rego files of the organization's own, tests left out; paths relative to the folder. */
  readonly ownRules: readonly { readonly path: string; readonly text: string }[];
  /** For the position of what turns out to be wrong later. */
  readonly file: YamlFile;
  readonly exceptionsFile: YamlFile | undefined;
}

export type SignerSource =
  CertificateSignerSource | AuthoritySignerSource | NotarySignerSource | KeySignerSource;

/** When a signer was withdrawn, whoever it is; RFC 3339, UTC, whole seconds. */
export interface Withdrawal {
  /** What was signed from this moment on counts for nothing; `true` is wholly. */
  readonly distrust?: string | true;
}

export interface CertificateSignerSource extends Withdrawal {
  readonly kind: "certificate";
  readonly issuer: string;
  readonly identity: string;
  readonly certificate: Readonly<Record<string, string>>;
  readonly trustRoot: string | null;
}

/** Whom an X.509 authority of one's own certifies, under one of its names, with parts of its subject, or both. */
export interface AuthoritySignerSource extends Withdrawal {
  readonly kind: "x509";
  readonly authority: string;
  readonly identity: string | null;
  /** `TYPE=value`, as `parseSubject` writes them. */
  readonly subject: readonly string[] | null;
}

/** Whose subject has these parts, by a trust store of the Notary Project. */
export interface NotarySignerSource extends Withdrawal {
  readonly kind: "notary";
  readonly store: string;
  /** `TYPE=value`, as `parseSubject` writes them. */
  readonly subject: readonly string[];
}

/** When and how a key's signatures count, as data.json has it; RFC 3339, UTC, whole seconds. */
export interface KeyTerms extends Withdrawal {
  /** Inclusive; `null` is unbounded. */
  readonly from: string | null;
  readonly to: string | null;
  readonly requireLog?: true;
  readonly cloudBuild?: string;
}

export interface KeySignerSource extends KeyTerms {
  readonly kind: "key";
  readonly keyId: Digest;
  readonly pem: string;
}

/** One entry of `images`, as policy.yaml has it and the schema allows it. */
export interface ImageSetSource {
  readonly match: readonly string[];
  /** Patterns of namespaces; absent is any, and none. */
  readonly namespaces?: readonly string[] | undefined;
  readonly mode?: PolicyMode | undefined;
  readonly collections?: readonly string[] | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** By code; what is otherwise about single rules. */
  readonly rules?: Readonly<Record<string, RuleOverride>> | undefined;
  /** Why images are allowed without signed evidence. */
  readonly allowAll?: string | undefined;
  /** For rules of the organization's own. */
  readonly data?: JsonObject | undefined;
  /** What is demanded, as policy.yaml states it, by section: `provenance`, `sbom`, … */
  readonly sections: JsonObject;
}

export interface RuleOverride {
  /** RFC 3339, UTC, whole seconds. */
  readonly effectiveOn: string | null;
  readonly severity: string | null;
  readonly action: "deny" | "warn" | null;
}

export interface ExceptionSource {
  /** A rule, an area, or `rule:term`. */
  readonly rule: string;
  readonly images: readonly string[];
  /** Only for these; `null` is any. */
  readonly digests: readonly string[] | null;
  /** Patterns; `null` is any, and none. */
  readonly namespaces: readonly string[] | null;
  readonly owner: string;
  readonly reason: string;
  readonly reference: string | null;
  readonly from: string | null;
  /** `null` where it is unbounded. */
  readonly until: string | null;
  /** Why it has no end; `null` where it has one. */
  readonly unbounded: string | null;
}

/** The `trust` of data.json. */
export interface TrustSource {
  readonly roots: Readonly<Record<string, JsonObject>>;
  /** By root; only those that are configured. */
  readonly thresholds: Readonly<Record<string, JsonObject>>;
  /** By root: the TUF repository that renews it, and the root metadata in which trust in that begins. */
  readonly tuf: Readonly<Record<string, JsonObject>>;
  readonly keys: Readonly<Record<string, KeyTerms & { readonly pem: string }>>;
  /** X.509 of one's own: certificates and revocation lists in PEM. */
  readonly authorities: Readonly<Record<string, { readonly pem: string; readonly crls: readonly string[] }>>;
  readonly notary: Readonly<Record<string, NotaryStoreSource>>;
  /** What counts for nothing though it verifies, as trust/distrusted.yaml lists it; times are RFC 3339, UTC. */
  readonly distrusted: readonly JsonObject[];
}

/** A trust store of the Notary Project, certificates and revocation lists in PEM. */
export interface NotaryStoreSource {
  readonly type: string;
  readonly pem: string;
  readonly crls: readonly string[];
  /** Absent: as the Notary Project's level `strict`. */
  readonly level?: string;
  /** Absent: as the level says. */
  readonly revocation?: string;
}

/** What the compiler must know of a rule, from its METADATA; `library.rules` of data.json, by code. */
export interface RuleInfo {
  readonly title: string;
  readonly severity: string | null;
  readonly collections: readonly string[];
  /** Paths within a set of images; the rule applies where one of them is configured. */
  readonly enabledBy: readonly string[];
  /** Paths of which at least one must be configured for the rule to make sense. */
  readonly needs: readonly string[];
  /** Further paths that the rule reads. What a set of images states and no rule reads is refused. */
  readonly uses: readonly string[];
  /** Codes of rules whose violation already says what this one would repeat. */
  readonly dependsOn: readonly string[];
  /** RFC 3339, UTC; before it the rule warns. */
  readonly effectiveOn: string | null;
  /** A rule of the organization's own, not of the standard library. */
  readonly own: boolean;
}

export type RuleLibrary = Readonly<Record<string, RuleInfo>>;
