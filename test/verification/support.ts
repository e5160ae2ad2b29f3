import { expect } from "chai";
import { digestOf, type Digest, type JsonObject, type JsonValue } from "../../src/core/index.ts";
import type { Artifact, ArtifactContent } from "../../src/evidence/index.ts";
import {
  trustFromData,
  verify,
  type Conclusion,
  type TrustMaterial,
  type VerificationTarget,
} from "../../src/verification/index.ts";
import {
  createSigstore,
  statement,
  type BundleJson,
  type KeyPair,
  type SignOptions,
  type Sigstore,
} from "../lab/sigstore/index.ts";

/** The moment at which the lab signs, and the one at which its evidence is judged. */
export const SIGNED_AT = new Date("2026-03-01T12:00:00Z");
export const NOW = new Date("2026-06-01T00:00:00Z");

export const IMAGE = digestOf(Buffer.from("the image"));
export const PLATFORM = digestOf(Buffer.from("its linux/amd64"));
export const OTHER_IMAGE = digestOf(Buffer.from("another image"));
export const TARGET: VerificationTarget = {
  digest: IMAGE,
  platforms: [{ platform: "linux/amd64", digest: PLATFORM }],
};

export const minutes = (count: number): number => count * 60_000;
export const after = (time: Date, ms: number): Date => new Date(time.getTime() + ms);

export function labSigstore(options: Parameters<typeof createSigstore>[0] = {}): Sigstore {
  return createSigstore({ clock: () => SIGNED_AT, ...options });
}

/** A statement about an image, without any surprise. */
export function statementAbout(digest: Digest = IMAGE, predicate: JsonObject = {}): JsonObject {
  return statement(
    [{ name: "registry.test/app", digest: sha256Of(digest) }],
    "https://example.test/predicate/v1",
    predicate,
  );
}

function sha256Of(digest: Digest): Record<string, string> {
  return { sha256: digest.slice("sha256:".length) };
}

export function trustIn(
  roots: Readonly<Record<string, Sigstore | JsonObject>>,
  keys: Readonly<
    Record<string, KeyPair | { readonly pem: string; readonly from?: string; readonly to?: string }>
  > = {},
): TrustMaterial {
  const data = {
    roots: mapValues(roots, (root) => ("trustedRoot" in root ? root.trustedRoot : root) as JsonObject),
    keys: mapValues(keys, (key): JsonObject => {
      const window = key as { from?: string; to?: string };
      return { pem: key.pem, from: window.from ?? null, to: window.to ?? null };
    }),
  };
  const trust = trustFromData(json(data));
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

function mapValues<V, W>(values: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

export const json = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

export function artifact(content: ArtifactContent): Artifact {
  return { id: IMAGE, source: "referrer", location: "test", mediaType: "", attachedTo: IMAGE, content };
}

export interface Circumstances {
  readonly target?: VerificationTarget;
  readonly now?: Date;
}

export function judge(
  content: ArtifactContent,
  trust: TrustMaterial,
  circumstances: Circumstances = {},
): Conclusion {
  const { target = TARGET, now = NOW } = circumstances;
  return verify(artifact(content), target, trust, { now });
}

export function judgeBundle(
  bundle: unknown,
  trust: TrustMaterial,
  circumstances?: Circumstances,
): Conclusion {
  const bytes = bundle instanceof Uint8Array ? bundle : Buffer.from(JSON.stringify(bundle));
  return judge({ kind: "sigstore-bundle", bytes }, trust, circumstances);
}

/** `verified`, or status and code: what a spoiling is told apart by. */
export function verdict(conclusion: Conclusion): string {
  return conclusion.status === "verified" ? "verified" : conclusion.reason.code;
}

/** A copy of a bundle with one change. */
export function spoiled(bundle: BundleJson, change: (draft: Draft) => void): unknown {
  const draft: unknown = structuredClone(bundle);
  change(draft);
  return draft;
}

/** Flips one bit in the middle of base64 data. */
export function flipped(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString("base64");
}

/** JSON that a test takes apart: of any shape, so that every spoiling can be written. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Draft = any;

/** A private Sigstore that is trusted, a stranger's that is not, and attestations of the image. */
export function lab() {
  const sigstore = labSigstore();
  const statement = statementAbout();
  return {
    sigstore,
    statement,
    stranger: labSigstore({ name: "stranger" }),
    trust: trustIn({ lab: sigstore }),
    sign: (options: SignOptions = {}): BundleJson => sigstore.sign({ statement }, options),
  };
}

export interface Spoiling {
  readonly name: string;
  readonly bundle: () => unknown;
  readonly code: string;
  readonly circumstances?: Circumstances;
}

/** A test for each: one change to what is right, refused with this code, in one line, and never verified. */
export function refuses(trust: TrustMaterial, spoilings: readonly Spoiling[]): void {
  for (const { name, bundle, code, circumstances } of spoilings) {
    it(`refuses ${name}: ${code}`, () => {
      const conclusion = judgeBundle(bundle(), trust, circumstances);
      expect(conclusion).to.have.keys("status", "reason", "predicateType");
      expect(verdict(conclusion), reasonOf(conclusion)).to.equal(code);
      expect(conclusion.status).to.equal("failed");
      expect(reasonOf(conclusion)).to.match(/^[^\n]{10,500}$/);
    });
  }
}

export function reasonOf(conclusion: Conclusion): string {
  return conclusion.status === "verified" ? "verified" : conclusion.reason.message;
}
