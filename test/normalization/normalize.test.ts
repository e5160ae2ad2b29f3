import { expect } from "chai";
import fc from "fast-check";
import type { Digest, JsonObject } from "../../src/core/index.ts";
import { encodeInput, type JudgedArtifact } from "../../src/normalization/index.ts";
import {
  AMD64,
  artifactOf,
  DESCRIPTION,
  documentOf,
  IMAGE,
  RESOLVED,
  statementOf,
  SUBJECT,
  unsignedOf,
  verifiedOf,
} from "./make.ts";
import { buildkitMin } from "./samples/buildkit.ts";
import { generatorContainer, githubAttest } from "./samples/github.ts";
import { githubSigner, keySigner } from "./samples/signers.ts";
import { inputSchemaErrors } from "./schema.ts";

const generator = statementOf(generatorContainer.predicateType, generatorContainer.predicate);
const attest = statementOf(githubAttest.predicateType, githubAttest.predicate);
const buildkit = statementOf(buildkitMin.predicateType, buildkitMin.predicate);
const sbom = statementOf("https://spdx.dev/Document", { spdxVersion: "SPDX-2.3", packages: [] });

const verified = verifiedOf("verified", generator, generatorContainer.signers);
const unsigned = unsignedOf("unsigned", buildkit);
const failed: JudgedArtifact = {
  artifact: artifactOf("failed"),
  conclusion: {
    status: "failed",
    reason: { code: "subject.mismatch", message: "speaks of something else" },
    predicateType: githubAttest.predicateType,
  },
};
const skipped: JudgedArtifact = {
  artifact: {
    ...artifactOf("skipped"),
    content: { kind: "skipped", reason: { code: "evidence.format_unknown", message: "unknown" } },
  },
  conclusion: { status: "skipped", reason: { code: "evidence.format_unknown", message: "unknown" } },
};
const unreachable: JudgedArtifact = {
  artifact: {
    ...artifactOf("unreachable"),
    content: { kind: "unreachable", reason: { code: "registry.timeout", message: "no answer" } },
  },
  conclusion: { status: "unreachable", reason: { code: "registry.timeout", message: "no answer" } },
};
const signature: JudgedArtifact = {
  artifact: artifactOf("signature", "cosign-tag"),
  conclusion: {
    status: "verified",
    kind: "signature",
    statement: null,
    annotations: { team: "a" },
    subject: SUBJECT,
    signers: [keySigner],
    times: [],
    transparencyLog: [],
  },
};
const all = [verified, unsigned, failed, skipped, unreachable, signature, verifiedOf("sbom", sbom)];

