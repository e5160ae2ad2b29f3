import type { KeyObject } from "node:crypto";
import type { Digest, Result } from "../core/index.ts";
import type { PolicyBundle } from "../policy/index.ts";
import type { TrustMaterial } from "../verification/index.ts";

/** Where a policy comes from: a file, a folder, HTTP(S) or an OCI registry. */
export interface BundleSource {
  /** The path or URL for messages and logs, without credentials. */
  readonly name: string;
  /**
   * What there is now, or `unchanged` where it is still the version that the caller has (`known`). Bounded in bytes and
   * by `signal`; whatever goes wrong is a value.
   */
  fetch(options: FetchOptions): Promise<Result<Delivery | "unchanged", SourceCode>>;
  /** Calls back when something may have changed; answers how to stop. Absent where only asking again tells. */
  watch?(changed: () => void): () => void;
  /** After a `fetch` that failed: milliseconds for which the server asked to be left alone (Retry-After); else `null`. */
  readonly retryAfterMs?: number | null;
  /** Whether the last answer came from a server that holds the question until there is something new: ask again at once. */
  readonly holds?: boolean;
  close(): void;
}

export interface FetchOptions {
  /**
   * `Delivery.version` of what the caller has; `null`: nothing. Evidence that has come since beside the same version is
   * not told of: whoever waits for it asks with `null`.
   */
  readonly known: string | null;
  readonly signal: AbortSignal;
  /** Bytes so far, and of all where that is known. */
  readonly progress?: (bytes: number, all: number | null) => void;
}

/** What a source delivered; nothing of it is believed yet. */
export type Delivery = DeliveredArchive | DeliveredFolder;

export interface DeliveredArchive {
  readonly kind: "archive";
  readonly archive: Uint8Array;
  /** Of the archive. */
  readonly digest: Digest;
  /** What the source tells versions apart by: an ETag, a manifest's digest, a file's digest. */
  readonly version: string;
  /** Sigstore bundles that lay beside it (FILE.sigstore.json, referrers), as they came. */
  readonly evidence: readonly Uint8Array[];
  /** What evidence may be about: the archive and, for an OCI artifact, its manifest. */
  readonly subjects: readonly Digest[];
  /** Of an OCI artifact, its manifest as it came: what proves, kept, that evidence about the manifest is about the archive. */
  readonly manifest?: Uint8Array;
}

/** A policy folder, compiled here and now: there is nothing to sign, so it is refused where a signer is demanded. */
export interface DeliveredFolder {
  readonly kind: "folder";
  readonly bundle: PolicyBundle;
  readonly version: string;
}

export type SourceCode =
  | "source.unsupported"
  | "source.not_found"
  | "source.unreachable"
  | "source.unauthorized"
  | "source.invalid"
  | "source.limit_exceeded"
  | "source.changed_while_read";

/** Who may sign a policy. One of those that are named is enough. */
export type ReleaseSigner = KeySigner | IdentitySigner;

/** A key, for OPA's bundle signature (`.signatures.json`) and for Sigstore bundles alike. */
export interface KeySigner {
  readonly kind: "key";
  readonly name: string;
  readonly key: KeyObject;
  /** OPA's `keyid`, where it must be a certain one. */
  readonly keyId: string | null;
  /** OPA's `scope`, compared whole; `null`: the signature must have none. */
  readonly scope: string | null;
  /** When its signatures count; `null`: unbounded. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** Whose logs and timestamps prove when it signed (Sigstore bundles); absent: nobody's, so that `now` counts. */
  readonly trust?: TrustMaterial;
}

/** A certificate of Sigstore's, by whom it was issued to. */
export interface IdentitySigner {
  readonly kind: "identity";
  readonly name: string;
  readonly issuer: string;
  /** Matches whole; `*` stays within a path segment, `**` crosses them. */
  readonly identity: string;
  readonly trust: TrustMaterial;
}

/** Who has signed, as it was verified. */
export interface SignedBy {
  /** `ReleaseSigner.name`. */
  readonly signer: string;
  readonly form: "opa" | "sigstore";
  /** A key's id or a certificate's identity. */
  readonly identity: string;
  readonly issuer: string | null;
  /** When it is proven to have signed by; `null` where nothing proves it (OPA's signatures). */
  readonly time: Date | null;
}

export type SignatureCode =
  | "signature.missing"
  | "signature.invalid"
  | "signature.signer_unknown"
  | "signature.scope_mismatch"
  | "signature.expired"
  | "signature.files_mismatch"
  | "signature.unexpected";
