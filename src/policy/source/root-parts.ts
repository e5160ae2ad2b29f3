import { createPublicKey, hash, X509Certificate, type KeyObject } from "node:crypto";
import { normalize } from "node:path/posix";
import {
  arrayAt,
  describeThrown,
  objectAt,
  oneLine,
  stringAt,
  type JsonObject,
  type JsonValue,
} from "../../core/index.ts";
import type { PolicyFault } from "../types.ts";
import type { Folder } from "./folder.ts";
import { toMoment } from "./moment.ts";
import { dateMessage } from "./signers.ts";
import type { YamlFile, YamlPath } from "./yaml-file.ts";

const MAX_TEXT = 256 * 1024;
const PARTS = ["certificateAuthorities", "timestampAuthorities", "logs", "certificateLogs"] as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PUBLIC_KEY = /^\s*-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\s*$/;

/** What the schema has found well formed in a trust/NAME.yaml. */
export interface RootParts {
  /** A trusted_root.json (protobuf-specs) made of the parts; `undefined` where the file only has thresholds. */
  readonly root: JsonObject | undefined;
  readonly thresholds: JsonObject | undefined;
  /** Paths of the PEM files, as `Folder` lists them. */
  readonly files: readonly string[];
}

class PartFault extends Error {
  readonly fault: PolicyFault;

  constructor(fault: PolicyFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Makes a trusted root of a Sigstore that is known by its parts: chains and keys in PEM files, each with its validity.
 * Codes: `policy.root_invalid`, `policy.date_invalid` and those of `Folder`.
 */
export async function compileRoot(file: YamlFile, folder: Folder): Promise<RootParts | PolicyFault> {
  const part = new PartReader(file, folder);
  try {
    const thresholds = objectAt(file.value, "thresholds");
    if (!PARTS.some((name) => arrayAt(file.value, name) !== undefined)) {
      return { root: undefined, thresholds, files: [] };
    }
    const root = {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: await part.logs("logs"),
      certificateAuthorities: await part.authorities("certificateAuthorities"),
      ctlogs: await part.logs("certificateLogs"),
      timestampAuthorities: await part.authorities("timestampAuthorities"),
    };
    return { root, thresholds, files: part.files };
  } catch (thrown) {
    if (thrown instanceof PartFault) return thrown.fault;
    throw thrown;
  }
}

class PartReader {
  readonly #file: YamlFile;
  readonly #folder: Folder;
  readonly files: string[] = [];

  constructor(file: YamlFile, folder: Folder) {
    this.#file = file;
    this.#folder = folder;
  }

  async authorities(name: "certificateAuthorities" | "timestampAuthorities"): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (const [index, entry] of (arrayAt(this.#file.value, name) ?? []).entries()) {
      const path = [name, index];
      const pem = await this.#text(entry, [...path, "chain"]);
      const chain = this.#reading([...path, "chain"], () => chainOf(pem));
      found.push({
        uri: stringAt(entry, "url") ?? "",
        certChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw.toString("base64") })) },
        validFor: this.#validity(entry, path),
      });
    }
    return found;
  }

  async logs(name: "logs" | "certificateLogs"): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (const [index, entry] of (arrayAt(this.#file.value, name) ?? []).entries()) {
      const path = [name, index];
      const pem = await this.#text(entry, [...path, "key"]);
      const baseUrl = stringAt(entry, "url") ?? "";
      const key = this.#reading([...path, "key"], () => keyOf(pem, baseUrl));
      found.push({
        baseUrl,
        hashAlgorithm: "SHA2_256",
        publicKey: {
          rawBytes: key.spki.toString("base64"),
          keyDetails: key.details,
          validFor: this.#validity(entry, path),
        },
        logId: { keyId: key.id.toString("base64") },
      });
    }
    return found;
  }

  async #text(entry: JsonValue, path: YamlPath): Promise<string> {
    const name = stringAt(entry, String(path.at(-1))) ?? "";
    this.files.push(normalize(name));
    const text = await this.#folder.text(name, MAX_TEXT);
    return typeof text === "string" ? text : this.#fail(path, text.code, text.message);
  }

  #reading<T>(path: YamlPath, read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      return this.#fail(path, "policy.root_invalid", describeThrown(thrown));
    }
  }

  #validity(entry: JsonValue, path: YamlPath): JsonObject {
    const start = this.#moment(entry, path, "from") ?? "";
    const end = this.#moment(entry, path, "to");
    if (end !== undefined && end < start) {
      this.#fail([...path, "to"], "policy.date_invalid", "it ends before it begins");
    }
    return end === undefined ? { start } : { start, end };
  }

  #moment(entry: JsonValue, path: YamlPath, bound: "from" | "to"): string | undefined {
    const written = stringAt(entry, bound);
    if (written === undefined) return undefined;
    return (
      toMoment(written, bound === "from" ? "start" : "end") ??
      this.#fail([...path, bound], "policy.date_invalid", dateMessage(written))
    );
  }

  #fail(path: YamlPath, code: string, message: string): never {
    throw new PartFault(this.#file.fault(path, code, oneLine(message)));
  }
}

/** The certificates of a chain, the root at its end wherever it stood in the file. */
function chainOf(pem: string): readonly X509Certificate[] {
  const certificates = [...pem.matchAll(CERTIFICATE)].map(([block]) => new X509Certificate(block));
  if (certificates.length === 0) throw new TypeError("there is no certificate in PEM in the file");
  const roots = certificates.filter(isRoot);
  if (roots.length > 1)
    throw new TypeError(`${roots.length} root certificates in one chain; make each an authority`);
  return [...certificates.filter((certificate) => !isRoot(certificate)), ...roots];
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate);
}

/**
 * A log's key with its id: the hash of the key (RFC 6962 §3.2, and Rekor v1 alike), for Ed25519 the key id of the
 * checkpoints' signatures, which is over the log's name as well (C2SP signed-note).
 */
function keyOf(pem: string, url: string) {
  if (!PUBLIC_KEY.test(pem))
    throw new TypeError("no single public key in PEM (BEGIN PUBLIC KEY) in the file");
  const key = createPublicKey(pem);
  const spki = key.export({ type: "spki", format: "der" });
  const named = key.asymmetricKeyType === "ed25519";
  const origin = url.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  const note = Buffer.concat([Buffer.from(`${origin}\n`), Buffer.from([1]), spki.subarray(-32)]);
  return { spki, details: detailsOf(key), id: hash("sha256", named ? note : spki, "buffer") };
}

function detailsOf(key: KeyObject): string {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const details = DETAILS[`${key.asymmetricKeyType} ${namedCurve || modulusLength || ""}`.trim()];
  if (details === undefined) throw new TypeError(`a log has no key of the kind ${key.asymmetricKeyType}`);
  return details;
}

/** PublicKeyDetails of protobuf-specs (sigstore_common.proto). */
const DETAILS: Readonly<Record<string, string>> = {
  "ec prime256v1": "PKIX_ECDSA_P256_SHA_256",
  "ec secp384r1": "PKIX_ECDSA_P384_SHA_384",
  "ec secp521r1": "PKIX_ECDSA_P521_SHA_512",
  ed25519: "PKIX_ED25519",
  "rsa 2048": "PKIX_RSA_PKCS1V15_2048_SHA256",
  "rsa 3072": "PKIX_RSA_PKCS1V15_3072_SHA256",
  "rsa 4096": "PKIX_RSA_PKCS1V15_4096_SHA256",
};
