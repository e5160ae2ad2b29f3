import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, parseStrictJson, stringAt } from "../../src/core/index.ts";
import {
  gatherEvidence,
  readEvidenceFiles,
  type Artifact,
  type EvidenceCollection,
} from "../../src/evidence/index.ts";
import { parseReference, resolveImage, type ResolvedImage } from "../../src/image/index.ts";
import {
  createRegistry,
  openLayout,
  type ContentSource,
  type LayoutSource,
} from "../../src/registry/index.ts";
import { attachBundle, pushBuildKitImage, pushCosignTag, writeLayout } from "../lab/images.ts";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";
import { LabStore } from "../lab/registry/store.ts";
import { sharedData } from "../lab/shared-data.ts";
import {
  buildkitProvenanceV02,
  cosignAttestation,
  createSigstore,
  provenanceV1,
} from "../lab/sigstore/index.ts";

const REPOSITORY = "acme/app";
const sigstore = createSigstore();
const signal = new AbortController().signal;

async function resolveIn(source: ContentSource, text: string): Promise<ResolvedImage> {
  const reference = parseReference(text);
  if (!reference.ok) throw new Error(reference.reason.message);
  const image = await resolveImage(source, reference.value, { signal });
  if (!image.ok) throw new Error(image.reason.message);
  return image.value;
}

async function layoutAt(path: string): Promise<LayoutSource> {
  const layout = await openLayout(path);
  if (!layout.ok) throw new Error(layout.reason.message);
  return layout.value;
}

async function gatherFromLayout(path: string, reference: string): Promise<EvidenceCollection> {
  const layout = await layoutAt(path);
  try {
    const image = await resolveIn(layout, reference);
    return await gatherEvidence(image, { registry: null, layouts: [layout], files: [] }, { signal });
  } finally {
    await layout.close();
  }
}

function brief({ source, content }: Artifact): string {
  return "reason" in content
    ? `${source} ${content.kind} ${content.reason.code}`
    : `${source} ${content.kind}`;
}

/** An image with one bundle, one cosign attestation and BuildKit's own statement. */
function fill(store: LabStore) {
  const image = pushBuildKitImage(store, REPOSITORY, {
    tag: "1.0",
    statements: (platform, digest) => [buildkitProvenanceV02({ subjects: [{ digest }], platform })],
  });
  const { digest } = image;
  const statement = provenanceV1({ subjects: [{ digest }] });
  attachBundle(store, REPOSITORY, image.descriptor, sigstore.sign({ statement }));
  const layers = [cosignAttestation(sigstore, statement)];
  const attestations = pushCosignTag(store, REPOSITORY, digest, "att", layers);
  return { image, attestations };
}

describe("gatherEvidence from a registry", () => {
  let registry: LabRegistry;
  afterEach(() => registry.close());

  for (const referrersApi of [true, false]) {
    it(`T033 finds everything over the network, ${referrersApi ? "by the referrers API" : "by the fallback tag"}`, async () => {
      registry = await startLabRegistry({ referrersApi });
      registry.writeFallbackTags = !referrersApi;
      fill(registry);
      const source = createRegistry();
      const image = await resolveIn(source, `${registry.host}/${REPOSITORY}:1.0`);
      const { artifacts, incomplete } = await gatherEvidence(
        image,
        { registry: source, layouts: [], files: [] },
        { signal },
      );
      expect(artifacts.map(brief)).to.deep.equal([
        "referrer sigstore-bundle",
        "cosign-tag dsse-envelope",
        "buildkit statement",
      ]);
      expect(incomplete).to.deep.equal([]);
    });
  }

  it("T036 never takes a failing list for an empty one", async () => {
    registry = await startLabRegistry();
    fill(registry);
    const source = createRegistry();
    const image = await resolveIn(source, `${registry.host}/${REPOSITORY}:1.0`);
    registry.misbehave = ({ path }) =>
      path.includes("/referrers/") ? { status: 200, body: "<html>" } : undefined;
    const { artifacts, incomplete } = await gatherEvidence(
      image,
      { registry: source, layouts: [], files: [] },
      { signal },
    );
    expect(artifacts.map(brief)).to.deep.equal(["cosign-tag dsse-envelope", "buildkit statement"]);
    expect(incomplete.map(({ code }) => code)).to.deep.equal(["registry.protocol", "registry.protocol"]);
  });
});

