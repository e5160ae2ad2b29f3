import type { Extension } from "./certificate.ts";
import { OID } from "./certificate.ts";
import { octets } from "./der.ts";
import { keyPair, sha256, signBytes, type KeyKind, type KeyPair } from "./keys.ts";

/** A certificate transparency log that vouches for precertificates without keeping them (RFC 6962). */
export interface CTLog {
  readonly key: KeyPair;
  readonly logId: Buffer;
  /** A SignedCertificateTimestamp over a TBSCertificate, as TLS bytes. */
  timestamp(tbs: Uint8Array, issuerSpki: Uint8Array, time: Date): Buffer;
}

export function createCTLog(kind: KeyKind = "P-256"): CTLog {
  const key = keyPair(kind);
  const logId = sha256(key.spki);
  return {
    key,
    logId,
    timestamp(tbs, issuerSpki, time) {
      const when = uint(time.getTime(), 8);
      const signed = Buffer.concat([
        Buffer.from([0, 0]), // v1, certificate_timestamp
        when,
        uint(1, 2), // precert_entry
        sha256(issuerSpki),
        uint(tbs.length, 3),
        tbs,
        uint(0, 2),
      ]);
      const signature = signBytes(key, signed, "sha256");
      // SignatureAndHashAlgorithm: sha256 with ecdsa or rsa.
      const algorithm = Buffer.from([4, kind.startsWith("RSA") ? 1 : 3]);
      return Buffer.concat([
        Buffer.from([0]),
        logId,
        when,
        uint(0, 2),
        algorithm,
        uint(signature.length, 2),
        signature,
      ]);
    },
  };
}

/** The X.509 extension that carries timestamps inside the certificate (RFC 6962 3.3). */
export function sctListExtension(timestamps: readonly Uint8Array[]): Extension {
  const list = Buffer.concat(timestamps.flatMap((sct) => [uint(sct.length, 2), sct]));
  return { oid: OID.sctList, value: octets(Buffer.concat([uint(list.length, 2), list])) };
}

function uint(value: number, width: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes.subarray(8 - width);
}