describe("normalize", () => {
  it("makes a document of everything that was found, valid by its schema", () => {
    const document = documentOf(all, {
      incomplete: [{ code: "registry.timeout", message: "no answer" }],
    });
    expect(inputSchemaErrors(JSON.parse(JSON.stringify(document)))).to.deep.equal([]);
    expect(document.schemaVersion).to.equal("1");
    expect(document.time).to.equal("2026-11-22T10:00:00Z");
    expect(document.request).to.deep.equal({
      reference: "ghcr.io/acme/app:1.2",
      surface: "cli",
      namespace: null,
      parameters: {},
    });
    expect(document.image).to.deep.equal({
      reference: "ghcr.io/acme/app:1.2",
      registry: "ghcr.io",
      repository: "acme/app",
      tag: "1.2",
      digest: IMAGE,
      mediaType: "application/vnd.oci.image.index.v1+json",
      annotations: { "org.opencontainers.image.version": "1.2" },
      platforms: DESCRIPTION.platforms,
    });
    expect(document.evidence).to.have.length(all.length);
    expect(document.completeness).to.deep.equal({
      complete: false,
      reasons: [{ code: "registry.timeout", message: "no answer" }],
    });
  });

  it("nothing found is an empty, complete document", () => {
    const document = documentOf([]);
    expect(inputSchemaErrors(document)).to.deep.equal([]);
    expect(document.evidence).to.deep.equal([]);
    expect(document.completeness).to.deep.equal({ complete: true, reasons: [] });
  });

  it("an image of which only the digest is known", () => {
    const { tag: _tag, ...reference } = RESOLVED.reference;
    const document = documentOf([], {
      image: { ...RESOLVED, reference, root: null },
      description: { platforms: [], faults: [{ code: "image.unknown", message: "no registry was asked" }] },
    });
    expect(inputSchemaErrors(document)).to.deep.equal([]);
    expect(document.image).to.deep.include({ tag: null, mediaType: null, annotations: {}, platforms: [] });
    expect(document.completeness.complete).to.equal(false);
  });

  it("only what verified is in the lists that rules trust to be verified", () => {
    const document = documentOf(all);
    const verifiedIds = [verified.artifact.id, artifactOf("sbom").id];
    expect(document.provenance.map(({ evidence }) => evidence)).to.deep.equal([verified.artifact.id]);
    expect(document.attestations.map(({ evidence }) => evidence)).to.have.members(verifiedIds);
    expect(document.unverified.provenance.map(({ evidence }) => evidence)).to.deep.equal([
      unsigned.artifact.id,
    ]);
    expect(document.unverified.attestations.map(({ evidence }) => evidence)).to.deep.equal([
      unsigned.artifact.id,
    ]);
  });

  it("what is no evidence stays in the list with its reason", () => {
    const byId = new Map(documentOf(all).evidence.map((entry) => [entry.id, entry]));
    const entryOf = ({ artifact }: JudgedArtifact) => byId.get(artifact.id);
    expect(entryOf(verified)).to.deep.include({ kind: "attestation", status: "verified", reason: null });
    expect(entryOf(verified)?.times).to.deep.equal([
      { time: "2026-11-22T09:58:12Z", source: "rekor", trustRoot: "lab" },
    ]);
    expect(entryOf(signature)).to.deep.include({
      kind: "signature",
      status: "verified",
      predicateType: null,
      annotations: { team: "a" },
    });
    expect(entryOf(unsigned)).to.deep.include({
      kind: "attestation",
      status: "unsigned",
      predicateType: buildkitMin.predicateType,
      signers: [],
    });
    expect(entryOf(failed)).to.deep.include({
      kind: "attestation",
      status: "failed",
      subject: null,
      predicateType: githubAttest.predicateType,
      reason: { code: "subject.mismatch", message: "speaks of something else" },
    });
    expect(entryOf(skipped)).to.deep.include({ kind: "other", status: "skipped", predicateType: null });
    expect(entryOf(unreachable)).to.deep.include({ kind: "other", status: "unreachable" });
  });

  it("unsigned statements about something else, or unreadable ones, are nowhere but in the list", () => {
    const document = documentOf([unsignedOf("other", buildkit, null), unsignedOf("unreadable", null)]);
    expect(document.evidence.map(({ status }) => status)).to.deep.equal(["unsigned", "unsigned"]);
    expect(document.unverified.attestations).to.deep.equal([]);
    expect(document.unverified.provenance).to.deep.equal([]);
  });

  it("unsigned provenance is claimed by nobody", () => {
    const [record] = documentOf([unsigned]).unverified.provenance;
    expect(new Set(Object.values(record?.corroboration ?? {}))).to.deep.equal(new Set(["claimed"]));
  });

  it("statements that assay does not model pass whole, the very object that was parsed", () => {
    const document = documentOf([verifiedOf("sbom", sbom)]);
    expect(document.attestations[0]?.predicate).to.equal(sbom.predicate);
    expect(document.provenance).to.deep.equal([]);
  });

  it("T076 a statement without a predicate is one that states nothing", () => {
    const document = documentOf([verifiedOf("empty", statementOf(githubAttest.predicateType, {}))]);
    expect(inputSchemaErrors(document)).to.deep.equal([]);
    expect(document.provenance[0]?.builder.id).to.equal(null);
  });

  it("T130 T131 two provenances stand beside each other, whichever was found first", () => {
    const stranger = verifiedOf("stranger", attest, [
      githubSigner("https://github.com/attacker/x/.github/workflows/x.yml@refs/heads/main"),
    ]);
    const one = documentOf([verified, stranger]);
    expect(one.provenance).to.have.length(2);
    expect(encodeInput(documentOf([stranger, verified]))).to.deep.equal(encodeInput(one));
  });

  it("T132 a statement about a platform says so", () => {
    const subject = { digest: AMD64, matches: "platform", platform: "linux/amd64" } as const;
    const document = documentOf([verifiedOf("platform", attest, githubAttest.signers, subject)]);
    expect(document.provenance[0]?.subject).to.deep.equal(subject);
    expect(document.evidence[0]?.subject).to.deep.equal(subject);
  });

  it("one artifact found twice is listed twice, in an order of its own", () => {
    const twice = [verified, { ...verified, artifact: { ...verified.artifact, source: "layout" } } as const];
    const [first, second] = documentOf(twice).evidence;
    expect([first?.source, second?.source]).to.deep.equal(["layout", "referrer"]);
    expect(documentOf(twice.toReversed())).to.deep.equal(documentOf(twice));
  });

  it("the same signed bytes with two different signers keep both conclusions, in either order", () => {
    const other = verifiedOf("verified", generator, [keySigner]);
    const one = documentOf([verified, other]);
    expect(one.provenance.map(({ corroboration }) => corroboration["builder.id"])).to.have.members([
      "certificate",
      "claimed",
    ]);
    expect(encodeInput(documentOf([other, verified]))).to.deep.equal(encodeInput(one));
  });

  it("a fault while reading one statement makes the document incomplete, never the statement absent without a word", () => {
    const trap = {} as Record<string, never>;
    Object.defineProperty(trap, "builder", {
      enumerable: true,
      get: () => {
        // oxlint-disable-next-line no-throw-literal -- libraries do
        throw "not even an error";
      },
    });
    const document = documentOf([
      verified,
      verifiedOf("trap", statementOf("https://slsa.dev/provenance/v0.2", trap)),
    ]);
    expect(document.provenance).to.have.length(1);
    expect(document.completeness.complete).to.equal(false);
    expect(document.completeness.reasons.map(({ code }) => code)).to.deep.equal(["normalization.failed"]);
  });

  it("the order in which artifacts were found changes no byte", () => {
    const bytes = encodeInput(documentOf(all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (judged) => {
        expect(encodeInput(documentOf(judged))).to.deep.equal(bytes);
      }),
      { numRuns: 50 },
    );
  });
});

