import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect } from "chai";
import { verifyOpaSignature, type KeySigner } from "../../../src/release/index.ts";
import { signBytes, isOpaAlgorithm } from "../../../src/release/opa-signature/algorithms.ts";
import { archiveOf, bundleEntries, type Entry } from "../../policy/forge/archive.ts";

export const NOW = new Date("2026-06-01T00:00:00Z");

export const KEYS = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  other: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
} as const;

/** A signer of whom nothing more is asked than the key. */
export function signerOf(key: KeyObject = KEYS.rsa.publicKey, changes: Partial<KeySigner> = {}): KeySigner {
  return { kind: "key", name: "release", key, keyId: null, scope: null, from: null, to: null, ...changes };
}

export interface Listed {
  readonly name: string;
  readonly hash: string;
  readonly algorithm: string;
}

/** The files as OPA would list them; the entries' JSON is compact, with sorted keys, and so its own structured form. */
export function listed(entries: readonly Entry[] = bundleEntries()): Listed[] {
  return entries.map(({ name, content = "" }) => ({
    name: name.replace(/^\//, ""),
    hash: createHash("sha256")
      .update(name === "/.manifest" ? canonicalManifest(content) : content)
      .digest("hex"),
    algorithm: "SHA-256",
  }));
}

function canonicalManifest(content: string | Uint8Array): string {
  const { revision, roots, wasm } = JSON.parse(content.toString());
  return JSON.stringify({ revision, roots, wasm });
}

export interface Forged {
  readonly header?: object | string;
  readonly payload?: object | string;
  readonly key?: KeyObject;
  /** What the signature is made with, where it is not what the header says. */
  readonly madeWith?: string;
  /** Instead of a signature by the key. */
  readonly sign?: (signed: Buffer) => Buffer;
  readonly token?: (token: string) => string;
  /** `.signatures.json` as a whole. */
  readonly file?: (token: string) => unknown;
}

/** A `.signatures.json` of which everything may be wrong. */
export function signaturesFile(forged: Forged = {}): string {
  const header = forged.header ?? { alg: "RS256" };
  const payload = forged.payload ?? { files: listed() };
  const signed = [header, payload].map(encoded).join(".");
  const alg =
    forged.madeWith ?? (typeof header === "object" && "alg" in header ? String(header.alg) : "RS256");
  const made =
    forged.sign?.(Buffer.from(signed)) ??
    signBytes(isOpaAlgorithm(alg) ? alg : "RS256", forged.key ?? KEYS.rsa.privateKey, Buffer.from(signed));
  const whole = `${signed}.${made.toString("base64url")}`;
  const token = forged.token?.(whole) ?? whole;
  const file = forged.file?.(token) ?? { signatures: [token] };
  return typeof file === "string" ? file : JSON.stringify(file);
}

function encoded(part: object | string): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** A signed bundle's entries, `.signatures.json` last. */
export function signedEntries(forged: Forged = {}, entries: readonly Entry[] = bundleEntries()): Entry[] {
  return [...entries, { name: "/.signatures.json", content: signaturesFile(forged) }];
}

export function signedArchive(forged: Forged = {}, entries: readonly Entry[] = bundleEntries()): Buffer {
  return archiveOf(signedEntries(forged, entries));
}

/** What comes of a forged signature. */
export function verified(forged: Forged, signers: readonly KeySigner[] = [signerOf()], now = NOW) {
  return verifyOpaSignature(signedArchive(forged), signers, now);
}

/** One word for what came out: the code, or who has signed. */
export function outcome(result: ReturnType<typeof verifyOpaSignature>): string {
  return result.ok ? (result.value?.signer ?? "unsigned") : result.reason.code;
}

/** That it is refused with this code, in words that hold these. */
export function refused(result: ReturnType<typeof verifyOpaSignature>, code: string, says: string): void {
  if (result.ok) throw new Error(`taken as signed by ${result.value?.signer}`);
  expect(result.reason.message).to.include(says);
  expect(result).to.deep.equal({ ok: false, reason: { code, message: result.reason.message } });
}
