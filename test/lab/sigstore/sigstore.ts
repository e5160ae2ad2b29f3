import type { JsonObject } from "../../../src/core/index.ts";
import {
  createAuthority,
  type AuthorityOptions,
  type CertificateAuthority,
  type LeafOptions,
  type SigningIdentity,
} from "./authority.ts";
import { createCTLog, type CTLog } from "./ct-log.ts";
import { IN_TOTO_PAYLOAD_TYPE, preAuthEncoding, type EnvelopeJson } from "./dsse.ts";
import { githubIdentity, type Identity } from "./identity.ts";
import {
  base64,
  digestWith,
  hashAlgorithm,
  hashFor,
  signBytes,
  type HashName,
  type KeyKind,
  type KeyPair,
} from "./keys.ts";
import {
  createRekor,
  type EntryOptions,
  type LogEntryJson,
  type LoggedSignature,
  type RekorLog,
} from "./rekor.ts";
import { trustedRootOf, type TrustedRootJson } from "./trusted-root.ts";
import { createTimestampAuthority, type TimestampAuthority, type TimestampOptions } from "./tsa.ts";

export interface SigstoreOptions {
  /** Tells instances apart in names and hosts. */
  readonly name?: string;
  /** What time it is whenever something is signed. Default: now. */
  readonly clock?: () => Date;
  /** Kinds of the instance's own keys. Default: as public Sigstore logs, but P-256 for the authorities. */
  readonly keys?: {
    readonly authority?: KeyKind;
    readonly timestampAuthority?: KeyKind;
    readonly rekorV1?: KeyKind;
    readonly rekorV2?: KeyKind;
    readonly ctLog?: KeyKind;
  };
  readonly spoilAuthority?: AuthorityOptions["spoil"];
  readonly timestampAuthority?: {
    readonly extendedKeyUsage?: readonly string[] | null;
    readonly certificateNotAfter?: Date;
  };
}

/** In-toto statement (or other DSSE payload), as bytes or to be written as JSON; or a message to sign as it is. */
export type Content = Uint8Array | { readonly message: Uint8Array } | { readonly statement: JsonObject };

export interface LogRequest extends EntryOptions {
  readonly log: "rekor-v1" | "rekor-v2" | RekorLog;
}

interface CommonOptions {
  /** Default: the instance's clock. */
  readonly time?: Date;
  /** DSSE only. Default: the in-toto payload type. */
  readonly payloadType?: string;
  /** Where the signature is recorded; several entries as a list. */
  readonly log?: "rekor-v1" | "rekor-v2" | "none" | readonly LogRequest[];
  /** For the log named by a word: what to record, and how. */
  readonly entry?: EntryOptions;
  /** Default: only beside Rekor v2, which proves no time. */
  readonly timestamp?: boolean | readonly TimestampOptions[];
  /** Default: 0.3. */
  readonly version?: "0.1" | "0.2" | "0.3";
  /** Hash of the signature. Default: the one that goes with the key. */
  readonly hash?: HashName;
}

export interface SignOptions extends CommonOptions {
  /** Default: a GitHub Actions run, see `githubIdentity`. */
  readonly identity?: Identity;
  /** How the certificate differs from Fulcio's. */
  readonly leaf?: LeafOptions;
  /** Another instance's authority. */
  readonly authority?: CertificateAuthority;
  /** A certificate issued before, with its key. */
  readonly signer?: SigningIdentity;
  /** Chain instead of the leaf alone. Default: as the version has it. */
  readonly chain?: boolean;
}

export interface KeySignOptions extends CommonOptions {
  /** Default: base64 of SHA-256 of the SPKI, as cosign writes it. */
  readonly hint?: string;
}

export interface BundleJson extends JsonObject {
  readonly mediaType: string;
  readonly verificationMaterial: VerificationMaterialJson;
  readonly dsseEnvelope?: EnvelopeJson;
  readonly messageSignature?: {
    readonly messageDigest: { readonly algorithm: string; readonly digest: string };
    readonly signature: string;
  };
}

export interface VerificationMaterialJson extends JsonObject {
  readonly tlogEntries: readonly LogEntryJson[];
  readonly timestampVerificationData?: {
    readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
  };
  readonly certificate?: { readonly rawBytes: string };
  readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] };
  readonly publicKey?: { readonly hint: string };
}

/** A private Sigstore in memory. */
export interface Sigstore {
  readonly name: string;
  readonly trustedRoot: TrustedRootJson;
  readonly authority: CertificateAuthority;
  readonly ctLog: CTLog;
  readonly rekorV1: RekorLog;
  readonly rekorV2: RekorLog;
  readonly timestampAuthority: TimestampAuthority;
  readonly clock: () => Date;
  /** A certificate for an identity, to sign more than once with it or to look at it. */
  issue(identity?: Identity, leaf?: LeafOptions, time?: Date): SigningIdentity;
  /** Signs keyless. */
  sign(content: Content, options?: SignOptions): BundleJson;
  /** Signs with a key of one's own. Default: neither logged nor stamped. */
  signWithKey(content: Content, key: KeyPair, options?: KeySignOptions): BundleJson;
}

const YEAR_MS = 365 * 86_400_000;

export const BUNDLE_MEDIA_TYPES = {
  "0.1": "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "0.2": "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "0.3": "application/vnd.dev.sigstore.bundle.v0.3+json",
} as const;

