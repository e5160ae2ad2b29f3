import { expect } from "chai";
import { createServer, type AddressInfo } from "node:net";
import { blobAt, Harness, nameOf, outcome, REPOSITORY, soon } from "./harness.ts";

describe("createRegistry: retries and deadlines", () => {
  const harness = new Harness();
  afterEach(() => harness.close());

  it("T027 tries again after 429, 5xx and lost connections, with a bound", async () => {
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY);
    const faults = [
      { override: { status: 429 }, code: "registry.throttled" },
      { override: { status: 500 }, code: "registry.unavailable" },
      { override: { status: 503, body: "<html>" }, code: "registry.unavailable" },
      { override: { drop: true }, code: "registry.unavailable" },
      { override: { truncateAfter: 5 }, code: "registry.unavailable" },
    ];
    for (const { override, code } of faults) {
      let left = 3;
      lab.misbehave = () => (left-- > 0 ? override : undefined);
      const client = harness.client();
      expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal("ok");
      const before = lab.requests.length;
      lab.misbehave = () => override;
      expect(outcome(await client.manifest(nameOf(lab), image.digest, soon()))).to.equal(code);
      expect(lab.requests.length - before).to.equal(4);
    }
  });

  it("does not repeat what will not change", async () => {
    const lab = await harness.lab();
    const image = lab.pushImage(REPOSITORY);
    for (const override of [{ status: 404 }, { status: 403 }, { body: "{}" }, { status: 206 }]) {
      const before = lab.requests.length;
      lab.misbehave = () => override;
      expect((await harness.client().manifest(nameOf(lab), image.digest, soon())).ok).to.equal(false);
      expect(lab.requests.length - before).to.equal(1);
    }
  });

  describe("T027 Retry-After never holds longer than the bound", () => {
    const values = [
      "1000000000",
      "99999999999999999999",
      "-5",
      "0",
      "soon",
      "Thu, 01 Jan 1970 00:00:00 GMT",
      "Fri, 31 Dec 2999 23:59:59 GMT",
      "1.5",
    ];
    for (const value of values) {
      it(value, async () => {
        const lab = await harness.lab();
        lab.pushImage(REPOSITORY, { tag: "1" });
        let left = 1;
        lab.misbehave = () => (left-- > 0 ? { status: 429, headers: { "retry-after": value } } : undefined);
        expect(outcome(await harness.client().manifest(nameOf(lab), "1", soon()))).to.equal("ok");
        expect(lab.requests).to.have.length(2);
      });
    }
    it("is honoured below the bound, and a deadline meanwhile still says throttled", async () => {
      const lab = await harness.lab();
      lab.misbehave = () => ({ status: 429, headers: { "retry-after": "3" } });
      const client = harness.client({ limits: { maxBackoffMs: 5000 } });
      expect(outcome(await client.manifest(nameOf(lab), "1", soon(150)))).to.equal("registry.throttled");
      expect(lab.requests).to.have.length(1);
    });
  });

  it("a registry that is not there", async () => {
    const lab = await harness.lab();
    await lab.close();
    const registry = "127.0.0.1:1";
    const result = await harness.client().manifest({ registry, repository: "x" }, "1", soon());
    expect(outcome(result)).to.equal("registry.unavailable");
  });

  describe("T049 registries that stall are left at the deadline, their connections closed", () => {
    const table = [
      { name: "no answer", override: { silent: true } },
      { name: "no body", override: { stallAfter: 0 } },
      { name: "a body that stops", override: { stallAfter: 9 } },
      { name: "a byte now and then", override: { trickleMs: 60 } },
    ];
    for (const { name, override } of table) {
      it(name, async () => {
        const lab = await harness.lab({ misbehave: () => override });
        const blob = lab.pushBlob(REPOSITORY, "0123456789");
        const client = harness.client();
        const result = await client.blob(nameOf(lab), blob, { ...soon(120), limit: 100 });
        expect(outcome(result)).to.equal("registry.timeout");
        while ((await lab.connections()) > 0) await new Promise((done) => setTimeout(done, 5));
      });
      if (name !== "a byte now and then") {
        it(`${name}: each attempt has its own bound, and another may follow`, async () => {
          let left = 1;
          const lab = await harness.lab({ misbehave: () => (left-- > 0 ? override : undefined) });
          const blob = lab.pushBlob(REPOSITORY, "0123456789");
          const client = harness.client({ limits: { stallMs: 60 } });
          expect(outcome(await blobAt(client, lab, blob))).to.equal("ok");
          lab.misbehave = () => override;
          const given = harness.client({ limits: { stallMs: 60, attempts: 2 } });
          expect(outcome(await blobAt(given, lab, blob))).to.equal("registry.timeout");
          expect(lab.requests).to.have.length(4);
        });
      }
    }
  });

  it("T055 an upgrade that nobody asked for is no answer", async () => {
    const raw = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      });
    });
    await new Promise<void>((done) => {
      raw.listen(0, "127.0.0.1", done);
    });
    const registry = `127.0.0.1:${(raw.address() as AddressInfo).port}`;
    const result = await harness.client().manifest({ registry, repository: "x" }, "1", soon());
    expect(outcome(result)).to.equal("registry.unavailable");
    raw.close();
  });

  it("an aborted signal asks nothing", async () => {
    const lab = await harness.lab();
    lab.pushImage(REPOSITORY, { tag: "1" });
    const signal = AbortSignal.abort();
    expect(outcome(await harness.client().manifest(nameOf(lab), "1", { signal }))).to.equal(
      "registry.timeout",
    );
    expect(lab.requests).to.have.length(0);
  });

  it("opens a bounded number of connections, and all waiting requests are answered", async () => {
    const lab = await harness.lab({ misbehave: () => ({ delayMs: 10 }) });
    const blobs = Array.from({ length: 40 }, (_, i) => lab.pushBlob(REPOSITORY, `blob ${i}`));
    const client = harness.client({ limits: { connections: 4 } });
    let most = 0;
    lab.misbehave = async () => {
      most = Math.max(most, await lab.connections());
      return { delayMs: 5 };
    };
    const results = await Promise.all(blobs.map((blob) => blobAt(client, lab, blob)));
    expect(results.every((result) => result.ok)).to.equal(true);
    expect(most).to.be.within(2, 4);
  });

  it("requests that wait for a connection end at their deadline", async () => {
    const lab = await harness.lab({ misbehave: () => ({ silent: true }) });
    lab.pushImage(REPOSITORY, { tag: "1" });
    const client = harness.client({ limits: { connections: 1 } });
    const results = await Promise.all([1, 2, 3].map(() => client.manifest(nameOf(lab), "1", soon(100))));
    expect(results.map(outcome)).to.deep.equal(Array.from({ length: 3 }, () => "registry.timeout"));
    lab.misbehave = undefined;
    expect(outcome(await client.manifest(nameOf(lab), "1", soon()))).to.equal("ok");
  });
});
