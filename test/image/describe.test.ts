import { expect } from "chai";
import { describeImage, parseReference, resolveImage, type DescribeOptions } from "../../src/image/index.ts";
import { parseImageConfig } from "../../src/image/config.ts";
import { createRegistry, type Registry } from "../../src/registry/index.ts";
import { startLabRegistry, type LabRegistry } from "../lab/registry.ts";
import { OCI_CONFIG } from "../lab/registry/store.ts";

const REPOSITORY = "acme/app";
const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(10_000) });

describe("describeImage", () => {
  let lab: LabRegistry;
  let client: Registry;
  beforeEach(async () => {
    lab = await startLabRegistry();
    client = createRegistry({ limits: { backoffMs: 1, attempts: 2 } });
  });
  afterEach(async () => {
    client.close();
    await lab.close();
  });

  async function describeTag(tag: string, options: Partial<DescribeOptions> = {}) {
    const reference = parseReference(`${lab.host}/${REPOSITORY}:${tag}`);
    if (!reference.ok) throw new Error(reference.reason.message);
    const image = await resolveImage(client, reference.value, soon());
    if (!image.ok) throw new Error(image.reason.message);
    return describeImage(client, image.value, { ...soon(), ...options });
  }

  it("reads the config of a single manifest with one more request", async () => {
    const config = {
      User: "1000",
      Labels: { a: "b" },
      Env: ["A=1"],
      Entrypoint: ["/app"],
      Cmd: null,
      WorkingDir: "/w",
      ExposedPorts: { "80/tcp": {} },
    };
    const image = lab.pushImage(REPOSITORY, { tag: "1", config, annotations: { x: "y" } });
    const [layer] = lab.repository(REPOSITORY).blobs.keys();
    expect(await describeTag("1")).to.deep.equal({
      platforms: [
        {
          platform: "linux/amd64",
          digest: image.digest,
          config: {
            created: "2026-01-02T03:04:05Z",
            user: "1000",
            labels: { a: "b" },
            environment: ["A=1"],
            entrypoint: ["/app"],
            command: null,
            workingDirectory: "/w",
            exposedPorts: ["80/tcp"],
          },
          layers: [layer],
          annotations: { x: "y" },
        },
      ],
      faults: [],
    });
    expect(lab.requests.map(({ kind }) => kind)).to.deep.equal(["manifest", "blob"]);
  });

  it("reads all platforms of an index, or the one that is wanted", async () => {
    const platforms = ["linux/amd64", "linux/arm64/v8", "windows/amd64"];
    lab.pushImage(REPOSITORY, { tag: "1", platforms });
    const all = await describeTag("1");
    expect(all.platforms.map(({ platform }) => platform)).to.deep.equal(platforms);
    expect(all.faults).to.deep.equal([]);
    expect(lab.requests).to.have.length(1 + 2 * 3);
    const one = await describeTag("1", { platform: "linux/arm64/v8" });
    expect(one.platforms.map(({ platform }) => platform)).to.deep.equal(["linux/arm64/v8"]);
    expect(lab.requests).to.have.length(7 + 1 + 2);
  });

  it("T011 asks by digest only, though the tag moves between all requests", async () => {
    const image = lab.pushImage(REPOSITORY, { tag: "1", platforms: ["linux/amd64", "linux/arm64"] });
    let moves = 0;
    lab.misbehave = () => {
      lab.pushImage(REPOSITORY, { tag: "1", seed: `moved ${++moves}` });
      return undefined;
    };
    const described = await describeTag("1");
    const digests = described.platforms.map(({ digest }) => digest);
    expect(digests).to.deep.equal(image.platforms.map(({ descriptor }) => descriptor.digest));
    expect(lab.requests.slice(1).every(({ reference }) => reference.startsWith("sha256:"))).to.equal(true);
  });

  it("T052 takes the layers from the manifest, whatever the config says", async () => {
    const layers = [lab.pushBlob(REPOSITORY, "one"), lab.pushBlob(REPOSITORY, "two")];
    const lie = { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: ["sha256:none"] } };
    const config = lab.pushBlob(REPOSITORY, JSON.stringify(lie), OCI_CONFIG);
    lab.push(REPOSITORY, { config, layers }, "1");
    const described = await describeTag("1");
    expect(described.platforms[0]?.layers).to.deep.equal(layers.map(({ digest }) => digest));
  });

  it("T016 a config or platform that cannot be had is a fault beside the rest, and still a platform", async () => {
    const image = lab.pushImage(REPOSITORY, { tag: "1", platforms: ["linux/amd64", "linux/arm64"] });
    const arm = image.platforms[1]?.descriptor.digest ?? "";
    lab.misbehave = ({ reference }) => (reference === arm ? { status: 500 } : undefined);
    const described = await describeTag("1");
    expect(described.platforms.map(({ platform }) => platform)).to.deep.equal(["linux/amd64", "linux/arm64"]);
    expect(described.platforms[1]).to.deep.equal({
      platform: "linux/arm64",
      digest: arm,
      config: null,
      layers: [],
      annotations: {},
    });
    expect(described.faults.map(({ code }) => code)).to.deep.equal(["registry.unavailable"]);
    lab.misbehave = ({ kind }) => (kind === "blob" ? { body: "{}" } : undefined);
    const configless = await describeTag("1");
    expect(configless.platforms.map(({ platform, config }) => [platform, config])).to.deep.equal([
      ["linux/amd64", null],
      ["linux/arm64", null],
    ]);
    expect(configless.faults.map(({ code }) => code)).to.deep.equal([
      "registry.size_mismatch",
      "registry.size_mismatch",
    ]);
  });

  it("T048 a config of more than 4 MiB is not fetched", async () => {
    const config = { ...lab.pushBlob(REPOSITORY, "{}", OCI_CONFIG), size: 4 * 1024 * 1024 + 1 };
    lab.push(REPOSITORY, { config, layers: [] }, "1");
    const described = await describeTag("1");
    expect(described.faults.map(({ code }) => code)).to.deep.equal(["registry.limit_exceeded"]);
    expect(lab.requests).to.have.length(1);
  });

  it("what is no container image has no config, and says so", async () => {
    lab.push(REPOSITORY, { config: lab.pushBlob(REPOSITORY, "{}", "application/x"), layers: [] }, "1");
    const described = await describeTag("1");
    expect(described.platforms).to.have.length(1);
    expect(described.platforms[0]).to.deep.include({ platform: "unknown", config: null, layers: [] });
    expect(described.faults.map(({ code }) => code)).to.deep.equal(["image.config_unknown"]);
  });

  it("an index inside an index is a fault", async () => {
    const inner = lab.pushIndex(REPOSITORY, { manifests: [] });
    const platform = { os: "linux", architecture: "amd64" };
    lab.pushIndex(REPOSITORY, { manifests: [{ ...inner, platform }] }, "1");
    const described = await describeTag("1");
    expect(described.platforms.map(({ digest }) => digest)).to.deep.equal([inner.digest]);
    expect(described.faults.map(({ code }) => code)).to.deep.equal(["image.not_a_manifest"]);
  });

  it("A006 more platforms than are read are a fault", async () => {
    const [only] = lab.pushImage(REPOSITORY).platforms;
    const manifests = Array.from({ length: 65 }, (_, i) => ({
      ...only?.descriptor,
      platform: { os: "linux", architecture: `a${i}` },
    }));
    lab.pushIndex(REPOSITORY, { manifests }, "1");
    const described = await describeTag("1");
    expect(described.platforms).to.have.length(65);
    expect(described.platforms[64]).to.deep.include({ platform: "linux/a64", config: null });
    expect(described.faults.map(({ code }) => code)).to.deep.equal(["image.limit_exceeded"]);
  });

  it("describes nothing where nothing may be asked", async () => {
    lab.pushImage(REPOSITORY, { tag: "1" });
    const reference = parseReference(`${lab.host}/${REPOSITORY}:1`);
    if (!reference.ok) throw new Error(reference.reason.message);
    const image = await resolveImage(client, reference.value, soon());
    if (!image.ok) throw new Error(image.reason.message);
    expect(await describeImage(null, image.value, soon())).to.deep.equal({ platforms: [], faults: [] });
  });
});

