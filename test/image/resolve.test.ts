import { expect } from "chai";
import { offlineImage, parseReference, resolveImage, type ImageReference } from "../../src/image/index.ts";
import { createRegistry, type Descriptor, type Registry } from "../../src/registry/index.ts";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";

const REPOSITORY = "acme/app";
const signal = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(10_000) });

describe("resolveImage", () => {
  let lab: LabRegistry;
  let client: Registry;
  beforeEach(async () => {
    lab = await startLabRegistry();
    client = createRegistry({ limits: { backoffMs: 1 } });
  });
  afterEach(async () => {
    client.close();
    await lab.close();
  });

  function reference(suffix: string): ImageReference {
    const parsed = parseReference(`${lab.host}/${REPOSITORY}${suffix}`);
    if (!parsed.ok) throw new Error(parsed.reason.message);
    return parsed.value;
  }

  async function resolved(suffix: string) {
    const image = await resolveImage(client, reference(suffix), signal());
    if (!image.ok) throw new Error(image.reason.message);
    return image.value;
  }

  it("T011 A054 settles a tag with exactly one request", async () => {
    const image = lab.pushImage(REPOSITORY, { tag: "1" });
    const found = await resolved(":1");
    expect(found.digest).to.equal(image.digest);
    expect(found.root?.digest).to.equal(image.digest);
    expect(found.platformManifests).to.deep.equal([
      { digest: image.digest, size: image.descriptor.size, platform: null },
    ]);
    expect(found.attestationManifests).to.deep.equal([]);
    expect(lab.requests.map(({ method, reference: asked }) => `${method} ${asked}`)).to.deep.equal(["GET 1"]);
  });

  it("A121 T006 asks by digest alone where there is one, wherever the tag points", async () => {
    const image = lab.pushImage(REPOSITORY, { seed: "old" });
    lab.pushImage(REPOSITORY, { tag: "1", seed: "new" });
    const found = await resolved(`:1@${image.digest}`);
    expect(found.digest).to.equal(image.digest);
    expect(lab.requests.map(({ reference: asked }) => asked)).to.deep.equal([image.digest]);
  });

  it("A055 a digest that the registry answers with other bytes is refused", async () => {
    const image = lab.pushImage(REPOSITORY, { seed: "good" });
    const evil = lab.pushImage(REPOSITORY, { seed: "evil" });
    const bytes = lab.repository(REPOSITORY).manifests.get(evil.digest)?.bytes ?? new Uint8Array();
    lab.misbehave = () => ({ body: bytes, headers: { "docker-content-digest": image.digest } });
    const found = await resolveImage(client, reference(`@${image.digest}`), signal());
    expect(!found.ok && found.reason.code).to.equal("registry.digest_mismatch");
  });

  it("A055 a source that answers with another digest is not believed", async () => {
    const image = lab.pushImage(REPOSITORY, { seed: "good" });
    const other = lab.pushImage(REPOSITORY, { seed: "other" });
    const lying: Pick<Registry, "manifest" | "blob" | "referrers"> = {
      manifest: (name, _, options) => client.manifest(name, other.digest, options),
      blob: (...given) => client.blob(...given),
      referrers: (...given) => client.referrers(...given),
    };
    const found = await resolveImage(lying, reference(`@${image.digest}`), signal());
    expect(!found.ok && found.reason.code).to.equal("registry.digest_mismatch");
  });

  it("passes on why the registry did not answer", async () => {
    const found = await resolveImage(client, reference(":none"), signal());
    expect(!found.ok && found.reason.code).to.equal("registry.not_found");
  });

  describe("the manifests of an index", () => {
    const attestation = (digest: string) => ({
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest,
      },
      platform: { os: "unknown", architecture: "unknown" },
    });
    function child(text: string): Descriptor {
      return lab.push(REPOSITORY, { config: lab.pushBlob(REPOSITORY, text), layers: [] });
    }

    it("T016 T017 are its platforms, and BuildKit's attestations apart with what they speak of", async () => {
      const amd = child("amd");
      const arm = child("arm");
      const about = child("attestation");
      const manifests = [
        { ...amd, platform: { os: "linux", architecture: "amd64" } },
        { ...arm, platform: { os: "linux", architecture: "arm64", variant: "v8" } },
        { ...about, ...attestation(amd.digest) },
      ];
      lab.pushIndex(REPOSITORY, { manifests }, "1");
      const found = await resolved(":1");
      expect(found.platformManifests).to.deep.equal([
        { digest: amd.digest, size: amd.size, platform: "linux/amd64" },
        { digest: arm.digest, size: arm.size, platform: "linux/arm64/v8" },
      ]);
      expect(found.attestationManifests).to.deep.equal([
        { digest: about.digest, size: about.size, platform: amd.digest },
      ]);
    });

    it("T018 all count as platforms that a runtime could run", async () => {
      const one = child("one");
      const two = child("two");
      const linux = { os: "linux", architecture: "amd64" };
      const unknown = { os: "unknown", architecture: "unknown" };
      const manifests = [
        { ...one, platform: linux },
        { ...two, platform: linux },
        // Called an attestation, under a platform on which it would run.
        { ...two, ...attestation(one.digest), platform: { os: "linux", architecture: "s390x" } },
        { ...two, ...attestation(one.digest), platform: undefined },
        { ...two, ...attestation("sha256:../../x") },
        { ...two, platform: unknown },
        { ...one, platform: { os: "a/b", architecture: "c d" } },
        // The same once more.
        { ...one, platform: linux },
      ];
      lab.pushIndex(REPOSITORY, { manifests }, "1");
      const found = await resolved(":1");
      expect(found.attestationManifests).to.deep.equal([]);
      expect(found.platformManifests.map(({ digest, platform }) => [digest, platform])).to.deep.equal([
        [one.digest, "linux/amd64"],
        [two.digest, "linux/amd64"],
        [two.digest, "linux/s390x"],
        [two.digest, null],
        [two.digest, "unknown/unknown"],
        [one.digest, null],
      ]);
    });

    it("may be none", async () => {
      lab.pushIndex(REPOSITORY, { manifests: null }, "1");
      expect((await resolved(":1")).platformManifests).to.deep.equal([]);
    });
  });
});

describe("offlineImage", () => {
  it("knows the digest and nothing more", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const reference = parseReference(`app@${digest}`);
    if (!reference.ok) throw new Error(reference.reason.message);
    expect(offlineImage(reference.value)).to.deep.equal({
      reference: reference.value,
      digest,
      root: null,
      platformManifests: [],
      attestationManifests: [],
    });
  });

  it("is not made of a tag", () => {
    const reference = parseReference("app:1");
    if (!reference.ok) throw new Error(reference.reason.message);
    expect(() => offlineImage(reference.value)).to.throw(TypeError);
  });
});
