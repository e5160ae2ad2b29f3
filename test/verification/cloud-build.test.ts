import { expect } from "chai";
import { sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/index.ts";
import { trustFromData, trustFromFiles, type TrustMaterial } from "../../src/verification/index.ts";
import { isCloudBuildLocation } from "../../src/verification/cloud-build.ts";
import { IN_TOTO_PAYLOAD_TYPE, preAuthEncoding, sharedKeyPair, type KeyPair } from "../lab/sigstore/index.ts";
import { IMAGE, judge, OTHER_IMAGE, PLATFORM, statementAbout, verdict, type Draft } from "./support.ts";

const regional = sharedKeyPair("P-256");
const other = sharedKeyPair("P-384");
const keyId = (location: string, name = "builtByGCB"): string =>
  `projects/verified-builder/locations/${location}/keyRings/attestor/cryptoKeys/${name}/cryptoKeyVersions/1`;
const US_WEST2 = keyId("us-west2");

interface Made {
  readonly statement?: JsonObject;
  readonly keyid?: string;
  readonly key?: KeyPair;
  readonly over?: "payload" | "envelope";
}

/** An entry as gcloud prints it: payload in URL-safe base64, a copy of the statement for people beside it. */
function entry({
  statement = older(),
  keyid = US_WEST2,
  key = regional,
  over = "payload",
}: Made = {}): Draft {
  const payload = Buffer.from(JSON.stringify(statement));
  const signed = over === "payload" ? payload : preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, payload);
  const sig = sign("sha256", signed, key.privateKey).toString("base64url");
  const copy = Object.fromEntries(Object.entries(statement).filter(([name]) => name !== "predicate"));
  const name = `us-west2-docker.pkg.dev/acme/app@${IMAGE}`;
  return {
    image_summary: { digest: IMAGE, fully_qualified_digest: name, registry: "us-west2-docker.pkg.dev" },
    provenance: {
      kind: "BUILD",
      resourceUri: `https://${name}`,
      build: { intotoStatement: copy },
      envelope: {
        payload: payload.toString("base64url"),
        payloadType: IN_TOTO_PAYLOAD_TYPE,
        signatures: [{ keyid, sig }],
      },
    },
  };
}

/** The older statements say the same twice; letters that differ between the two alphabets of base64 are in it. */
function older(): JsonObject {
  const predicate = {
    builder: { id: "https://cloudbuild.googleapis.com/GoogleHostedWorker@v0.3" },
    note: "???>>>",
  };
  return { ...statementAbout(IMAGE, predicate), slsaProvenance: predicate };
}

