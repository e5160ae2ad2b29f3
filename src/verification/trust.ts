import { createPublicKey, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import {
  canonicalJson,
  describeThrown,
  digestOf,
  failure,
  isArray,
  isObject,
  member,
  oneLine,
  parseStrictJson,
  stringAt,
  success,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import { Certificate, certificatesInPem } from "./certificate.ts";
import { isCloudBuildLocation } from "./cloud-build.ts";
import { OwnAuthority } from "./own-authority.ts";
import { Refusal, refuse } from "./refusal.ts";
import { RevocationList, revocationListsInPem } from "./revocation-list.ts";
import { checkKey } from "./signature.ts";
import { parseInstant, parseTrustRoot } from "./trust-root.ts";
import type { TrustedKey, TrustMaterial, TrustRoot } from "./types.ts";

/** Trust that cannot be used as a whole is refused as a whole. */
export type TrustCode = "trust.invalid" | "trust.duplicate_key" | "trust.unreadable";

const MAX_ROOTS = 32;
const MAX_KEYS = 512;
const MAX_AUTHORITY_CERTIFICATES = 32;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DEPTH = 50;
const PUBLIC_GOOD = "sigstore-public-good";
const KEY_FILE = /\.(?:pem|pub|crt|cer|key)$/i;

class TrustFault extends Error {
  readonly code: TrustCode;

  constructor(code: TrustCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Trust from a policy bundle's `data.trust`: `{ roots: { name: trusted_root.json }, keys: { name: { pem, from, to } } }`
 * with `from` and `to` in RFC 3339 or null, and `authorities: { name: { pem, crls, from, to } }` of X.509. One wrong root or key refuses all of it, in one line that names it.
 */
export function trustFromData(value: JsonValue): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    if (!isObject(value)) throw new TrustFault("trust.invalid", "the policy's trust is not an object");
    const roots = members(value, "roots", MAX_ROOTS).map(([name, root]) => readRoot(name, root));
    const keys = members(value, "keys", MAX_KEYS).flatMap(([name, key]) => {
      const window = { from: instant(name, key, "from"), to: instant(name, key, "to") };
      return readKeys(name, stringAt(key, "pem") ?? "", window, locationAt(name, key));
    });
    const authorities = members(value, "authorities", MAX_ROOTS).map(([name, each]) =>
      readAuthority(name, each),
    );
    return materialOf(roots, keys, value, authorities);
  });
}

/**
 * Trust from files named on the command line; a key path may be a folder of keys. No roots at all: only keys. A key that
 * several files hold is one key, under the first name (T114): folders of keys are kept that way.
 */
export function trustFromFiles(files: {
  readonly trustedRoots: readonly string[];
  readonly keys: readonly string[];
}): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    const documents = files.trustedRoots.map(readJson);
    const rootNames = namesOf(files.trustedRoots);
    const roots = documents.map((document, index) => readRoot(rootNames[index] ?? "", document));
    const paths = files.keys.flatMap(keyFilesAt);
    const keyNames = namesOf(paths);
    const keys = paths.flatMap((path, index) =>
      readKeys(keyNames[index] ?? "", readText(path), { from: null, to: null }, locationOfFile(path)),
    );
    return materialOf(roots, withoutCopies(keys), { roots: documents });
  });
}

/** The public-good Sigstore instance as the TUF seed of `@sigstore/tuf` embeds it: nothing is fetched. */
export function publicGoodRoot(): TrustMaterial {
  publicGood ??= readPublicGood();
  return publicGood;
}

let publicGood: TrustMaterial | undefined;

function readPublicGood(): TrustMaterial {
  const seed = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
  const parsed = parseStrictJson(Buffer.from(seed, "base64"));
  if (!parsed.ok) throw new TrustFault("trust.invalid", parsed.reason.message);
  return materialOf([readRoot(PUBLIC_GOOD, parsed.value)], [], parsed.value);
}

/** Several trusts as one: names stay apart, duplicates of a key are refused. */
export function combineTrust(parts: readonly TrustMaterial[]): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    const roots = parts.flatMap((part) => part.roots);
    const keys = parts.flatMap((part) => part.keys);
    return materialOf(
      roots,
      keys,
      parts.map((part) => part.digest),
      parts.flatMap((part) => part.authorities ?? []),
    );
  });
}

