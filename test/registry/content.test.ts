import { expect } from "chai";
import { gzipSync } from "node:zlib";
import { digestOf } from "../../src/core/index.ts";
import type { LabRequest, LabResponse, Override } from "../lab/registry.ts";
import { OCI_MANIFEST } from "../lab/registry/store.ts";
import { blobAt, Harness, nameOf, outcome, REPOSITORY, soon } from "./harness.ts";

describe("createRegistry: manifests and blobs", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  it("fetches a manifest by tag with one request, and its blobs by digest", async () => {
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY, { tag: "1.0" });
    const client = harness.client();
    const fetched = await client.manifest(nameOf(lab), "1.0", soon());
    if (!fetched.ok) throw new Error(fetched.reason.message);
    const { digest, bytes, manifest } = fetched.value;
    expect(digest).to.equal(image.digest);
    expect(digestOf(bytes)).to.equal(image.digest);
    if (manifest.kind !== "manifest") throw new Error(manifest.kind);
    expect(manifest.mediaType).to.equal(OCI_MANIFEST);
    const config = await blobAt(client, lab, manifest.config);
    expect(config.ok && JSON.parse(Buffer.from(config.value).toString())).to.include({ os: "linux" });
    expect(lab.requests.map(({ method, kind }) => `${method} ${kind}`)).to.deep.equal([
      "GET manifest",
      "GET blob",
    ]);
    expect(lab.requests[0]?.headers).to.include({ "accept-encoding": "identity" });
    expect(await client.manifest(nameOf(lab), image.digest, soon())).to.deep.equal(fetched);
  });

  it("reads an index, Docker's types and sha512", async () => {
    const lab = await harness.lab();
    const index = lab.pushImage(REPOSITORY, { platforms: ["linux/amd64", "linux/arm64/v8"], tag: "multi" });
    const text = JSON.stringify({ schemaVersion: 2, config: lab.pushBlob(REPOSITORY, "{}"), layers: [] });
    const strong = lab.pushManifest(REPOSITORY, text, OCI_MANIFEST, undefined, "sha512");
    const client = harness.client();
    const multi = await client.manifest(nameOf(lab), "multi", soon());
    expect(
      multi.ok && multi.value.manifest.kind === "index" && multi.value.manifest.manifests,
    ).to.have.length(2);
    expect(multi.ok && multi.value.digest).to.equal(index.digest);
    const second = await client.manifest(nameOf(lab), strong.digest, soon());
    expect(second.ok && second.value.digest).to.equal(strong.digest);
  });

  it("says that something is not there", async () => {
    const lab = await harness.lab();
    lab.pushImage(REPOSITORY);
    const client = harness.client();
    const nowhere = digestOf(Buffer.from("nothing"));
    const descriptor = { mediaType: "x/y", digest: nowhere, size: 3, annotations: {} };
    expect(outcome(await client.manifest(nameOf(lab), "nope", soon()))).to.equal("registry.not_found");
    expect(outcome(await client.manifest(nameOf(lab, "no/repo"), "x", soon()))).to.equal(
      "registry.not_found",
    );
    expect(outcome(await blobAt(client, lab, descriptor))).to.equal("registry.not_found");
    expect(lab.requests).to.have.length(3);
  });

  it("asks nothing for names that are not valid", async () => {
    const lab = await harness.lab();
    const client = harness.client();
    const bad: readonly (readonly [string, string, string])[] = [
      [lab.host, "../x", "1"],
      [lab.host, "a/../b", "1"],
      [lab.host, "A", "1"],
      [lab.host, "a?b", "1"],
      [lab.host, "a", "../../x"],
      [lab.host, "a", "sha256:../x"],
      [lab.host, "a", "1?x=y"],
      [`u:p@${lab.host}`, "a", "1"],
      [`${lab.host}/x`, "a", "1"],
      [`http://${lab.host}`, "a", "1"],
    ];
    for (const [registry, repository, reference] of bad) {
      const result = await client.manifest({ registry, repository }, reference, soon());
      expect(outcome(result), `${registry} ${repository} ${reference}`).to.equal("registry.protocol");
    }
    expect(lab.requests).to.have.length(0);
  });

  it("asks only registries that are allowed, where such are named", async () => {
    const lab = await harness.lab();
    lab.pushImage(REPOSITORY, { tag: "1" });
    const some = harness.client({ allowed: ["ghcr.io"] });
    const this_ = harness.client({ allowed: [lab.host] });
    expect(outcome(await some.manifest(nameOf(lab), "1", soon()))).to.equal("registry.not_allowed");
    expect(lab.requests).to.have.length(0);
    expect(outcome(await this_.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
  });

  interface Spoiling {
    readonly name: string;
    readonly spoil: (request: LabRequest, usual: LabResponse) => Override;
    readonly code: string;
  }
  const flipped = (bytes: Uint8Array) => {
    const copy = Buffer.from(bytes);
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
    return copy;
  };
  const other = `sha256:${"0".repeat(64)}`;
  const both: readonly Spoiling[] = [
    {
      name: "T014 A055 T047 the last byte differs",
      spoil: (_, { body }) => ({ body: flipped(body) }),
      code: "registry.digest_mismatch",
    },
    {
      name: "T013 Docker-Content-Digest lies",
      spoil: () => ({ headers: { "docker-content-digest": other } }),
      code: "registry.digest_mismatch",
    },
    {
      name: "T013 Docker-Content-Digest of another kind lies",
      spoil: () => ({ headers: { "docker-content-digest": `sha512:${"0".repeat(128)}` } }),
      code: "registry.digest_mismatch",
    },
    {
      name: "T013 Docker-Content-Digest is malformed",
      spoil: () => ({ headers: { "docker-content-digest": "sha256:ABC" } }),
      code: "registry.digest_mismatch",
    },
    {
      name: "T013 Docker-Content-Digest is missing",
      spoil: () => ({ headers: { "docker-content-digest": null } }),
      code: "ok",
    },
    {
      name: "T013 Docker-Content-Digest of another kind is right",
      spoil: (_, { body }) => ({ headers: { "docker-content-digest": digestOf(body, "sha512") } }),
      code: "ok",
    },
    {
      name: "T013 Docker-Content-Digest of an unknown kind",
      spoil: () => ({ headers: { "docker-content-digest": "blake3:00" } }),
      code: "ok",
    },
    { name: "T055 status 206", spoil: () => ({ status: 206 }), code: "registry.protocol" },
    { name: "T055 status 203", spoil: () => ({ status: 203 }), code: "registry.protocol" },
    { name: "T055 status 204", spoil: () => ({ status: 204, body: "" }), code: "registry.protocol" },
    { name: "T055 status 418", spoil: () => ({ status: 418 }), code: "registry.protocol" },
    { name: "status 403", spoil: () => ({ status: 403 }), code: "registry.auth_failed" },
    { name: "status 500", spoil: () => ({ status: 500 }), code: "registry.unavailable" },
    {
      name: "T056 a gzip body",
      spoil: (_, { body }) => ({ body: gzipSync(body), headers: { "content-encoding": "gzip" } }),
      code: "registry.protocol",
    },
    {
      name: "T056 an encoding that is none",
      spoil: () => ({ headers: { "content-encoding": "br" } }),
      code: "registry.protocol",
    },
    {
      name: "A147 a thousand encodings",
      spoil: () => ({
        headers: { "content-encoding": Array.from({ length: 1000 }, () => "gzip").join(", ") },
      }),
      code: "registry.protocol",
    },
    {
      name: "a header section without measure",
      spoil: () => ({ headers: { "x-long": "x".repeat(100_000) } }),
      code: "registry.protocol",
    },
  ];

  for (const kind of ["manifest", "blob"] as const) {
    describe(`a lie about a ${kind}`, () => {
      for (const { name, spoil, code } of both) {
        it(`${name}: ${code}`, async () => {
          const lab = await harness.lab({ misbehave: spoil });
          const image = lab.pushImage(REPOSITORY);
          const blob = lab.pushBlob(REPOSITORY, "some bytes");
          const client = harness.client();
          const result =
            kind === "manifest"
              ? await client.manifest(nameOf(lab), image.digest, soon())
              : await blobAt(client, lab, blob);
          expect(outcome(result)).to.equal(code);
          if (!result.ok) expect(result.reason.message).to.match(/^[^\n]{10,300}$/);
        });
      }
    });
  }

  describe("T046 sizes that are not the descriptor's", () => {
    const table: readonly Spoiling[] = [
      {
        name: "a byte more",
        spoil: (_, { body }) => ({ body: Buffer.concat([body, Buffer.from("x")]) }),
        code: "registry.size_mismatch",
      },
      {
        name: "a byte more, chunked",
        spoil: (_, { body }) => ({ body: Buffer.concat([body, Buffer.from("x")]), contentLength: null }),
        code: "registry.size_mismatch",
      },
      {
        name: "a byte less",
        spoil: (_, { body }) => ({ body: body.subarray(1) }),
        code: "registry.size_mismatch",
      },
      {
        name: "a byte less, chunked",
        spoil: (_, { body }) => ({ body: body.subarray(1), contentLength: null }),
        code: "registry.size_mismatch",
      },
      { name: "nothing", spoil: () => ({ body: "" }), code: "registry.size_mismatch" },
      {
        name: "a wrong Content-Length over the right body",
        spoil: () => ({ contentLength: 5 }),
        code: "registry.protocol",
      },
      {
        name: "the right Content-Length over half a body",
        spoil: () => ({ truncateAfter: 4 }),
        code: "registry.unavailable",
      },
      { name: "A005 a body without end", spoil: () => ({ endless: true }), code: "registry.size_mismatch" },
    ];
    for (const { name, spoil, code } of table) {
      it(`${name}: ${code}`, async () => {
        const lab = await harness.lab({ misbehave: spoil });
        const blob = lab.pushBlob(REPOSITORY, "some bytes");
        expect(outcome(await blobAt(harness.client(), lab, blob))).to.equal(code);
      });
    }
  });

  it("A005 T048 a blob over the cap is not asked for", async () => {
    const lab = await harness.lab();
    const blob = lab.pushBlob(REPOSITORY, "x".repeat(100));
    const client = harness.client();
    expect(outcome(await blobAt(client, lab, blob, 99))).to.equal("registry.limit_exceeded");
    const vast = { ...blob, size: 50 * 1024 ** 3 };
    expect(outcome(await blobAt(client, lab, vast))).to.equal("registry.limit_exceeded");
    expect(lab.requests).to.have.length(0);
    expect(outcome(await blobAt(client, lab, blob, 100))).to.equal("ok");
  });

  it("T048 a manifest of exactly the cap is read, one of a byte more is not", async () => {
    const lab = await harness.lab();
    const config = lab.pushBlob(REPOSITORY, "{}");
    const text = JSON.stringify({ schemaVersion: 2, config, layers: [] });
    const limits = { manifestBytes: text.length };
    lab.pushManifest(REPOSITORY, text, OCI_MANIFEST, "exact");
    lab.pushManifest(REPOSITORY, `${text} `, OCI_MANIFEST, "over");
    const client = harness.client({ limits });
    expect(outcome(await client.manifest(nameOf(lab), "exact", soon()))).to.equal("ok");
    expect(outcome(await client.manifest(nameOf(lab), "over", soon()))).to.equal("registry.limit_exceeded");
    lab.misbehave = () => ({ endless: true });
    expect(outcome(await client.manifest(nameOf(lab), "exact", soon()))).to.equal("registry.limit_exceeded");
    lab.misbehave = () => ({ contentLength: null, body: `${text}  ` });
    expect(outcome(await client.manifest(nameOf(lab), "exact", soon()))).to.equal("registry.limit_exceeded");
  });

  it("T047 parses nothing before the digest has matched", async () => {
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY);
    lab.misbehave = () => ({ body: "{ not JSON" });
    // Were it parsed first, the code would be that of a manifest which cannot be read.
    const result = await harness.client().manifest(nameOf(lab), image.digest, soon());
    expect(outcome(result)).to.equal("registry.digest_mismatch");
  });

  it("T051 A123 the content type must be the manifest's own", async () => {
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY);
    const client = harness.client();
    const types = [null, "application/json", "text/html", "application/vnd.oci.image.index.v1+json"];
    for (const type of types) {
      lab.misbehave = () => ({ headers: { "content-type": type } });
      const result = await client.manifest(nameOf(lab), image.digest, soon());
      expect(outcome(result), String(type)).to.equal("registry.media_type");
    }
    lab.misbehave = () => ({ headers: { "content-type": `${OCI_MANIFEST.toUpperCase()}; charset=utf-8` } });
    expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("ok");
  });

  it("A116 never fetches a descriptor's urls", async () => {
    const lab = await harness.lab();
    const canary = await harness.canary();
    const blob = lab.pushBlob(REPOSITORY, "foreign");
    const urls = [`http://127.0.0.1:${canary.port}/x`];
    lab.push(REPOSITORY, { config: blob, layers: [{ ...blob, urls }] }, "foreign");
    const client = harness.client();
    const fetched = await client.manifest(nameOf(lab), "foreign", soon());
    if (!fetched.ok || fetched.value.manifest.kind !== "manifest") throw new Error(outcome(fetched));
    const [layer] = fetched.value.manifest.layers;
    lab.repository(REPOSITORY).blobs.clear();
    expect(layer).to.not.have.property("urls");
    expect(layer && outcome(await blobAt(client, lab, layer))).to.equal("registry.not_found");
    expect(canary.connections).to.equal(0);
  });

  it("T031 reads no proxy variables", async () => {
    const lab = await harness.lab();
    const canary = await harness.canary();
    lab.pushImage(REPOSITORY, { tag: "1" });
    const names = [
      "HTTP_PROXY",
      "http_proxy",
      "HTTPS_PROXY",
      "https_proxy",
      "ALL_PROXY",
      "NODE_USE_ENV_PROXY",
    ];
    const before = names.map((name) => [name, process.env[name]] as const);
    try {
      for (const name of names) process.env[name] = `http://u:p@127.0.0.1:${canary.port}`;
      process.env["NODE_USE_ENV_PROXY"] = "1";
      expect(outcome(await harness.client().manifest(nameOf(lab), "1", soon()))).to.equal("ok");
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(canary.connections).to.equal(0);
  });

  it("asks mirrors first and falls back to the registry", async () => {
    const mirror = await harness.lab();
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY, { tag: "1" });
    const client = harness.client({ registries: { [lab.host]: { mirrors: [mirror.host] } } });
    expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("ok");
    expect([mirror.requests.length, lab.requests.length]).to.deep.equal([1, 1]);
    mirror.pushImage(REPOSITORY, { tag: "1" });
    expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("ok");
    expect([mirror.requests.length, lab.requests.length]).to.deep.equal([2, 1]);
    mirror.misbehave = () => ({ body: "{}" });
    expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("ok");
    expect([mirror.requests.length, lab.requests.length]).to.deep.equal([3, 2]);
  });
});
