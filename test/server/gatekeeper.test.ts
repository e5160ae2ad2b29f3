import { expect } from "chai";
import fc from "fast-check";
import type { Decision } from "../../src/decision/index.ts";
import {
  decisionFor,
  DENIAL,
  fakeDecider,
  IMAGE_DIGEST,
  providerRequest,
  startTestService,
  UNDECIDED,
  type TestService,
  type TestServiceOptions,
} from "./harness.ts";

const PATH = "/v1/gatekeeper/validate";

describe("POST /v1/gatekeeper/validate", () => {
  let service: TestService;
  const start = async (options?: TestServiceOptions) => (service = await startTestService(options));
  afterEach(() => service.close());

  it("T220 answers each key with a value", async () => {
    await start();
    const answer = await service.call("POST", PATH, providerRequest("good:1", "[prod]evil:1"));
    expect(answer.status).to.equal(200);
    expect(answer.json).to.deep.equal({
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "ProviderResponse",
      response: {
        idempotent: false,
        items: [
          {
            key: "good:1",
            value: {
              allow: true,
              outcome: "allow",
              digest: IMAGE_DIGEST,
              reasons: [],
              warnings: [],
              decisionId: "00000000-0000-8000-8000-000000000000",
            },
          },
          {
            key: "[prod]evil:1",
            value: {
              allow: false,
              outcome: "deny",
              digest: IMAGE_DIGEST,
              reasons: [
                "provenance.builder_allowed: Built by evil, which is not approved. To do: Build with an approved builder",
              ],
              warnings: [],
              decisionId: "00000000-0000-8000-8000-000000000000",
            },
          },
        ],
      },
    });
  });

  it("decides equal keys once, answers each, and keeps namespaces apart", async () => {
    const asked: string[] = [];
    await start({
      decider: fakeDecider((request) => {
        asked.push(`${request.namespace ?? "-"} ${request.reference} ${request.surface}`);
        return Promise.resolve(decisionFor(request));
      }),
    });
    const keys = ["a:1", "a:1", "[x]a:1", "[x]a:1", "[y]a:1"];
    const answer = await service.call("POST", PATH, providerRequest(...keys));
    expect(answer.json.response.items.map((item: { key: string }) => item.key)).to.deep.equal(keys);
    expect(asked.sort()).to.deep.equal(["- a:1 gatekeeper", "x a:1 gatekeeper", "y a:1 gatekeeper"]);
  });

  it("T217 T218 gives exactly one item per key asked, under the key to the letter", async () => {
    await start();
    const key = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }).filter((text) => text.isWellFormed()),
      fc.constantFrom("good:1", "[prod]good:1", "[]x", "__proto__", "constructor", "", " good:1", "a\u0000b"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 20 }), async (keys) => {
        const answer = await service.call("POST", PATH, providerRequest(...keys));
        expect(answer.status).to.equal(200);
        expect(answer.json.response.items.map((item: { key: string }) => item.key)).to.deep.equal(keys);
        for (const { value } of answer.json.response.items) expect(value.allow).to.be.a("boolean");
      }),
      { numRuns: 150 },
    );
  });

  it("T009 judges each spelling of one image as it is written: a rule may read that", async () => {
    await start({
      decider: fakeDecider((request) =>
        Promise.resolve(decisionFor(request, request.reference === "nginx" ? DENIAL : {})),
      ),
    });
    for (const keys of [
      ["nginx", "docker.io/library/nginx:latest"],
      ["docker.io/library/nginx:latest", "nginx"],
    ]) {
      const { json } = await service.call("POST", PATH, providerRequest(...keys));
      const { items } = json.response as { items: readonly { key: string; value: { allow: boolean } }[] };
      expect(items.map(({ key, value }) => [key, value.allow])).to.deep.equal(
        keys.map((key) => [key, key !== "nginx"]),
      );
    }
  });

  it("T223 A080 answers 499 good keys and a bad one, never more at a time than the bound", async () => {
    let running = 0;
    let most = 0;
    await start({
      decider: fakeDecider(async (request) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return decisionFor(request, request.reference === "bad:1" ? DENIAL : {});
      }),
    });
    const keys = [...Array.from({ length: 499 }, (_, index) => `good:${index}`), "bad:1"];
    const { json } = await service.call("POST", PATH, providerRequest(...keys));
    const allowed = json.response.items.filter((item: { value: { allow: boolean } }) => item.value.allow);
    expect([json.response.items.length, allowed.length, most]).to.deep.equal([500, 499, 16]);
  });

  describe("T219 what cannot be decided", () => {
    const cases: { name: string; change: Partial<Decision>; permanent: boolean }[] = [
      { name: "registry down", change: UNDECIDED, permanent: false },
      { name: "deadline", change: reason("deadline.exceeded"), permanent: false },
      { name: "policy worker killed", change: reason("policy.timeout"), permanent: false },
      { name: "no reason at all", change: { ...UNDECIDED, reason: null }, permanent: false },
      { name: "no reference", change: reason("reference.invalid"), permanent: true },
      { name: "image not there", change: reason("registry.not_found"), permanent: true },
      { name: "registry not allowed", change: reason("registry.not_allowed"), permanent: true },
    ];
    for (const { name, change, permanent } of cases) {
      it(`${name}: ${permanent ? "a value that does not allow" : "systemError and no item"}`, async () => {
        await start({
          decider: fakeDecider((request) =>
            Promise.resolve(decisionFor(request, request.reference === "good:1" ? {} : change)),
          ),
        });
        const { status, json } = await service.call("POST", PATH, providerRequest("good:1", "other:1"));
        if (permanent) {
          expect(status).to.equal(200);
          expect(json.response).to.have.all.keys("idempotent", "items");
          expect(json.response.items[1].value).to.include({ allow: false, outcome: "undecided" });
          expect(json.response.items[1].value.reasons).to.deep.equal([`${change.reason?.code}: because`]);
        } else {
          expect(status).to.equal(503);
          expect(json.response).to.have.all.keys("idempotent", "systemError");
          expect(json.response.systemError).to.match(/^assay: 1 of 2 images could not be decided/);
        }
      });
    }
  });

  it("never allows on a decision that contradicts itself", async () => {
    await start({
      decider: fakeDecider((request) => Promise.resolve(decisionFor(request, { outcome: "deny" }))),
    });
    const { json } = await service.call("POST", PATH, providerRequest("good:1"));
    expect(json.response.items[0].value.allow).to.equal(false);
  });

  it("T222 A079 answers before the budget ends although nothing was decided", async () => {
    await start({
      budgets: { gatekeeper: 300, kyverno: 300, admission: 300 },
      decider: fakeDecider((request) =>
        request.reference === "good:1" ? Promise.resolve(decisionFor(request)) : new Promise(() => undefined),
      ),
    });
    const { status, json } = await service.call("POST", PATH, providerRequest("good:1", "slow:1", "slow:2"));
    expect(status).to.equal(503);
    expect(json.response).to.deep.equal({
      idempotent: false,
      systemError: "assay: 2 of 3 images could not be decided (deadline.exceeded): try again",
    });
  });

  it("T204 A144 answers with systemError whatever is thrown, and stays alive", async () => {
    for (const thrown of [
      new Error("at /src/secret.ts:1 host db.internal"),
      "text",
      null,
      undefined,
      { a: 1 },
      7,
    ]) {
      await start({
        decider: fakeDecider((request) => {
          if (request.reference === "good:1") return Promise.resolve(decisionFor(request));
          // oxlint-disable-next-line typescript/only-throw-error, no-throw-literal -- libraries do
          throw thrown;
        }),
      });
      const { status, json, text } = await service.call("POST", PATH, providerRequest("a:1"));
      expect(status).to.equal(503);
      expect(json.response.systemError).to.equal(
        "assay: 1 of 1 images could not be decided (internal): try again",
      );
      expect(text).not.to.match(/secret|internal\b.*db|\.ts:/);
      expect((await service.call("POST", PATH, providerRequest("good:1"))).status).to.equal(200);
      await service.close();
    }
    await start();
  });

  const malformed: { name: string; body: unknown; status: number }[] = [
    { name: "no JSON", body: "{", status: 400 },
    { name: "nothing", body: "", status: 400 },
    { name: "a list", body: "[]", status: 400 },
    {
      name: "v1alpha1",
      body: { ...providerRequest("a"), apiVersion: "externaldata.gatekeeper.sh/v1alpha1" },
      status: 400,
    },
    { name: "no apiVersion", body: { kind: "ProviderRequest", request: { keys: ["a"] } }, status: 400 },
    { name: "another kind", body: { ...providerRequest("a"), kind: "ProviderResponse" }, status: 400 },
    { name: "no request", body: { ...providerRequest("a"), request: undefined }, status: 400 },
    { name: "keys as text", body: { ...providerRequest("a"), request: { keys: "a" } }, status: 400 },
    { name: "a key that is a number", body: providerRequest("a", 1), status: 400 },
    { name: "a key that is null", body: providerRequest(null), status: 400 },
    { name: "too many keys", body: providerRequest(...Array.from({ length: 1001 }, () => "a")), status: 413 },
    { name: "a key too long", body: providerRequest("a".repeat(4097)), status: 413 },
  ];
  for (const { name, body, status } of malformed) {
    it(`T225 T217 ${name} is ${status} with systemError`, async () => {
      await start();
      const answer = await service.call("POST", PATH, body);
      expect(answer.status).to.equal(status);
      expect(answer.json.kind).to.equal("ProviderResponse");
      expect(answer.json.response).to.have.all.keys("idempotent", "systemError");
    });
  }

  it("T216 T217 says systemError also at a wrong path, by a wrong method and before it is ready", async () => {
    await start({ decider: null });
    for (const [method, path, status] of [
      ["POST", "/", 503],
      ["POST", "/v1/gatekeeper", 404],
      ["POST", "/v1/gatekeeper/validat", 404],
      ["GET", PATH, 405],
      ["POST", PATH, 503],
    ] as const) {
      const answer = await service.call(method, path, providerRequest("a"));
      expect(answer.status).to.equal(status);
      expect(answer.json.response.systemError).to.match(/^assay: ./);
    }
  });
});

function reason(code: string): Partial<Decision> {
  return { ...UNDECIDED, reason: { code, message: "because" } };
}
