import { expect } from "chai";
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "../../src/registry/manifest.ts";
import { parseDescriptor, parseManifest } from "../../src/registry/index.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const descriptor = { mediaType: "application/octet-stream", digest: DIGEST, size: 5 };
const parsed = { ...descriptor, annotations: {} };
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] };

function parse(document: unknown, contentType?: string) {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return parseManifest(Buffer.from(text), contentType);
}

function code(document: unknown, contentType?: string): string {
  const result = parse(document, contentType);
  return result.ok ? result.value.kind : result.reason.code;
}

describe("parseManifest", () => {
  it("reads an image manifest with all it may say", () => {
    const annotations = { a: "1", __proto__x: "2" };
    const document = { ...image, artifactType: "x/y", subject: descriptor, annotations };
    expect(parse(document, OCI_MANIFEST)).to.deep.equal({
      ok: true,
      value: {
        kind: "manifest",
        mediaType: OCI_MANIFEST,
        artifactType: "x/y",
        config: parsed,
        layers: [parsed],
        subject: parsed,
        annotations,
      },
    });
  });

  it("reads an index with platforms", () => {
    const platform = { os: "linux", architecture: "arm64", variant: "v8", "os.version": "1" };
    const document = { ...index, manifests: [{ ...descriptor, platform }] };
    expect(parse(document)).to.deep.equal({
      ok: true,
      value: {
        kind: "index",
        mediaType: OCI_INDEX,
        manifests: [{ ...parsed, platform: { os: "linux", architecture: "arm64", variant: "v8" } }],
        annotations: {},
      },
    });
  });

  describe("T051 A123 media types and shapes", () => {
    const { mediaType: _, ...bareImage } = image;
    const { mediaType: __, ...bareIndex } = index;
    const refused = "registry.media_type";
    const table: readonly (readonly [string, unknown, string | undefined, string])[] = [
      ["an image manifest under its type", image, OCI_MANIFEST, "manifest"],
      ["an image manifest under none", image, undefined, "manifest"],
      ["Docker's manifest", { ...image, mediaType: DOCKER_MANIFEST }, DOCKER_MANIFEST, "manifest"],
      ["Docker's list", { ...index, mediaType: DOCKER_LIST }, DOCKER_LIST, "index"],
      ["a bare image manifest under its type", bareImage, OCI_MANIFEST, "manifest"],
      ["a bare index under its type", bareIndex, OCI_INDEX, "index"],
      ["a bare image manifest by its shape", bareImage, undefined, "manifest"],
      ["a bare index by its shape", bareIndex, undefined, "index"],
      ["parameters and capitals in the type", image, ` ${OCI_MANIFEST.toUpperCase()} ; q=1`, "manifest"],
      ["an image manifest as index", image, OCI_INDEX, refused],
      ["an index as image manifest", index, OCI_MANIFEST, refused],
      ["Docker over OCI", image, DOCKER_MANIFEST, refused],
      ["a bare image manifest as index", bareImage, OCI_INDEX, refused],
      ["a bare index as image manifest", bareIndex, OCI_MANIFEST, refused],
      ["layers beside manifests", { ...index, layers: [] }, OCI_INDEX, refused],
      ["a config beside manifests", { ...index, config: descriptor }, OCI_INDEX, refused],
      ["manifests beside layers", { ...image, manifests: [] }, OCI_MANIFEST, refused],
      ["both, bare", { ...bareImage, ...bareIndex }, undefined, refused],
      ["neither, bare", { schemaVersion: 2 }, undefined, refused],
      ["plain JSON", image, "application/json", refused],
      ["no type at all", image, "", refused],
      ["an unknown type", { ...image, mediaType: "application/x" }, "application/x", refused],
      ["an unknown type inside", { ...bareImage, mediaType: "application/x" }, undefined, refused],
      ["a type that is no string", { ...image, mediaType: 5 }, OCI_MANIFEST, refused],
      [
        "schema 1",
        { schemaVersion: 1, fsLayers: [], history: [] },
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        refused,
      ],
      [
        "schema 1 under a good type",
        { ...image, schemaVersion: 1 },
        OCI_MANIFEST,
        "registry.manifest_invalid",
      ],
      ["no schemaVersion", { ...image, schemaVersion: undefined }, OCI_MANIFEST, "registry.manifest_invalid"],
      [
        "an artifact manifest",
        { mediaType: "application/vnd.oci.artifact.manifest.v1+json", blobs: [] },
        "application/vnd.oci.artifact.manifest.v1+json",
        refused,
      ],
      [
        "two mediaType keys",
        `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","mediaType":"${OCI_INDEX}","manifests":[]}`,
        OCI_INDEX,
        "registry.manifest_invalid",
      ],
      [
        "keys that Go would take for others",
        { ...image, Layers: [] },
        OCI_MANIFEST,
        "registry.manifest_invalid",
      ],
      ["the same with a long s", { ...image, "layer\u017f": [] }, OCI_MANIFEST, "registry.manifest_invalid"],
      ["MANIFESTS in an image", { ...image, MANIFESTS: [] }, OCI_MANIFEST, "registry.manifest_invalid"],
      [
        "Digest beside digest",
        { ...image, layers: [{ ...descriptor, Digest: DIGEST }] },
        OCI_MANIFEST,
        "registry.manifest_invalid",
      ],
    ];
    for (const [name, document, contentType, expected] of table) {
      it(`${name}: ${expected}`, () => expect(code(document, contentType)).to.equal(expected));
    }
  });

  describe("what writers in Go leave null", () => {
    it("T053 reads as empty or absent", () => {
      const nulls = {
        ...image,
        layers: null,
        manifests: null,
        subject: null,
        annotations: null,
        artifactType: null,
      };
      expect(parse(nulls)).to.deep.equal({
        ok: true,
        value: { kind: "manifest", mediaType: OCI_MANIFEST, config: parsed, layers: [], annotations: {} },
      });
      expect(parse({ ...index, manifests: null, layers: null, config: null })).to.deep.equal({
        ok: true,
        value: { kind: "index", mediaType: OCI_INDEX, manifests: [], annotations: {} },
      });
    });
    it("T053 no layers are no layers", () => {
      expect(code({ ...image, layers: [] })).to.equal("manifest");
      expect(code({ ...image, layers: undefined })).to.equal("manifest");
    });
  });

  describe("malformed members", () => {
    const bad: readonly (readonly [string, unknown])[] = [
      ["nothing", ""],
      ["no JSON", "{"],
      ["T054 a byte order mark", `\ufeff${JSON.stringify(image)}`],
      ["a list", []],
      ["null", "null"],
      ["no config", { ...image, config: undefined }],
      ["a null config", { ...image, config: null }],
      ["a config that is no descriptor", { ...image, config: {} }],
      ["layers that are no list", { ...image, layers: {} }],
      ["a null layer", { ...image, layers: [null] }],
      ["manifests that are no list", { ...index, manifests: "x" }],
      ["a manifest that is no descriptor", { ...index, manifests: [{ ...descriptor, size: null }] }],
      ["annotations that are no map", { ...image, annotations: [] }],
      ["annotations that are no strings", { ...image, annotations: { a: 1 } }],
      [
        "A122 a subject with a hostile digest",
        { ...image, subject: { ...descriptor, digest: "sha256:../../x" } },
      ],
      ["a subject that is a string", { ...image, subject: DIGEST }],
      ["too deep", `{"a":${"[".repeat(50)}${"]".repeat(50)}}`],
    ];
    for (const [name, document] of bad) {
      it(name, () => expect(code(document)).to.equal("registry.manifest_invalid"));
    }
    it("T054 bytes that are no UTF-8", () => {
      const bytes = Buffer.concat([
        Buffer.from('{"schemaVersion":2,"x":"'),
        Buffer.from([0xff]),
        Buffer.from('"}'),
      ]);
      const result = parseManifest(bytes, OCI_MANIFEST);
      expect(!result.ok && result.reason.code).to.equal("registry.manifest_invalid");
    });
  });

  it("A006 counts layers and manifests before it reads them", () => {
    const many = (count: number) => Array.from({ length: count }, () => descriptor);
    expect(code({ ...image, layers: many(2000) })).to.equal("manifest");
    expect(code({ ...image, layers: many(2001) })).to.equal("registry.limit_exceeded");
    expect(code({ ...index, manifests: many(2001) })).to.equal("registry.limit_exceeded");
    // Even of things that would be refused when read.
    expect(code({ ...image, layers: Array.from({ length: 1_000_000 }, () => 0) })).to.equal(
      "registry.limit_exceeded",
    );
  });
});

