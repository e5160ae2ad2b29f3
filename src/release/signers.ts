import { basename } from "node:path";
import { failure, oneLine, success, type Result } from "../core/index.ts";
import { patternMatcher } from "../policy/index.ts";
import { publicGoodRoot, trustFromFiles, type TrustCode, type TrustMaterial } from "../verification/index.ts";
import type { IdentitySigner, KeySigner, ReleaseSigner } from "./types.ts";

/** Who may sign policies, as a configuration names it: a key or an identity. Paths are absolute. */
export type SignerSettings = KeySignerSettings | IdentitySignerSettings;

export interface KeySignerSettings {
  /** Default: the key file's name. */
  readonly name?: string;
  /** A file with one public key, or one certificate, in PEM. */
  readonly key: string;
  readonly keyId?: string;
  readonly scope?: string;
  /** When its signatures count; beyond the certificate's own validity never. */
  readonly from?: Date;
  readonly to?: Date;
  /** A trusted_root.json of the logs that prove when it signed; default: the public Sigstore's. */
  readonly trustedRoot?: string;
}

export interface IdentitySignerSettings {
  /** Default: the identity. */
  readonly name?: string;
  readonly issuer: string;
  /** Matches whole, as patterns in a policy do. */
  readonly identity: string;
  /** A trusted_root.json; default: the public Sigstore's. */
  readonly trustedRoot?: string;
}

export type SignerCode = "signers.invalid" | TrustCode;

/**
 * Reads keys and roots, each checked as those of a policy are. One that is wrong refuses all of them, and so do two of
 * one name: what is told about a signature would name neither.
 */
export function openSigners(
  settings: readonly SignerSettings[],
): Promise<Result<readonly ReleaseSigner[], SignerCode>> {
  return Promise.resolve(open(settings));
}

function open(settings: readonly SignerSettings[]): Result<readonly ReleaseSigner[], SignerCode> {
  const signers: ReleaseSigner[] = [];
  for (const each of settings) {
    const signer = "key" in each ? openKey(each) : openIdentity(each);
    if (!signer.ok) return signer;
    if (signers.some(({ name }) => name === signer.value.name)) {
      return failure(
        "signers.invalid",
        oneLine(`two signers are named ${signer.value.name}: give each its name`),
      );
    }
    signers.push(signer.value);
  }
  return success(signers);
}

function openKey(settings: KeySignerSettings): Result<KeySigner, SignerCode> {
  const { key: path, keyId = null, scope = null, from = null, to = null } = settings;
  const name = settings.name ?? basename(path);
  if (from !== null && to !== null && from > to) {
    return failure("signers.invalid", oneLine(`the signer ${name}: its time ends before it begins`));
  }
  const read = trustFromFiles({ trustedRoots: [], keys: [path] });
  if (!read.ok) return read;
  const [key, ...others] = read.value.keys;
  if (key === undefined || others.length > 0) {
    return failure(
      "signers.invalid",
      oneLine(`${path}: holds ${read.value.keys.length} public keys; a signer has one`),
    );
  }
  const trust = rootFrom(settings.trustedRoot);
  if (!trust.ok) return trust;
  return success({
    kind: "key",
    name,
    key: key.key,
    keyId,
    scope,
    from: latest(from, key.from),
    to: earliest(to, key.to),
    trust: trust.value,
  });
}

function openIdentity({
  name,
  issuer,
  identity,
  trustedRoot,
}: IdentitySignerSettings): Result<IdentitySigner, SignerCode> {
  if (issuer === "")
    return failure("signers.invalid", "a signer has an identity without an issuer: it could be anybody's");
  const pattern = patternMatcher(identity);
  if (!pattern.ok)
    return failure("signers.invalid", oneLine(`a signer's identity: ${pattern.reason.message}`));
  const trust = rootFrom(trustedRoot);
  return trust.ok
    ? success({ kind: "identity", name: name ?? identity, issuer, identity, trust: trust.value })
    : trust;
}

function rootFrom(path: string | undefined): Result<TrustMaterial, TrustCode> {
  return path === undefined ? success(publicGoodRoot()) : trustFromFiles({ trustedRoots: [path], keys: [] });
}

function latest(...times: readonly (Date | null)[]): Date | null {
  return times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}

function earliest(...times: readonly (Date | null)[]): Date | null {
  return times.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}
