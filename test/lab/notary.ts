import { constants, createHash, sign } from "node:crypto";
import { parseDer } from "../../src/verification/der.ts";
import type { KeyPair, SigningIdentity } from "./sigstore/index.ts";
import type { TimestampAuthority, TimestampOptions } from "./sigstore/tsa.ts";

export type Form = "jws" | "cose";

const PREFIX = "io.cncf.notary";
export const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";

/** Labels and values of a header, in JWS's terms; `crit`, `alg` and `cty` are translated for COSE. */
export type Header = Record<string, unknown>;

/** A COSE tag around a value. */
export interface Tagged {
  readonly tag: number;
  readonly value: unknown;
}

export interface NotaryOptions {
  /** Digest of what is signed. */
  readonly digest: string;
  /** … and what else notation compares of it. */
  readonly target?: { readonly mediaType: string; readonly size: number };
  readonly by: SigningIdentity;
  /** The certificates above the signer's, in order, the root last. */
  readonly above: readonly SigningIdentity[];
  readonly time: Date;
  readonly scheme?: "notary.x509" | "notary.x509.signingAuthority";
  readonly expiry?: Date;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly timestamp?: { readonly authority: TimestampAuthority; readonly options?: TimestampOptions };
  /** Changes what is signed before it is. */
  readonly change?: (draft: { header: Header; payload: Record<string, unknown> }) => void;
  /** Changes what is not signed: `x5c`, the timestamp, and whatever else. */
  readonly open?: (header: Header) => void;
  /** The payload's bytes as they are, whatever `digest` says. */
  readonly rawPayload?: Buffer;
}

