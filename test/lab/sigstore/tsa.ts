import { randomBytes } from "node:crypto";
import {
  authorityKeyIdentifier,
  basicConstraints,
  encodeName,
  extendedKeyUsage,
  issueCertificate,
  keyUsage,
  OID,
  positive,
  subjectKeyIdentifier,
  type Certificate,
} from "./certificate.ts";
import { explicit, generalizedTime, integer, nothing, octets, oid, sequence, set, tlv } from "./der.ts";
import {
  digestWith,
  hashFor,
  keyPair,
  sha256,
  signatureAlgorithm,
  signBytes,
  type HashName,
  type KeyKind,
  type KeyPair,
} from "./keys.ts";

export interface TimestampOptions {
  readonly time?: Date;
  /** Of the message imprint. Default: SHA-256. */
  readonly hash?: HashName;
  /** Digits after the second's point in genTime, as written. */
  readonly fraction?: string;
  /** The Accuracy in DER. Default: left out. */
  readonly accuracy?: Uint8Array;
  /** Stamps these bytes instead of the signature. */
  readonly over?: Uint8Array;
  /** Stamps this digest as it is: what an authority asked over the network is given. */
  readonly imprint?: Uint8Array;
  /** With the authority's certificates inside. Default: yes. */
  readonly certificates?: boolean;
  /** PKIStatus; 0 is granted. */
  readonly status?: number;
  /** Another authority's token. */
  readonly authority?: TimestampAuthority;
  /** Puts this in place of the digest of the TSTInfo that is signed. */
  readonly spoilMessageDigest?: Uint8Array;
}

/** A timestamp authority (RFC 3161): a root and the certificate that stamps. */
export interface TimestampAuthority {
  readonly name: string;
  readonly key: KeyPair;
  readonly certificate: Certificate;
  readonly root: Certificate;
  /** A TimeStampResp in DER over some bytes. */
  stamp(bytes: Uint8Array, time: Date, options?: TimestampOptions): Buffer;
}

const HASH_OID: Readonly<Record<HashName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};
const TST_INFO = "1.2.840.113549.1.9.16.1.4";

export interface TimestampAuthorityOptions {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
  readonly kind?: KeyKind;
  /** OIDs of the extended key usage; `null` leaves it out. Default: time stamping. */
  readonly extendedKeyUsage?: readonly string[] | null;
  readonly certificateNotAfter?: Date;
}

export function createTimestampAuthority(options: TimestampAuthorityOptions): TimestampAuthority {
  const rootKey = keyPair(options.kind);
  const key = keyPair(options.kind);
  const rootName = { organization: options.name, commonName: `${options.name} tsa root` };
  const name = { organization: options.name, commonName: `${options.name} tsa` };
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
  const purposes = options.extendedKeyUsage === undefined ? [OID.timeStamping] : options.extendedKeyUsage;
  const certificate = issueCertificate(
    {
      subject: name,
      issuer: rootName,
      spki: key.spki,
      notBefore: options.from,
      notAfter: options.certificateNotAfter ?? options.until,
      extensions: [
        keyUsage("digitalSignature"),
        ...(purposes === null ? [] : [extendedKeyUsage(purposes, true)]),
        subjectKeyIdentifier(key.spki),
        authorityKeyIdentifier(rootKey.spki),
      ],
    },
    rootKey,
  );
  const authority = { name: options.name, key, certificate, root };
  return {
    ...authority,
    stamp(bytes, time, stamp = {}) {
      const info = tstInfo(stamp.over ?? bytes, stamp.time ?? time, stamp);
      return sequence(sequence(integer(stamp.status ?? 0)), signedData(authority, info, stamp));
    },
  };
}

function tstInfo(bytes: Uint8Array, time: Date, options: TimestampOptions): Buffer {
  const hash = options.hash ?? "sha256";
  return sequence(
    integer(1),
    oid("1.3.6.1.4.1.57264.2"),
    sequence(sequence(oid(HASH_OID[hash]), nothing()), octets(options.imprint ?? digestWith(hash, bytes))),
    integer(positive(randomBytes(16))),
    generalizedTime(time, options.fraction),
    ...(options.accuracy === undefined ? [] : [options.accuracy]),
  );
}

/** CMS SignedData (RFC 5652) around a TSTInfo, with the signed attributes that RFC 5816 demands. */
function signedData(
  authority: { readonly key: KeyPair; readonly certificate: Certificate; readonly root: Certificate },
  info: Buffer,
  options: TimestampOptions,
): Buffer {
  const { key, certificate, root } = authority;
  const hash = hashFor(key.kind);
  const digestAlgorithm = sequence(oid(HASH_OID[hash]));
  const attributes = set(
    attribute("1.2.840.113549.1.9.3", oid(TST_INFO)),
    attribute("1.2.840.113549.1.9.4", octets(options.spoilMessageDigest ?? digestWith(hash, info))),
    // SigningCertificateV2; SHA-256 is the default algorithm of its certificate hash.
    attribute("1.2.840.113549.1.9.16.2.47", sequence(sequence(sequence(octets(sha256(certificate.der)))))),
  );
  const signerInfo = sequence(
    integer(1),
    sequence(encodeName(certificate.fields.issuer), certificate.serialNumber),
    digestAlgorithm,
    retagged(attributes, 0xa0),
    signatureAlgorithm(key.kind, hash),
    octets(signBytes(key, attributes, hash)),
  );
  const certificates = options.certificates === false ? [] : [tlv(0xa0, certificate.der, root.der)];
  return sequence(
    oid("1.2.840.113549.1.7.2"),
    explicit(
      0,
      sequence(
        integer(3),
        set(digestAlgorithm),
        sequence(oid(TST_INFO), explicit(0, octets(info))),
        ...certificates,
        set(signerInfo),
      ),
    ),
  );
}

const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), set(value));

/** The same content under another tag: signed attributes are signed as a SET but travel as `[0]`. */
function retagged(value: Buffer, tag: number): Buffer {
  const copy = Buffer.from(value);
  copy[0] = tag;
  return copy;
}
