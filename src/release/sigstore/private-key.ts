import { createPrivateKey, scryptSync, type KeyObject } from "node:crypto";
import {
  decodeBase64,
  member,
  objectAt,
  parseStrictJson,
  stringAt,
  success,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { failedSigning, refuseSigning, type SigningCode } from "./fault.ts";
import { openSecretbox } from "./secretbox.ts";

/** cosign's own form; the older name is that of cosign before 2. */
const COSIGN_KEY =
  /-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----([A-Za-z0-9+/=\s]{1,65536})-----END ENCRYPTED \1 PRIVATE KEY-----/;
const OTHER_KEY = /-----BEGIN (ENCRYPTED |EC |RSA |)PRIVATE KEY-----/;

const SCRYPT_MEMORY = 1024 * 1024 * 1024;

/**
 * Reads a private key in PEM: PKCS #8, plain or encrypted, SEC 1, PKCS #1, or as `cosign generate-key-pair` writes it.
 * The passphrase is for encrypted ones. Fails with `signing.key_invalid`; no message holds anything of key or passphrase.
 */
export function readPrivateKey(pem: string, passphrase: string | null): Result<KeyObject, SigningCode> {
  try {
    const [, , sealed] = COSIGN_KEY.exec(pem) ?? [];
    if (sealed !== undefined) return success(openCosignKey(sealed, passphrase ?? ""));
    const [, kind] = OTHER_KEY.exec(pem) ?? [];
    if (kind === undefined) return refuseSigning("signing.key_invalid", "there is no private key in PEM");
    const isEncrypted = kind === "ENCRYPTED " || pem.includes("Proc-Type: 4,ENCRYPTED");
    if (isEncrypted && passphrase === null) {
      return refuseSigning(
        "signing.key_invalid",
        "the private key is encrypted: its passphrase is not given",
      );
    }
    return success(parse(pem, passphrase, isEncrypted));
  } catch (thrown) {
    return failedSigning(thrown);
  }
}

function parse(pem: string, passphrase: string | null, isEncrypted: boolean): KeyObject {
  try {
    return createPrivateKey(isEncrypted ? { key: pem, passphrase: passphrase ?? "" } : pem);
  } catch {
    // What OpenSSL says differs from version to version, and tells no more.
    return refuseSigning(
      "signing.key_invalid",
      isEncrypted
        ? "the private key cannot be decrypted: the passphrase is wrong, or the key is damaged"
        : "the private key cannot be read: it is damaged, or of an unknown kind",
    );
  }
}

/** Keys that cosign made are sealed by NaCl's secretbox under a key that scrypt makes of the passphrase. */
function openCosignKey(base64: string, passphrase: string): KeyObject {
  const sealed = parseStrictJson(decodeBase64(base64.replaceAll(/\s+/g, "")) ?? Buffer.alloc(0));
  if (!sealed.ok) return refuseSigning("signing.key_invalid", "cosign's private key holds no JSON");
  const { value } = sealed;
  if (stringAt(value, "kdf", "name") !== "scrypt" || stringAt(value, "cipher", "name") !== "nacl/secretbox") {
    return refuseSigning(
      "signing.key_invalid",
      "cosign's private key is sealed otherwise than by scrypt and nacl/secretbox",
    );
  }
  const salt = bytesAt(value, "kdf", "salt");
  const key = scryptSync(Buffer.from(passphrase), salt, 32, costs(objectAt(value, "kdf", "params")));
  const der = openSecretbox(key, bytesAt(value, "cipher", "nonce"), bytesAt(value, "ciphertext"));
  if (der === undefined) {
    return refuseSigning(
      "signing.key_invalid",
      "cosign's private key cannot be decrypted: the passphrase is wrong, or the key is damaged",
    );
  }
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch {
    return refuseSigning("signing.key_invalid", "cosign's private key is of an unknown kind");
  }
}

function costs(params: JsonValue | undefined): { N: number; r: number; p: number; maxmem: number } {
  const [N, r, p] = ["N", "r", "p"].map((name) => member(params, name));
  const usable =
    typeof N === "number" &&
    typeof r === "number" &&
    typeof p === "number" &&
    [N, r, p].every((cost) => Number.isSafeInteger(cost) && cost > 0) &&
    128 * N * r <= SCRYPT_MEMORY / 2 &&
    p <= 16;
  return usable
    ? { N, r, p, maxmem: SCRYPT_MEMORY }
    : refuseSigning("signing.key_invalid", "cosign's private key demands more of scrypt than is given");
}

function bytesAt(value: JsonValue, ...path: readonly string[]): Buffer {
  const text = stringAt(value, ...path);
  const bytes = text === undefined ? undefined : decodeBase64(text);
  return bytes ?? refuseSigning("signing.key_invalid", `cosign's private key has no ${path.join(".")}`);
}
