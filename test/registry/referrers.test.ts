import { expect } from "chai";
import { digestOf, type Digest } from "../../src/core/index.ts";
import type { Descriptor } from "../../src/registry/index.ts";
import { OCI_INDEX } from "../lab/registry/store.ts";
import type { LabRegistry, LabRegistryOptions, LabRequest, Override } from "../lab/registry.ts";
import { Harness, nameOf, outcome, REPOSITORY, soon } from "./harness.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

describe("createRegistry: referrers", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  async function labWith(count: number, options: LabRegistryOptions = {}) {
    const lab = await harness.lab(options);
    const image = lab.pushImage(REPOSITORY, { tag: "1" });
    const referrers = Array.from({ length: count }, (_, i) =>
      lab.pushReferrer(REPOSITORY, image.descriptor, BUNDLE, `bundle ${i}`, { number: String(i) }),
    );
    return { lab, image, digests: referrers.map(({ digest }) => digest) };
  }

  function list(lab: LabRegistry, digest: Digest, limits = {}) {
    return harness.client({ limits }).referrers(nameOf(lab), digest, soon());
  }

  function digests(descriptors: readonly Descriptor[]) {
    return descriptors.map(({ digest }) => digest);
  }

  it("lists what the API knows, with one request and no filter", async () => {
    const { lab, image, digests: expected } = await labWith(3);
    const listed = await list(lab, image.digest);
    if (!listed.ok) throw new Error(listed.reason.message);
    expect(listed.value).to.include({ via: "api", truncated: false });
    expect(digests(listed.value.descriptors)).to.deep.equal(expected);
    expect(listed.value.descriptors[1]).to.deep.include({
      artifactType: BUNDLE,
      annotations: { number: "1" },
    });
    expect(lab.requests.map(({ path }) => path)).to.deep.equal([
      `/v2/${REPOSITORY}/referrers/${image.digest}`,
    ]);
  });

  it("T033 takes the fallback tag where the registry has no API", async () => {
    const { lab, image, digests: expected } = await labWith(2, { referrersApi: false });
    const listed = await list(lab, image.digest);
    expect(listed.ok && listed.value.via).to.equal("fallback-tag");
    expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
    expect(lab.requests.map(({ kind, reference }) => `${kind} ${reference}`)).to.deep.equal([
      `referrers ${image.digest}`,
      `manifest ${image.digest.replace(":", "-")}`,
    ]);
  });

  it("T033 says so where neither has anything", async () => {
    const { lab, image } = await labWith(0, { referrersApi: false });
    const listed = await list(lab, image.digest);
    expect(listed).to.deep.equal({ ok: true, value: { descriptors: [], via: "none", truncated: false } });
  });

  it("T033 truncates the fallback tag of a sha512 digest as the specification says", async () => {
    const lab = await harness.lab({ referrersApi: false });
    lab.pushImage(REPOSITORY);
    const digest = digestOf(Buffer.from("x"), "sha512");
    await list(lab, digest);
    expect(lab.requests[1]?.reference).to.equal(`sha512-${digest.slice(7, 71)}`);
  });

  it("T036 an empty answer of the API is believed", async () => {
    const { lab, image } = await labWith(0);
    lab.pushIndex(REPOSITORY, { manifests: [image.descriptor] }, image.digest.replace(":", "-"));
    const listed = await list(lab, image.digest);
    expect(listed).to.deep.equal({ ok: true, value: { descriptors: [], via: "api", truncated: false } });
    expect(lab.requests).to.have.length(1);
    lab.misbehave = () => ({ body: `{"schemaVersion":2,"manifests":null}` });
    expect(await list(lab, image.digest)).to.deep.equal(listed);
  });

  describe("T036 faults are never an empty list", () => {
    const table: readonly (readonly [string, Override, string])[] = [
      ["500", { status: 500 }, "registry.unavailable"],
      ["501", { status: 501 }, "registry.unavailable"],
      ["502 with HTML", { status: 502, body: "<html>" }, "registry.unavailable"],
      ["429", { status: 429 }, "registry.throttled"],
      ["401", { status: 401 }, "registry.auth_protocol"],
      ["403", { status: 403 }, "registry.auth_failed"],
      ["204", { status: 204, body: "" }, "registry.protocol"],
      ["410", { status: 410 }, "registry.protocol"],
      ["200 with HTML", { body: "<html>", headers: { "content-type": "text/html" } }, "registry.protocol"],
      [
        "200 with JSON of another type",
        { headers: { "content-type": "application/json" } },
        "registry.protocol",
      ],
      ["200 without type", { headers: { "content-type": null } }, "registry.protocol"],
      ["200 with HTML said to be an index", { body: "<html>" }, "registry.protocol"],
      ["200 with nothing", { body: "" }, "registry.protocol"],
      ["200 with half the JSON", { body: `{"schemaVersion":2,"manifests":[` }, "registry.protocol"],
      ["200 with an object without list", { body: "{}" }, "registry.protocol"],
      ["200 with a list that is none", { body: `{"manifests":{}}` }, "registry.protocol"],
      ["200 with two lists", { body: `{"manifests":[],"manifests":[]}` }, "registry.protocol"],
      [
        "200 with another mediaType inside",
        { body: `{"mediaType":"x/y","manifests":[]}` },
        "registry.protocol",
      ],
      [
        "T054 200 with bytes that are no UTF-8",
        { body: Buffer.from([0x7b, 0xff, 0x7d]) },
        "registry.protocol",
      ],
      ["A004 an endless body", { endless: true }, "registry.limit_exceeded"],
      ["T056 an encoded body", { headers: { "content-encoding": "gzip" } }, "registry.protocol"],
      ["a lost connection", { drop: true }, "registry.unavailable"],
      ["a stall", { silent: true }, "registry.timeout"],
    ];
    for (const [name, override, code] of table) {
      for (const api of [true, false]) {
        it(`${name}, ${api ? "API" : "fallback tag"}: ${code}`, async () => {
          const { lab, image } = await labWith(1, { referrersApi: api });
          lab.misbehave = ({ kind }: LabRequest) =>
            kind === (api ? "referrers" : "manifest") ? override : undefined;
          const client = harness.client({ limits: { attempts: 2 } });
          const listed = await client.referrers(
            nameOf(lab),
            image.digest,
            soon(code.endsWith("timeout") ? 80 : 5000),
          );
          expect(outcome(listed)).to.equal(code);
        });
      }
    }
  });

  it("T038 an API that filters on its own account is taken as it answers, for no filter is asked", async () => {
    const { lab, image, digests: expected } = await labWith(2, { filtersReferrers: false });
    lab.misbehave = () => ({ headers: { "oci-filters-applied": "artifactType" } });
    const listed = await list(lab, image.digest);
    expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
    expect(lab.requests.every(({ path }) => !path.includes("artifactType"))).to.equal(true);
  });

  it("T039 drops duplicates and the subject itself", async () => {
    const { lab, image, digests: expected } = await labWith(2);
    lab.addReferrer(REPOSITORY, image.digest, { ...image.descriptor });
    const listedBefore = lab.repository(REPOSITORY).referrers.get(image.digest) ?? [];
    lab.repository(REPOSITORY).referrers.set(image.digest, [...listedBefore, ...listedBefore]);
    const listed = await list(lab, image.digest);
    expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
    expect(listed.ok && listed.value.truncated).to.equal(false);
  });

  it("T043 T044 asks only the image's own repository, and takes the answer as hints", async () => {
    const { lab, image } = await labWith(1);
    lab.pushReferrer("acme/elsewhere", image.descriptor, BUNDLE, "elsewhere");
    const listed = await list(lab, image.digest);
    expect(listed.ok && listed.value.descriptors).to.have.length(1);
    expect(new Set(lab.requests.map(({ repository }) => repository))).to.deep.equal(new Set([REPOSITORY]));
  });

  it("A122 T046 an entry that is no descriptor makes the list incomplete, not shorter", async () => {
    const { lab, image, digests: expected } = await labWith(1);
    const good = { mediaType: OCI_INDEX, digest: `sha256:${"a".repeat(64)}`, size: 5 };
    const bad: readonly unknown[] = [
      null,
      5,
      "x",
      [],
      {},
      { ...good, digest: "sha256:../../x" },
      { ...good, digest: `sha256:${"A".repeat(64)}` },
      { ...good, digest: `md5:${"a".repeat(32)}` },
      { ...good, size: -1 },
      { ...good, size: 1.5 },
      { ...good, size: "5" },
      { ...good, mediaType: 5 },
      { ...good, annotations: { a: 5 } },
      { ...good, Digest: good.digest },
    ];
    const usual = lab.repository(REPOSITORY).referrers.get(image.digest) ?? [];
    for (const entry of bad) {
      lab.repository(REPOSITORY).referrers.set(image.digest, [entry as object, ...usual]);
      const listed = await list(lab, image.digest);
      expect(listed.ok && listed.value.truncated, JSON.stringify(entry)).to.equal(true);
      expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
    }
  });

  describe("A118 A119 pages", () => {
    it("are all read", async () => {
      const { lab, image, digests: expected } = await labWith(7, { pageSize: 2 });
      const listed = await list(lab, image.digest);
      expect(listed.ok && listed.value.truncated).to.equal(false);
      expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
      expect(lab.requests).to.have.length(4);
    });

    it("beyond the bound leave the list incomplete", async () => {
      const { lab, image, digests: expected } = await labWith(7, { pageSize: 2 });
      const listed = await list(lab, image.digest, { referrersPages: 3 });
      expect(listed.ok && listed.value.truncated).to.equal(true);
      expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected.slice(0, 6));
      expect(lab.requests).to.have.length(3);
    });

    it("T040 T041 descriptors beyond the bound leave it incomplete; as many as the bound do not", async () => {
      const { lab, image, digests: expected } = await labWith(5);
      for (const [bound, truncated] of [
        [4, true],
        [5, false],
      ] as const) {
        const listed = await list(lab, image.digest, { referrersDescriptors: bound });
        expect(listed.ok && listed.value.truncated).to.equal(truncated);
        expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected.slice(0, bound));
      }
    });

    it("A004 T040 a hundred thousand are cut with few requests", async () => {
      const { lab, image } = await labWith(0, { pageSize: 500 });
      const entries = Array.from({ length: 100_000 }, (_, i) => ({
        mediaType: OCI_INDEX,
        digest: `sha256:${i.toString(16).padStart(64, "0")}`,
        size: 1,
      }));
      lab.repository(REPOSITORY).referrers.set(image.digest, entries);
      const listed = await list(lab, image.digest);
      expect(listed.ok && listed.value.truncated).to.equal(true);
      expect(listed.ok && listed.value.descriptors).to.have.length(2000);
      expect(lab.requests.length).to.be.at.most(10);
    });

    it("beyond the bytes of all pages are a fault or a cut, never silence", async () => {
      const { lab, image } = await labWith(20, { pageSize: 2 });
      const listed = await list(lab, image.digest, { referrersBytes: 2000 });
      expect(outcome(listed)).to.equal("registry.limit_exceeded");
    });

    it("that come in a circle end", async () => {
      const { lab, image, digests: expected } = await labWith(4);
      const path = `/v2/${REPOSITORY}/referrers/${image.digest}`;
      lab.misbehave = (request) => ({
        headers: { link: `<${path}?page=${request.path.endsWith("=a") ? "b" : "a"}>; rel="next"` },
      });
      const listed = await list(lab, image.digest);
      expect(listed.ok && listed.value.truncated).to.equal(true);
      expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
      expect(lab.requests).to.have.length(3);
    });

    it("of which one fails fail the list", async () => {
      const { lab, image } = await labWith(4, { pageSize: 2 });
      lab.misbehave = ({ path }) => (path.includes("from=") ? { status: 500 } : undefined);
      expect(outcome(await list(lab, image.digest))).to.equal("registry.unavailable");
      lab.misbehave = ({ path }) => (path.includes("from=") ? { status: 404 } : undefined);
      expect(outcome(await list(lab, image.digest))).to.equal("registry.protocol");
    });
  });

  describe("A117 links that lead elsewhere", () => {
    const links = [
      "<http://169.254.169.254/latest>; rel=next",
      '<http://127.0.0.1:PORT/v2/acme/app/referrers/DIGEST?n=2>; rel="next"',
      '<//127.0.0.1:PORT/v2/acme/app/referrers/DIGEST>; rel="next"',
      '<https://HOST/v2/acme/app/referrers/DIGEST?n=2>; rel="next"',
      '<http://u:p@HOST/v2/acme/app/referrers/DIGEST?n=2>; rel="next"',
      '</v2/acme/other/referrers/DIGEST?n=2>; rel="next"',
      '</v2/acme/app/manifests/1>; rel="next"',
      '<../../other/referrers/DIGEST>; rel="next"',
      '<file:///etc/passwd>; rel="next"',
      "no link at all",
      "<x",
      `<${"x".repeat(9000)}>; rel="next"`,
    ];
    for (const link of links) {
      it(link.slice(0, 60), async () => {
        const { lab, image } = await labWith(1);
        const canary = await harness.canary();
        const text = link
          .replace("PORT", String(canary.port))
          .replace("HOST", lab.host)
          .replace("DIGEST", image.digest);
        lab.misbehave = () => ({ headers: { link: text } });
        expect(outcome(await list(lab, image.digest))).to.equal("registry.protocol");
        expect(canary.connections).to.equal(0);
        expect(lab.requests).to.have.length(1);
      });
    }
    it("other relations are not followed", async () => {
      const { lab, image } = await labWith(1);
      lab.misbehave = () => ({
        headers: { link: `<http://127.0.0.1:1/>; rel="prev", </x>; title="rel=next"` },
      });
      const listed = await list(lab, image.digest);
      expect(listed.ok && listed.value.truncated).to.equal(false);
    });
  });

  it("T034 a fallback tag that is no index is a fault", async () => {
    const { lab, image } = await labWith(0, { referrersApi: false });
    lab.push(
      REPOSITORY,
      { config: lab.pushBlob(REPOSITORY, "{}"), layers: [] },
      image.digest.replace(":", "-"),
    );
    expect(outcome(await list(lab, image.digest))).to.equal("registry.protocol");
  });

  it("that a mirror lists nothing is asked of the registry itself", async () => {
    const { lab, image, digests: expected } = await labWith(1);
    const { lab: mirror } = await labWith(0);
    const client = harness.client({ registries: { [lab.host]: { mirrors: [mirror.host] } } });
    const listed = await client.referrers(nameOf(lab), image.digest, soon());
    expect(listed.ok && digests(listed.value.descriptors)).to.deep.equal(expected);
    lab.misbehave = () => ({ status: 500 });
    expect(outcome(await client.referrers(nameOf(lab), image.digest, soon()))).to.equal(
      "registry.unavailable",
    );
  });
});
