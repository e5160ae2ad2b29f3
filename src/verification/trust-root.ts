import type { KeyObject } from "node:crypto";
import {
  arrayAt,
  at,
  canonicalJson,
  decodeBase64,
  isObject,
  oneLine,
  stringAt,
  type JsonValue,
} from "../core/index.ts";
import { Authority, type Purpose, type Validity } from "./authority.ts";
import { Certificate } from "./certificate.ts";
import { refuse } from "./refusal.ts";
import { importKey, importRsaKey, type HashName } from "./signature.ts";

/** A transparency log, or a certificate transparency log, with its key made ready once. */
export interface TransparencyLog {
  /** Base URL, for people. */
  readonly name: string;
  /** Hexadecimal. */
  readonly id: string;
  /** First four octets of a checkpoint signature made with the key (C2SP signed-note). */
  readonly checkpointKeyId: Buffer;
  readonly key: KeyObject;
  readonly hash: HashName | undefined;
  readonly validFor: Validity;
}

/** The parsed certificate authorities, logs and timestamp authorities of one Sigstore instance. */
export interface TrustRootMaterial {
  readonly mediaType: string;
  readonly certificateAuthorities: readonly Authority[];
  readonly timestampAuthorities: readonly Authority[];
  /** By log id in hexadecimal. */
  readonly logs: ReadonlyMap<string, TransparencyLog>;
  readonly certificateLogs: ReadonlyMap<string, TransparencyLog>;
  readonly thresholds: Thresholds;
}

/** How many distinct logs, and how many distinct timestamp authorities, must vouch for a keyless signature. */
export interface Thresholds {
  readonly logs: number;
  readonly timestamps: number;
}

const MEDIA_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
]);
const MAX_ROOT_BYTES = 1024 * 1024;
const MAX_MEMBERS = 64;
const MAX_CHAIN = 10;

/**
 * Parses a trusted_root.json (protobuf-specs, sigstore_trustroot.proto). Throws a `Refusal` for a root that is not
 * whole: another media type, more than 1 MiB, a log or authority without the start of its validity (threat A029), two
 * logs under one id (T110), thresholds that it cannot meet. A log whose kind of key is not known is left out: its entries then count for nothing.
 */
export function parseTrustRoot(root: JsonValue, thresholds?: JsonValue): TrustRootMaterial {
  if (!isObject(root)) return malformed("is not a JSON object");
  if (canonicalJson(root).length > MAX_ROOT_BYTES) return malformed(`has more than ${MAX_ROOT_BYTES} bytes`);
  const mediaType = stringAt(root, "mediaType") ?? "";
  if (!MEDIA_TYPES.has(mediaType)) {
    return malformed(
      `has the media type ${JSON.stringify(oneLine(mediaType, 100))}, not that of a trusted root`,
    );
  }
  const material = {
    mediaType,
    certificateAuthorities: list(root, "certificateAuthorities").map((ca) =>
      parseAuthority(ca, "codeSigning"),
    ),
    timestampAuthorities: list(root, "timestampAuthorities").map((tsa) =>
      parseAuthority(tsa, "timeStamping"),
    ),
    logs: parseLogs(root, "tlogs"),
    certificateLogs: parseLogs(root, "ctlogs"),
  };
  if (
    material.certificateAuthorities.length + material.timestampAuthorities.length + material.logs.size ===
    0
  ) {
    return malformed("holds neither an authority nor a log");
  }
  return { ...material, thresholds: parseThresholds(thresholds, material) };
}

function parseThresholds(
  value: JsonValue | undefined,
  { logs, timestampAuthorities }: Pick<TrustRootMaterial, "logs" | "timestampAuthorities">,
): Thresholds {
  const addresses = new Set([...logs.values()].map(({ id, name }) => name || id));
  const services = new Set(timestampAuthorities.map(({ service }) => service));
  return {
    logs: threshold(value, "logs", addresses.size, Math.min(1, logs.size)),
    timestamps: threshold(value, "timestamps", services.size, 0),
  };
}

function threshold(
  value: JsonValue | undefined,
  name: keyof Thresholds,
  most: number,
  usual: number,
): number {
  const found = at(value, name) ?? usual;
  if (typeof found === "number" && Number.isInteger(found) && found >= 0 && found <= most) return found;
  return malformed(`cannot meet the threshold of ${JSON.stringify(found)} ${name}: it has ${most}`);
}

function malformed(fault: string): never {
  return refuse("format.invalid", `the trusted root ${fault}`);
}