describe("gatherEvidence from an OCI layout", () => {
  let folder: string;
  let store: LabStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-layout-"));
    store = new LabStore();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("finds referrers, copies of cosign's tags and BuildKit's manifests", async () => {
    const { image } = fill(store);
    // A second image and its evidence, which say nothing of the first.
    const other = store.pushImage(REPOSITORY, { tag: "other", seed: "other" });
    attachBundle(store, REPOSITORY, other.descriptor, "{}");
    const listed = [...store.repository(REPOSITORY).manifests].map(([digest, { bytes, mediaType }]) => {
      const tags = [...store.repository(REPOSITORY).tags].filter(([, target]) => target === digest);
      const annotations = Object.fromEntries(tags.map(([tag]) => ["org.opencontainers.image.ref.name", tag]));
      return { mediaType, digest, size: bytes.byteLength, annotations };
    });
    writeLayout(store, REPOSITORY, folder, listed);
    const { artifacts, incomplete } = await gatherFromLayout(folder, `registry.test/${REPOSITORY}:1.0`);
    expect(artifacts.map(brief)).to.deep.equal([
      "buildkit statement",
      "layout sigstore-bundle",
      "layout dsse-envelope",
    ]);
    expect(artifacts.map(({ attachedTo }) => attachedTo)).to.deep.equal([
      image.platforms[0]?.descriptor.digest,
      image.digest,
      null,
    ]);
    expect(incomplete).to.deep.equal([]);
  });

  it("T045 finds what cosign saved by what it is, not by its annotation", async () => {
    const { image, attestations } = fill(store);
    const kind = (name: string) => ({ kind: `dev.cosignproject.cosign/${name}` });
    const roots = [
      { ...image.descriptor, annotations: kind("atts") },
      { ...attestations, annotations: kind("image") },
    ];
    writeLayout(store, REPOSITORY, folder, roots);
    const { artifacts } = await gatherFromLayout(folder, `registry.test/${REPOSITORY}@${image.digest}`);
    expect(artifacts.map(brief)).to.deep.equal(["buildkit statement", "layout dsse-envelope"]);
  });

  it("adds the evidence of a layout to an image that the registry has", async () => {
    const { image, attestations } = fill(store);
    writeLayout(store, REPOSITORY, folder, [attestations]);
    const registry = await startLabRegistry();
    const layout = await layoutAt(folder);
    try {
      pushBuildKitImage(registry, REPOSITORY, {
        tag: "1.0",
        statements: (platform, digest) => [buildkitProvenanceV02({ subjects: [{ digest }], platform })],
      });
      const source = createRegistry();
      const found = await resolveIn(source, `${registry.host}/${REPOSITORY}:1.0`);
      expect(found.digest).to.equal(image.digest);
      const from = { registry: source, layouts: [layout], files: [] };
      const { artifacts } = await gatherEvidence(found, from, { signal });
      expect(artifacts.map(brief)).to.deep.equal(["buildkit statement", "layout dsse-envelope"]);
    } finally {
      await layout.close();
      await registry.close();
    }
  });

  it("a layout with other bytes under a digest is not believed", async () => {
    const { attestations, image } = fill(store);
    writeLayout(store, REPOSITORY, folder, [image.descriptor, attestations]);
    const layer = JSON.parse(
      readFileSync(join(folder, "blobs", "sha256", attestations.digest.slice(7)), "utf8"),
    );
    const digest = String(layer.layers[0].digest);
    writeFileSync(join(folder, "blobs", "sha256", digest.slice(7)), "x".repeat(layer.layers[0].size));
    const { artifacts, incomplete } = await gatherFromLayout(
      folder,
      `registry.test/${REPOSITORY}@${image.digest}`,
    );
    expect(artifacts.map(brief)).to.include("layout unreachable registry.digest_mismatch");
    expect(incomplete.map(({ code }) => code)).to.deep.equal(["registry.digest_mismatch"]);
  });
});

