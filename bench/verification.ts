import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier, type VerifierOptions } from "@sigstore/verify";
import { createPublicKey, verify as verifySignature, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, parseDigest, type Digest, type JsonObject } from "../src/core/index.ts";
import type { Artifact } from "../src/evidence/index.ts";
import { trustFromData, verify, type TrustMaterial } from "../src/verification/index.ts";
import {
  createSigstore,
  keyPair,
  provenanceV1,
  type BundleJson,
  type KeyPair,
  type Sigstore,
} from "../test/lab/sigstore/index.ts";
import { sharedData } from "../test/lab/shared-data.ts";
import { sideBySide, table } from "./measure.ts";

/** A bundle per call, so that nothing remembered from one makes the next one cheap. */
const VARIANTS = 40;

interface Case {
  readonly name: string;
  readonly bundles: readonly Buffer[];
  readonly subject: Digest;
  readonly trustedRoot: JsonObject;
  readonly key?: KeyPair;
  readonly thresholds?: VerifierOptions;
}

/**
 * CPU per bundle, from bytes to a verdict: our `verify`, which also parses the statement strictly and binds it to the
 * image, beside @sigstore/verify, which parses the bundle and proves its signature, and beside node:crypto alone, which
 * checks the one signature over the content, all else being ready.
 */
export async function run(): Promise<void> {
  const rows: string[][] = [];
  for (const each of [...labCases(), ...realCases()]) {
    const [ours, theirs, bare] = await sideBySide([
      { name: "assay", run: inTurns(each.bundles.map(artifactOf(each)), assay(each)) },
      { name: "@sigstore/verify", run: inTurns(each.bundles, library(each)) },
      { name: "node:crypto", run: inTurns(each.bundles.map(signatureIn(each)), bareSignature) },
    ]);
    if (ours === undefined || theirs === undefined || bare === undefined) continue;
    rows.push([
      each.name,
      ours.cpuMs.toFixed(3),
      theirs.cpuMs.toFixed(3),
      bare.cpuMs.toFixed(3),
      `${(theirs.cpuMs / ours.cpuMs).toFixed(1)} ×`,
      `${(ours.cpuMs / bare.cpuMs).toFixed(2)} ×`,
    ]);
  }
  const headings = ["CPU ms per bundle", "assay", "@sigstore/verify", "node:crypto"];
  table([...headings, "@sigstore/verify / assay", "assay / node:crypto"], rows);
  if (sharedData === undefined) process.stdout.write("  (no real bundles: shared data is not there)\n\n");
}

function inTurns<T>(inputs: readonly T[], use: (input: T) => void): () => void {
  for (const input of inputs) use(input);
  let turn = 0;
  return () => {
    const input = inputs[turn % inputs.length];
    turn += 1;
    if (input !== undefined) use(input);
  };
}

function artifactOf({ subject }: Case): (bytes: Buffer) => Artifact {
  return (bytes) => ({
    id: digestOf(bytes),
    source: "referrer",
    location: "bench",
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    attachedTo: subject,
    content: { kind: "sigstore-bundle", bytes },
  });
}

function assay({ subject, trustedRoot, key }: Case): (artifact: Artifact) => void {
  const trust = trustOf(trustedRoot, key);
  const target = { digest: subject, platforms: [] };
  const now = new Date();
  return (artifact) => {
    const conclusion = verify(artifact, target, trust, { now });
    if (conclusion.status !== "verified") throw new Error(`assay: ${JSON.stringify(conclusion)}`);
  };
}

