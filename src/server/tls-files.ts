import { createPrivateKey, X509Certificate, constants } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions, type TlsOptions } from "node:tls";
import { describeThrown, failure, success, type Result } from "../core/index.ts";
import type { TlsFiles } from "./config.ts";

/** The files' content, already tried: the key belongs to the certificate. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCA: Buffer | null;
}

/** Reads certificate, key and client CA. A pair that does not fit is a failure, never half a pair (threat T202). */
export async function readTls(files: TlsFiles): Promise<Result<TlsMaterial, "config.tls">> {
  const cert = await read(files.cert);
  const key = await read(files.key);
  const clientCA = files.clientCA === null ? success(null) : await read(files.clientCA);
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  if (!clientCA.ok) return clientCA;
  return (
    check(files.cert, "certificate", () => new X509Certificate(cert.value)) ??
    check(files.key, "private key", () => createPrivateKey(key.value)) ??
    (clientCA.value === null
      ? undefined
      : check(files.clientCA ?? "", "certificate", () => new X509Certificate(clientCA.value ?? ""))) ??
    checkPair(files, cert.value, key.value) ??
    success({ cert: cert.value, key: key.value, clientCA: clientCA.value })
  );
}

/**
 * What a listener's TLS is made of. Client certificates are demanded in every handshake: no session is resumed, for
 * resumption would let in whom a new client CA no longer admits (threat T200).
 */
export function tlsOptions(material: TlsMaterial, minVersion: "TLSv1.2" | "TLSv1.3"): TlsOptions {
  return {
    ...secureContext(material, minVersion),
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: 5_000,
    requestCert: material.clientCA !== null,
    rejectUnauthorized: material.clientCA !== null,
  };
}

/** The part that a renewed certificate replaces while the listener runs. */
export function secureContext(
  { cert, key, clientCA }: TlsMaterial,
  minVersion: "TLSv1.2" | "TLSv1.3",
): SecureContextOptions {
  return {
    cert,
    key,
    minVersion,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    ...(clientCA === null ? {} : { ca: clientCA }),
  };
}

async function read(file: string): Promise<Result<Buffer, "config.tls">> {
  try {
    return success(await readFile(file));
  } catch (thrown) {
    return failure("config.tls", `${file}: cannot be read: ${describeThrown(thrown)}`);
  }
}

function check(file: string, what: string, parse: () => unknown) {
  try {
    parse();
    return undefined;
  } catch {
    // OpenSSL's words for it help nobody.
    return failure("config.tls", `${file}: holds no ${what} in PEM that can be read`);
  }
}

function checkPair(files: TlsFiles, cert: Buffer, key: Buffer) {
  const mismatch = failure("config.tls", `${files.key}: is not the private key of ${files.cert}`);
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return mismatch;
  return check(files.cert, "usable certificate chain", () => createSecureContext({ cert, key }));
}