describe("parseImageConfig", () => {
  const read = (document: unknown) => parseImageConfig(Buffer.from(JSON.stringify(document)));

  it("says null for what is not stated", () => {
    const none = {
      created: null,
      user: null,
      labels: {},
      environment: [],
      entrypoint: null,
      command: null,
      workingDirectory: null,
      exposedPorts: [],
    };
    const nulls = {
      User: null,
      Labels: null,
      Env: null,
      Entrypoint: null,
      Cmd: null,
      WorkingDir: null,
      ExposedPorts: null,
    };
    for (const document of [
      {},
      { config: null },
      { config: {} },
      { config: nulls },
      { config: { User: "" } },
    ]) {
      expect(read(document)).to.deep.equal({ ok: true, value: { config: none, platform: null } });
    }
  });

  it("keeps an empty list of words apart from none, and takes one word for a list of one", () => {
    const result = read({ config: { Entrypoint: [], Cmd: "sh" } });
    expect(result.ok && result.value.config).to.deep.include({ entrypoint: [], command: ["sh"] });
  });

  const bad: readonly (readonly [string, unknown])[] = [
    ["a list", []],
    ["a config that is a list", { config: [] }],
    ["a user that is a number", { config: { User: 0 } }],
    ["labels that are no strings", { config: { Labels: { a: 1 } } }],
    ["environment that is no list", { config: { Env: { A: "1" } } }],
    ["environment with a number", { config: { Env: ["A=1", 2] } }],
    ["ports that are a list", { config: { ExposedPorts: ["80"] } }],
    ["created that is a number", { created: 5 }],
    ["user beside User", { config: { User: "1000", user: "root" } }],
    ["USER alone", { config: { USER: "root" } }],
    ["Config beside config", { config: {}, Config: { User: "root" } }],
    ["the long s", { config: { "U\u017fer": "root" } }],
  ];
  for (const [name, document] of bad) {
    it(`A123 refuses ${name}`, () => {
      const result = read(document);
      expect(!result.ok && result.reason.code).to.equal("image.config_invalid");
    });
  }

  it("T054 refuses duplicate keys and bytes that are no UTF-8", () => {
    const texts = [Buffer.from(`{"config":{"User":"1000","User":"root"}}`), Buffer.from([0x7b, 0xff, 0x7d])];
    for (const bytes of texts) {
      const result = parseImageConfig(bytes);
      expect(!result.ok && result.reason.code).to.equal("image.config_invalid");
    }
  });
});
