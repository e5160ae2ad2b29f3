import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  identityExtensions,
  issueCertificate,
  keyUsage,
  OID,
  positive,
  subjectAltName,
  subjectKeyIdentifier,
  tbsCertificate,
  type Certificate,
  type Extension,
} from "./certificate.ts";
import { randomBytes } from "node:crypto";
import { sctListExtension, type CTLog } from "./ct-log.ts";
import type { Identity } from "./identity.ts";
import { keyPair, type KeyKind, type KeyPair } from "./keys.ts";

/** How a leaf may differ from what Fulcio issues. Everything absent is as Fulcio does it. */
export interface LeafOptions {
  /** Default: the time of signing. */
  readonly notBefore?: Date;
  /** Default: ten minutes later. */
  readonly notAfter?: Date;
  /** OIDs of the extended key usage; `null` leaves the extension out. Default: code signing. */
  readonly extendedKeyUsage?: readonly string[] | null;
  /** `certSign` is no signer's usage; `null` leaves the extension out. */
  readonly keyUsage?: "digitalSignature" | "certSign" | null;
  /** Makes the leaf a CA. */
  readonly ca?: boolean;
  /** Extensions besides. */
  readonly more?: readonly Extension[];
  /** Logs whose timestamps are embedded; empty for none. Default: the authority's own log. */
  readonly ctLogs?: readonly CTLog[];
  /** Changes the timestamps after they were made. */
  readonly spoilTimestamps?: (timestamps: readonly Buffer[]) => readonly Buffer[];
  /** Signs with another key than the authority's: its name, but not its signature. */
  readonly forgedBy?: KeyPair;
  /** The key that is certified, where it is not a fresh one. */
  readonly key?: KeyPair;
}

export interface SigningIdentity {
  readonly key: KeyPair;
  readonly certificate: Certificate;
}

export interface AuthorityOptions {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
  readonly kind?: KeyKind;
  readonly ctLog: CTLog;
  readonly spoil?: {
    readonly intermediateNotAfter?: Date;
    readonly intermediateExtendedKeyUsage?: readonly string[];
    readonly intermediateIsCA?: boolean;
    /** Further extensions of the intermediate, for unknown critical ones and name constraints. */
    readonly intermediateMore?: readonly Extension[];
  };
}

/** A Fulcio-like certificate authority: root, intermediate, and short-lived leaves. */
export interface CertificateAuthority {
  readonly root: Certificate;
  readonly rootKey: KeyPair;
  readonly intermediate: Certificate;
  readonly intermediateKey: KeyPair;
  issue(identity: Identity, time: Date, options?: LeafOptions): SigningIdentity;
}

const LEAF_LIFETIME_MS = 10 * 60_000;

export function createAuthority(options: AuthorityOptions): CertificateAuthority {
  const rootKey = keyPair(options.kind);
  const intermediateKey = keyPair(options.kind);
  const rootName = { organization: options.name, commonName: `${options.name} root` };
  const intermediateName = { organization: options.name, commonName: `${options.name} intermediate` };
  const root = issueCertificate(
    {
      subject: rootName,
      issuer: rootName,
      spki: rootKey.spki,
      notBefore: options.from,
      notAfter: options.until,
      extensions: [keyUsage("certSign"), basicConstraints(true), subjectKeyIdentifier(rootKey.spki)],
    },
    rootKey,
  );
  const { spoil = {} } = options;
  const intermediate = issueCertificate(
    {
      subject: intermediateName,
      issuer: rootName,
      spki: intermediateKey.spki,
      notBefore: options.from,
      notAfter: spoil.intermediateNotAfter ?? options.until,
      extensions: [
        keyUsage("certSign"),
        extendedKeyUsage(spoil.intermediateExtendedKeyUsage ?? [OID.codeSigning]),
        spoil.intermediateIsCA === false ? basicConstraints(false) : basicConstraints(true, 0),
        subjectKeyIdentifier(intermediateKey.spki),
        authorityKeyIdentifier(rootKey.spki),
        ...(spoil.intermediateMore ?? []),
      ],
    },
    rootKey,
  );
  return {
    root,
    rootKey,
    intermediate,
    intermediateKey,
    issue(identity, time, leaf = {}) {
      const key = leaf.key ?? keyPair();
      const notBefore = leaf.notBefore ?? time;
      const fields = {
        subject: {},
        issuer: intermediateName,
        spki: key.spki,
        notBefore,
        notAfter: leaf.notAfter ?? new Date(notBefore.getTime() + LEAF_LIFETIME_MS),
        serialNumber: positive(randomBytes(19)),
        extensions: leafExtensions(identity, key, intermediateKey, leaf),
      };
      const signingKey = leaf.forgedBy ?? intermediateKey;
      const tbs = tbsCertificate(fields, signingKey);
      const logs = leaf.ctLogs ?? [options.ctLog];
      const timestamps = logs.map((log) => log.timestamp(tbs, intermediateKey.spki, notBefore));
      const scts = leaf.spoilTimestamps?.(timestamps) ?? timestamps;
      const withTimestamps =
        scts.length === 0 ? fields.extensions : [...fields.extensions, sctListExtension(scts)];
      return {
        key,
        certificate: issueCertificate({ ...fields, extensions: withTimestamps }, signingKey),
      };
    },
  };
}

function leafExtensions(identity: Identity, key: KeyPair, issuerKey: KeyPair, leaf: LeafOptions) {
  const extensions: Extension[] = [];
  if (leaf.keyUsage !== null) extensions.push(keyUsage(leaf.keyUsage ?? "digitalSignature"));
  if (leaf.extendedKeyUsage !== null) {
    extensions.push(extendedKeyUsage(leaf.extendedKeyUsage ?? [OID.codeSigning]));
  }
  if (leaf.ca === true) extensions.push(basicConstraints(true));
  extensions.push(subjectKeyIdentifier(key.spki), authorityKeyIdentifier(issuerKey.spki));
  if (identity.names.length > 0) extensions.push(subjectAltName(identity.names));
  return [...extensions, ...identityExtensions(identity), ...(leaf.more ?? [])];
}
