import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { at, digestOf, isArray, parseDigest, stringAt, type JsonValue } from "../../src/core/index.ts";
import type { JudgedArtifact } from "../../src/normalization/index.ts";
import type { Provenance } from "../../src/normalization/types.ts";
import { trustFromFiles, verify } from "../../src/verification/index.ts";
import { sharedData } from "../lab/shared-data.ts";
import { documentOf } from "./make.ts";
import { sharedCases } from "./shared-statements.ts";

/** Who really signs what its predicate says otherwise, each with the reason. All are conflicts of `builder.id`. */
const CONFLICTS: Readonly<Record<string, string>> = {
  "bundles-good-1072": "a delegator of somebody's own",
  "bundles-good-1444": "a delegator of somebody's own",
  "bundles-good-1365": "the delegator at a branch",
  "bundles-good-805": "the delegator at a branch",
  "bundles-good-1509": "a GitHub workflow's id signed by a service account",
  "bundles-good-30": "npm names a builder that no certificate names",
  "bundles-good-330": "npm names a builder that no certificate names",
  "bundles-good-332": "npm names a builder that no certificate names",
};

const ROOTS = ["sigstore-public-good", "github", "sigstore-staging"];

describe("real certificates beside real predicates", function () {
  const folder = sharedData;
  if (folder === undefined) {
    it("is not beside this checkout: set ASSAY_SHARED_DATA", function () {
      this.skip();
    });
    return;
  }
  const trust = trustFromFiles({
    trustedRoots: ROOTS.map((name) => join(folder, "trusted-roots", `${name}.trusted_root.json`)),
    keys: [],
  });
  if (!trust.ok) throw new Error(trust.reason.message);

  const signed = sharedCases(folder).filter(
    ({ kind, expected, predicateType }) =>
      kind === "sigstore-bundle" &&
      expected.verify === "ok" &&
      typeof predicateType === "string" &&
      predicateType.startsWith("https://slsa.dev/provenance/"),
  );
  for (const one of signed) {
    it(one.id, () => {
      const records = bundlesOf(join(folder, one.file)).flatMap(recordsOf);
      expect(records).not.to.deep.equal([]);
      const conflicts = records.flatMap((record) => record.conflicts.map(({ field }) => field));
      expect(conflicts).to.deep.equal(one.id in CONFLICTS ? ["builder.id"] : []);
      if (one.id in CONFLICTS) return;
      // Certificates of those early days name nothing but a person.
      const isSilent = one.id === "bundles-good-394";
      for (const { corroboration } of records) {
        for (const field of ["source.repo", "source.ref", "source.commit", "trigger.event"] as const) {
          expect(corroboration[field], field).to.equal(isSilent ? "claimed" : "certificate");
        }
      }
    });
  }

  function recordsOf(bundle: JsonValue): readonly Provenance[] {
    // npm's lists hold statements of other kinds as well.
    const payload = at(bundle, "dsseEnvelope", "payload");
    if (typeof payload !== "string" || !trust.ok) return [];
    const digests = at(
      JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as JsonValue,
      "subject",
      0,
      "digest",
    );
    const [digest] = ["sha256", "sha512"].flatMap(
      (name) => parseDigest(`${name}:${stringAt(digests, name) ?? ""}`) ?? [],
    );
    if (digest === undefined) return [];
    const bytes = Buffer.from(JSON.stringify(bundle));
    const artifact: JudgedArtifact["artifact"] = {
      id: digestOf(bytes),
      source: "file",
      location: "shared data",
      mediaType: "application/vnd.dev.sigstore.bundle+json",
      attachedTo: null,
      content: { kind: "sigstore-bundle", bytes },
    };
    const conclusion = verify(artifact, { digest, platforms: [] }, trust.value, {
      now: new Date("2026-11-22T00:00:00Z"),
    });
    return documentOf([{ artifact, conclusion }]).provenance;
  }
});

/** A bundle, several as JSON lines, or npm's list of attestations. */
function bundlesOf(file: string): readonly JsonValue[] {
  const text = readFileSync(file, "utf8");
  let documents: readonly JsonValue[];
  try {
    documents = [JSON.parse(text) as JsonValue];
  } catch {
    documents = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as JsonValue);
  }
  return documents.flatMap((document) => {
    const attestations = at(document, "attestations");
    return isArray(attestations) ? attestations.map((one) => at(one, "bundle") ?? null) : [document];
  });
}