describe("real evidence", () => {
  const data = sharedData;
  before(function () {
    if (data === undefined) {
      console.error(
        "      skipped: the folder of real evidence is not beside the checkout (ASSAY_SHARED_DATA)",
      );
      this.skip();
    }
  });
  const container = join(data ?? "", "container");

  function indexEntries(layout: string): readonly { digest: string; mediaType: string }[] {
    return JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests;
  }

  for (const version of ["v1.4.0", "v1.6.0", "v1.8.0", "v1.10.0", "v2.1.0"]) {
    it(`slsa-github-generator ${version}: one attestation in cosign's layout`, async () => {
      const layout = join(container, "github-slsa-generator", version, "oci-layout-dir");
      const [image] = indexEntries(layout);
      const { artifacts, incomplete } = await gatherFromLayout(layout, `ghcr.io/acme/app@${image?.digest}`);
      // Its builds were made with BuildKit, which from v1.6.0 on left statements of its own in the index.
      const buildkit = version === "v1.4.0" ? [] : ["buildkit statement"];
      expect(artifacts.map(brief)).to.deep.equal([...buildkit, "layout dsse-envelope"]);
      expect(incomplete).to.deep.equal([]);
      const content = artifacts.at(-1)?.content;
      expect(content).to.have.property("annotations").that.includes.keys("dev.sigstore.cosign/bundle");
    });
  }

  for (const name of data === undefined ? [] : readdirSync(join(container, "tekton-chains"))) {
    it(`Tekton Chains ${name}: a signature and an attestation`, async () => {
      const layout = join(container, "tekton-chains", name, "layout");
      const [image] = indexEntries(layout);
      const { artifacts, incomplete } = await gatherFromLayout(layout, `registry.test/app@${image?.digest}`);
      expect(artifacts.map(brief)).to.deep.equal(["layout simple-signing", "layout dsse-envelope"]);
      expect(incomplete).to.deep.equal([]);
    });
  }

  for (const name of ["unsigned-index", "containerd-subject-layout", "missing-subject-layout"]) {
    it(`BuildKit ${name}: statements of the index`, async () => {
      const layout = join(container, "buildkit", "docker-attest", name);
      const [image] = indexEntries(layout);
      const { artifacts } = await gatherFromLayout(layout, `docker.io/library/test-image@${image?.digest}`);
      expect(artifacts.length).to.be.greaterThan(0);
      for (const artifact of artifacts) expect(brief(artifact)).to.equal("buildkit statement");
    });
  }

  it("every file of the index is told as its index says", async () => {
    const parsed = parseStrictJson(readFileSync(join(data ?? "", "index.json")));
    const cases = parsed.ok
      ? (JSON.parse(JSON.stringify(parsed.value)).cases as { file: string; kind: string }[])
      : [];
    const wanted: Readonly<Record<string, readonly string[]>> = {
      "sigstore-bundle": ["sigstore-bundle"],
      "dsse-envelope": ["dsse-envelope"],
      "in-toto-statement": ["statement"],
      "gcloud artifacts docker images describe --show-provenance (GCB)": [
        "cloud-build-provenance",
        "skipped",
      ],
    };
    let compared = 0;
    for (const { file, kind } of cases) {
      const expected = wanted[kind];
      if (expected === undefined) continue;
      const read = await readEvidenceFiles([join(data ?? "", file)]);
      if (!read.ok) throw new Error(read.reason.message);
      const kinds = read.value.artifacts.map(({ content }) => content.kind);
      expect(kinds, file).not.to.deep.equal([]);
      for (const found of kinds) expect(expected, file).to.include(found);
      compared++;
    }
    expect(compared).to.be.greaterThan(150);
  });

  it("cosign's signature manifest is joined with its payload", async () => {
    const read = await readEvidenceFiles([join(container, "cosign-legacy-signature")]);
    const artifacts = read.ok ? read.value.artifacts : [];
    expect(artifacts.map(brief)).to.deep.equal(["file simple-signing"]);
    const [content] = artifacts.map((artifact) => artifact.content);
    const bytes = content !== undefined && "bytes" in content ? content.bytes : new Uint8Array();
    expect(digestOf(bytes)).to.match(/^sha256:d8ee807d96efe744/);
    const payload = parseStrictJson(bytes);
    const digest = payload.ok
      ? stringAt(payload.value, "critical", "image", "docker-manifest-digest")
      : undefined;
    expect(digest).to.match(/^sha256:071bf7a9/);
  });
});
