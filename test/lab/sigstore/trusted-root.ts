import type { JsonObject } from "../../../src/core/index.ts";
import type { CertificateAuthority } from "./authority.ts";
import type { CTLog } from "./ct-log.ts";
import { base64, keyDetails, type KeyPair } from "./keys.ts";
import type { RekorLog } from "./rekor.ts";
import type { TimestampAuthority } from "./tsa.ts";

/** `trusted_root.json` (protobuf-specs, sigstore_trustroot.proto). */
export interface TrustedRootJson extends JsonObject {
  readonly mediaType: string;
  readonly tlogs: readonly LogInstanceJson[];
  readonly certificateAuthorities: readonly AuthorityJson[];
  readonly ctlogs: readonly LogInstanceJson[];
  readonly timestampAuthorities: readonly AuthorityJson[];
}

export interface LogInstanceJson extends JsonObject {
  readonly baseUrl: string;
  readonly hashAlgorithm: string;
  readonly publicKey: {
    readonly rawBytes: string;
    readonly keyDetails: string;
    readonly validFor: ValidityJson;
  };
  readonly logId: { readonly keyId: string };
}

export interface AuthorityJson extends JsonObject {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
  readonly validFor: ValidityJson;
}

export type ValidityJson = { readonly start: string } | { readonly start: string; readonly end: string };

interface Services {
  readonly name: string;
  readonly authority: CertificateAuthority;
  readonly ctLog: CTLog;
  readonly rekorV1: RekorLog;
  readonly rekorV2: RekorLog;
  readonly timestampAuthority: TimestampAuthority;
  readonly from: Date;
}

export function trustedRootOf(services: Services): TrustedRootJson {
  const { name, authority, ctLog, rekorV1, rekorV2, timestampAuthority } = services;
  const validFor = { start: services.from.toISOString() };
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [rekorV1, rekorV2].map((log) => logInstance(`https://${log.host}`, log.key, log.logId, validFor)),
    certificateAuthorities: [
      {
        subject: { organization: name, commonName: `${name} root` },
        uri: `https://fulcio.${name}.test`,
        certChain: chain([authority.intermediate.der, authority.root.der]),
        validFor,
      },
    ],
    ctlogs: [logInstance(`https://ct.${name}.test`, ctLog.key, ctLog.logId, validFor)],
    timestampAuthorities: [
      {
        subject: { organization: name, commonName: `${name} tsa` },
        uri: `https://tsa.${name}.test`,
        certChain: chain([timestampAuthority.certificate.der, timestampAuthority.root.der]),
        validFor,
      },
    ],
  };
}

function logInstance(baseUrl: string, key: KeyPair, logId: Buffer, validFor: ValidityJson): LogInstanceJson {
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(key.spki), keyDetails: keyDetails(key.kind), validFor },
    logId: { keyId: base64(logId) },
  };
}

function chain(certificates: readonly Uint8Array[]) {
  return { certificates: certificates.map((der) => ({ rawBytes: base64(der) })) };
}
