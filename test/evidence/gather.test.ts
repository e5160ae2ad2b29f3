import { expect } from "chai";
import { digestOf } from "../../src/core/index.ts";
import {
  gatherEvidence,
  type Artifact,
  type EvidenceLimits,
  type EvidenceSources,
} from "../../src/evidence/index.ts";
import type { ResolvedImage } from "../../src/image/index.ts";
import {
  attachBundle,
  attachCosignLayers,
  cosignTag,
  pushBuildKitImage,
  pushCosignTag,
} from "../lab/images.ts";
import { LabStore, OCI_MANIFEST } from "../lab/registry/store.ts";
import {
  buildkitProvenanceV02,
  cosignAttestation,
  cosignSignature,
  createSigstore,
  provenanceV1,
  sharedKeyPair,
  spdxStatement,
} from "../lab/sigstore/index.ts";
import {
  asDigest,
  REPOSITORY,
  resolved,
  storeSource,
  unavailable,
  type Question,
  type StoreSource,
} from "./store-source.ts";

const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const sigstore = createSigstore();

function bundleFor(digest: string) {
  return sigstore.sign({ statement: provenanceV1({ subjects: [{ digest }] }) }, { log: "none" });
}

async function gather(
  image: ResolvedImage,
  registry: StoreSource | null,
  more: { limits?: Partial<EvidenceLimits>; signal?: AbortSignal; from?: Partial<EvidenceSources> } = {},
) {
  const { limits = {}, signal = new AbortController().signal, from = {} } = more;
  return gatherEvidence(image, { registry, layouts: [], files: [], ...from }, { signal, limits });
}

/** What matters of an artifact, without its bytes. */
function brief({ source, content }: Artifact): string {
  return "reason" in content
    ? `${source} ${content.kind} ${content.reason.code}`
    : `${source} ${content.kind}`;
}

