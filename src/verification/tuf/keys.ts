import { constants, createPublicKey, verify, type KeyObject } from "node:crypto";
import { oneLine, stringAt, type JsonValue } from "../../core/index.ts";
import { checkKey, importKey, type HashName } from "../signature.ts";
import { refuseTuf } from "./fault.ts";

export interface TufKey {
  readonly key: KeyObject;
  readonly scheme: Scheme;
  /** The key itself, whatever id it stands under. */
  readonly material: string;
}

interface Scheme {
  readonly type: "ed25519" | "ec" | "rsa";
  readonly hash: HashName | null;
  readonly curve?: string;
}

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ["ed25519", { type: "ed25519", hash: null }],
  ["ecdsa-sha2-nistp256", { type: "ec", hash: "sha256", curve: "prime256v1" }],
  ["ecdsa-sha2-nistp384", { type: "ec", hash: "sha384", curve: "secp384r1" }],
  ["rsassa-pss-sha256", { type: "rsa", hash: "sha256" }],
]);

/** SPKI of an Ed25519 key, up to its 32 octets (RFC 8410 §4). */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** A key of root metadata; `undefined` for a scheme that is not known, whose signatures then count for nothing. */
export function readTufKey(id: string, value: JsonValue): TufKey | undefined {
  const scheme = SCHEMES.get(stringAt(value, "scheme") ?? "");
  const text = stringAt(value, "keyval", "public") ?? "";
  if (scheme === undefined) return undefined;
  try {
    const key = scheme.type === "ed25519" ? readHex(text) : readPem(text);
    const fits = key.asymmetricKeyType === scheme.type;
    if (!fits || (scheme.curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== scheme.curve)) {
      return refuseTuf("tuf.invalid", "it is not of its scheme");
    }
    return { key, scheme, material: key.export({ type: "spki", format: "der" }).toString("base64") };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : "";
    return refuseTuf("tuf.invalid", `the key ${oneLine(id, 80)} cannot be used: ${oneLine(why, 200)}`);
  }
}

function readHex(text: string): KeyObject {
  if (!/^[0-9a-f]{64}$/.test(text)) return refuseTuf("tuf.invalid", "it is not 32 octets in hexadecimal");
  return importKey(Buffer.concat([ED25519_SPKI, Buffer.from(text, "hex")]), "format.invalid");
}

/** Node would take the public half of a private key, a certificate, or the first key of several as well. */
function readPem(text: string): KeyObject {
  const pem = text.trim();
  const begins = pem.startsWith("-----BEGIN PUBLIC KEY-----\n") && pem.lastIndexOf("-----BEGIN") === 0;
  if (!begins || !pem.endsWith("-----END PUBLIC KEY-----")) {
    return refuseTuf("tuf.invalid", "it is not one public key in PEM");
  }
  return checkKey(createPublicKey(pem));
}

export function isTufSignature({ key, scheme }: TufKey, data: Buffer, signature: Buffer): boolean {
  const options =
    scheme.type === "rsa"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : key;
  try {
    return verify(scheme.hash, data, options, signature);
  } catch {
    return false;
  }
}