function trusting(keys: Readonly<Record<string, JsonObject>>): TrustMaterial {
  const trust = trustFromData({ keys });
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

const trust = trusting({ gcb: { pem: regional.pem, cloudBuild: "us-west2" } });
const ordinary = trusting({ gcb: { pem: regional.pem } });

function judgeEntry(made: Draft, by = trust) {
  return judge({ kind: "cloud-build-provenance", bytes: Buffer.from(JSON.stringify(made)) }, by);
}

describe("Google Cloud Build's provenance", () => {
  it("verifies a regional key's signature over the bare payload", () => {
    expect(judgeEntry(entry())).to.deep.include({
      status: "verified",
      kind: "attestation",
      signers: [{ kind: "key", keyId: regional.keyId, trustRoot: "gcb" }],
      subject: { digest: IMAGE, matches: "image", platform: null },
    });
  });

  it("verifies a signature as DSSE demands it, by any key and under any key id", () => {
    for (const keyid of ["", keyId("global", "provenanceSigner"), "anything"]) {
      expect(verdict(judgeEntry(entry({ over: "envelope", keyid }), ordinary))).to.equal("verified");
    }
  });

  it("verifies where one of several signatures is right", () => {
    const made = entry();
    const [right] = made.provenance.envelope.signatures;
    const [wrong] = entry({ key: other }).provenance.envelope.signatures;
    made.provenance.envelope.signatures = [wrong, wrong, right];
    expect(verdict(judgeEntry(made))).to.equal("verified");
  });

  it("T061 takes no signature over the bare payload in any other form of evidence", () => {
    const bytes = Buffer.from(JSON.stringify(entry().provenance.envelope));
    expect(verdict(judge({ kind: "dsse-envelope", bytes, annotations: {} }, trust))).to.equal("key.unknown");
  });

  const unproven: readonly { readonly name: string; readonly made: Made; readonly by?: TrustMaterial }[] = [
    { name: "a key that is not configured as Google Cloud Build's", made: {}, by: ordinary },
    { name: "a key of another location", made: { keyid: keyId("us-west1") } },
    { name: "a location that does not exist", made: { keyid: keyId("nowhere") } },
    { name: "a key id that names no location", made: { keyid: keyId("") } },
    { name: "no key id", made: { keyid: "" } },
    {
      name: "the key id of a key that signs envelopes",
      made: { keyid: keyId("us-west2", "provenanceSigner") },
    },
    { name: "another project's key id", made: { keyid: US_WEST2.replace("verified-builder", "attacker") } },
    { name: "a signature by another key", made: { key: other } },
  ];
  for (const { name, made, by } of unproven) {
    it(`T059 counts no bare signature under ${name}`, () => {
      expect(verdict(judgeEntry(entry(made), by))).to.equal("key.unknown");
    });
  }

  const tampered: readonly {
    readonly name: string;
    readonly spoil: (draft: Draft) => void;
    readonly code: string;
  }[] = [
    { name: "another kind", spoil: (d) => (d.provenance.kind = "DEPLOYMENT"), code: "metadata.mismatch" },
    {
      name: "another resource",
      spoil: (d) => (d.provenance.resourceUri = `https://evil.test/app@${OTHER_IMAGE}`),
      code: "metadata.mismatch",
    },
    {
      name: "another name of the image",
      spoil: (d) => (d.image_summary.fully_qualified_digest = `evil.test/app@${OTHER_IMAGE}`),
      code: "metadata.mismatch",
    },
    { name: "another image", spoil: (d) => (d.image_summary.digest = PLATFORM), code: "metadata.mismatch" },
    {
      name: "another subject for people's eyes",
      spoil: (d) => (d.provenance.build.intotoStatement.subject = []),
      code: "metadata.mismatch",
    },
    {
      name: "other steps for people's eyes",
      spoil: (d) => (d.provenance.build.intotoStatement.slsaProvenance.note = "clean"),
      code: "metadata.mismatch",
    },
    {
      name: "a statement of the newer kind for people's eyes that nobody signed",
      spoil: (d) =>
        (d.provenance.build.inTotoSlsaProvenanceV1 = { predicateType: "https://slsa.dev/provenance/v1" }),
      code: "metadata.mismatch",
    },
    { name: "no signature", spoil: (d) => (d.provenance.envelope.signatures = []), code: "signature.absent" },
    {
      name: "an empty signature",
      spoil: (d) => (d.provenance.envelope.signatures[0].sig = ""),
      code: "signature.absent",
    },
    {
      name: "a payload of another type",
      spoil: (d) => (d.provenance.envelope.payloadType = "text/plain"),
      code: "payload.type",
    },
    { name: "no envelope", spoil: (d) => (d.provenance.envelope = null), code: "format.invalid" },
  ];
  for (const { name, spoil, code } of tampered) {
    it(`refuses ${name}: ${code}`, () => {
      const draft = entry();
      spoil(draft);
      const conclusion = judgeEntry(draft);
      expect(verdict(conclusion)).to.equal(code);
      expect(conclusion.status).to.equal(name === "no signature" ? "unsigned" : "failed");
    });
  }

  it("takes a file that says nothing beside the envelope: nothing is contradicted", () => {
    const { envelope } = entry().provenance;
    expect(verdict(judgeEntry({ provenance: { envelope } }))).to.equal("verified");
  });

  it("refuses a statement about another image", () => {
    const conclusion = judgeEntry(entry({ statement: statementAbout(OTHER_IMAGE) }));
    expect(verdict(conclusion)).to.equal("subject.mismatch");
  });

  it("knows Google Cloud Build's keys by their files' names", () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-keys-"));
    try {
      for (const [name, code] of [
        ["us-west2.key", "verified"],
        ["acme-release.key", "key.unknown"],
        ["us-west1.key", "key.unknown"],
      ] as const) {
        const path = join(folder, name);
        writeFileSync(path, regional.pem);
        const files = trustFromFiles({ trustedRoots: [], keys: [path] });
        if (!files.ok) throw new Error(files.reason.message);
        expect(verdict(judgeEntry(entry(), files.value)), name).to.equal(code);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a location that is none", () => {
    expect(trustFromData({ keys: { gcb: { pem: regional.pem, cloudBuild: "mars" } } })).to.deep.equal({
      ok: false,
      reason: { code: "trust.invalid", message: "key gcb: cloudBuild is no location like us-west2" },
    });
    for (const name of ["global", "asia-northeast1", "northamerica-northeast2"]) {
      expect(isCloudBuildLocation(name), name).to.equal(true);
    }
    for (const name of ["release-key1", "us-west", "US-WEST2", "us-west2/../global", ""]) {
      expect(isCloudBuildLocation(name), name).to.equal(false);
    }
  });
});
