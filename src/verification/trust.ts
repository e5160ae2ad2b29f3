import {
  canonicalJson,
  describeThrown,
  digestOf,
  failure,
  isObject,
  member,
  oneLine,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../core/index.ts";
import { distrustedFromData } from "./distrusted.ts";
import { storeFromData } from "./notary/index.ts";
import { authorityFromData } from "./own-authority-data.ts";
import { Refusal } from "./refusal.ts";
import { members, naming, TrustFault, type TrustCode } from "./trust-fault.ts";
import { keyFilesAt, namesOf, readCertificates, readJson, readText } from "./trust-files.ts";
import { parseTrustRoot } from "./trust-root.ts";
import { keysFromData, keysFromFile, withoutCopies } from "./trusted-keys.ts";
import { publicGoodSeed } from "./tuf/public-good.ts";
import type { TrustedKey, TrustMaterial, TrustRoot } from "./types.ts";

export type { TrustCode } from "./trust-fault.ts";

const MAX_ROOTS = 32;
const MAX_KEYS = 512;
const THRESHOLDS: ReadonlySet<string> = new Set(["logs", "timestamps"]);
const PUBLIC_GOOD = "public-good";

/**
 * Trust from a policy bundle's `data.trust`, by name: `roots` (trusted_root.json) and their `thresholds`, `keys`
 * (`keysFromData`), X.509 `authorities` (`authorityFromData`), the Notary Project's stores, `notary`
 * (`storeFromData`), and what is `distrusted` (`distrustedFromData`). One that is wrong refuses all of it, in one line that names it.
 */
export function trustFromData(value: JsonValue): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    if (!isObject(value)) throw new TrustFault("trust.invalid", "the policy's trust is not an object");
    const roots = members(value, "roots", MAX_ROOTS).map(([name, root]) =>
      readRoot(name, root, member(member(value, "thresholds"), name)),
    );
    requireRoots(value, roots);
    const keys = members(value, "keys", MAX_KEYS).flatMap(([name, key]) => keysFromData(name, key));
    const authorities = members(value, "authorities", MAX_ROOTS).map(([name, each]) =>
      authorityFromData(name, each),
    );
    const notary = members(value, "notary", MAX_ROOTS).map(([name, store]) => storeFromData(name, store));
    const distrusted = distrustedFromData(member(value, "distrusted"), {
      trustRoots: new Set([...roots, ...authorities, ...notary].map(({ name }) => name)),
      logs: new Set(roots.flatMap(({ material }) => [...material.logs.values()].map(({ name }) => name))),
    });
    return { ...materialOf({ roots, keys, authorities, notary, distrusted }, value), data: value };
  });
}

/** The trust that a policy bundle carries in its data; the public-good Sigstore where it carries none. */
export function trustOfPolicy(data: JsonObject): Result<TrustMaterial, TrustCode> {
  const trust = data["trust"];
  return trust === undefined ? success(publicGoodRoot()) : trustFromData(trust);
}

/** Files that name trust on the command line. */
export interface TrustFiles {
  readonly trustedRoots: readonly string[];
  /** Files of keys, or folders of such. */
  readonly keys: readonly string[];
  /** X.509 authorities of one's own, and stores of the Notary Project (`ca`): certificates and CRLs in PEM. */
  readonly authorities?: readonly string[];
  readonly notaryStores?: readonly string[];
}

/**
 * Trust from files named on the command line. No roots at all: only keys and authorities. A key that several files hold
 * is one key, under the first name (T114): folders of keys are kept that way.
 */
export function trustFromFiles({
  trustedRoots,
  keys,
  authorities = [],
  notaryStores = [],
}: TrustFiles): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    const names = namesOf([...trustedRoots, ...authorities, ...notaryStores]).values();
    const next = () => names.next().value ?? "";
    const source = {
      roots: trustedRoots.map(readJson),
      authorities: authorities.map(readCertificates),
      notary: notaryStores.map(readCertificates),
    };
    const keyFiles = keys.flatMap(keyFilesAt);
    const keyNames = namesOf(keyFiles);
    return materialOf(
      {
        roots: source.roots.map((root) => readRoot(next(), root)),
        authorities: source.authorities.map((authority) => authorityFromData(next(), authority)),
        notary: source.notary.map((store) => storeFromData(next(), { type: "ca", ...store })),
        keys: withoutCopies(
          keyFiles.flatMap((path, index) => keysFromFile(keyNames[index] ?? "", path, readText(path))),
        ),
      },
      source,
    );
  });
}

/** The public-good Sigstore instance as the TUF seed of `@sigstore/tuf` embeds it: nothing is fetched. */
export function publicGoodRoot(): TrustMaterial {
  publicGood ??= readPublicGood();
  return publicGood;
}

let publicGood: TrustMaterial | undefined;

function readPublicGood(): TrustMaterial {
  const root = publicGoodSeed();
  return materialOf({ roots: [readRoot(PUBLIC_GOOD, root)] }, root);
}

/** Several trusts as one: names stay apart, duplicates of a key are refused. */
export function combineTrust(parts: readonly TrustMaterial[]): Result<TrustMaterial, TrustCode> {
  return attempt(() => {
    const all: Parts = {
      roots: parts.flatMap(({ roots }) => roots),
      keys: parts.flatMap(({ keys }) => keys),
      authorities: parts.flatMap(({ authorities = [] }) => authorities),
      notary: parts.flatMap(({ notary = [] }) => notary),
      distrusted: parts.flatMap(({ distrusted = [] }) => distrusted),
    };
    return materialOf(
      all,
      parts.map((part) => part.digest),
    );
  });
}

type Parts = Partial<Omit<TrustMaterial, "digest">>;

/** `source` is what all of it was read from. */
function materialOf(parts: Parts, source: JsonValue): TrustMaterial {
  const { roots = [], keys = [], authorities = [], notary = [], distrusted = [] } = parts;
  refuseDuplicates([...roots, ...authorities, ...notary], keys);
  const canonical = {
    source,
    keys: keys.map(termsOf),
    roots: roots.map(({ name }) => name),
    authorities: authorities.map(({ name }) => name),
    notary: notary.map(({ name }) => name),
  };
  const digest = digestOf(Buffer.from(canonicalJson(canonical)));
  return { roots, keys, authorities, notary, distrusted, digest };
}

function termsOf({ name, keyId, from, to, distrust, requireLog, cloudBuildLocation }: TrustedKey): JsonValue {
  const times = [from, to, distrust].map((time) => time?.toISOString() ?? null);
  return [name, keyId, ...times, requireLog, cloudBuildLocation];
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

function readRoot(name: string, value: JsonValue, thresholds?: JsonValue): TrustRoot {
  return naming(`trust root ${name}`, () => ({ name, material: parseTrustRoot(value, thresholds) }));
}

/** A threshold under a misspelt name would be no threshold at all. */
function requireRoots(value: JsonValue, roots: readonly TrustRoot[]): void {
  for (const [name, thresholds] of members(value, "thresholds", MAX_ROOTS)) {
    const known = isObject(thresholds) && Object.keys(thresholds).every((key) => THRESHOLDS.has(key));
    if (!known || !roots.some((root) => root.name === name)) {
      throw new TrustFault(
        "trust.invalid",
        `thresholds for ${oneLine(name, 200)}: no such root, or not logs and timestamps`,
      );
    }
  }
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
