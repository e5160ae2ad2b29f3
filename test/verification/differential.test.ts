import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier, type VerifierOptions } from "@sigstore/verify";
import { expect } from "chai";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  at,
  arrayAt,
  digestOf,
  isArray,
  parseDigest,
  stringAt,
  type JsonValue,
} from "../../src/core/index.ts";
import { combineTrust, trustFromFiles, type TrustMaterial } from "../../src/verification/index.ts";
import { sharedData } from "../lab/shared-data.ts";
import { judgeBundle } from "./support.ts";

const NOW = new Date("2026-11-22T00:00:00Z");
const PUBLIC_GOOD = "sigstore-public-good";
const ROOTS = [PUBLIC_GOOD, "sigstore-staging", "github"];
const THRESHOLDS: Readonly<Record<string, VerifierOptions>> = {
  github: { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 1 },
};

/** @sigstore/verify beside assay, over every keyless attestation of the real data: good, altered, and between. */
describe("differential: @sigstore/verify", () => {
  if (sharedData === undefined) {
    it.skip("the bundles (shared/data is not beside this checkout)");
    return;
  }
  const data = sharedData;
  const rootFile = (root: string): string => join(data, "trusted-roots", `${root}.trusted_root.json`);
  const judged = (bundle: JsonValue) => ({ target: { digest: subjectOf(bundle), platforms: [] }, now: NOW });
  const files = ["bundles", "vsa", "conformance", "container/cosign-v3-bundle"].flatMap((folder) =>
    filesUnder(join(data, folder)),
  );
  const bundles = files
    .flatMap(bundlesIn)
    .filter((bundle) => stringAt(bundle, "dsseEnvelope", "payload") !== undefined);

  const publicGood = trustIn(rootFile(PUBLIC_GOOD));
  const ofOtherInstances = bundles.filter(
    (bundle) => judgeBundle(bundle, publicGood, judged(bundle)).status !== "verified",
  );

  for (const root of ROOTS) {
    it(`accepts what it accepts, and names the same signer, with the root ${root}`, () => {
      const file = rootFile(root);
      const verifier = new Verifier(
        toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(readFileSync(file, "utf8")))),
        THRESHOLDS[root],
      );
      const trust = trustIn(file);
      let accepted = 0;
      for (const bundle of root === PUBLIC_GOOD ? bundles : ofOtherInstances) {
        const theirs = judgedByLibrary(verifier, bundle);
        const ours = judgeBundle(bundle, trust, {
          target: { digest: subjectOf(bundle), platforms: [] },
          now: NOW,
        });
        const [signer] = ours.status === "verified" ? ours.signers : [];
        if (theirs !== undefined) {
          accepted++;
          const aboutNoDigest = ours.status === "failed" && /^(?:subject|payload)\./.test(ours.reason.code);
          if (aboutNoDigest) continue;
          expect(ours.status, JSON.stringify(ours)).to.equal("verified");
          expect(signer?.kind === "certificate" && signer.identity).to.equal(theirs);
        } else {
          expect(ours.status, `only assay accepts: ${JSON.stringify(bundle).slice(0, 200)}`).to.not.equal(
            "verified",
          );
        }
      }
      expect(accepted).to.be.greaterThan(0);
    });
  }
});

/** The signer's identity, or `undefined` where it throws, whatever it throws. */
function judgedByLibrary(verifier: Verifier, bundle: JsonValue): string | undefined {
  try {
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(JSON.stringify(bundle))));
    return verifier.verify(entity).identity?.subjectAlternativeName;
  } catch {
    return undefined;
  }
}

function trustIn(file: string): TrustMaterial {
  const trust = trustFromFiles({ trustedRoots: [file], keys: [] });
  const combined = trust.ok ? combineTrust([trust.value]) : trust;
  if (!combined.ok) throw new Error(combined.reason.message);
  return combined.value;
}

function subjectOf(bundle: JsonValue): ReturnType<typeof digestOf> {
  try {
    const statement: JsonValue = JSON.parse(
      Buffer.from(stringAt(bundle, "dsseEnvelope", "payload") ?? "", "base64").toString(),
    );
    for (const subject of arrayAt(statement, "subject") ?? []) {
      for (const algorithm of ["sha256", "sha512"]) {
        const digest = parseDigest(`${algorithm}:${stringAt(subject, "digest", algorithm) ?? ""}`);
        if (digest !== undefined) return digest;
      }
    }
  } catch {
    // No statement: nothing will match.
  }
  return digestOf(Buffer.from("nothing"));
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter(
      (file) =>
        statSync(file).isFile() && statSync(file).size < 1_000_000 && /\.(?:json|jsonl|sigstore)$/.test(file),
    );
}

function bundlesIn(file: string): readonly JsonValue[] {
  const text = readFileSync(file, "utf8");
  const documents: JsonValue[] = [];
  for (const part of [text, ...text.split("\n")]) {
    try {
      const value: JsonValue = JSON.parse(part);
      documents.push(...(isArray(value) ? value : [value]));
      if (part === text) break;
    } catch {
      // Not the way in which this file is written.
    }
  }
  return documents.flatMap((document) => {
    const attestations = arrayAt(document, "attestations")?.map((entry) => at(entry, "bundle") ?? null);
    return (attestations ?? [document]).filter(
      (value) => stringAt(value, "mediaType")?.includes("sigstore.bundle") === true,
    );
  });
}