function materialOf(
  roots: readonly TrustRoot[],
  keys: readonly TrustedKey[],
  source: JsonValue,
  authorities: readonly OwnAuthority[] = [],
): TrustMaterial {
  refuseDuplicates([...roots, ...authorities], keys);
  const canonical = {
    source,
    keys: keys.map(({ name, keyId, from, to, cloudBuildLocation }) => [
      name,
      keyId,
      from?.toISOString() ?? null,
      to?.toISOString() ?? null,
      cloudBuildLocation,
    ]),
    roots: roots.map(({ name }) => name),
    authorities: authorities.map(({ name }) => name),
  };
  return { roots, keys, authorities, digest: digestOf(Buffer.from(canonicalJson(canonical))) };
}

/** One key under two names would count twice towards a threshold (A103, T114). */
function refuseDuplicates(roots: readonly { readonly name: string }[], keys: readonly TrustedKey[]): void {
  const names = new Map<string, string>();
  for (const key of keys) {
    const other = names.get(key.keyId);
    if (other !== undefined) {
      throw new TrustFault(
        "trust.duplicate_key",
        `the keys ${other} and ${key.name} are the same key; keep one of them`,
      );
    }
    names.set(key.keyId, key.name);
  }
  const repeated = roots.find((root, index) => roots.findIndex(({ name }) => name === root.name) !== index);
  if (repeated !== undefined) {
    throw new TrustFault("trust.invalid", `two trust roots are named ${repeated.name}`);
  }
}

/** Copies with another validity stay, and are refused: which of them holds would be a guess. */
function withoutCopies(keys: readonly TrustedKey[]): readonly TrustedKey[] {
  return keys.filter((key) => {
    const first = keys.find(({ keyId }) => keyId === key.keyId);
    return first === key || !sameValidity(first, key);
  });
}

function sameValidity(one: TrustedKey | undefined, other: TrustedKey): boolean {
  return one?.from?.getTime() === other.from?.getTime() && one?.to?.getTime() === other.to?.getTime();
}

function readRoot(name: string, value: JsonValue): TrustRoot {
  return naming(`trust root ${name}`, () => ({ name, material: parseTrustRoot(value) }));
}

/** The lists of a certificate authority are in PEM, each text with one or several; what it names none, none is asked for. */
function readAuthority(name: string, value: JsonValue): OwnAuthority {
  const from = instant(name, value, "from")?.getTime() ?? -Infinity;
  const to = instant(name, value, "to")?.getTime() ?? Infinity;
  return naming(`certificate authority ${name}`, () => {
    const certificates = certificatesInPem(stringAt(value, "pem") ?? "", MAX_AUTHORITY_CERTIFICATES).map(
      (der) => new Certificate(der, "certificate.invalid"),
    );
    if (!certificates.some(({ isAuthority }) => isAuthority)) {
      return refuse("format.invalid", "there is no PEM block of a certificate authority's certificate");
    }
    const texts = member(value, "crls") ?? [];
    if (!isArray(texts)) return refuse("format.invalid", "crls is not a list");
    const lists = texts.map((text) => {
      const found = revocationListsInPem(typeof text === "string" ? text : "");
      return found.length > 0
        ? found.map((der) => new RevocationList(der))
        : refuse("format.invalid", "one of the crls is no X509 CRL in PEM");
    });
    return new OwnAuthority(name, certificates, lists.flat(), { start: from, end: to });
  });
}

interface KeyWindow {
  readonly from: Date | null;
  readonly to: Date | null;
}

const PEM_BLOCK = /-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----[^-]{1,65536}-----END \1-----/g;

