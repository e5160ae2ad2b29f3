import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { digestOf } from "../../../src/core/index.ts";
import {
  openSource,
  type BundleSource,
  type Delivery,
  type HttpCredentials,
  type SourceSettings,
} from "../../../src/release/index.ts";
import type { LabResponse, Override } from "../../lab/registry/response.ts";
import { createTlsAuthority } from "../../lab/tls.ts";
import { archiveOf, bundleEntries } from "../../policy/forge/archive.ts";
import { Canary } from "../../registry/harness.ts";
import { BundleServer, type Asked, type BundleServerOptions } from "./bundle-server.ts";

const ARCHIVE = archiveOf(bundleEntries());
const OTHER = archiveOf(bundleEntries({ "/data.json": '{"policy":{"name":"other"}}' }));
const EVIDENCE = Buffer.from('{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}');
const GZIP = { "content-type": "application/gzip" };
const BUNDLES = "application/vnd.openpolicyagent.bundles";

describe("openSource: https://", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  const serve = async (options: BundleServerOptions = {}): Promise<BundleServer> => {
    const server = await BundleServer.start(options);
    ends.push(() => server.close());
    server.files.set("/acme.tar.gz", { bytes: ARCHIVE });
    return server;
  };
  const open = async (url: string, settings: SourceSettings = {}): Promise<BundleSource> => {
    const opened = await openSource(url, { timeoutMs: 5000, ...settings });
    if (!opened.ok) throw new Error(`${opened.reason.code}: ${opened.reason.message}`);
    ends.push(() => opened.value.close());
    return opened.value;
  };
  const ask = (source: BundleSource, known: string | null = null) =>
    source.fetch({ known, signal: AbortSignal.timeout(10_000) });
  const answered = async (source: BundleSource, known: string | null = null) => {
    const fetched = await ask(source, known);
    if (!fetched.ok) throw new Error(`${fetched.reason.code}: ${fetched.reason.message}`);
    return fetched.value;
  };
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), "assay-source-"));
    ends.push(() => rmSync(path, { recursive: true }));
    return path;
  };

  it("delivers the archive with the evidence beside it, and asks conditionally from then on", async () => {
    const server = await serve();
    server.files.set("/acme.tar.gz.sigstore.json", { bytes: EVIDENCE });
    server.files.set("/acme.tar.gz.intoto.jsonl", {
      bytes: Buffer.concat([EVIDENCE, Buffer.from("\n"), EVIDENCE]),
    });
    const source = await open(server.url());
    const seen: [number, number | null][] = [];
    const fetched = await source.fetch({
      known: null,
      signal: AbortSignal.timeout(5000),
      progress: (bytes, all) => seen.push([bytes, all]),
    });
    const digest = digestOf(ARCHIVE);
    expect(fetched).to.deep.equal({
      ok: true,
      value: {
        kind: "archive",
        archive: ARCHIVE,
        digest,
        version: digest,
        evidence: [EVIDENCE, EVIDENCE, EVIDENCE],
        subjects: [digest],
      } satisfies Delivery,
    });
    expect(seen.at(-1)).to.deep.equal([ARCHIVE.byteLength, ARCHIVE.byteLength]);
    expect(source.name).to.equal(server.url());

    expect(await answered(source, digest)).to.equal("unchanged");
    expect(server.asked.map(({ path, headers }) => [path, headers["if-none-match"]])).to.deep.equal([
      ["/acme.tar.gz", undefined],
      ["/acme.tar.gz.sigstore.json", undefined],
      ["/acme.tar.gz.intoto.jsonl", undefined],
      ["/acme.tar.gz", `"${digest}"`],
    ]);
    server.files.set("/acme.tar.gz", { bytes: OTHER });
    expect(await answered(source, digest)).to.include({ version: digestOf(OTHER) });
  });

  it("a query is kept for the evidence too, and told to nobody", async () => {
    const server = await serve();
    server.misbehave = ({ path }) =>
      path.startsWith("/acme.tar.gz?sig=secret") ? { status: 200, headers: GZIP, body: ARCHIVE } : undefined;
    const source = await open(server.url("/acme.tar.gz?sig=secret#part"));
    expect(source.name).to.equal(`${server.url()}?…`);
    expect(await answered(source)).to.include({ digest: digestOf(ARCHIVE) });
    expect(server.asked.map(({ path }) => path)).to.deep.equal([
      "/acme.tar.gz?sig=secret",
      "/acme.tar.gz.sigstore.json?sig=secret",
      "/acme.tar.gz.intoto.jsonl?sig=secret",
    ]);
  });

  it("holds where the server keeps the question: OPA's long poll", async () => {
    const server = await serve();
    server.files.set("/acme.tar.gz", { bytes: ARCHIVE, type: BUNDLES });
    const source = await open(server.url(), { longPollSeconds: 7 });
    const first = await answered(source);
    expect(source.holds).to.equal(true);
    server.misbehave = (_, usual) => (usual.status === 304 ? { delayMs: 1100 } : undefined);
    expect(await answered(source, digestOf(ARCHIVE))).to.equal("unchanged");
    expect(source.holds).to.equal(true);
    // Nothing new, and at once: it does not hold, so that nobody asks it again and again.
    server.misbehave = undefined;
    expect(await answered(source, digestOf(ARCHIVE))).to.equal("unchanged");
    expect(source.holds).to.equal(false);
    expect(first).to.not.equal("unchanged");
    expect(server.asked.map(({ headers }) => headers["prefer"])).to.deep.equal([
      "modes=snapshot",
      undefined,
      undefined,
      "modes=snapshot;wait=7",
      "modes=snapshot;wait=7",
    ]);
  });

  it("is not asked to hold where nobody wants it, nor believed to where its answers do not say so", async () => {
    const server = await serve();
    const wanted = await open(server.url(), { longPollSeconds: 7 });
    await answered(wanted);
    expect(wanted.holds).to.equal(false);
    server.files.set("/acme.tar.gz", { bytes: ARCHIVE, type: BUNDLES });
    const unwanted = await open(server.url());
    await answered(unwanted);
    expect(unwanted.holds).to.equal(false);
  });

  describe("credentials", () => {
    const authority = createTlsAuthority();
    const secure = () => serve({ tls: authority.server(), clientAuthority: authority.cert });
    const files = () => {
      const path = folder();
      const { cert, key } = authority.client({ name: "assay" });
      const write = (name: string, content: string) => {
        writeFileSync(join(path, name), content);
        return join(path, name);
      };
      return {
        path,
        credentials: {
          tokenFile: write("token", "first\n"),
          clientCert: write("client.crt", cert),
          clientKey: write("client.key", key),
          ca: write("ca.crt", authority.cert),
        },
      };
    };
    const proofs = (server: BundleServer) =>
      server.asked.map(({ headers, client }) => [headers.authorization, client]);

    it("token, client certificate and own roots, read anew each time", async () => {
      const server = await secure();
      const { path, credentials } = files();
      const source = await open(server.url(), { credentials });
      await answered(source);
      writeFileSync(join(path, "token"), "second");
      expect(await answered(source, digestOf(ARCHIVE))).to.equal("unchanged");
      expect(proofs(server)).to.deep.equal([
        ["Bearer first", "assay"],
        ["Bearer first", "assay"],
        ["Bearer first", "assay"],
        ["Bearer second", "assay"],
      ]);
    });

    it("roots that are not the server's: refused", async () => {
      const server = await secure();
      const { path } = files();
      writeFileSync(join(path, "ca.crt"), createTlsAuthority("somebody else").cert);
      const source = await open(server.url(), { credentials: { ca: join(path, "ca.crt") } });
      expect(await ask(source)).to.have.nested.property("reason.code", "source.unreachable");
      expect(server.asked).to.deep.equal([]);
    });

    it("T186 a redirect to another host gets neither token nor certificate, also not on the way back", async () => {
      const roots = getCACertificates("default");
      ends.push(() => setDefaultCACertificates(roots));
      setDefaultCACertificates([...roots, authority.cert]);
      const [server, other] = [await secure(), await secure()];
      server.misbehave = ({ path }) =>
        path.startsWith("/acme.tar.gz")
          ? { status: 307, headers: { location: other.url(`/there${path}`) } }
          : undefined;
      other.misbehave = ({ path }) => ({
        status: 302,
        headers: { location: server.url(path.replace("/there/acme.tar.gz", "/back.tar.gz")) },
      });
      server.files.set("/back.tar.gz", { bytes: ARCHIVE });
      const { ca: _, ...credentials } = files().credentials;
      const source = await open(server.url(), { credentials });
      expect(await answered(source)).to.include({ digest: digestOf(ARCHIVE) });
      const byPath = (asked: readonly Asked[]) =>
        asked.map(({ path, headers, client }) => [
          path.replace(/^(?:\/there)?\//, ""),
          headers.authorization,
          client,
        ]);
      expect(byPath(server.asked.slice(0, 2))).to.deep.equal([
        ["acme.tar.gz", "Bearer first", "assay"],
        ["back.tar.gz", undefined, null],
      ]);
      expect(other.asked.map(({ headers, client }) => [headers.authorization, client])).to.deep.equal([
        [undefined, null],
        [undefined, null],
        [undefined, null],
      ]);
      const back = server.asked.filter(({ path }) => path.startsWith("/back"));
      expect(back.map(({ headers, client }) => [headers.authorization, client])).to.deep.equal([
        [undefined, null],
        [undefined, null],
        [undefined, null],
      ]);
    });

    it("a redirect within the origin keeps them", async () => {
      const server = await secure();
      server.files.set("/v2.tar.gz", { bytes: OTHER });
      server.misbehave = ({ path }) =>
        path === "/acme.tar.gz" ? { status: 301, headers: { location: "/v2.tar.gz" } } : undefined;
      const source = await open(server.url(), { credentials: files().credentials });
      expect(await answered(source)).to.include({ digest: digestOf(OTHER) });
      expect(proofs(server).slice(0, 2)).to.deep.equal([
        ["Bearer first", "assay"],
        ["Bearer first", "assay"],
      ]);
    });

    const spoilings: readonly {
      name: string;
      spoil: (path: string) => HttpCredentials;
      code: string;
    }[] = [
      {
        name: "no token file",
        spoil: (path) => ({ tokenFile: join(path, "none") }),
        code: "source.not_found",
      },
      {
        name: "a token of two lines",
        spoil: (path) => {
          writeFileSync(join(path, "two"), "a\nb");
          return { tokenFile: join(path, "two") };
        },
        code: "source.invalid",
      },
      {
        name: "a certificate without key",
        spoil: (path) => ({ clientCert: join(path, "client.crt") }),
        code: "source.invalid",
      },
      { name: "a folder for a key", spoil: (path) => ({ ca: path }), code: "source.invalid" },
      {
        name: "roots that are none",
        spoil: (path) => ({ ca: join(path, "token") }),
        code: "source.unreachable",
      },
    ];
    for (const { name, spoil, code } of spoilings) {
      it(`${name}: nothing is asked`, async () => {
        const server = await secure();
        const { path } = files();
        const fetched = await ask(await open(server.url(), { credentials: spoil(path) }));
        expect(fetched).to.have.nested.property("reason.code", code);
        expect(JSON.stringify(fetched)).to.not.include("PRIVATE KEY");
        expect(server.asked).to.deep.equal([]);
      });
    }
  });

  describe("T186 answers that are no bundle", () => {
    const answers: readonly {
      name: string;
      answer: Override | ((asked: Asked, usual: LabResponse) => Override);
      settings?: SourceSettings;
      code: string;
      says: RegExp;
    }[] = [
      {
        name: "a web page with 200",
        answer: { headers: { "content-type": "text/html; charset=utf-8" }, body: "<html>" },
        code: "source.invalid",
        says: /sent text\/html, no bundle/,
      },
      {
        name: "a bundle that is called a web page",
        answer: { headers: { "content-type": "TEXT/HTML" } },
        code: "source.invalid",
        says: /sent text\/html/,
      },
      {
        name: "a web page that is called a bundle",
        answer: { body: "<html>Sign in</html>" },
        code: "source.invalid",
        says: /no bundle: a bundle is a gzip/,
      },
      { name: "nothing", answer: { body: "" }, code: "source.invalid", says: /no bundle/ },
      {
        name: "304 to a first question",
        answer: { status: 304, body: "" },
        code: "source.invalid",
        says: /304/,
      },
      {
        name: "206 with a part",
        answer: { status: 206, headers: { "content-range": "bytes 0-9/100" } },
        code: "source.invalid",
        says: /status 206/,
      },
      { name: "204", answer: { status: 204, body: "" }, code: "source.invalid", says: /status 204/ },
      {
        name: "a body cut off",
        answer: { truncateAfter: 20 },
        code: "source.unreachable",
        says: /in the middle of its answer/,
      },
      { name: "more bytes than announced", answer: { contentLength: 20 }, code: "source.invalid", says: /./ },
      {
        name: "an encoded body",
        answer: { headers: { "content-encoding": "gzip" } },
        code: "source.invalid",
        says: /encoded body/,
      },
      {
        name: "more than a bundle may have",
        answer: { contentLength: 40 * 1024 * 1024 },
        code: "source.limit_exceeded",
        says: /33554432/,
      },
      {
        name: "no end",
        answer: { endless: true, contentLength: null },
        code: "source.limit_exceeded",
        says: /33554432/,
      },
      {
        name: "a byte now and then",
        answer: { trickleMs: 40 },
        settings: { timeoutMs: 300 },
        code: "source.unreachable",
        says: /deadline/,
      },
      {
        name: "silence",
        answer: { silent: true },
        settings: { timeoutMs: 200 },
        code: "source.unreachable",
        says: /deadline/,
      },
      { name: "a cut connection", answer: { drop: true }, code: "source.unreachable", says: /./ },
      { name: "404", answer: { status: 404 }, code: "source.not_found", says: /status 404/ },
      { name: "401", answer: { status: 401 }, code: "source.unauthorized", says: /status 401/ },
      { name: "403", answer: { status: 403 }, code: "source.unauthorized", says: /status 403/ },
      { name: "500", answer: { status: 500 }, code: "source.unreachable", says: /status 500/ },
      {
        name: "a redirect to itself",
        answer: ({ path }) => ({ status: 302, headers: { location: path } }),
        code: "source.invalid",
        says: /more than 5 times/,
      },
      {
        name: "a redirect to nowhere",
        answer: { status: 302 },
        code: "source.invalid",
        says: /without a valid location/,
      },
      {
        name: "a redirect to a file",
        answer: { status: 302, headers: { location: "file:///etc/passwd" } },
        code: "source.invalid",
        says: /without a valid location/,
      },
      {
        name: "a redirect with a password",
        answer: { status: 302, headers: { location: "https://a:b@localhost/" } },
        code: "source.invalid",
        says: /without a valid location/,
      },
      {
        name: "a redirect to link-local addresses",
        answer: { status: 302, headers: { location: "https://169.254.169.254/" } },
        code: "source.unreachable",
        says: /may not be connected/,
      },
    ];
    for (const { name, answer, settings, code, says } of answers) {
      it(name, async () => {
        const server = await serve();
        server.misbehave = typeof answer === "function" ? answer : () => answer;
        const fetched = await ask(await open(server.url(), settings));
        expect(fetched).to.have.nested.property("reason.code", code);
        expect(fetched)
          .to.have.nested.property("reason.message")
          .that.matches(says)
          .and.does.not.include("\n");
      });
    }

    it("a redirect to plain HTTP: nobody is asked there", async () => {
      const canary = new Canary();
      await canary.listen();
      ends.push(() => canary.close());
      const server = await serve();
      server.misbehave = () => ({
        status: 302,
        headers: { location: `http://localhost:${canary.port}/acme.tar.gz` },
      });
      const fetched = await ask(await open(server.url()));
      expect(fetched).to.have.nested.property("reason.code", "source.invalid");
      expect(canary.connections).to.equal(0);
    });

    for (const [name, says, milliseconds] of [
      ["seconds", "120", 120_000],
      ["nonsense", "soon", null],
    ] as const) {
      it(`tells for how long to leave the server alone: ${name}`, async () => {
        const server = await serve();
        server.misbehave = () => ({ status: 429, headers: { "retry-after": says } });
        const source = await open(server.url());
        expect(await ask(source)).to.have.nested.property("reason.code", "source.unreachable");
        expect(source.retryAfterMs).to.equal(milliseconds);
        server.misbehave = undefined;
        await answered(source);
        expect(source.retryAfterMs).to.equal(null);
      });
    }
  });

  describe("T186 an ETag that lies", () => {
    it("the same for another bundle: the bundle counts", async () => {
      const server = await serve();
      server.files.set("/acme.tar.gz", { bytes: ARCHIVE, etag: '"same"' });
      const source = await open(server.url());
      await answered(source);
      server.files.set("/acme.tar.gz", { bytes: OTHER, etag: '"same"' });
      server.misbehave = ({ path }) => (path === "/acme.tar.gz" ? { status: 200, body: OTHER } : undefined);
      expect(await answered(source, digestOf(ARCHIVE))).to.include({ version: digestOf(OTHER) });
    });

    it("another for the same bundle: nothing has changed", async () => {
      const server = await serve();
      server.files.set("/acme.tar.gz", { bytes: ARCHIVE, etag: '"one"' });
      const source = await open(server.url());
      await answered(source);
      server.files.set("/acme.tar.gz", { bytes: ARCHIVE, etag: '"two"' });
      expect(await answered(source, digestOf(ARCHIVE))).to.equal("unchanged");
    });

    it("of a bundle that was refused: the next question is without condition, and no 304 is believed", async () => {
      const server = await serve();
      const source = await open(server.url());
      await answered(source);
      await answered(source, digestOf(OTHER));
      expect(
        server.asked.filter(({ path }) => path === "/acme.tar.gz")[1]?.headers["if-none-match"],
      ).to.equal(undefined);
      server.misbehave = () => ({ status: 304, body: "" });
      expect(await ask(source, digestOf(OTHER))).to.have.nested.property("reason.code", "source.invalid");
    });

    it("that is none is not sent back", async () => {
      const server = await serve();
      server.files.set("/acme.tar.gz", { bytes: ARCHIVE, etag: "bare" });
      const source = await open(server.url());
      await answered(source);
      expect(await answered(source, digestOf(ARCHIVE))).to.equal("unchanged");
      expect(server.asked.map(({ headers }) => headers["if-none-match"])).to.deep.equal([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    });
  });

  describe("evidence", () => {
    const spoilings: readonly { name: string; answer: Override; code: string | null }[] = [
      { name: "not there", answer: { status: 404 }, code: null },
      { name: "shown to nobody", answer: { status: 403 }, code: null },
      {
        name: "a web page",
        answer: { status: 200, body: "<html>" },
        code: "source.invalid",
      },
      {
        name: "no JSON",
        answer: { status: 200, headers: GZIP, body: "signed, honestly" },
        code: "source.invalid",
      },
      {
        name: "a server's fault",
        answer: { status: 503, headers: { "retry-after": "9" } },
        code: "source.unreachable",
      },
      {
        name: "too large",
        answer: { status: 200, contentLength: 9 * 1024 * 1024 },
        code: "source.limit_exceeded",
      },
      {
        name: "too many documents",
        answer: { status: 200, headers: GZIP, body: "{}\n".repeat(40) },
        code: "source.limit_exceeded",
      },
    ];
    for (const { name, answer, code } of spoilings) {
      it(name, async () => {
        const server = await serve();
        server.misbehave = ({ path }) => (path.endsWith(".sigstore.json") ? answer : undefined);
        const source = await open(server.url());
        const fetched = await ask(source);
        if (code === null) expect(fetched).to.have.nested.property("value.evidence").that.deep.equals([]);
        else expect(fetched).to.have.nested.property("reason.code", code);
        expect(source.retryAfterMs).to.equal(name === "a server's fault" ? 9000 : null);
      });
    }
  });

  describe("URLs", () => {
    const urls: readonly { name: string; url: string; settings?: SourceSettings; code: string | null }[] = [
      { name: "https", url: "https://policies.example/acme.tar.gz", code: null },
      { name: "http on loopback", url: "http://127.0.0.1:8080/acme.tar.gz", code: null },
      { name: "A135 http elsewhere", url: "http://policies.example/acme.tar.gz", code: "source.invalid" },
      { name: "A135 HTTP in capitals", url: "HTTP://policies.example/acme.tar.gz", code: "source.invalid" },
      {
        name: "A135 Http of a name that only looks like loopback",
        url: "Http://localhost.example/a",
        code: "source.invalid",
      },
      { name: "HTTPS in capitals", url: "HTTPS://policies.example/acme.tar.gz", code: null },
      {
        name: "http where it is asked for",
        url: "http://policies.example/a",
        settings: { plainHTTP: true },
        code: null,
      },
      {
        name: "a token over it",
        url: "http://policies.example/a",
        settings: { plainHTTP: true, credentials: { tokenFile: "/token" } },
        code: "source.invalid",
      },
      { name: "a password in it", url: "https://me:secret@policies.example/a", code: "source.invalid" },
      { name: "no host", url: "https://", code: "source.invalid" },
      { name: "another scheme", url: "s3://bucket/a", code: "source.unsupported" },
      { name: "nothing", url: "", code: "source.invalid" },
    ];
    for (const { name, url, settings, code } of urls) {
      it(`${name}: ${code ?? "taken"}`, async () => {
        const opened = await openSource(url, settings);
        expect(opened.ok ? null : opened.reason.code).to.equal(code);
        expect(JSON.stringify(opened)).to.not.include("secret");
        if (opened.ok) opened.value.close();
      });
    }
  });
});
