import { expect } from "chai";
import {
  decisionFor,
  DENIAL,
  fakeDecider,
  providerRequest,
  startTestService,
  type TestService,
  type TestServiceOptions,
} from "./harness.ts";

const GATEKEEPER = "/v1/gatekeeper/validate";
const DECISIONS = "/v1/decisions";

describe("HTTP", () => {
  let service: TestService;
  const start = async (options?: TestServiceOptions) =>
    (service = await startTestService({ listener: "kyverno", ...options }));
  afterEach(() => service.close());

  describe("health", () => {
    it("T255 is ready only with policy and trust, and not while it drains", async () => {
      for (const [options, ready] of [
        [{}, 200],
        [{ decider: null }, 503],
        [{ draining: () => true }, 503],
      ] as const) {
        for (const listener of ["gatekeeper", "kyverno", "metrics"] as const) {
          await start({ ...options, listener });
          expect((await service.call("GET", "/healthz")).json).to.deep.equal({ ok: true });
          const answer = await service.call("GET", "/readyz");
          expect([answer.status, answer.json.ok]).to.deep.equal([ready, ready === 200]);
          expect((await service.call("HEAD", "/readyz")).status).to.equal(ready);
          await service.close();
        }
      }
      await start();
    });

    it("answers no decision on the metrics listener", async () => {
      await start({ listener: "metrics" });
      expect((await service.call("POST", DECISIONS, { images: ["good:1"] })).status).to.equal(404);
      expect((await service.call("POST", GATEKEEPER, providerRequest("good:1"))).status).to.equal(404);
    });
  });

  describe("T199 A095 paths, methods and content types", () => {
    const cases: { method: string; path: string; type?: string; status: number }[] = [
      { method: "POST", path: DECISIONS, status: 200 },
      { method: "POST", path: `${DECISIONS}?x=1&x[__proto__]=2`, status: 200 },
      { method: "POST", path: DECISIONS, type: "application/json", status: 200 },
      { method: "POST", path: DECISIONS, type: "application/json; charset=utf-8", status: 200 },
      { method: "POST", path: DECISIONS, type: 'Application/JSON;charset="UTF-8"', status: 200 },
      { method: "POST", path: DECISIONS, type: "application/json;charset=utf-16", status: 415 },
      { method: "POST", path: DECISIONS, type: "text/plain", status: 415 },
      { method: "POST", path: DECISIONS, type: "application/x-www-form-urlencoded", status: 415 },
      { method: "GET", path: DECISIONS, status: 405 },
      { method: "PUT", path: DECISIONS, status: 405 },
      { method: "DELETE", path: GATEKEEPER, status: 405 },
      { method: "POST", path: "/healthz", status: 405 },
      { method: "POST", path: `/${DECISIONS}`, status: 404 },
      { method: "POST", path: "//v1/gatekeeper/validate", status: 404 },
      { method: "POST", path: "/v1//decisions", status: 404 },
      { method: "POST", path: `${DECISIONS}/`, status: 404 },
      { method: "POST", path: "/V1/decisions", status: 404 },
      { method: "POST", path: "/v1/%64ecisions", status: 404 },
      { method: "POST", path: "/v1/x/%2e%2e/decisions", status: 404 },
      { method: "POST", path: "/v1/x/../decisions", status: 404 },
      { method: "POST", path: "/v1/%zz", status: 404 },
      { method: "POST", path: "/__proto__", status: 404 },
      { method: "GET", path: "/constructor", status: 404 },
      { method: "POST", path: '/v1/data/a"];%20true', status: 400 },
    ];
    for (const { method, path, type, status } of cases) {
      it(`${method} ${path} ${type ?? ""} is ${status}`, async () => {
        await start();
        const body = method === "GET" ? undefined : { images: ["good:1"] };
        const answer = await service.call(
          method,
          path,
          body,
          type === undefined ? {} : { "content-type": type },
        );
        expect(answer.status).to.equal(status);
        expect(answer.json).to.be.an("object");
        if (status === 405) expect(answer.headers.allow).to.be.oneOf(["POST", "GET, HEAD"]);
      });
    }

    it("refuses a compressed body", async () => {
      await start();
      const answer = await service.call("POST", DECISIONS, "x", { "content-encoding": "gzip" });
      expect(answer.status).to.equal(415);
    });
  });

  describe("T196 A144 bodies", () => {
    const proto = '{"images":["good:1"],"namespace":null';
    const cases: { name: string; body: string | Buffer; status: number }[] = [
      { name: "100,000 levels", body: `{"images":${"[".repeat(100_000)}`, status: 400 },
      { name: "100,000 levels of objects", body: '{"a":'.repeat(100_000), status: 400 },
      { name: "17 levels", body: `{"images":${"[".repeat(17)}${"]".repeat(17)}}`, status: 400 },
      { name: "100,000 elements", body: `{"images":[${'"a",'.repeat(100_000)}"a"]}`, status: 413 },
      { name: "a key twice", body: `${proto},"images":["evil:1"]}`, status: 400 },
      { name: "a key twice, escaped", body: `${proto},"\\u0069mages":["evil:1"]}`, status: 400 },
      {
        name: "a byte order mark",
        body: Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(`${proto}}`)]),
        status: 400,
      },
      { name: "no UTF-8", body: Buffer.from(`{"images":["\xff"]}`, "latin1"), status: 400 },
      { name: "UTF-16", body: Buffer.from(`${proto}}`, "utf16le"), status: 400 },
      { name: "trailing garbage", body: `${proto}} x`, status: 400 },
      { name: "two documents", body: `${proto}}${proto}}`, status: 400 },
      { name: "a number too large", body: '{"images":[9007199254740993]}', status: 400 },
    ];
    for (const { name, body, status } of cases) {
      it(`${name} is ${status} on both surfaces, and the next request is answered`, async () => {
        await start();
        for (const path of [DECISIONS, GATEKEEPER]) {
          const answer = await service.call("POST", path, body);
          expect(answer.status).to.equal(path === GATEKEEPER && status === 413 ? 400 : status);
          expect(answer.text).not.to.match(/\n|node_modules|\.ts\b/);
        }
        expect((await service.call("POST", DECISIONS, { images: ["good:1"] })).json.allow).to.equal(true);
      });
    }
  });

  describe("T195 A080 sizes and slowness", () => {
    it("refuses a body that says it is too large without reading it", async () => {
      await start();
      const text = await service.raw(
        `POST ${DECISIONS} HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n`,
        { keepOpen: true },
      );
      expect(text).to.match(/^HTTP\/1\.1 413 /);
      expect(text).to.match(/connection: close/i);
    });

    it("refuses a chunked body as soon as it is too large, and closes", async () => {
      await start({ limits: { bodyBytes: 1000 } });
      const chunk = `1f4\r\n${" ".repeat(500)}\r\n`;
      const text = await service.raw(
        `POST ${DECISIONS} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
        { keepOpen: true },
      );
      expect(text).to.match(/^HTTP\/1\.1 413 /);
    });

    it("gives up on a body that does not come, within the budget", async () => {
      await start({ budgets: { gatekeeper: 200, kyverno: 200, admission: 200 } });
      const text = await service.raw(
        `POST ${GATEKEEPER} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"`,
        { keepOpen: true },
      );
      expect(text).to.match(/^HTTP\/1\.1 408 /);
      expect(text).to.include('"systemError":"assay: the body did not arrive in time"');
    });

    it("survives a caller that leaves in the middle of its body", async () => {
      await start();
      let sent = false;
      setTimeout(() => (sent = true), 30);
      await service.raw(`POST ${DECISIONS} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"`, {
        keepOpen: true,
        destroyWhen: () => sent,
      });
      expect((await service.call("POST", DECISIONS, { images: ["good:1"] })).json.allow).to.equal(true);
    });
  });

  describe("T197 requests that two parsers read differently", () => {
    const body = '{"images":["good:1"]}';
    const head = `POST ${DECISIONS} HTTP/1.1\r\nHost: a\r\n`;
    for (const [name, request] of [
      [
        "both lengths",
        `${head}Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${body}`,
      ],
      ["two lengths", `${head}Content-Length: ${body.length}\r\nContent-Length: 5\r\n\r\n${body}`],
      ["a folded header", `${head}X-A: b\r\n c\r\nContent-Length: x\r\n\r\n${body}`],
      ["a bare line feed", `POST ${DECISIONS} HTTP/1.1\nHost: a\nContent-Length: ${body.length}\n\n${body}`],
      ["a length with spaces", `${head}Content-Length: 2 1\r\n\r\n${body}`],
      ["a space before the colon", `${head}Content-Length : ${body.length}\r\n\r\n${body}`],
      ["no host", `POST ${DECISIONS} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ] as const) {
      it(`${name}: refused and closed`, async () => {
        await start();
        const text = await service.raw(request, { keepOpen: true });
        expect(text).to.match(/^HTTP\/1\.1 400 /);
        expect(text.match(/HTTP\/1\.1/g)).to.have.length(1);
        expect(text).not.to.include("allow");
      });
    }
  });

  describe("T198 headers", () => {
    it("refuses too many and too large ones", async () => {
      await start();
      const lines = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: b\r\n`).join("");
      expect(await service.raw(`GET /healthz HTTP/1.1\r\nHost: a\r\n${lines(300)}\r\n`)).to.match(
        /^HTTP\/1\.1 431 /,
      );
      expect(
        await service.raw(`GET /healthz HTTP/1.1\r\nHost: a\r\na: ${"b".repeat(102_400)}\r\n\r\n`),
      ).to.match(/^HTTP\/1\.1 431 /);
      const odd = "__proto__: x\r\nconstructor: y\r\nConnection: close\r\n";
      expect(await service.raw(`GET /healthz HTTP/1.1\r\nHost: a\r\n${odd}\r\n`)).to.match(
        /^HTTP\/1\.1 200 /,
      );
    });
  });

  it("T205 T206 answers and logs stay one line, bounded, without what was thrown or who asked", async () => {
    const hostile = 'evil\u001b[31m\r\n{"level":"info"}<script>\u202e';
    await start({
      decider: fakeDecider((request) =>
        Promise.resolve(
          decisionFor(request, {
            ...DENIAL,
            violations: Array.from({ length: 500 }, () => ({
              code: "a.b",
              message: `${hostile}${"x".repeat(100_000)}`,
              solution: hostile,
              evidence: [],
              severity: null,
              term: null,
            })),
          }),
        ),
      ),
    });
    const image = `https://user:hunter2@registry/${hostile}`;
    const headers = { authorization: "Bearer sesame", cookie: "a=sesame" };
    for (const [path, body] of [
      [DECISIONS, { images: [image] }],
      [GATEKEEPER, providerRequest(image)],
    ] as const) {
      const answer = await service.call("POST", path, body, headers);
      expect(answer.status).to.equal(200);
      expect(answer.text.length).to.be.lessThan(200_000);
      expect(Buffer.from(answer.text).every((byte) => byte >= 0x20)).to.equal(true);
      expect(answer.headers["content-type"]).to.equal("application/json; charset=utf-8");
      expect(answer.headers["x-content-type-options"]).to.equal("nosniff");
      expect(answer.headers["x-powered-by"]).to.equal(undefined);
      expect(answer.headers["x-request-id"]).to.match(/^[0-9a-f-]{36}$/);
    }
    for (const line of service.logs) {
      expect(line.indexOf("\n")).to.equal(line.length - 1);
      expect(line.length).to.be.lessThan(3000);
      expect(line).not.to.match(/sesame|hunter2|\\u001b|\\u202e/);
    }
    const messages = service.entries().map(({ message }) => message);
    expect(messages).to.deep.equal(["request", "request"]);
  });

  it("logs each decision and each request under one request id", async () => {
    await start();
    const answer = await service.call("POST", DECISIONS, { images: ["good:1", "evil:1"] });
    const entries = service.entries();
    expect(entries.map(({ requestId }) => requestId)).to.deep.equal(
      [1, 2, 3].map(() => answer.headers["x-request-id"]),
    );
    expect(entries[1]).to.deep.include({
      level: "info",
      message: "decision",
      reference: "evil:1",
      outcome: "deny",
      codes: "provenance.builder_allowed",
    });
    expect(entries[2]).to.deep.include({ message: "request", path: DECISIONS, status: 200, images: 2 });
  });

  it("says a single decision in the request's own line", async () => {
    await start();
    const answer = await service.call("POST", DECISIONS, { images: ["evil:1"] });
    const [entry, ...more] = service.entries();
    expect(more).to.deep.equal([]);
    expect(entry).to.deep.include({
      message: "request",
      requestId: answer.headers["x-request-id"],
      path: DECISIONS,
      status: 200,
      images: 1,
      reference: "evil:1",
      outcome: "deny",
      codes: "provenance.builder_allowed",
    });
  });

  it("asks callers to go elsewhere while it drains, but still answers", async () => {
    await start({ draining: () => true });
    const answer = await service.call("POST", DECISIONS, { images: ["good:1"] });
    expect([answer.status, answer.headers.connection]).to.deep.equal([200, "close"]);
  });
});