describe("parseDescriptor", () => {
  it("A116 leaves urls and data aside", () => {
    const given = { ...descriptor, urls: ["http://169.254.169.254/"], data: "aGk=", extra: 1 };
    expect(parseDescriptor(given)).to.deep.equal(parsed);
  });

  it("T046 A122 takes natural sizes and whole digests only", () => {
    const bad: readonly Record<string, unknown>[] = [
      { size: -1 },
      { size: 1.5 },
      { size: "5" },
      { size: null },
      { size: 2 ** 53 },
      { size: undefined },
      { digest: "sha256:" },
      { digest: "sha256:../../x" },
      { digest: `sha256:${"A".repeat(64)}` },
      { digest: `sha256:${"a".repeat(63)}` },
      { digest: `md5:${"a".repeat(32)}` },
      { digest: null },
      { mediaType: "" },
      { mediaType: null },
      { mediaType: "x".repeat(256) },
      { annotations: { a: null } },
    ];
    for (const change of bad) {
      const spoiled = JSON.parse(JSON.stringify({ ...descriptor, ...change })) as Parameters<
        typeof parseDescriptor
      >[0];
      expect(parseDescriptor(spoiled), JSON.stringify(change)).to.equal(undefined);
    }
    expect(parseDescriptor({ ...descriptor, size: 0 })).to.deep.equal({ ...parsed, size: 0 });
  });

  it("keeps a platform only where it is whole", () => {
    const os = { os: "linux" };
    expect(parseDescriptor({ ...descriptor, platform: os })).to.deep.equal(parsed);
    expect(parseDescriptor({ ...descriptor, platform: null })).to.deep.equal(parsed);
    const whole = { os: "linux", architecture: "amd64" };
    expect(parseDescriptor({ ...descriptor, platform: { ...whole, variant: "" } })).to.deep.equal({
      ...parsed,
      platform: whole,
    });
  });
});
