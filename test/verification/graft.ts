import { isDeepStrictEqual } from "node:util";
import type { Conclusion, VerifiedConclusion } from "../../src/verification/index.ts";
import { sharedKeyPair, type BundleJson } from "../lab/sigstore/index.ts";
import {
  judgeBundle,
  labSigstore,
  OTHER_IMAGE,
  statementAbout,
  TARGET,
  trustIn,
  type Draft,
} from "./support.ts";

/** What came of a run: how many cases there were, how many of them still verified, and why the others did not. */
export interface GraftReport {
  readonly cases: number;
  readonly verified: number;
  readonly refusals: Readonly<Record<string, number>>;
}

/** A part of a bundle that is put into another as a whole. */
type Path = readonly (string | number)[];

interface Good {
  readonly name: string;
  readonly bundle: BundleJson;
  readonly conclusion: VerifiedConclusion;
}

const ENTRY: Path = ["verificationMaterial", "tlogEntries", 0];
const STAMPS: Path = ["verificationMaterial", "timestampVerificationData"];

/** The parts whose every combination is tried between two bundles. */
const PARTS: readonly Path[] = [
  ["mediaType"],
  ["dsseEnvelope", "payload"],
  ["dsseEnvelope", "signatures", 0, "sig"],
  ["verificationMaterial", "certificate"],
  ["verificationMaterial", "x509CertificateChain"],
  ["verificationMaterial", "publicKey"],
  STAMPS,
  [...ENTRY, "logIndex"],
  [...ENTRY, "logId"],
  [...ENTRY, "kindVersion"],
  [...ENTRY, "integratedTime"],
  [...ENTRY, "inclusionPromise"],
  [...ENTRY, "inclusionProof"],
  [...ENTRY, "canonicalizedBody"],
];

/**
 * Grafts valid bundles into each other: combinations of whole parts for one half of the cases, up to six places of any
 * depth for the other. None may verify unless it proves what the bundle with that very signature proves (threats A001,
 * T100): same signers, statement and subject, no time or log entry that this signature does not have. Throws an error
 * that tells the case. One seed gives one choice of grafts; keys are new each time.
 */
export function graft(count: number, seed: number): GraftReport {
  const lab = goodBundles();
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const refusals: Record<string, number> = {};
  let verified = 0;
  for (let made = 0; made < count; made++) {
    const host = pick(lab.hosts);
    const donor = pick(lab.donors);
    const paths = made % 2 === 0 ? PARTS.filter(() => random() < 0.5) : deepPaths(donor, random, pick);
    const grafted: Draft = structuredClone(host.bundle);
    for (const path of paths) put(grafted, path, get(donor, path));
    const conclusion = judgeBundle(grafted, lab.trust, { target: lab.target });
    if (conclusion.status === "verified") {
      verified++;
      const proven = lab.hosts.filter(({ bundle }) => signatureOf(bundle) === signatureOf(grafted));
      if (!proven.some((good) => provesNoMore(conclusion, good))) {
        const places = paths.map((path) => path.join(".")).join(", ");
        throw new Error(
          `seed ${seed}, case ${made}: ${host.name} verifies with ${places}: ${JSON.stringify(grafted)}`,
        );
      }
    } else {
      const code = codeOf(conclusion);
      if (code === "internal")
        throw new Error(`seed ${seed}, case ${made}: internal: ${JSON.stringify(grafted)}`);
      refusals[code] = (refusals[code] ?? 0) + 1;
    }
  }
  return { cases: count, verified, refusals };
}

function goodBundles() {
  const sigstore = labSigstore();
  const key = sharedKeyPair("P-256");
  const trust = trustIn({ lab: sigstore }, { release: key });
  const target = { ...TARGET, platforms: [...TARGET.platforms, { platform: "other", digest: OTHER_IMAGE }] };
  const content = { statement: statementAbout() };
  const other = { statement: statementAbout(OTHER_IMAGE) };
  const signer = sigstore.issue();
  const both = [{ log: "rekor-v1" }, { log: "rekor-v2" }] as const;
  const bundles: Readonly<Record<string, BundleJson>> = {
    "Rekor v1": sigstore.sign(content, { signer, timestamp: true }),
    "Rekor v1 again": sigstore.sign(content, { signer }),
    "Rekor v2": sigstore.sign(content, { signer, log: "rekor-v2" }),
    "another signer": sigstore.sign(content, { log: both, timestamp: true }),
    "the other image": sigstore.sign(other, { signer, timestamp: true }),
    "the other image, another signer": sigstore.sign(other),
    "v0.1": sigstore.sign(other, { signer, version: "0.1", entry: { proof: false } }),
    "v0.2, intoto 0.0.1": sigstore.sign(content, {
      signer,
      version: "0.2",
      entry: { entry: "intoto-0.0.1" },
    }),
    hashedrekord: sigstore.sign(content, { signer, entry: { entry: "hashedrekord-0.0.1" } }),
    "by key": sigstore.signWithKey(content, key, { log: "rekor-v1", timestamp: true }),
    "by key, the other image": sigstore.signWithKey(other, key, { timestamp: true }),
  };
  const hosts = Object.entries(bundles).map(([name, bundle]): Good => {
    const conclusion = judgeBundle(bundle, trust, { target });
    if (conclusion.status !== "verified") throw new Error(`${name} is not good: ${codeOf(conclusion)}`);
    return { name, bundle, conclusion };
  });
  const stranger = labSigstore({ name: "stranger" });
  const strangers = [stranger.sign(content, { timestamp: true }), stranger.sign(other, { log: "rekor-v2" })];
  return { trust, target, hosts, donors: [...hosts.map(({ bundle }) => bundle), ...strangers] };
}

function provesNoMore(grafted: VerifiedConclusion, { bundle, conclusion: good }: Good): boolean {
  const within = (found: readonly unknown[], known: readonly unknown[]) =>
    found.every((one) => known.some((other) => isDeepStrictEqual(one, other)));
  return (
    isDeepStrictEqual(grafted.signers, good.signers) &&
    isDeepStrictEqual(grafted.statement, good.statement) &&
    isDeepStrictEqual(grafted.subject, good.subject) &&
    within(grafted.times, good.times) &&
    within(
      grafted.transparencyLog,
      good.transparencyLog.flatMap((entry) => indexesIn(bundle).map((index) => ({ ...entry, index }))),
    )
  );
}

/** A promise speaks of the index over all shards, a proof of that in its tree: whichever is left counts. */
function indexesIn(bundle: BundleJson): readonly string[] {
  return bundle.verificationMaterial.tlogEntries.flatMap((entry: Draft) => [
    entry.logIndex,
    entry.inclusionProof?.logIndex,
  ]);
}

/** One to six places of any depth. */
function deepPaths(
  donor: BundleJson,
  random: () => number,
  pick: <T>(list: readonly T[]) => T,
): readonly Path[] {
  const all = pathsOf(donor);
  return Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(all));
}

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function get(document: Draft, path: Path): Draft {
  return path.reduce((here, step) => here?.[step], document);
}

/** What the donor lacks is taken away; what has no place in the host is left out. */
function put(document: Draft, path: Path, value: unknown): void {
  const parent = get(document, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  if (typeof parent !== "object" || parent === null) return;
  if (value === undefined) delete parent[last];
  else parent[last] = structuredClone(value);
}

function signatureOf(bundle: Draft): unknown {
  return bundle.dsseEnvelope?.signatures?.[0]?.sig;
}

function codeOf(conclusion: Conclusion): string {
  return "reason" in conclusion ? conclusion.reason.code : conclusion.status;
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
