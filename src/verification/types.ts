import type { KeyObject } from "node:crypto";
import type { Digest, JsonObject, JsonValue, Reason } from "../core/index.ts";
import type { OwnAuthority } from "./own-authority.ts";
import type { NotaryStore } from "./notary/store.ts";
import type { ReasonCode } from "./reasons.ts";
import type { TrustRootMaterial } from "./trust-root.ts";

/** What evidence must speak of in order to count: exactly this image, or a platform of its verified index. */
export interface VerificationTarget {
  readonly digest: Digest;
  readonly platforms: readonly { readonly platform: string; readonly digest: Digest }[];
  /** Git commits that the image is known to be built from: a verification summary may speak of one of them instead. */
  readonly commits?: readonly string[];
}

/** The one conclusion about one artifact. Nothing here says "trusted": that is for policy alone. */
export type Conclusion =
  | VerifiedConclusion
  | {
      /** No signature at all. What it states is kept apart, as claimed by nobody. */
      readonly status: "unsigned";
      readonly reason: Reason<ReasonCode>;
      readonly statement: Statement | null;
      readonly subject: SubjectMatch | null;
    }
  | { readonly status: "failed"; readonly reason: Reason<ReasonCode>; readonly predicateType: string | null }
  | { readonly status: "skipped" | "unreachable"; readonly reason: Reason };

export interface VerifiedConclusion {
  readonly status: "verified";
  /** `attestation`: a signed in-toto statement. `signature`: a signed image digest without any predicate. */
  readonly kind: "attestation" | "signature";
  /** The statement, parsed from the very bytes that were verified; `null` for a bare signature. */
  readonly statement: Statement | null;
  /** For a bare signature that signs annotations along (cosign simple signing): those. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject: SubjectMatch;
  /** All signers that verified; at least one. */
  readonly signers: readonly Signer[];
  /** Trusted times: proven by a log or a timestamp authority. */
  readonly times: readonly VerifiedTime[];
  readonly transparencyLog: readonly LogEntry[];
  /** What was wrong and, by configuration, is no more than noted (levels of the Notary Project's stores); absent is nothing. */
  readonly notes?: readonly Reason<ReasonCode>[];
}

/** What a statement speaks of, as far as it has to do with the image. */
export type SubjectMatch = ImageMatch | SourceMatch;

export interface ImageMatch {
  readonly digest: Digest;
  readonly matches: "image" | "platform";
  /** Platform name where one platform's manifest is the subject. */
  readonly platform: string | null;
}

/** No evidence about the image itself: the statement speaks of a commit of the target's `commits`. */
export interface SourceMatch {
  readonly digest: null;
  readonly matches: "source";
  readonly platform: null;
  /** Lowercase hexadecimal. */
  readonly commit: string;
}

/** An in-toto statement v0.1 or v1 (in-toto attestation framework, statement.md). */
export interface Statement {
  readonly type: "https://in-toto.io/Statement/v0.1" | "https://in-toto.io/Statement/v1";
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
  /** Absent is the empty object, as the specification says. */
  readonly predicate: JsonObject;
}

export interface StatementSubject {
  readonly name: string | null;
  /** Algorithm to value, as written. */
  readonly digest: Readonly<Record<string, string>>;
}

export type Signer = CertificateSigner | KeySigner;

export interface CertificateSigner {
  readonly kind: "certificate" | "x509";
  /**
   * The certificate's only subject alternative name; its subject where it has none, and under the Notary Project. Where
   * it has several, all of them joined by `, ` for people to read: which of them counts nobody guesses, and who compares
   * looks at `subjectAlternativeNames`.
   */
  readonly identity: string;
  readonly identityType: AlternativeName["type"] | "subject" | "several";
  /** The subject as `C=US, ST=WA, O=acme`, in the certificate's order, escaped as in RFC 4514; `null` where it is empty. */
  readonly subject: string | null;
  /** All of them, in the certificate's order; exactly one in a Fulcio certificate. */
  readonly subjectAlternativeNames: readonly AlternativeName[];
  /** OIDC issuer of a Fulcio certificate; `null` for X.509 of one's own. */
  readonly issuer: string | null;
  /** Name of the trust root that proved it. */
  readonly trustRoot: string;
  readonly certificate: FulcioExtensions;
  /** Hexadecimal serial number of the leaf. */
  readonly serialNumber: string;
}