describe("encodeInput", () => {
  it("writes JSON with sorted keys, without white space", () => {
    const document = documentOf([verified]);
    const text = Buffer.from(encodeInput(document)).toString("utf8");
    expect(JSON.parse(text)).to.deep.equal(document);
    expect(text.startsWith('{"attestations":[{"evidence":"sha256:')).to.equal(true);
  });

  it("a permuted predicate gives the same bytes", () => {
    const permuted = permute(generatorContainer.predicate);
    const one = documentOf([verified]);
    const other = documentOf([
      verifiedOf(
        "verified",
        statementOf(generatorContainer.predicateType, permuted as JsonObject),
        generatorContainer.signers,
      ),
    ]);
    expect(JSON.stringify(one)).not.to.equal(JSON.stringify(other));
    expect(encodeInput(other)).to.deep.equal(encodeInput(one));
  });

  it("T068 keys of the prototype stay data", () => {
    const predicate = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":"x"}') as JsonObject;
    const id = `sha256:${"00".repeat(32)}` as Digest;
    const document = documentOf([verifiedOf("proto", statementOf("https://example.com/x", predicate))]);
    const text = Buffer.from(encodeInput(document)).toString("utf8");
    expect(text).to.include('"predicate":{"__proto__":{"admin":true},"constructor":1,"toString":"x"}');
    expect((document.attestations[0] as unknown as { admin?: boolean }).admin).to.equal(undefined);
    expect(({} as { admin?: boolean }).admin, id).to.equal(undefined);
  });
});

/** The same JSON with the members of every object the other way round. */
function permute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(permute);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, permute(member)]),
  );
}
