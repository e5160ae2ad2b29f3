import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { digestOf, type Digest } from "../../../src/core/index.ts";
import {
  openSource,
  pushBundle,
  pushEvidence,
  pushReferrer,
  type BundleSource,
  type PushOptions,
  type SourceSettings,
} from "../../../src/release/index.ts";
import type { Credential } from "../../../src/registry/index.ts";
import {
  startLabRegistry,
  type LabRegistry,
  type LabRegistryOptions,
  type Override,
} from "../../lab/registry.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";

const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const ORAS_LAYER = "application/vnd.oci.image.layer.v1.tar";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";
const POLICY = "application/vnd.assay.policy.v1";
const SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const ARCHIVE = archiveOf(bundleEntries());
const OTHER = archiveOf(bundleEntries({ "/data.json": '{"policy":{"name":"other"}}' }));
const signature = (n: number) =>
  Buffer.from(JSON.stringify({ mediaType: SIGSTORE, messageSignature: { n } }));

describe("openSource: oci://", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  const lab = async (options: LabRegistryOptions = {}): Promise<LabRegistry> => {
    const registry = await startLabRegistry({ writable: true, ...options });
    ends.push(() => registry.close());
    return registry;
  };
  const open = async (url: string, settings: SourceSettings = {}): Promise<BundleSource> => {
    const opened = await openSource(url, settings);
    if (!opened.ok) throw new Error(opened.reason.message);
    ends.push(() => opened.value.close());
    return opened.value;
  };
  const ask = (source: BundleSource, known: string | null = null) =>
    source.fetch({ known, signal: AbortSignal.timeout(10_000) });
  const at = (registry: LabRegistry, rest = ":stable") => `oci://${registry.host}/policies/acme${rest}`;

  interface Artifact {
    readonly archive?: Uint8Array;
    readonly artifactType?: string | undefined;
    readonly config?: string;
    readonly layers?: readonly string[];
  }
  /** An artifact as somebody else would push it. */
  const push = (registry: LabRegistry, tag: string, artifact: Artifact = {}) => {
    const { archive = ARCHIVE, artifactType, config = CONFIG, layers = [LAYER] } = artifact;
    const blob = registry.pushBlob("policies/acme", "{}");
    return registry.push(
      "policies/acme",
      {
        ...(artifactType !== undefined && { artifactType }),
        config: { ...blob, mediaType: config },
        layers: layers.map((mediaType) => ({ ...registry.pushBlob("policies/acme", archive), mediaType })),
      },
      tag,
    );
  };
  const sign = (
    registry: LabRegistry,
    subject: { digest: Digest; size: number; mediaType: string },
    n: number,
  ) =>
    registry.push("policies/acme", {
      artifactType: SIGSTORE,
      config: { ...registry.pushBlob("policies/acme", "{}"), mediaType: EMPTY },
      layers: [{ ...registry.pushBlob("policies/acme", signature(n)), mediaType: SIGSTORE }],
      subject,
    });

  it("delivers the bundle with what refers to its manifest; unchanged costs one request", async () => {
    const registry = await lab();
    const pushed = push(registry, "stable");
    sign(registry, pushed, 1);
    sign(registry, pushed, 2);
    registry.push(
      "policies/acme",
      {
        config: { ...registry.pushBlob("policies/acme", "{}"), mediaType: CONFIG },
        layers: [{ ...registry.pushBlob("policies/acme", signature(3)), mediaType: SIGSTORE }],
      },
      `${pushed.digest.replace(":", "-")}.att`,
    );
    const source = await open(at(registry));
    const seen: (number | null)[][] = [];
    const fetched = await source.fetch({
      known: null,
      signal: AbortSignal.timeout(5000),
      progress: (...far) => seen.push(far),
    });
    if (!fetched.ok || fetched.value === "unchanged" || fetched.value.kind !== "archive") {
      throw new Error(JSON.stringify(fetched));
    }
    const { evidence, ...rest } = fetched.value;
    const digest = digestOf(ARCHIVE);
    expect(rest).to.deep.equal({
      kind: "archive",
      archive: ARCHIVE,
      digest,
      version: pushed.digest,
      subjects: [digest, pushed.digest],
      manifest: registry.repository("policies/acme").manifests.get(pushed.digest)?.bytes,
    });
    expect(evidence.map(String).toSorted()).to.deep.equal([1, 2, 3].map((n) => signature(n).toString()));
    expect(seen.at(-1)).to.deep.equal([ARCHIVE.byteLength, ARCHIVE.byteLength]);

    const before = registry.requests.length;
    expect(await ask(source, pushed.digest)).to.deep.equal({ ok: true, value: "unchanged" });
    expect(registry.requests.slice(before).map(({ method, kind }) => `${method} ${kind}`)).to.deep.equal([
      "HEAD manifest",
    ]);
  });

  it("a digest that is known is not asked for again", async () => {
    const registry = await lab();
    const { digest } = push(registry, "stable");
    const source = await open(at(registry, `@${digest}`));
    expect(await ask(source)).to.have.nested.property("value.version", digest);
    const before = registry.requests.length;
    expect(await ask(source, digest)).to.deep.equal({ ok: true, value: "unchanged" });
    expect(registry.requests.length).to.equal(before);
  });

  it("a registry that does not tell digests by HEAD is asked for the manifest", async () => {
    const registry = await lab();
    const { digest } = push(registry, "stable");
    for (const answer of [
      { status: 405 },
      { headers: { "docker-content-digest": null } },
    ] satisfies Override[]) {
      registry.misbehave = ({ method }) => (method === "HEAD" ? answer : undefined);
      expect(await ask(await open(at(registry)), digest)).to.deep.equal({ ok: true, value: "unchanged" });
    }
  });

  describe("takes what others publish", () => {
    const artifacts: readonly ({ name: string } & Artifact)[] = [
      { name: "assay policy push", artifactType: POLICY },
      { name: "oras push as OPA's documentation tells", config: CONFIG },
      {
        name: "oras push without types",
        artifactType: "application/vnd.unknown.artifact.v1",
        config: EMPTY,
        layers: [ORAS_LAYER],
      },
      { name: "older oras push", config: "application/vnd.unknown.config.v1+json", layers: [ORAS_LAYER] },
      { name: "a bundle with a note beside it", layers: ["text/markdown", LAYER] },
    ];
    for (const { name, ...artifact } of artifacts) {
      it(name, async () => {
        const registry = await lab();
        push(registry, "stable", artifact);
        expect(await ask(await open(at(registry)))).to.have.nested.property(
          "value.digest",
          digestOf(ARCHIVE),
        );
      });
    }
  });

  describe("T185 refuses", () => {
    const rows: readonly {
      name: string;
      spoil: Artifact | ((registry: LabRegistry) => void);
      code: string;
      says: RegExp;
    }[] = [
      {
        name: "another artifactType",
        spoil: { artifactType: SIGSTORE },
        code: "source.invalid",
        says: /artifact of type .*sigstore.*; a policy's is application\/vnd\.assay/,
      },
      {
        name: "a Helm chart",
        spoil: { config: "application/vnd.cncf.helm.config.v1+json" },
        code: "source.invalid",
        says: /config of type .*helm/,
      },
      {
        name: "another layer type",
        spoil: { layers: ["application/json"] },
        code: "source.invalid",
        says: /no layer of type .*none but "application\/json"/,
      },
      { name: "no layer", spoil: { layers: [] }, code: "source.invalid", says: /it has no layer/ },
      {
        name: "two bundles",
        spoil: { layers: [LAYER, LAYER] },
        code: "source.invalid",
        says: /2 layers that may be the bundle/,
      },
      {
        name: "a layer that is no archive",
        spoil: { archive: Buffer.from("package a") },
        code: "source.invalid",
        says: /no gzip archive/,
      },
      {
        name: "what conftest pushes",
        spoil: {
          config: "application/vnd.cncf.openpolicyagent.config.v1+json",
          layers: ["application/vnd.cncf.openpolicyagent.policy.layer.v1+rego"],
        },
        code: "source.invalid",
        says: /Rego as `conftest push` publishes it.*assay policy build/,
      },
      {
        name: "an index",
        spoil: (registry) => void registry.pushIndex("policies/acme", { manifests: [] }, "stable"),
        code: "source.invalid",
        says: /expected an OCI manifest with one bundle/,
      },
      {
        name: "a layer swapped in the registry",
        spoil: (registry) => {
          push(registry, "stable");
          registry.misbehave = ({ kind }) =>
            kind === "blob" ? { body: OTHER.subarray(0, ARCHIVE.byteLength) } : undefined;
        },
        code: "source.invalid",
        says: /digest|size/,
      },
      {
        name: "a manifest swapped under its digest",
        spoil: (registry) => {
          push(registry, "stable");
          registry.misbehave = ({ kind, reference }, usual) =>
            kind === "manifest" && reference === "stable"
              ? { body: Buffer.concat([usual.body, Buffer.from(" ")]) }
              : undefined;
        },
        code: "source.invalid",
        says: /digest/,
      },
      {
        name: "a bundle of more bytes than are read",
        spoil: (registry) => {
          const blob = registry.pushBlob("policies/acme", "{}");
          const layer = {
            ...registry.pushBlob("policies/acme", ARCHIVE),
            mediaType: LAYER,
            size: 33 * 1024 * 1024,
          };
          registry.push(
            "policies/acme",
            { config: { ...blob, mediaType: CONFIG }, layers: [layer] },
            "stable",
          );
        },
        code: "source.limit_exceeded",
        says: /34603008 bytes; at most 33554432/,
      },
      {
        name: "no such tag",
        spoil: (registry) => void push(registry, "other"),
        code: "source.not_found",
        says: /has no/,
      },
      {
        name: "a registry that fails",
        spoil: (registry) => {
          push(registry, "stable");
          registry.misbehave = () => ({ status: 500 });
        },
        code: "source.unreachable",
        says: /500/,
      },
      {
        name: "a registry that shows us nothing",
        spoil: (registry) => {
          push(registry, "stable");
          registry.misbehave = () => ({ status: 403 });
        },
        code: "source.unauthorized",
        says: /403/,
      },
      {
        name: "signatures that could not be asked for",
        spoil: (registry) => {
          push(registry, "stable");
          registry.misbehave = ({ kind }) => (kind === "referrers" ? { status: 500 } : undefined);
        },
        code: "source.unreachable",
        says: /its signatures could not be asked for/,
      },
    ];
    for (const { name, spoil, code, says } of rows) {
      it(name, async () => {
        const registry = await lab();
        if (typeof spoil === "function") spoil(registry);
        else push(registry, "stable", spoil);
        const limits = { attempts: 1 };
        const fetched = await ask(await open(at(registry), { registries: { limits } }));
        expect(fetched).to.have.nested.property("reason.code", code);
        expect(fetched)
          .to.have.nested.property("reason.message")
          .that.matches(says)
          .and.does.not.include("\n");
      });
    }

    it("a tag that moves meanwhile: what is delivered is of one manifest, with that one's evidence", async () => {
      const registry = await lab();
      const first = push(registry, "stable");
      sign(registry, first, 1);
      const second = push(registry, "next", { archive: OTHER });
      sign(registry, second, 2);
      registry.misbehave = ({ kind, method }) => {
        if (kind === "manifest" && method === "GET")
          registry.repository("policies/acme").tags.set("stable", second.digest);
        return undefined;
      };
      const source = await open(at(registry));
      const fetched = await ask(source);
      expect(fetched).to.have.nested.property("value.version", first.digest);
      expect(fetched).to.have.nested.property("value.digest", digestOf(ARCHIVE));
      expect(fetched)
        .to.have.nested.property("value.evidence")
        .that.deep.equals([signature(1)]);
      expect(await ask(source, first.digest)).to.have.nested.property("value.version", second.digest);
    });

    it("evidence that is listed for it and speaks of another is left out", async () => {
      const registry = await lab();
      const mine = push(registry, "stable");
      const other = push(registry, "other", { archive: OTHER });
      const foreign = sign(registry, other, 7);
      registry.addReferrer("policies/acme", mine.digest, { ...foreign, artifactType: SIGSTORE });
      expect(await ask(await open(at(registry))))
        .to.have.nested.property("value.evidence")
        .that.deep.equals([]);
    });
  });

  describe("addresses", () => {
    const rows: readonly { name: string; url: string; is: string }[] = [
      {
        name: "a tag",
        url: "oci://registry.example/policies/acme:1.0",
        is: "oci://registry.example/policies/acme:1.0",
      },
      {
        name: "neither tag nor digest",
        url: "oci://registry.example/acme",
        is: "oci://registry.example/acme:latest",
      },
      { name: "capitals", url: "OCI://Registry.example/acme:A", is: "oci://registry.example/acme:A" },
      { name: "no host", url: "oci://acme", is: "source.invalid" },
      { name: "a host that is a name alone", url: "oci://policies/acme", is: "source.invalid" },
      { name: "a password", url: "oci://me:secret@registry.example/acme", is: "source.invalid" },
      { name: "a digest too short", url: "oci://registry.example/acme@sha256:12", is: "source.invalid" },
      { name: "a query", url: "oci://registry.example/acme?x=1", is: "source.invalid" },
    ];
    for (const { name, url, is } of rows) {
      it(name, async () => {
        const opened = await openSource(url);
        expect(opened.ok ? opened.value.name : opened.reason.code).to.equal(is);
        expect(JSON.stringify(opened)).to.not.include("secret");
        if (opened.ok) opened.value.close();
      });
    }
  });

  describe("push", () => {
    const options = (settings: SourceSettings = {}): PushOptions => ({
      settings,
      signal: AbortSignal.timeout(10_000),
    });

    it("what is pushed is what is read; the same bundle is the same artifact, pushed once", async () => {
      const registry = await lab();
      const first = await pushBundle(at(registry, ":1.0"), ARCHIVE, ["stable", "1.0"], options());
      if (!first.ok) throw new Error(first.reason.message);
      const { digest, pinned } = first.value;
      expect(pinned).to.equal(`oci://${registry.host}/policies/acme@${digest}`);
      const stored = registry.repository("policies/acme");
      expect([...stored.tags]).to.deep.equal([
        ["1.0", digest],
        ["stable", digest],
      ]);
      const bytes = stored.manifests.get(digest)?.bytes;
      expect(JSON.parse(String(bytes))).to.deep.equal({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        artifactType: POLICY,
        config: { mediaType: CONFIG, digest: digestOf(Buffer.from("{}")), size: 2 },
        layers: [
          {
            mediaType: LAYER,
            digest: digestOf(ARCHIVE),
            size: ARCHIVE.byteLength,
            annotations: { "org.opencontainers.image.title": "bundle.tar.gz" },
          },
        ],
      });
      const before = registry.requests.length;
      expect(await pushBundle(at(registry, ":again"), ARCHIVE, [], options())).to.deep.equal(first);
      expect(registry.requests.slice(before).map(({ method, kind }) => `${method} ${kind}`)).to.deep.equal([
        "HEAD blob",
        "HEAD blob",
        "PUT manifest",
      ]);
      expect(await ask(await open(pinned))).to.have.nested.property("value.digest", digestOf(ARCHIVE));
    });

    for (const referrersApi of [true, false]) {
      it(`evidence is attached ${referrersApi ? "where the registry lists it" : "and listed under the fallback tag"}`, async () => {
        const registry = await lab({ referrersApi });
        registry.writeFallbackTags = false;
        const pushed = await pushBundle(at(registry), ARCHIVE, [], options());
        if (!pushed.ok) throw new Error(pushed.reason.message);
        for (const n of [1, 2, 2]) {
          const attached = await pushEvidence(at(registry), signature(n), pushed.value.digest, options());
          expect(attached.ok, JSON.stringify(attached)).to.equal(true);
        }
        const fetched = await ask(await open(at(registry)));
        if (!fetched.ok || fetched.value === "unchanged" || fetched.value.kind !== "archive")
          throw new Error("no archive");
        expect(fetched.value.evidence.map(String).toSorted()).to.deep.equal(
          [1, 2].map((n) => signature(n).toString()),
        );
        expect(registry.repository("policies/acme").tags.has(pushed.value.digest.replace(":", "-"))).to.equal(
          !referrersApi,
        );
      });
    }

    it("evidence that is none, or of what is not there, is not attached", async () => {
      const registry = await lab();
      const pushed = await pushBundle(at(registry), ARCHIVE, [], options());
      if (!pushed.ok) throw new Error(pushed.reason.message);
      const { digest } = pushed.value;
      const none = await pushEvidence(
        at(registry),
        Buffer.from('{"mediaType":"text/plain"}'),
        digest,
        options(),
      );
      expect(none).to.have.nested.property("reason.code", "source.invalid");
      const referrer = {
        artifactType: SIGSTORE,
        mediaType: SIGSTORE,
        bytes: signature(1),
        subject: digestOf(OTHER),
      };
      expect(await pushReferrer(at(registry), referrer, options())).to.have.nested.property(
        "reason.code",
        "source.not_found",
      );
    });

    it("a large bundle goes piece by piece, and it is told how far", async () => {
      const registry = await lab();
      const large = archiveOf(bundleEntries({ "/data.json": randomBytes(700_000) }));
      const seen: (number | null)[][] = [];
      const progress = (...far: (number | null)[]) => seen.push(far);
      const pushed = await pushBundle(at(registry), large, [], { ...options(), progress });
      expect(pushed.ok, JSON.stringify(pushed)).to.equal(true);
      expect(registry.repository("policies/acme").blobs.get(digestOf(large))?.byteLength).to.equal(
        large.byteLength,
      );
      const steps = Math.ceil(large.byteLength / (256 * 1024));
      expect(seen).to.have.lengthOf(steps);
      expect(seen[0]).to.deep.equal([256 * 1024, large.byteLength]);
      expect(seen.at(-1)).to.deep.equal([large.byteLength, large.byteLength]);
    });

    it("asks for the right to push, with the credential of this registry", async () => {
      const auth = { kind: "bearer", username: "me", password: "secret" } as const;
      const registry = await lab({ auth });
      const credential: Credential = { kind: "basic", username: "me", password: "secret" };
      const registries = { credentials: () => Promise.resolve({ ok: true, value: credential } as const) };
      const pushed = await pushBundle(at(registry), ARCHIVE, [], options({ registries }));
      expect(pushed.ok, JSON.stringify(pushed)).to.equal(true);
      expect(registry.tokenRequests.map(({ scopes }) => scopes)).to.deep.equal([
        ["repository:policies/acme:pull,push"],
      ]);
      expect(await pushBundle(at(registry), OTHER, [], options())).to.have.nested.property(
        "reason.code",
        "source.unauthorized",
      );
    });

    const elsewhere = "http://127.0.0.1:9/upload";
    const rows: readonly {
      name: string;
      answer: (kind: string, method: string) => Override | undefined;
      code: string;
      says: RegExp;
    }[] = [
      {
        name: "an upload at another host",
        answer: (kind, method) =>
          kind === "upload" && method === "POST" ? { headers: { location: elsewhere } } : undefined,
        code: "source.invalid",
        says: /wants the upload at http:\/\/127\.0\.0\.1:9,/,
      },
      {
        name: "an upload nowhere",
        answer: (kind, method) =>
          kind === "upload" && method === "POST" ? { headers: { location: null } } : undefined,
        code: "source.invalid",
        says: /names no place/,
      },
      {
        name: "a redirect of what is written",
        answer: (kind, method) =>
          kind === "upload" && method === "PUT"
            ? { status: 307, headers: { location: elsewhere } }
            : undefined,
        code: "source.invalid",
        says: /redirects what is written/,
      },
      {
        name: "an upload that is not taken",
        answer: (_, method) => (method === "PUT" ? { status: 400 } : undefined),
        code: "source.invalid",
        says: /answered the upload with 400; expected 201/,
      },
      {
        name: "no right to push",
        answer: (_, method) => (method === "POST" ? { status: 403 } : undefined),
        code: "source.unauthorized",
        says: /check the right to push/,
      },
      {
        name: "a registry without uploads",
        answer: (_, method) => (method === "POST" ? { status: 404 } : undefined),
        code: "source.not_found",
        says: /knows no such repository/,
      },
      {
        name: "another digest than was pushed",
        answer: (kind, method) =>
          kind === "manifest" && method === "PUT"
            ? { headers: { "docker-content-digest": digestOf(OTHER) } }
            : undefined,
        code: "source.invalid",
        says: /took a manifest of another digest/,
      },
    ];
    for (const { name, answer, code, says } of rows) {
      it(`refuses ${name}`, async () => {
        const registry = await lab();
        registry.misbehave = ({ kind, method }) => answer(kind, method);
        const pushed = await pushBundle(
          at(registry),
          ARCHIVE,
          [],
          options({ registries: { limits: { attempts: 1 } } }),
        );
        expect(pushed).to.have.nested.property("reason.code", code);
        expect(pushed).to.have.nested.property("reason.message").that.matches(says);
      });
    }

    it("refuses a digest to push to, and tags that are none", async () => {
      const registry = await lab();
      for (const [rest, tags] of [
        [`@${digestOf(ARCHIVE)}`, []],
        [":stable", ["no tag"]],
      ] as const) {
        const pushed = await pushBundle(at(registry, rest), ARCHIVE, tags, options());
        expect(pushed).to.have.nested.property("reason.code", "source.invalid");
      }
      expect(registry.requests).to.deep.equal([]);
    });
  });
});