interface BareSignature {
  readonly key: KeyObject;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** What the bundle's signer signed, with the key made ready. */
function signatureIn({ key }: Case): (bytes: Buffer) => BareSignature {
  return (bytes) => {
    const { verificationMaterial: material, dsseEnvelope: envelope } = JSON.parse(
      bytes.toString("utf8"),
    ) as BundleJson & {
      readonly verificationMaterial: {
        readonly certificate?: { readonly rawBytes: string };
        readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] };
      };
      readonly dsseEnvelope: {
        readonly payload: string;
        readonly payloadType: string;
        readonly signatures: readonly { readonly sig: string }[];
      };
    };
    const payload = Buffer.from(envelope.payload, "base64");
    const { payloadType } = envelope;
    const header = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
    const leaf = material.certificate ?? material.x509CertificateChain?.certificates[0];
    return {
      key:
        key === undefined
          ? new X509Certificate(Buffer.from(leaf?.rawBytes ?? "", "base64")).publicKey
          : createPublicKey(key.pem),
      signed: Buffer.concat([Buffer.from(header), payload]),
      signature: Buffer.from(envelope.signatures[0]?.sig ?? "", "base64"),
    };
  };
}

function bareSignature({ key, signed, signature }: BareSignature): void {
  if (!verifySignature("sha256", signed, key, signature)) throw new Error("node:crypto: not the signature");
}

function trustOf(trustedRoot: JsonObject, key: KeyPair | undefined): TrustMaterial {
  const trust = trustFromData({
    roots: { bench: trustedRoot },
    keys: key === undefined ? {} : { bench: { pem: key.pem, from: null, to: null } },
  });
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

function library({ trustedRoot, key, thresholds }: Case): (bundle: Buffer) => void {
  const finder = key === undefined ? undefined : () => ({ publicKey: key.publicKey, validFor: () => true });
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot), finder), thresholds);
  return (bytes) => {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bytes.toString("utf8")))));
  };
}

function labCases(): Case[] {
  const sigstore = createSigstore();
  const subject = digestOf(Buffer.from("bench"));
  const key = keyPair("P-256");
  const signed = (sign: (content: { statement: JsonObject }) => BundleJson): Buffer[] =>
    Array.from({ length: VARIANTS }, (_, variant) => {
      const statement = provenanceV1({ subjects: [{ name: `app-${String(variant)}`, digest: subject }] });
      return Buffer.from(JSON.stringify(sign({ statement })));
    });
  const { trustedRoot }: Sigstore = sigstore;
  const common = { subject, trustedRoot };
  return [
    {
      ...common,
      name: "keyless, private Sigstore, Rekor v1",
      bundles: signed((content) => sigstore.sign(content)),
    },
    {
      ...common,
      name: "keyless, private Sigstore, Rekor v1 with TSA",
      bundles: signed((content) => sigstore.sign(content, { timestamp: true })),
    },
    {
      ...common,
      name: "keyless, private Sigstore, Rekor v2 with TSA",
      bundles: signed((content) => sigstore.sign(content, { log: "rekor-v2" })),
    },
    {
      ...common,
      name: "by key (P-256)",
      bundles: signed((content) => sigstore.signWithKey(content, key)),
      key,
      thresholds: { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
    },
  ];
}

/** Bundles of the public instances, with the digest that each speaks of. */
function realCases(): Case[] {
  if (sharedData === undefined) return [];
  const index = readJson("index.json") as { cases: readonly RealCase[] };
  const wanted = [
    ["bundles-good-1333", "keyless, public-good Sigstore, Rekor v1"],
    ["bundles-good-1509", "keyless, staging Sigstore, Rekor v2 with TSA"],
  ] as const;
  return wanted.flatMap(([id, name]) => {
    const found = index.cases.find((each) => each.id === id);
    const hex = found?.subjects[0]?.digest["sha256"];
    const subject = hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
    if (found === undefined || subject === undefined) return [];
    const trustedRoot = readJson(found.trustedRoot) as JsonObject;
    const thresholds = id === "bundles-good-1509" ? { timestampThreshold: 1 } : {};
    return [{ name, bundles: [read(found.file)], subject, trustedRoot, thresholds }];
  });
}

interface RealCase {
  readonly id: string;
  readonly file: string;
  readonly trustedRoot: string;
  readonly subjects: readonly { readonly digest: Readonly<Record<string, string>> }[];
}

function read(file: string): Buffer {
  return readFileSync(join(sharedData ?? "", file));
}

function readJson(file: string): unknown {
  return JSON.parse(read(file).toString("utf8"));
}