/** A subject alternative name (RFC 5280 §4.2.1.6), written in one way only. */
export interface AlternativeName {
  readonly type: "uri" | "email" | "dns" | "ip" | "directory" | "username" | "registeredId" | "other";
  /** `other`: its type's number first, as in `1.3.6.1.4.1.311.20.2.3;UTF8:ci@acme.test`. `registeredId`: `oid:1.2.3`. */
  readonly value: string;
}

export interface KeySigner {
  readonly kind: "key";
  /** `sha256:…` of the key's SPKI in DER. */
  readonly keyId: Digest;
  /** Name under which the key was configured. */
  readonly trustRoot: string;
}

/** Extensions 1.3.6.1.4.1.57264.1.8 to .22 (fulcio docs/oid-info.md); `null` where the certificate lacks one. */
export interface FulcioExtensions {
  readonly buildSignerURI: string | null;
  readonly buildSignerDigest: string | null;
  readonly runnerEnvironment: string | null;
  readonly sourceRepositoryURI: string | null;
  readonly sourceRepositoryDigest: string | null;
  readonly sourceRepositoryRef: string | null;
  readonly sourceRepositoryIdentifier: string | null;
  readonly sourceRepositoryOwnerURI: string | null;
  readonly sourceRepositoryOwnerIdentifier: string | null;
  readonly buildConfigURI: string | null;
  readonly buildConfigDigest: string | null;
  readonly buildTrigger: string | null;
  readonly runInvocationURI: string | null;
  readonly sourceRepositoryVisibility: string | null;
  /** The older GitHub-only extensions .2 to .6, where they stand alone. */
  readonly githubWorkflowTrigger: string | null;
  readonly githubWorkflowSHA: string | null;
  readonly githubWorkflowName: string | null;
  readonly githubWorkflowRepository: string | null;
  readonly githubWorkflowRef: string | null;
}

export interface VerifiedTime {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly source: "rekor" | "tsa";
  /** Name of the trust root whose log or authority vouches: another than the signer's where a bundle mixes roots. */
  readonly trustRoot: string;
}

export interface LogEntry {
  /** Base URL or name of the log, from the trust root. */
  readonly log: string;
  /** Decimal: indexes pass 2^53 one day. */
  readonly index: string;
  /** Name of the trust root that the log belongs to. */
  readonly trustRoot: string;
}

/** All that may prove anything. Made by `trust.ts` from parsed configuration, never changed afterwards. */
export interface TrustMaterial {
  readonly roots: readonly TrustRoot[];
  readonly keys: readonly TrustedKey[];
  /** X.509 certificate authorities of one's own; absent is none. */
  readonly authorities?: readonly OwnAuthority[];
  /** Trust stores of the Notary Project; absent is none. */
  readonly notary?: readonly NotaryStore[];
  /** What counts for nothing though it verifies; absent is nothing. */
  readonly distrusted?: readonly Distrusted[];
  /** What `trustFromData` made it of, and would make it of again in another thread; absent where it was made otherwise. */
  readonly data?: JsonValue;
  /** Over all of it: part of every cache key and of every decision. */
  readonly digest: Digest;
}

/** Something known to be compromised (T095); keys have `TrustedKey.distrust`. */
export type Distrusted = {
  /** From this moment on; `null` is ever since. */
  readonly from: Date | null;
  /** For whoever reads why it was refused; may be empty. */
  readonly reason: string;
} & (
  | {
      readonly kind: "certificate";
      /** Lower case hexadecimal, without leading zeros. */
      readonly serialNumber: string;
      /** Only of this root, authority or store; `null` is of any. */
      readonly trustRoot: string | null;
    }
  | { readonly kind: "log-entry"; readonly log: string; readonly index: string }
  /** Any name of a certificate, whole; by this OIDC issuer, or `null` by any. */
  | { readonly kind: "identity"; readonly identity: string; readonly issuer: string | null }
);

export interface TrustedKey {
  readonly name: string;
  readonly keyId: Digest;
  readonly key: KeyObject;
  /** Inclusive; `null` is unbounded. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** From this moment on the key counts for nothing, whatever its validity; 1970 is never to be trusted. */
  readonly distrust: Date | null;
  /** Whether the key counts only where a transparency log of the trust roots holds the signature. */
  readonly requireLog: boolean;
  /** Location of Google Cloud Build whose key this is: it signs payloads bare (`cloud-build.ts`); `null` elsewhere. */
  readonly cloudBuildLocation: string | null;
}

/** A Sigstore instance: its certificate authorities, logs and timestamp authorities. Opaque outside this folder. */
export interface TrustRoot {
  readonly name: string;
  readonly material: TrustRootMaterial;
}