function list(root: JsonValue, name: string): readonly JsonValue[] {
  const found = at(root, name) ?? [];
  if (!Array.isArray(found)) return malformed(`has ${name} that are not a list`);
  if (found.length > MAX_MEMBERS) return malformed(`has more than ${MAX_MEMBERS} ${name}`);
  return arrayAt(root, name) ?? [];
}

function parseAuthority(value: JsonValue, purpose: Purpose): Authority {
  const chain = arrayAt(value, "certChain", "certificates") ?? [];
  if (chain.length === 0 || chain.length > MAX_CHAIN) {
    return malformed(`has an authority with ${chain.length} certificates; 1 to ${MAX_CHAIN} are needed`);
  }
  const certificates = chain.map(
    (entry) => new Certificate(bytesAt(entry, "rawBytes"), "certificate.invalid"),
  );
  const uri = stringAt(value, "uri") ?? "";
  return new Authority(
    uri,
    certificates,
    parseValidity(at(value, "validFor"), `the authority ${uri}`),
    purpose,
  );
}

function parseLogs(root: JsonValue, name: "tlogs" | "ctlogs"): ReadonlyMap<string, TransparencyLog> {
  const logs = new Map<string, TransparencyLog>();
  for (const entry of list(root, name)) {
    const log = parseLog(entry);
    if (log === undefined) continue;
    if (logs.has(log.id)) malformed(`names the log id ${log.id} twice in ${name}`);
    logs.set(log.id, log);
  }
  return logs;
}

function parseLog(value: JsonValue): TransparencyLog | undefined {
  const name = stringAt(value, "baseUrl") ?? "";
  const details = stringAt(value, "publicKey", "keyDetails") ?? "";
  const rawKey = bytesAt(at(value, "publicKey"), "rawBytes");
  const id = bytesAt(at(value, "logId"), "keyId");
  const validFor = parseValidity(at(value, "publicKey", "validFor"), `the log ${name}`);
  const checkpointId = stringAt(value, "checkpointKeyId", "keyId");
  const kind = KEY_DETAILS.get(details);
  if (kind === undefined) return undefined;
  const key =
    kind.pkcs1 === true ? importRsaKey(rawKey, "format.invalid") : importKey(rawKey, "format.invalid");
  if (key.asymmetricKeyType !== kind.type)
    return malformed(`has a key of the log ${name} that is not ${details}`);
  return {
    name,
    id: id.toString("hex"),
    checkpointKeyId: (checkpointId === undefined
      ? id
      : bytesAt(at(value, "checkpointKeyId"), "keyId")
    ).subarray(0, 4),
    key,
    hash: kind.hash,
    validFor,
  };
}

interface KeyDetails {
  readonly type: string;
  readonly hash?: HashName;
  readonly pkcs1?: boolean;
}

const KEY_DETAILS: ReadonlyMap<string, KeyDetails> = new Map(
  Object.entries<KeyDetails>({
    PKIX_ECDSA_P256_SHA_256: { type: "ec", hash: "sha256" },
    PKIX_ECDSA_P384_SHA_384: { type: "ec", hash: "sha384" },
    PKIX_ECDSA_P521_SHA_512: { type: "ec", hash: "sha512" },
    PKIX_ED25519: { type: "ed25519" },
    PKIX_RSA_PKCS1V5: { type: "rsa", hash: "sha256" },
    PKIX_RSA_PKCS1V15_2048_SHA256: { type: "rsa", hash: "sha256" },
    PKIX_RSA_PKCS1V15_3072_SHA256: { type: "rsa", hash: "sha256" },
    PKIX_RSA_PKCS1V15_4096_SHA256: { type: "rsa", hash: "sha256" },
    PKCS1_RSA_PKCS1V5: { type: "rsa", hash: "sha256", pkcs1: true },
  }),
);

function parseValidity(value: JsonValue | undefined, whose: string): Validity {
  const start = parseInstant(stringAt(value, "start"));
  const end =
    at(value, "end") === undefined || at(value, "end") === null
      ? Infinity
      : parseInstant(stringAt(value, "end"));
  if (start === undefined || end === undefined) {
    return malformed(`does not say from when ${oneLine(whose, 200)} is valid`);
  }
  return { start, end };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** RFC 3339 to milliseconds since 1970. */
export function parseInstant(text: string | undefined): number | undefined {
  if (text === undefined || !INSTANT.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function bytesAt(value: JsonValue | undefined, name: string): Buffer {
  const bytes = decodeBase64(stringAt(value, name) ?? "");
  if (bytes === undefined || bytes.length === 0) return malformed(`has a ${name} that is not base64`);
  return bytes;
}