export function createSigstore(options: SigstoreOptions = {}): Sigstore {
  const name = options.name ?? "sigstore.lab";
  const clock = options.clock ?? (() => new Date());
  const from = new Date(clock().getTime() - YEAR_MS);
  const until = new Date(clock().getTime() + 9 * YEAR_MS);
  const kinds = options.keys ?? {};
  const ctLog = createCTLog(kinds.ctLog);
  const rekorV1 = createRekor(1, `rekor.${name}.test`, kinds.rekorV1);
  const rekorV2 = createRekor(2, `log2.${name}.test`, kinds.rekorV2);
  const authority = createAuthority({
    name,
    from,
    until,
    ctLog,
    ...(kinds.authority === undefined ? {} : { kind: kinds.authority }),
    ...(options.spoilAuthority === undefined ? {} : { spoil: options.spoilAuthority }),
  });
  const timestampAuthority = createTimestampAuthority({
    name,
    from,
    until,
    ...(kinds.timestampAuthority === undefined ? {} : { kind: kinds.timestampAuthority }),
    ...options.timestampAuthority,
  });
  const services = { name, authority, ctLog, rekorV1, rekorV2, timestampAuthority, from, clock };

  return {
    ...services,
    trustedRoot: trustedRootOf(services),
    issue: (identity = githubIdentity(), leaf, time = clock()) => authority.issue(identity, time, leaf),
    sign(content, sign = {}) {
      const time = sign.time ?? clock();
      const issuer = sign.authority ?? authority;
      const signer = sign.signer ?? issuer.issue(sign.identity ?? githubIdentity(), time, sign.leaf);
      const leaf = signer.certificate.der;
      const signed = signContent(content, signer.key, { certificate: leaf }, sign);
      const older = sign.version === "0.1" || sign.version === "0.2";
      const identityMaterial =
        (sign.chain ?? older)
          ? { x509CertificateChain: { certificates: [leaf, issuer.intermediate.der].map(rawBytes) } }
          : { certificate: rawBytes(leaf) };
      return assemble(services, signed, identityMaterial, time, { log: "rekor-v1", ...sign });
    },
    signWithKey(content, key, sign = {}) {
      const signed = signContent(content, key, { key }, sign);
      const hint = sign.hint ?? base64(digestWith("sha256", key.spki));
      return assemble(services, signed, { publicKey: { hint } }, sign.time ?? clock(), sign);
    },
  };
}

interface Services {
  readonly rekorV1: RekorLog;
  readonly rekorV2: RekorLog;
  readonly timestampAuthority: TimestampAuthority;
}

const rawBytes = (der: Uint8Array) => ({ rawBytes: base64(der) });

function signContent(
  content: Content,
  key: KeyPair,
  verifier: LoggedSignature["verifier"],
  options: CommonOptions,
): LoggedSignature {
  const payloadType = options.payloadType ?? IN_TOTO_PAYLOAD_TYPE;
  const isMessage = "message" in content;
  const payload =
    content instanceof Uint8Array
      ? content
      : isMessage
        ? content.message
        : Buffer.from(JSON.stringify(content.statement));
  const hash = options.hash ?? hashFor(key.kind);
  const signature = signBytes(key, isMessage ? payload : preAuthEncoding(payloadType, payload), hash);
  return {
    content: isMessage ? "message" : "dsse",
    payloadType,
    payload,
    signature,
    hash,
    verifier,
    keyKind: key.kind,
  };
}

function assemble(
  services: Services,
  signed: LoggedSignature,
  identityMaterial: Omit<VerificationMaterialJson, "tlogEntries">,
  time: Date,
  options: CommonOptions,
): BundleJson {
  const requests = logRequests(options);
  const tlogEntries = requests.map(({ log, ...entry }) =>
    logNamed(services, log).record(signed, time, entry),
  );
  const needsTime = requests.some(({ log }) => logNamed(services, log).version === 2);
  const stamps = timestampRequests(options.timestamp ?? needsTime);
  const timestamps = stamps.map((stamp) => {
    const authority = stamp.authority ?? services.timestampAuthority;
    return { signedTimestamp: base64(authority.stamp(signed.signature, time, stamp)) };
  });
  const verificationMaterial: VerificationMaterialJson = {
    ...identityMaterial,
    tlogEntries,
    ...(timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps: timestamps } }),
  };
  const mediaType = BUNDLE_MEDIA_TYPES[options.version ?? "0.3"];
  const signature = base64(signed.signature);
  if (signed.content === "message") {
    const messageDigest = {
      algorithm: hashAlgorithm(signed.hash),
      digest: base64(digestWith(signed.hash, signed.payload)),
    };
    return { mediaType, verificationMaterial, messageSignature: { messageDigest, signature } };
  }
  const { payloadType } = signed;
  const dsseEnvelope = { payload: base64(signed.payload), payloadType, signatures: [{ sig: signature }] };
  return { mediaType, verificationMaterial, dsseEnvelope };
}

function logRequests(options: CommonOptions): readonly LogRequest[] {
  const { log = "none", entry } = options;
  if (log === "none") return [];
  return log === "rekor-v1" || log === "rekor-v2" ? [{ log, ...entry }] : log;
}

function logNamed(services: Services, log: LogRequest["log"]): RekorLog {
  return log === "rekor-v1" ? services.rekorV1 : log === "rekor-v2" ? services.rekorV2 : log;
}

function timestampRequests(timestamp: boolean | readonly TimestampOptions[]): readonly TimestampOptions[] {
  return timestamp === true ? [{}] : timestamp === false ? [] : timestamp;
}
