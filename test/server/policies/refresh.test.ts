import { expect } from "chai";
import { openApiDocument } from "../../../src/server/openapi/document.ts";
import {
  createLog,
  startService,
  type ListenerSettings,
  DEFAULT_BUDGETS,
} from "../../../src/server/index.ts";
import { fakeDecider, startTestService, STORE, type TestService } from "../harness.ts";

const REFRESH = "/v1/policies/refresh";

describe("POST /v1/policies/refresh", () => {
  let service: TestService | undefined;
  afterEach(() => service?.close());
  let asked = 0;
  beforeEach(() => {
    asked = 0;
  });
  const decider = fakeDecider(undefined, {
    refresh: () => void asked++,
    status: () => ({
      policies: [
        {
          store: STORE,
          names: null,
          roots: [],
          activations: { activated: 0, refused: 0, failed: 0 },
          shadow: null,
        },
      ],
      caching: {
        remembered: 0,
        shared: 0,
        made: 0,
        overloaded: 0,
        decisions: { size: 0, bytes: 0 },
        content: { size: 0, bytes: 0 },
        queue: { running: 0, waiting: 0 },
        pausedRegistries: [],
      },
    }),
  });

  it("has the sources asked, whatever is sent, and answers at once", async () => {
    service = await startTestService({ listener: "api", decider, guarded: new Set(["api"]) });
    for (const body of [undefined, { source: "https://evil.example/a" }, "no JSON"]) {
      const { status, json } = await service.call("POST", REFRESH, body);
      expect([status, json]).to.deep.equal([202, { refreshing: ["default"] }]);
    }
    expect(asked).to.equal(3);
    expect((await service.call("GET", REFRESH)).status).to.equal(405);
    expect(service.entries().at(-1)).to.deep.include({ path: REFRESH, status: 202, refreshing: 1 });
    const described = (await service.call("GET", "/openapi.json")).json;
    expect(Object.keys(described.paths[REFRESH].post.responses)).to.include("202");
    expect(described).to.deep.equal(
      JSON.parse(JSON.stringify(openApiDocument("api", { ownInput: false, refresh: true }))),
    );
  });

  it("is not there on a listener that strangers may reach", async () => {
    for (const listener of ["gatekeeper", "kyverno", "admission", "metrics", "api"] as const) {
      service = await startTestService({ listener, decider });
      expect((await service.call("POST", REFRESH)).status).to.equal(404);
      await service.close();
    }
    expect(asked).to.equal(0);
  });

  describe("is there where the listener api knows its callers, or only this host has any", () => {
    const plain: ListenerSettings = { name: "api", host: "127.0.0.1", port: 0, tls: null };
    const cases: readonly { name: string; listener: ListenerSettings; status: number }[] = [
      { name: "a loopback address", listener: plain, status: 202 },
      { name: "IPv6's", listener: { ...plain, host: "::1" }, status: 202 },
      { name: "all addresses", listener: { ...plain, host: "0.0.0.0" }, status: 404 },
      { name: "another listener on loopback", listener: { ...plain, name: "kyverno" }, status: 404 },
    ];
    for (const { name, listener, status } of cases) {
      it(name, async function () {
        const started = await startService(
          { listeners: [listener], budgets: DEFAULT_BUDGETS },
          () => decider,
          { log: createLog(() => undefined) },
        );
        // A machine without IPv6.
        if (!started.ok) {
          this.skip();
          return;
        }
        const host = listener.host === "::1" ? "[::1]" : "127.0.0.1";
        const answer = await fetch(`http://${host}:${started.value.listeners[0]?.port}${REFRESH}`, {
          method: "POST",
          headers: { connection: "close" },
        });
        await started.value.close({ announceMs: 0 });
        expect(answer.status).to.equal(status);
      });
    }
  });
});