/** A Notary Project signature as notation makes them, in either form. */
export function notarySignature(form: Form, options: NotaryOptions): Buffer {
  const { by, time, expiry, scheme = "notary.x509", annotations } = options;
  const timeName = scheme === "notary.x509" ? "signingTime" : "authenticSigningTime";
  const header: Header = {
    alg: algorithmOf(by.key),
    cty: PAYLOAD_TYPE,
    crit: [
      `${PREFIX}.signingScheme`,
      ...(scheme === "notary.x509" ? [] : [`${PREFIX}.authenticSigningTime`]),
      ...(expiry === undefined ? [] : [`${PREFIX}.expiry`]),
    ],
    [`${PREFIX}.signingScheme`]: scheme,
    [`${PREFIX}.${timeName}`]: time,
    ...(expiry === undefined ? {} : { [`${PREFIX}.expiry`]: expiry }),
  };
  const payload: Record<string, unknown> = {
    targetArtifact: {
      mediaType: options.target?.mediaType ?? "application/vnd.oci.image.manifest.v1+json",
      digest: options.digest,
      size: options.target?.size ?? 528,
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
  options.change?.({ header, payload });
  const content = options.rawPayload ?? Buffer.from(JSON.stringify(payload));
  return form === "jws" ? jws(header, content, options) : cose(header, content, options);
}

function jws(header: Header, payload: Buffer, options: NotaryOptions): Buffer {
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString("base64url");
  const body = payload.toString("base64url");
  const signature = signatureBy(options.by.key, Buffer.from(`${protectedHeader}.${body}`));
  const open: Header = {
    x5c: chainOf(options).map((der) => der.toString("base64")),
    [`${PREFIX}.signingAgent`]: "lab/1.0",
  };
  const token = tokenOver(signature, options);
  if (token !== undefined) open[`${PREFIX}.timestampSignature`] = token.toString("base64");
  options.open?.(open);
  return Buffer.from(
    JSON.stringify({
      payload: body,
      protected: protectedHeader,
      header: open,
      signature: signature.toString("base64url"),
    }),
  );
}

const COSE_LABELS: Readonly<Record<string, number>> = { alg: 1, crit: 2, cty: 3, x5c: 33 };
const COSE_ALGORITHMS: Readonly<Record<string, number>> = {
  ES256: -7,
  ES384: -35,
  ES512: -36,
  PS256: -37,
  PS384: -38,
  PS512: -39,
};

function cose(header: Header, payload: Buffer, options: NotaryOptions): Buffer {
  const protectedHeader = cbor(labelled(header));
  const signed = cbor(["Signature1", protectedHeader, Buffer.alloc(0), payload]);
  const signature = signatureBy(options.by.key, signed);
  const open: Header = { x5c: chainOf(options), [`${PREFIX}.signingAgent`]: "lab/1.0" };
  const token = tokenOver(signature, options);
  if (token !== undefined) open[`${PREFIX}.timestampSignature`] = token;
  options.open?.(open);
  return cbor({ tag: 18, value: [protectedHeader, labelled(open), payload, signature] });
}

function labelled(header: Header): Map<unknown, unknown> {
  return new Map(
    Object.entries(header).map(([name, value]) => [
      COSE_LABELS[name] ?? name,
      name === "alg" && typeof value === "string" ? (COSE_ALGORITHMS[value] ?? value) : value,
    ]),
  );
}

/** Certificates in DER, from the signer's to the root. */
export function chainOf({ by, above }: Pick<NotaryOptions, "by" | "above">): Buffer[] {
  return [by, ...above].map(({ certificate }) => certificate.der);
}

/** The TimeStampToken without the response around it. */
function tokenOver(signature: Buffer, { time, timestamp }: NotaryOptions): Buffer | undefined {
  if (timestamp === undefined) return undefined;
  const { authority, options } = timestamp;
  return parseDer(authority.stamp(signature, time, options), "time.invalid").children()[1]?.raw;
}

export function algorithmOf({ publicKey }: KeyPair): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const names: Readonly<Record<string, string>> = {
    2048: "PS256",
    3072: "PS384",
    4096: "PS512",
    prime256v1: "ES256",
    secp384r1: "ES384",
    secp521r1: "ES512",
  };
  return names[String(modulusLength ?? namedCurve)] ?? "none";
}

function signatureBy(key: KeyPair, bytes: Buffer): Buffer {
  const hash = { 56: "sha256", 84: "sha384", 12: "sha512" }[algorithmOf(key).slice(-2)] ?? "sha256";
  return key.publicKey.asymmetricKeyType === "rsa"
    ? sign(hash, bytes, {
        key: key.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    : sign(hash, bytes, { key: key.privateKey, dsaEncoding: "ieee-p1363" });
}

/** A small CBOR writer (RFC 8949), lengths in their shortest form; dates are whole seconds under tag 1. */
export function cbor(value: unknown): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (value instanceof Date) return cbor({ tag: 1, value: Math.floor(value.getTime() / 1000) });
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.byteLength), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  if (value instanceof Map) {
    return Buffer.concat([
      head(5, value.size),
      ...[...value].flatMap(([key, entry]) => [cbor(key), cbor(entry)]),
    ]);
  }
  if (isTagged(value)) return Buffer.concat([head(6, value.tag), cbor(value.value)]);
  return Buffer.from([0xf6]);
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === "object" && value !== null && "tag" in value;
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  const octets = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : 4;
  const bytes = Buffer.alloc(1 + octets);
  bytes[0] = (major << 5) | (24 + Math.log2(octets));
  bytes.writeUIntBE(argument, 1, octets);
  return bytes;
}

/** The manifest that attaches a signature to an image (signature-specification.md, "Storage"). */
export function notaryManifest(
  form: Form,
  envelope: Buffer,
  subject: { readonly mediaType: string; readonly digest: string; readonly size: number },
): Record<string, unknown> {
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.cncf.notary.signature",
    config: {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
    },
    layers: [
      {
        mediaType: form === "jws" ? "application/jose+json" : "application/cose",
        digest: `sha256:${createHash("sha256").update(envelope).digest("hex")}`,
        size: envelope.length,
      },
    ],
    subject,
    annotations: { "io.cncf.notary.x509chain.thumbprint#S256": "[]" },
  };
}
