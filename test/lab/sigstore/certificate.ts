import { randomBytes } from "node:crypto";
import {
  bits,
  boolean,
  explicit,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  time,
  tlv,
  utf8,
} from "./der.ts";
import { EXTENSION_ARC, type FulcioExtensionValues, type Identity, type SubjectName } from "./identity.ts";
import { sha256, signatureAlgorithm, signBytes, type HashName, type KeyPair } from "./keys.ts";

export const OID = {
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  anyExtendedKeyUsage: "2.5.29.37.0",
  sctList: "1.3.6.1.4.1.11129.2.4.2",
  fulcio: "1.3.6.1.4.1.57264.1",
} as const;

/** One X.509 extension; `value` is the DER inside the extnValue. */
export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export interface CertificateFields {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly spki: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
  readonly serialNumber?: Uint8Array;
}

export interface DistinguishedName {
  /** Further attributes by their OIDs, each a part of its own before the others. */
  readonly attributes?: readonly (readonly [type: string, value: string])[];
  readonly organization?: string;
  readonly commonName?: string;
}

export interface Certificate {
  readonly der: Buffer;
  readonly fields: CertificateFields;
  /** The INTEGER in DER. */
  readonly serialNumber: Buffer;
}

/** Signs a certificate (RFC 5280, version 3) with the issuer's key. */
export function issueCertificate(
  fields: CertificateFields,
  issuerKey: KeyPair,
  hash?: HashName,
): Certificate {
  const serial = fields.serialNumber ?? positive(randomBytes(19));
  const tbs = tbsCertificate({ ...fields, serialNumber: serial }, issuerKey, hash);
  const algorithm = signatureAlgorithm(issuerKey.kind, hash);
  const der = sequence(tbs, algorithm, bits(signBytes(issuerKey, tbs, hash)));
  return { der, fields: { ...fields, serialNumber: serial }, serialNumber: integer(serial) };
}

/** The TBSCertificate alone: what a CT log signs for a precertificate (RFC 6962 3.2). */
export function tbsCertificate(
  fields: CertificateFields & { readonly serialNumber: Uint8Array },
  issuerKey: KeyPair,
  hash?: HashName,
): Buffer {
  const extensions =
    fields.extensions.length === 0 ? [] : [explicit(3, sequence(...fields.extensions.map(encodeExtension)))];
  return sequence(
    explicit(0, integer(2)),
    integer(fields.serialNumber),
    signatureAlgorithm(issuerKey.kind, hash),
    encodeName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    encodeName(fields.subject),
    fields.spki,
    ...extensions,
  );
}

export function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function encodeExtension(extension: Extension): Buffer {
  const critical = extension.critical === true ? [boolean(true)] : [];
  return sequence(oid(extension.oid), ...critical, octets(extension.value));
}

export function encodeName(name: DistinguishedName): Buffer {
  const parts = (name.attributes ?? []).map(([type, value]) => set(sequence(oid(type), utf8(value))));
  if (name.organization !== undefined) {
    parts.push(set(sequence(oid("2.5.4.10"), utf8(name.organization))));
  }
  if (name.commonName !== undefined) parts.push(set(sequence(oid("2.5.4.3"), utf8(name.commonName))));
  return sequence(...parts);
}

/** keyUsage with the bits of RFC 5280 4.2.1.3 that a Sigstore needs. */
export function keyUsage(usage: "digitalSignature" | "certSign"): Extension {
  const value = usage === "digitalSignature" ? bits(Buffer.from([0x80]), 7) : bits(Buffer.from([0x06]), 1);
  return { oid: "2.5.29.15", critical: true, value };
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Extension {
  return { oid: "2.5.29.37", critical, value: sequence(...purposes.map(oid)) };
}

export function basicConstraints(ca: boolean, pathLength?: number): Extension {
  const value = sequence(
    ...(ca ? [boolean(true)] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  );
  return { oid: "2.5.29.19", critical: true, value };
}

export function subjectKeyIdentifier(spki: Uint8Array): Extension {
  return { oid: "2.5.29.14", value: octets(keyIdentifier(spki)) };
}

export function authorityKeyIdentifier(issuerSpki: Uint8Array): Extension {
  return { oid: "2.5.29.35", value: sequence(implicit(0, keyIdentifier(issuerSpki))) };
}

function keyIdentifier(spki: Uint8Array): Buffer {
  return sha256(spki).subarray(0, 20);
}

/** subjectAltName, critical as Fulcio writes it because the subject is empty. */
export function subjectAltName(names: readonly SubjectName[]): Extension {
  return { oid: "2.5.29.17", critical: true, value: sequence(...names.map(encodeSubjectName)) };
}

function encodeSubjectName(name: SubjectName): Buffer {
  switch (name.type) {
    case "email":
      return implicit(1, Buffer.from(name.value));
    case "dns":
      return implicit(2, Buffer.from(name.value));
    case "uri":
      return implicit(6, Buffer.from(name.value));
    default:
      // username: otherName with Fulcio's own type id (oid-info.md, 1.3.6.1.4.1.57264.1.7).
      return tlv(0xa0, oid(`${OID.fulcio}.7`), explicit(0, utf8(name.value)));
  }
}

/** Issuer and Fulcio extensions of an identity in ascending order of their numbers. */
export function identityExtensions(identity: Identity): Extension[] {
  const extensions: { arc: number; text: string }[] = [];
  if (identity.issuer !== null) {
    extensions.push({ arc: 1, text: identity.issuer }, { arc: 8, text: identity.issuer });
  }
  for (const name of fulcioNames) {
    const text = identity.extensions[name];
    if (text !== undefined) extensions.push({ arc: EXTENSION_ARC[name], text });
  }
  return extensions
    .sort((a, b) => a.arc - b.arc)
    .map(({ arc, text }) => ({
      oid: `${OID.fulcio}.${arc}`,
      value: arc < 8 ? Buffer.from(text) : utf8(text),
    }));
}

const fulcioNames = Object.keys(EXTENSION_ARC).filter((name): name is keyof FulcioExtensionValues =>
  Object.hasOwn(EXTENSION_ARC, name),
);