describe("gatherEvidence", () => {
  let store: LabStore;
  beforeEach(() => {
    store = new LabStore();
  });

  function onePlatform() {
    const image = store.pushImage(REPOSITORY);
    return { pushed: image, image: resolved(store, image) };
  }

  it("finds a bundle attached as a referrer, with its bytes as they were signed", async () => {
    const { pushed, image } = onePlatform();
    const bundle = bundleFor(pushed.digest);
    const manifest = attachBundle(store, REPOSITORY, pushed.descriptor, bundle);
    const bytes = Buffer.from(JSON.stringify(bundle));
    expect(await gather(image, storeSource(store))).to.deep.equal({
      artifacts: [
        {
          id: digestOf(bytes),
          source: "referrer",
          location: `referrer ${manifest.digest} layer 1`,
          mediaType: BUNDLE_TYPE,
          attachedTo: pushed.digest,
          content: { kind: "sigstore-bundle", bytes },
        },
      ],
      incomplete: [],
    });
  });

  it("finds evidence of the index and of each platform", async () => {
    const pushed = store.pushImage(REPOSITORY, { platforms: ["linux/amd64", "linux/arm64"] });
    const subjects = [pushed.descriptor, ...pushed.platforms.map(({ descriptor }) => descriptor)];
    for (const subject of subjects) attachBundle(store, REPOSITORY, subject, bundleFor(subject.digest));
    const { artifacts } = await gather(resolved(store, pushed), storeSource(store));
    expect(artifacts.map(({ attachedTo }) => attachedTo)).to.deep.equal(subjects.map(({ digest }) => digest));
  });

  it("finds cosign's tags, and keeps two signatures of one payload apart", async () => {
    const { pushed, image } = onePlatform();
    const { digest } = pushed;
    const keys = [sharedKeyPair("P-256"), sharedKeyPair("P-384")];
    const signatures = keys.map((key) => cosignSignature(sigstore, digest, { key, log: "none" }));
    const attestation = cosignAttestation(sigstore, provenanceV1({ subjects: [{ digest }] }));
    pushCosignTag(store, REPOSITORY, digest, "sig", signatures);
    pushCosignTag(store, REPOSITORY, digest, "att", [attestation]);
    const sbom = {
      mediaType: "text/spdx+json",
      bytes: Buffer.from('{"spdxVersion":"SPDX-2.3"}'),
      annotations: {},
    };
    pushCosignTag(store, REPOSITORY, digest, "sbom", [sbom]);
    const { artifacts, incomplete } = await gather(image, storeSource(store));
    expect(incomplete).to.deep.equal([]);
    expect(artifacts.map(({ location }) => location)).to.deep.equal([
      `tag ${cosignTag(digest, "sig")} layer 1`,
      `tag ${cosignTag(digest, "sig")} layer 2`,
      `tag ${cosignTag(digest, "att")} layer 1`,
      `tag ${cosignTag(digest, "sbom")} layer 1`,
    ]);
    const { predicateType: _, ...annotations } = attestation.annotations;
    expect(artifacts.map(({ content }) => content)).to.deep.equal([
      ...signatures.map((layer) => ({
        kind: "simple-signing",
        bytes: layer.bytes,
        annotations: layer.annotations,
      })),
      { kind: "dsse-envelope", bytes: attestation.bytes, annotations },
      { kind: "document", bytes: sbom.bytes },
    ]);
    expect(new Set(artifacts.map(({ id }) => id)).size).to.equal(4);
  });

  it("finds cosign's older layers attached as referrers", async () => {
    const { pushed, image } = onePlatform();
    const layer = cosignSignature(sigstore, pushed.digest, { key: sharedKeyPair("P-256") });
    const artifactType = "application/vnd.dev.cosign.artifact.sig.v1+json";
    attachCosignLayers(store, REPOSITORY, pushed.descriptor, artifactType, [layer]);
    const { artifacts } = await gather(image, storeSource(store));
    expect(artifacts.map(brief)).to.deep.equal(["referrer simple-signing"]);
  });

  it("reads BuildKit's attestation manifests in the index", async () => {
    const pushed = pushBuildKitImage(store, REPOSITORY, {
      platforms: ["linux/amd64", "linux/arm64"],
      statements: (platform, digest) => [
        buildkitProvenanceV02({ subjects: [{ digest }], platform }),
        spdxStatement([{ digest }]),
      ],
    });
    const { artifacts, incomplete } = await gather(
      resolved(store, pushed, pushed.attestations),
      storeSource(store),
    );
    expect(incomplete).to.deep.equal([]);
    expect(artifacts.map(brief)).to.deep.equal(Array.from({ length: 4 }, () => "buildkit statement"));
    const [amd64, arm64] = pushed.platforms.map(({ descriptor }) => descriptor.digest);
    expect(artifacts.map(({ attachedTo }) => attachedTo)).to.deep.equal([amd64, amd64, arm64, arm64]);
  });

  it("names the same content once, with all places where it is", async () => {
    const pushed = store.pushImage(REPOSITORY, { platforms: ["linux/amd64", "linux/arm64"] });
    const bundle = bundleFor(pushed.digest);
    const first = attachBundle(store, REPOSITORY, pushed.descriptor, bundle);
    const [platform] = pushed.platforms;
    const second = attachBundle(store, REPOSITORY, platform?.descriptor ?? pushed.descriptor, bundle);
    const source = storeSource(store);
    const { artifacts } = await gather(resolved(store, pushed), source);
    expect(artifacts.map(({ location }) => location)).to.deep.equal([
      `referrer ${first.digest} layer 1; referrer ${second.digest} layer 1`,
    ]);
    expect(source.questions.filter((question) => question.startsWith("blob"))).to.have.length(1);
  });

  it("asks in three steps, however much there is, and never more at once than the bound", async () => {
    const { pushed, image } = onePlatform();
    for (let i = 0; i < 40; i++) attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(pushed.digest));
    const source = storeSource(store);
    const { artifacts } = await gather(image, source);
    expect(artifacts).to.have.length(40);
    expect(source.most()).to.equal(32);
    const kinds = source.questions.map((question) =>
      question.startsWith("manifest sha256:")
        ? "manifest"
        : question.startsWith("blob")
          ? "blob"
          : "list or tag",
    );
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).to.deep.equal([
      "list or tag",
      "manifest",
      "blob",
    ]);
    expect(source.questions).to.have.length(1 + 3 + 40 + 40);
  });

  it("gives the same list in the same order whoever answers first", async () => {
    const pushed = store.pushImage(REPOSITORY, { platforms: ["linux/amd64", "linux/arm64"] });
    for (const subject of [pushed.descriptor, ...pushed.platforms.map(({ descriptor }) => descriptor)]) {
      for (let i = 0; i < 4; i++) {
        attachBundle(store, REPOSITORY, subject, bundleFor(subject.digest), {
          created: `2026-01-0${1 + (i % 3)}T00:00:00Z`,
        });
      }
    }
    let seed = 1;
    const shuffled = storeSource(store, async () => {
      seed = (seed * 48_271) % 2_147_483_647;
      for (let turns = seed % 9; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      return undefined;
    });
    const image = resolved(store, pushed);
    const expected = await gather(image, storeSource(store));
    expect(expected.artifacts).to.have.length(12);
    for (let i = 0; i < 5; i++) expect(await gather(image, shuffled)).to.deep.equal(expected);
  });

  describe("what a registry or a stranger may do to it", () => {
    /** The good bundle is there; each case adds or spoils one thing. `others` is what must stand beside the good one. */
    const cases: readonly {
      name: string;
      spoil: (pushed: ReturnType<LabStore["pushImage"]>) => void;
      others: readonly string[];
    }[] = [
      {
        name: "T034 T044 a referrer of another image is listed",
        spoil: (pushed) => {
          const other = store.pushImage(REPOSITORY, { seed: "other" });
          const manifest = attachBundle(store, REPOSITORY, other.descriptor, "{}");
          store.addReferrer(REPOSITORY, pushed.digest, { ...manifest, artifactType: BUNDLE_TYPE });
        },
        others: ["referrer skipped subject.mismatch"],
      },
      {
        name: "T034 a manifest without subject is listed",
        spoil: (pushed) => {
          const layers = [store.pushBlob(REPOSITORY, "{}", BUNDLE_TYPE)];
          const manifest = store.push(REPOSITORY, { config: store.pushBlob(REPOSITORY, "{}"), layers });
          store.addReferrer(REPOSITORY, pushed.digest, { ...manifest, artifactType: BUNDLE_TYPE });
        },
        others: ["referrer skipped subject.mismatch"],
      },
      {
        name: "T034 the subject has a wrong size",
        spoil: (pushed) => {
          attachBundle(store, REPOSITORY, { ...pushed.descriptor, size: pushed.descriptor.size + 1 }, "{}");
        },
        others: ["referrer skipped subject.mismatch"],
      },
      {
        name: "T039 the image itself is listed, and twice",
        spoil: (pushed) => {
          store.addReferrer(REPOSITORY, pushed.digest, pushed.descriptor);
          store.addReferrer(REPOSITORY, pushed.digest, pushed.descriptor);
        },
        others: ["referrer skipped subject.mismatch"],
      },
      {
        name: "T039 a referrer of a referrer is not followed",
        spoil: (pushed) => {
          const first = attachBundle(store, REPOSITORY, pushed.descriptor, "no bundle");
          attachBundle(store, REPOSITORY, first, bundleFor(first.digest));
        },
        others: ["referrer sigstore-bundle"],
      },
      {
        name: "A141 T053 a referrer has no layers",
        spoil: (pushed) => {
          const { mediaType, digest, size } = pushed.descriptor;
          const config = store.pushBlob(REPOSITORY, "{}");
          const subject = { mediaType, digest, size };
          store.push(REPOSITORY, { artifactType: BUNDLE_TYPE, config, layers: [], subject });
        },
        others: ["referrer skipped evidence.no_payload"],
      },
      {
        name: "A141 a bundle is garbage: what it is not, verification will say",
        spoil: (pushed) => attachBundle(store, REPOSITORY, pushed.descriptor, "\u0000garbage"),
        others: ["referrer sigstore-bundle"],
      },
      {
        name: "A141 a listed manifest is missing",
        spoil: (pushed) => {
          const descriptor = { mediaType: OCI_MANIFEST, digest: `sha256:${"00".repeat(32)}`, size: 2 };
          store.addReferrer(REPOSITORY, pushed.digest, { ...descriptor, artifactType: BUNDLE_TYPE });
        },
        others: ["referrer skipped evidence.no_payload"],
      },
      {
        name: "A141 a blob is missing",
        spoil: (pushed) => {
          attachBundle(store, REPOSITORY, pushed.descriptor, "gone");
          store.repository(REPOSITORY).blobs.delete(digestOf(Buffer.from("gone")));
        },
        others: ["referrer skipped evidence.no_payload"],
      },
      {
        name: "A141 a manifest is no manifest",
        spoil: (pushed) => {
          const text = `{"schemaVersion":2,"subject":{"digest":"${pushed.digest}"},"config":{"mediaType":"${BUNDLE_TYPE}"}}`;
          store.pushManifest(REPOSITORY, text, OCI_MANIFEST);
        },
        others: ["referrer skipped evidence.format_unknown"],
      },
      {
        name: "an index as referrer is not followed",
        spoil: ({ descriptor: { mediaType, digest, size } }) => {
          const subject = { mediaType, digest, size };
          store.pushIndex(REPOSITORY, { artifactType: BUNDLE_TYPE, manifests: [], subject });
        },
        others: ["referrer skipped evidence.media_type_unknown"],
      },
      {
        name: "T035 the tag .att leads to an image",
        spoil: (pushed) =>
          store.pushImage(REPOSITORY, { seed: "other", tag: cosignTag(pushed.digest, "att") }),
        others: ["cosign-tag skipped evidence.media_type_unknown"],
      },
      {
        name: "T035 the tag .att leads to an index",
        spoil: (pushed) => store.pushIndex(REPOSITORY, { manifests: [] }, cosignTag(pushed.digest, "att")),
        others: ["cosign-tag skipped evidence.media_type_unknown"],
      },
      {
        name: "T035 the tag .att leads to no manifest",
        spoil: (pushed) =>
          store.pushManifest(REPOSITORY, "{}", OCI_MANIFEST, cosignTag(pushed.digest, "att")),
        others: ["cosign-tag skipped evidence.format_unknown"],
      },
      {
        name: "a signature of the Notary Project is reported as not supported",
        spoil: (pushed) =>
          store.pushReferrer(REPOSITORY, pushed.descriptor, "application/vnd.cncf.notary.signature", "{}"),
        others: ["referrer unsupported evidence.format_unsupported"],
      },
    ];
    for (const { name, spoil, others } of cases) {
      it(`${name}; the good bundle still counts, and nothing is missing`, async () => {
        const { pushed, image } = onePlatform();
        const good = bundleFor(pushed.digest);
        spoil(pushed);
        attachBundle(store, REPOSITORY, pushed.descriptor, good);
        const { artifacts, incomplete } = await gather(image, storeSource(store));
        const id = digestOf(Buffer.from(JSON.stringify(good)));
        const found = artifacts.find((artifact) => artifact.id === id);
        expect(found?.content.kind).to.equal("sigstore-bundle");
        expect(artifacts.filter((artifact) => artifact.id !== id).map(brief)).to.deep.equal(others);
        expect(incomplete).to.deep.equal([]);
      });
    }

    it("T037 T045 tells what something is by its content, whatever type and annotations claim", async () => {
      const { pushed, image } = onePlatform();
      const bundle = bundleFor(pushed.digest);
      attachBundle(store, REPOSITORY, pushed.descriptor, bundle, { mediaType: "application/spdx+json" });
      const { artifacts } = await gather(image, storeSource(store));
      expect(artifacts.map(brief)).to.deep.equal(["referrer sigstore-bundle"]);
    });

    it("T038 lists what it does not know, and fetches none of its blobs", async () => {
      const { pushed, image } = onePlatform();
      store.pushReferrer(REPOSITORY, pushed.descriptor, "application/vnd.example.scan", "x");
      const source = storeSource(store);
      const { artifacts, incomplete } = await gather(image, source);
      expect(artifacts.map(brief)).to.deep.equal(["referrer skipped evidence.media_type_unknown"]);
      expect(incomplete).to.deep.equal([]);
      expect(source.questions.filter((question) => / sha256:/.test(question))).to.deep.equal([
        `list ${pushed.digest}`,
        `manifest ${artifacts[0]?.id}`,
      ]);
    });

    it("T037 takes a bundle by its layer's type under whatever artifact type, as cosign does", async () => {
      const { pushed, image } = onePlatform();
      const attach = (type: string, layers: readonly { mediaType: string; bytes: string }[]) => {
        const { mediaType, digest, size } = pushed.descriptor;
        const described = layers.map((layer) => {
          const bytes = Buffer.from(layer.bytes);
          store.pushBlob(REPOSITORY, bytes);
          return { mediaType: layer.mediaType, digest: digestOf(bytes), size: bytes.length };
        });
        store.pushBlob(REPOSITORY, "{}");
        const config = {
          mediaType: "application/vnd.oci.empty.v1+json",
          digest: digestOf(Buffer.from("{}")),
          size: 2,
        };
        const manifest = {
          schemaVersion: 2,
          mediaType: OCI_MANIFEST,
          artifactType: type,
          config,
          layers: described,
          subject: { mediaType, digest, size },
        };
        store.pushManifest(REPOSITORY, JSON.stringify(manifest), OCI_MANIFEST);
      };
      const bundle = JSON.stringify(bundleFor(pushed.digest));
      attach("application/vnd.example.attestation", [{ mediaType: BUNDLE_TYPE, bytes: bundle }]);
      attach("application/vnd.example.two", [
        { mediaType: BUNDLE_TYPE, bytes: `${bundle} ` },
        { mediaType: BUNDLE_TYPE, bytes: `${bundle}  ` },
      ]);
      attach("application/vnd.example.other", [{ mediaType: "application/json", bytes: `${bundle}   ` }]);
      const { artifacts, incomplete } = await gather(image, storeSource(store));
      expect(artifacts.map(brief).toSorted()).to.deep.equal([
        "referrer sigstore-bundle",
        "referrer skipped evidence.media_type_unknown",
        "referrer skipped evidence.media_type_unknown",
      ]);
      expect(incomplete).to.deep.equal([]);
    });

    it("A004 follows some referrers of types that are not known, and lists the others; nothing is missing", async () => {
      const { pushed, image } = onePlatform();
      for (let index = 0; index < 60; index++) {
        store.pushReferrer(REPOSITORY, pushed.descriptor, "application/vnd.example.scan", `x${index}`);
      }
      attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(pushed.digest));
      const source = storeSource(store);
      const { artifacts, incomplete } = await gather(image, source);
      expect(incomplete).to.deep.equal([]);
      expect(artifacts).to.have.length(61);
      expect(artifacts.filter(({ content }) => content.kind === "sigstore-bundle")).to.have.length(1);
      expect(source.questions.filter((question) => question.startsWith("manifest sha256:"))).to.have.length(
        33,
      );
    });

    it("T037 looks into a referrer whose type says nothing", async () => {
      const { pushed, image } = onePlatform();
      const { mediaType, digest, size } = pushed.descriptor;
      const layers = [store.pushBlob(REPOSITORY, JSON.stringify(bundleFor(digest)), BUNDLE_TYPE)];
      const config = store.pushBlob(REPOSITORY, "{}", "application/vnd.oci.empty.v1+json");
      store.push(REPOSITORY, { config, layers, subject: { mediaType, digest, size } });
      const { artifacts } = await gather(image, storeSource(store));
      expect(artifacts.map(brief)).to.deep.equal(["referrer sigstore-bundle"]);
    });

    it("T043 asks nowhere but in the image's own repository", async () => {
      const { pushed, image } = onePlatform();
      attachBundle(store, "acme/other", pushed.descriptor, bundleFor(pushed.digest));
      expect(await gather(image, storeSource(store))).to.deep.equal({ artifacts: [], incomplete: [] });
    });
  });

  describe("failures of the registry never read as absence", () => {
    const failing: readonly {
      name: string;
      when: (question: Question) => boolean;
      artifacts: readonly string[];
    }[] = [
      { name: "T036 the list", when: (question) => question.startsWith("list"), artifacts: [] },
      {
        name: "a tag",
        when: (question) => question.endsWith(".att"),
        artifacts: ["referrer sigstore-bundle", "cosign-tag unreachable registry.unavailable"],
      },
      {
        name: "a manifest",
        when: (question) => question.startsWith("manifest sha256:"),
        artifacts: ["referrer unreachable registry.unavailable"],
      },
      {
        name: "a blob",
        when: (question) => question.startsWith("blob"),
        artifacts: ["referrer unreachable registry.unavailable"],
      },
    ];
    for (const { name, when, artifacts } of failing) {
      it(`${name} fails`, async () => {
        const { pushed, image } = onePlatform();
        attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(pushed.digest));
        const found = await gather(
          image,
          storeSource(store, (question) => (when(question) ? unavailable() : undefined)),
        );
        expect(found.artifacts.map(brief)).to.deep.equal(artifacts);
        expect(found.incomplete.map(({ code }) => code)).to.deep.equal(["registry.unavailable"]);
      });
    }

    it("A118 a list that was cut is not complete", async () => {
      const { image } = onePlatform();
      const source = storeSource(store);
      const cut: StoreSource = {
        ...source,
        referrers: async () => ({ ok: true, value: { descriptors: [], via: "api", truncated: true } }),
      };
      const { incomplete } = await gather(image, cut);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(["evidence.list_incomplete"]);
    });

    it("a source that throws is a fault of ours, and is said", async () => {
      const { image } = onePlatform();
      const throwing = storeSource(store, (question) => {
        // oxlint-disable-next-line typescript/only-throw-error -- whatever is thrown must become a value
        if (question.startsWith("list")) throw "not even an error";
        return undefined;
      });
      const { artifacts, incomplete } = await gather(image, throwing);
      expect(artifacts).to.deep.equal([]);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(["internal"]);
    });

    it("at the deadline, what has come is returned and the rest is said to be open", async () => {
      const { pushed, image } = onePlatform();
      attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(pushed.digest), {
        created: "2026-02-02T00:00:00Z",
      });
      attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(pushed.digest));
      const deadline = new AbortController();
      let blobs = 0;
      const stalling = storeSource(store, (question) => {
        if (!question.startsWith("blob") || blobs++ === 0) return undefined;
        setImmediate(() => deadline.abort());
        return new Promise<never>(() => {});
      });
      const { artifacts, incomplete } = await gather(image, stalling, { signal: deadline.signal });
      expect(artifacts.map(brief)).to.deep.equal([
        "referrer sigstore-bundle",
        "referrer unreachable registry.timeout",
      ]);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(["registry.timeout"]);
    });

    it("asks nothing once the deadline has passed", async () => {
      const { image } = onePlatform();
      const source = storeSource(store);
      const { incomplete } = await gather(image, source, { signal: AbortSignal.abort() });
      expect(source.questions).to.deep.equal([]);
      expect(new Set(incomplete.map(({ code }) => code))).to.deep.equal(new Set(["registry.timeout"]));
    });
  });

  describe("caps", () => {
    const over = ["evidence.limit_exceeded"];

    it("T040 T041 A004 A084 fetches known types first, then the newest, and says what it left", async () => {
      const { pushed, image } = onePlatform();
      const { mediaType, digest, size } = pushed.descriptor;
      const config = store.pushBlob(REPOSITORY, "{}", "application/vnd.oci.empty.v1+json");
      for (let i = 0; i < 500; i++) {
        const layers = [store.pushBlob(REPOSITORY, `junk ${i}`)];
        store.push(REPOSITORY, { config, layers, subject: { mediaType, digest, size } });
      }
      attachBundle(store, REPOSITORY, pushed.descriptor, bundleFor(digest), {
        created: "2026-01-01T00:00:00Z",
      });
      const source = storeSource(store);
      const { artifacts, incomplete } = await gather(image, source);
      expect(artifacts.filter(({ content }) => content.kind === "sigstore-bundle")).to.have.length(1);
      expect(source.questions.filter((question) => question.startsWith("manifest sha256:"))).to.have.length(
        200,
      );
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
      expect(artifacts).to.have.length(501);
    });

    for (const { position, kind } of [
      { position: 1, kind: "sigstore-bundle" },
      { position: 3, kind: "sigstore-bundle" },
      { position: 4, kind: "skipped" },
    ]) {
      it(`T040 T041 the bundle wanted is number ${position} of 5, with a cap of 3`, async () => {
        const { pushed, image } = onePlatform();
        const wanted = bundleFor(pushed.digest);
        for (let i = 1; i <= 5; i++) {
          const bundle = i === position ? wanted : bundleFor(pushed.digest);
          attachBundle(store, REPOSITORY, pushed.descriptor, bundle, {
            created: `2026-01-0${9 - i}T00:00:00Z`,
          });
        }
        const { artifacts, incomplete } = await gather(image, storeSource(store), {
          limits: { referrers: 3 },
        });
        expect(artifacts[position - 1]?.content.kind).to.equal(kind);
        expect(artifacts.filter(({ content }) => content.kind === "skipped")).to.have.length(2);
        expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
      });
    }

    it("A005 fetches no blob whose descriptor names more bytes than are read", async () => {
      const { pushed, image } = onePlatform();
      attachBundle(store, REPOSITORY, pushed.descriptor, "x".repeat(101));
      const source = storeSource(store);
      const { artifacts, incomplete } = await gather(image, source, { limits: { blobBytes: 100 } });
      expect(artifacts.map(brief)).to.deep.equal(["referrer skipped evidence.limit_exceeded"]);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
      expect(source.questions.filter((question) => question.startsWith("blob"))).to.deep.equal([]);
    });

    it("A005 fetches no more bytes than the whole image is allowed", async () => {
      const { pushed, image } = onePlatform();
      for (const name of ["a", "b", "c"])
        attachBundle(store, REPOSITORY, pushed.descriptor, name.repeat(100));
      const { artifacts, incomplete } = await gather(image, storeSource(store), {
        limits: { totalBytes: 250 },
      });
      expect(artifacts.map(brief)).to.deep.equal([
        "referrer sigstore-bundle",
        "referrer sigstore-bundle",
        "referrer skipped evidence.limit_exceeded",
      ]);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
    });

    it("A006 looks at no more layers of a manifest than the limit", async () => {
      const { pushed, image } = onePlatform();
      const layers = Array.from({ length: 150 }, (_, i) => {
        return {
          mediaType: "application/vnd.dsse.envelope.v1+json",
          bytes: Buffer.from(`{"payload":"${i}"}`),
          annotations: {},
        };
      });
      pushCosignTag(store, REPOSITORY, pushed.digest, "att", layers);
      const source = storeSource(store);
      const { artifacts, incomplete } = await gather(image, source);
      expect(source.questions.filter((question) => question.startsWith("blob"))).to.have.length(100);
      expect(artifacts.filter(({ content }) => content.kind === "skipped").map(brief)).to.deep.equal([
        "cosign-tag skipped evidence.limit_exceeded",
      ]);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
    });

    it("names at least one reason of every kind, however many there are", async () => {
      const { pushed, image } = onePlatform();
      for (let i = 0; i < 80; i++) {
        attachBundle(store, REPOSITORY, pushed.descriptor, `${i}`, {
          created: `2026-01-01T00:00:${10 + (i % 50)}Z`,
        });
      }
      const source = storeSource(store, (question) =>
        question.startsWith("blob")
          ? { ok: false, reason: { code: "registry.limit_exceeded", message: question } }
          : question.endsWith(".sbom")
            ? unavailable()
            : undefined,
      );
      const { incomplete } = await gather(image, source);
      const codes = incomplete.map(({ code }) => code);
      expect(codes).to.have.length(51);
      expect(codes.at(-1)).to.equal("registry.unavailable");
    });

    it("asks about no more platforms than the limit", async () => {
      const platforms = Array.from({ length: 4 }, (_, i) => `linux/p${i}`);
      const pushed = store.pushImage(REPOSITORY, { platforms });
      const source = storeSource(store);
      const { incomplete } = await gather(resolved(store, pushed), source, { limits: { platforms: 2 } });
      expect(source.questions.filter((question) => question.startsWith("list"))).to.have.length(3);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
    });

    it("names no more of what it left aside than the limit", async () => {
      const { pushed, image } = onePlatform();
      for (let i = 0; i < 5; i++)
        store.pushReferrer(REPOSITORY, pushed.descriptor, "application/x-foreign", `${i}`);
      const { artifacts, incomplete } = await gather(image, storeSource(store), { limits: { leftAside: 2 } });
      expect(artifacts).to.have.length(2);
      expect(incomplete.map(({ code }) => code)).to.deep.equal(over);
    });
  });

  it("says so when a file that was named is not there", async () => {
    const { image } = onePlatform();
    const { incomplete } = await gather(image, null, { from: { files: ["/nowhere/at all"] } });
    expect(incomplete.map(({ code }) => code)).to.deep.equal(["evidence.file_not_found"]);
  });

  it("needs no registry where only a digest is known", async () => {
    const { image } = onePlatform();
    const digest = asDigest(`sha256:${"ab".repeat(32)}`);
    const offline = { ...image, digest, root: null, platformManifests: [] };
    expect(await gather(offline, null)).to.deep.equal({ artifacts: [], incomplete: [] });
  });
});
