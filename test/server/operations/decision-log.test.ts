import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  createDecisionLog,
  httpSink,
  openLineSink,
  type Sink,
} from "../../../src/server/operations/index.ts";
import { decisionFor, DENIAL, fakeDecider, POLICY, startTestService, TRUST, UNDECIDED } from "../harness.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into entries of every shape
type Entry = any;

const NOW = new Date("2026-11-22T12:00:00Z");

describe("decision log", () => {
  const open = (sink: Sink, mask: readonly string[] = [], dropped: string[] = []) =>
    createDecisionLog({
      mask,
      labels: { app: "assay", id: "one" },
      sink,
      dropped: (reason, amount) => void dropped.push(`${reason} ${amount}`),
      clock: () => NOW,
    });
  /** What the log holds after one call. */
  const logged = async (
    path: string,
    body: unknown,
    { mask = [], headers = {} }: { mask?: string[]; headers?: Record<string, string> } = {},
  ) => {
    const entries: string[] = [];
    const decisionLog = open((batch) => (entries.push(...batch), Promise.resolve("sent")), mask);
    const decider = fakeDecider((request) => {
      if (request.reference.includes("open")) return Promise.resolve(decisionFor(request, UNDECIDED));
      return Promise.resolve(decisionFor(request, request.reference.includes("good") ? {} : DENIAL));
    });
    const service = await startTestService({ listener: "kyverno", decider, operations: { decisionLog } });
    const answer = await service.call("POST", path, body, headers);
    await service.close();
    await decisionLog.close(1000);
    return { entries: entries.map((entry): Entry => JSON.parse(entry)), answer };
  };

  it("has an entry in OPA's format for each decision that a caller was given", async () => {
    const body = { images: ["good:1", "bad:1", "open:1"], namespace: "team-a" };
    const { entries, answer } = await logged("/v1/decisions", body);
    expect(entries).to.have.length(3);
    const [good, bad, undecided] = entries;
    expect(good.requested_by).to.match(/^127\.0\.0\.1:[0-9]+$/);
    expect(good.metrics.timer_server_handler_ns).to.be.a("number").greaterThan(0);
    expect({ ...good, requested_by: "", metrics: {} }).to.deep.equal({
      labels: { app: "assay", id: "one" },
      decision_id: answer.json.decisions["good:1"].decisionId,
      bundles: { [POLICY.name]: { revision: POLICY.revision, digest: POLICY.digest } },
      path: "assay/decision",
      input: { image: "good:1", surface: "kyverno", namespace: "team-a" },
      result: {
        allow: true,
        outcome: "allow",
        digest: answer.json.decisions["good:1"].image.digest,
        violations: [],
        warnings: [],
        trust: TRUST.digest,
      },
      requested_by: "",
      timestamp: NOW.toISOString(),
      metrics: {},
      req_id: answer.headers["x-request-id"],
    });
    expect(bad.result).to.include({ allow: false, outcome: "deny" });
    expect(bad.result.violations).to.deep.equal(["provenance.builder_allowed"]);
    expect(undecided.result).to.include({ outcome: "undecided", reason: "registry.unavailable" });
  });

  it("has an entry of its own where a shadow policy decided otherwise, with both revisions", async () => {
    const entries: string[] = [];
    const mask = ["/input/namespace", "/result/enforced/only"];
    const log = open((batch) => (entries.push(...batch), Promise.resolve("sent")), mask);
    const request = {
      reference: "good:1",
      surface: "gatekeeper",
      namespace: "team-a",
      parameters: {},
      platform: null,
    } as const;
    const next = { name: POLICY.name, revision: "4.0.0", digest: POLICY.digest };
    log.addDifference({
      name: "default",
      namespace: "team-a",
      surface: "gatekeeper",
      enforced: decisionFor(request),
      shadow: decisionFor(request, { ...DENIAL, policy: next }),
      onlyEnforced: [],
      onlyShadow: Array.from({ length: 200 }, (_, index) => `provenance.rule_${index}`),
    });
    await log.close(1000);
    const [entry]: Entry[] = entries.map((text): Entry => JSON.parse(text));
    expect(entry.result.shadow.only).to.have.length(100);
    expect({
      ...entry,
      result: { ...entry.result, shadow: { ...entry.result.shadow, only: [] } },
    }).to.deep.equal({
      labels: { app: "assay", id: "one" },
      decision_id: decisionFor(request).decisionId,
      bundles: { [POLICY.name]: { revision: "4.0.0", digest: POLICY.digest } },
      path: "assay/shadow",
      input: { image: "good:1", surface: "gatekeeper" },
      result: {
        digest: decisionFor(request).image.digest,
        enforced: { allow: true, outcome: "allow", policy: POLICY, trust: TRUST.digest },
        shadow: { allow: false, outcome: "deny", policy: next, trust: TRUST.digest, only: [] },
      },
      timestamp: NOW.toISOString(),
      erased: mask,
    });
  });

  it("leaves out what it is told to, and says so", async () => {
    const body = { images: ["bad:1"], namespace: "team-a" };
    const mask = ["/input/namespace", "/result/violations/0", "/result/__proto__/x", "/input"];
    const { entries } = await logged("/v1/decisions", body, { mask: mask.slice(0, 3) });
    expect(entries[0].input).to.deep.equal({ image: "bad:1", surface: "kyverno" });
    expect(entries[0].erased).to.deep.equal(["/input/namespace"]);
    const all = await logged("/v1/decisions", body, { mask: ["/input", "/result/violations"] });
    expect(all.entries[0]).not.to.have.property("input");
    expect(all.entries[0].result).not.to.have.property("violations");
    expect(all.entries[0].erased).to.deep.equal(["/input", "/result/violations"]);
  });

  it("T206 holds no credential, neither of a header nor of what was pasted for an image", async () => {
    const images = [
      "https://user:hunter2@registry.example/good",
      "user:hunter2@registry.example/a:1",
      "good:1",
    ];
    const { entries } = await logged(
      "/v1/decisions",
      { images },
      { headers: { authorization: "Bearer hunter2" } },
    );
    expect(JSON.stringify(entries)).not.to.include("hunter2");
    expect(entries.map(({ input }) => input.image)).to.deep.equal([
      "[redacted]@registry.example/good",
      "[redacted]@registry.example/a:1",
      "good:1",
    ]);
  });

  it("T205 has one line for each entry, whatever an image's name holds", async () => {
    const { entries } = await logged("/v1/decisions", { images: ["bad\n{}\u001b[31m:1"] });
    expect(entries[0].input.image).not.to.include("\n").and.not.include("\u001b");
  });

  it("T230 has none of a dry run, which is to leave nothing behind", async () => {
    const review = (dryRun: boolean) => ({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: {
        uid: "u",
        kind: { group: "", version: "v1", kind: "Pod" },
        resource: { group: "", version: "v1", resource: "pods" },
        requestKind: { group: "", version: "v1", kind: "Pod" },
        operation: "CREATE",
        namespace: "team-a",
        dryRun,
        object: { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a", image: "good:1" }] } },
      },
    });
    const real = await logged("/v1/admission/validate", review(false));
    expect(real.entries.map(({ input }) => input)).to.deep.equal([
      { image: "good:1", surface: "admission", namespace: "team-a" },
    ]);
    expect((await logged("/v1/admission/validate", review(true))).entries).to.deep.equal([]);
  });

  describe("to a file", () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "assay-log-"));
    });
    after(() => rm(folder, { recursive: true }));

    it("adds lines, to a new file where the old one was renamed; nobody else may read it", async () => {
      const path = join(folder, "decisions.log");
      const lines = await openLineSink(path);
      const { signal } = new AbortController();
      expect(await lines.sink(["a", "b"], signal)).to.equal("sent");
      await rename(path, `${path}.1`);
      await lines.sink(["c"], signal);
      await lines.reopen();
      await lines.sink(["d"], signal);
      await lines.close();
      expect(await readFile(`${path}.1`, "utf8")).to.equal("a\nb\nc\n");
      expect(await readFile(path, "utf8")).to.equal("d\n");
      expect((await stat(path)).mode & 0o077).to.equal(0);
      const again = await openLineSink(path);
      await again.sink(["e"], signal);
      await again.close();
      expect(await readFile(path, "utf8")).to.equal("d\ne\n");
    });

    it("T248 asks to try again where the disk is full, and requests are answered all the same", async function () {
      if (process.platform !== "linux") this.skip();
      const dropped: string[] = [];
      const lines = await openLineSink("/dev/full");
      const decisionLog = open(lines.sink, [], dropped);
      const service = await startTestService({ listener: "kyverno", operations: { decisionLog } });
      const { json } = await service.call("POST", "/v1/decisions", { images: ["good:1"] });
      await service.close();
      await decisionLog.close(50);
      await lines.close();
      expect([json.allow, dropped]).to.deep.equal([true, ["late 1"]]);
    });
  });

  describe("by HTTP", () => {
    const requests: { headers: Record<string, unknown>; entries: unknown }[] = [];
    let status = 204;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { headers } = request;
        requests.push({ headers, entries: JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) });
        response.writeHead(status, { location: "/elsewhere" }).end();
      });
    });
    let url: URL;
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`);
    });
    beforeEach(() => (requests.length = 0));
    after(() => server.close());
    const { signal } = new AbortController();

    it("posts batches as OPA does: a compressed array", async () => {
      status = 204;
      expect(await httpSink({ url, token: "secret" })(['{"a":1}', '{"b":2}'], signal)).to.equal("sent");
      expect(requests[0]?.entries).to.deep.equal([{ a: 1 }, { b: 2 }]);
      expect(requests[0]?.headers).to.include({
        "content-type": "application/json",
        "content-encoding": "gzip",
        authorization: "Bearer secret",
      });
    });

    for (const [code, delivery] of [
      [503, "later"],
      [429, "later"],
      [400, "refused"],
      [307, "refused"],
    ] as const) {
      it(`${code} is ${delivery}, and no redirect is followed`, async () => {
        status = code;
        expect(await httpSink({ url })(["{}"], signal)).to.equal(delivery);
        expect(requests).to.have.length(1);
      });
    }

    it("T256 a receiver that is down keeps nobody waiting; what finds no room is counted", async () => {
      const dropped: string[] = [];
      const decisionLog = open(httpSink({ url: new URL("http://127.0.0.1:1/logs") }), [], dropped);
      const service = await startTestService({ listener: "kyverno", operations: { decisionLog } });
      const images = Array.from({ length: 1000 }, (_, index) => `good:${index}`);
      for (let index = 0; index < 3; index++) {
        expect((await service.call("POST", "/v1/decisions", { images })).json.allow).to.equal(true);
      }
      await service.close();
      await decisionLog.close(100);
      expect(dropped).to.deep.equal(["late 3000"]);
    });
  });
});