/** Every public key in a PEM text; of a certificate its key, within the certificate's own validity. */
function readKeys(
  name: string,
  pem: string,
  window: KeyWindow,
  cloudBuildLocation: string | null,
): readonly TrustedKey[] {
  return naming(`key ${name}`, () => {
    const blocks = [...pem.matchAll(PEM_BLOCK)];
    if (blocks.length === 0) {
      return refuse("format.invalid", "there is no PEM block of a public key or certificate");
    }
    return blocks.map(([block, label], index) => {
      const certificate = label === "CERTIFICATE" ? new X509Certificate(block) : undefined;
      const key = checkKey(certificate?.publicKey ?? createPublicKey(block));
      const keyId = digestOf(key.export({ type: "spki", format: "der" }));
      return {
        name: index === 0 ? name : `${name}#${index + 1}`,
        keyId,
        key,
        from: window.from ?? certificate?.validFromDate ?? null,
        to: window.to ?? certificate?.validToDate ?? null,
        cloudBuildLocation,
      };
    });
  });
}

function naming<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw new TrustFault("trust.invalid", `${oneLine(what, 200)}: ${describeThrown(thrown)}`);
  }
}

function members(value: JsonValue, name: string, limit: number): readonly (readonly [string, JsonValue])[] {
  const found = member(value, name) ?? {};
  if (!isObject(found)) throw new TrustFault("trust.invalid", `the policy's trust.${name} is not an object`);
  const entries = Object.entries(found);
  if (entries.length > limit) {
    throw new TrustFault(
      "trust.invalid",
      `the policy's trust.${name} has ${entries.length} members; at most ${limit} are read`,
    );
  }
  return entries;
}

/** `cloudBuild: us-west2` says that a key is Google Cloud Build's of that location. */
function locationAt(name: string, key: JsonValue): string | null {
  const value = member(key, "cloudBuild") ?? null;
  if (value === null) return null;
  if (typeof value === "string" && isCloudBuildLocation(value)) return value;
  throw new TrustFault("trust.invalid", `key ${oneLine(name, 200)}: cloudBuild is no location like us-west2`);
}

/** Google Cloud Build's keys are handed on in files named after their locations. */
function locationOfFile(path: string): string | null {
  const name = basename(path).replace(KEY_FILE, "");
  return isCloudBuildLocation(name) ? name : null;
}

function instant(name: string, key: JsonValue, bound: "from" | "to"): Date | null {
  const value = member(key, bound) ?? null;
  if (value === null) return null;
  const time = parseInstant(typeof value === "string" ? value : undefined);
  if (time === undefined) {
    throw new TrustFault("trust.invalid", `${oneLine(name, 200)}: ${bound} is not an RFC 3339 time`);
  }
  return new Date(time);
}

function keyFilesAt(path: string): readonly string[] {
  return reading(path, () => {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((file) => KEY_FILE.test(file))
      .sort();
    if (files.length === 0 || files.length > MAX_KEYS) {
      throw new TrustFault(
        "trust.unreadable",
        `${path} holds ${files.length} key files; 1 to ${MAX_KEYS} are read`,
      );
    }
    return files.map((file) => join(path, file));
  });
}

function readJson(path: string): JsonValue {
  const parsed = parseStrictJson(Buffer.from(readText(path)), { bytes: MAX_FILE_BYTES, depth: MAX_DEPTH });
  if (!parsed.ok) throw new TrustFault("trust.invalid", `${path}: ${parsed.reason.message}`);
  return parsed.value;
}

function readText(path: string): string {
  return reading(path, () => {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      throw new TrustFault("trust.invalid", `${path} has ${size} bytes; at most ${MAX_FILE_BYTES} are read`);
    }
    return readFileSync(path, "utf8");
  });
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof TrustFault) throw thrown;
    throw new TrustFault("trust.unreadable", `${path} cannot be read: ${describeThrown(thrown)}`);
  }
}

/** Each file's name without folder and ending; numbered where several would be the same. */
function namesOf(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) =>
    basename(path)
      .replace(/\.(?:json|pem|pub|crt|cer|key)$/i, "")
      .replace(/\.trusted_root$/, ""),
  );
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}-${earlier + 1}`;
  });
}

function attempt(build: () => TrustMaterial): Result<TrustMaterial, TrustCode> {
  try {
    return success(build());
  } catch (thrown) {
    if (thrown instanceof TrustFault) return failure(thrown.code, oneLine(thrown.message));
    const code = thrown instanceof Refusal ? "trust.invalid" : "trust.unreadable";
    return failure(code, describeThrown(thrown));
  }
}
