import { expect } from "chai";
import { failure, success, type JsonValue } from "../../src/core/index.ts";
import type { DecisionRequest } from "../../src/decision/index.ts";
import {
  decisionFor,
  DENIAL,
  fakeDecider,
  POLICY,
  providerRequest,
  startTestService,
  UNDECIDED,
  type FakeParts,
  type TestService,
  type TestServiceOptions,
} from "./harness.ts";

const DECISION = "/v1/data/assay/decision";
const ALLOW = "/v1/data/assay/allow";
const ID = "00000000-0000-8000-8000-000000000000";

/** What an entrypoint of the author's own says over any image. */
const LEVELS = { "ghcr.io/acme/app": [3, { at: "release" }] };

describe("OPA's Data API", () => {
  let service: TestService;
  afterEach(() => service.close());
  const start = async (options: TestServiceOptions = {}, rest: FakeParts = {}) => {
    service = await startTestService({
      listener: "api",
      decider: fakeDecider(undefined, { query: () => Promise.resolve(success(LEVELS)), ...rest }),
      ...options,
    });
  };
  const post = (path: string, input: unknown) => service.call("POST", path, { input });

  it("answers with the decision document, and with its allowance", async () => {
    const asked: DecisionRequest[] = [];
    const decider = fakeDecider((request) => {
      asked.push(request);
      return Promise.resolve(decisionFor(request, request.reference === "good:1" ? {} : DENIAL));
    });
    await start({ decider });
    const input = { image: "good:1", namespace: "prod", parameters: { level: 3 } };
    const whole = await post(DECISION, input);
    const request = { reference: "good:1", surface: "data-api", namespace: "prod", platform: null } as const;
    const document = decisionFor({ ...request, parameters: {} });
    expect([whole.status, whole.json]).to.deep.equal([200, { result: document, decision_id: ID }]);
    expect(asked).to.deep.equal([{ ...request, parameters: { level: 3 } }]);

    expect((await post(ALLOW, { image: "good:1" })).json).to.deep.equal({ result: true, decision_id: ID });
    expect((await post(ALLOW, { image: "evil:1" })).json).to.deep.equal({ result: false, decision_id: ID });
    expect((await post(DECISION, { image: "evil:1" })).json.result).to.include({
      allow: false,
      outcome: "deny",
    });
  });

  it("T226 what could not be decided is not allowed, and says why", async () => {
    const reason = { code: "registry.unavailable", message: "the registry answered 503" };
    await start({ decider: fakeDecider((request) => Promise.resolve(decisionFor(request, UNDECIDED))) });
    expect((await post(ALLOW, { image: "a:1" })).json).to.deep.equal({
      result: false,
      decision_id: ID,
      warning: reason,
    });
    const { status, json } = await post(DECISION, { image: "a:1" });
    expect([status, json.result.outcome, json.result.reason]).to.deep.equal([200, "undecided", reason]);
    // A document that contradicts itself allows nothing.
    await service.close();
    await start({
      decider: fakeDecider((request) => Promise.resolve(decisionFor(request, { outcome: "undecided" }))),
    });
    expect((await post(ALLOW, { image: "a:1" })).json.result).to.equal(false);
  });

  it("evaluates an entrypoint of the author's own over the image's input document", async () => {
    const seen: unknown[] = [];
    await start(
      {},
      {
        query: ({ bytes, time }, entrypoint) => {
          seen.push([JSON.parse(Buffer.from(bytes).toString()), time, entrypoint]);
          return Promise.resolve(success(LEVELS));
        },
      },
    );
    const { status, json } = await post("/v1/data/acme/levels", { image: "good:1" });
    expect([status, json.result]).to.deep.equal([200, LEVELS]);
    expect(json.decision_id).to.match(/^[0-9a-f-]{36}$/);
    expect(seen).to.deep.equal([
      [{ schemaVersion: "1", request: { reference: "good:1" } }, new Date(0), "acme/levels"],
    ]);
  });

  it("steps into a document; what is not there is undefined: no result", async () => {
    await start();
    const cases: [path: string, result?: JsonValue][] = [
      [`${DECISION}/allow`, true],
      [`${DECISION}/image/reference`, "good:1"],
      [`${DECISION}/passed/0`, "provenance.present"],
      ["/v1/data/acme/levels/ghcr.io%2Facme%2Fapp"],
      [`${DECISION}/passed/7`],
      [`${DECISION}/passed/00`],
      [`${DECISION}/nothing`],
      [`${DECISION}/__proto__`],
      [`${DECISION}/constructor/name`],
      [`${ALLOW}/x/y`],
    ];
    for (const [path, result] of cases) {
      const { status, json } = await post(path, { image: "good:1" });
      expect([path, status, json.result]).to.deep.equal([path, 200, result]);
      expect(json).to.have.all.keys(...(result === undefined ? [] : ["result"]), "decision_id");
    }
  });

  it("is undefined where the policy has no such entrypoint, says so, and decides nothing", async () => {
    await start({ decider: fakeDecider(() => Promise.reject(new Error("asked"))) });
    for (const path of ["/v1/data", "/v1/data/assay", "/v1/data/assay/decisions", "/v1/data/policy/images"]) {
      const { status, json } = await post(path, { image: "good:1" });
      expect([path, status]).to.deep.equal([path, 200]);
      expect(json).to.have.all.keys("decision_id", "warning");
      expect(json.warning.code).to.equal("api_usage_warning");
      expect(json.warning.message).to.match(/it has assay\/decision, assay\/allow, acme\/levels$/);
    }
  });

  it("answers a GET with the input in the URL", async () => {
    await start();
    const input = encodeURIComponent('{"image":"good:1","namespace":"prod"}');
    const { status, json } = await service.call("GET", `${ALLOW}?input=${input}`);
    expect([status, json]).to.deep.equal([200, { result: true, decision_id: ID }]);
  });

  it("adds provenance and metrics where they are asked for, and indents", async () => {
    await start();
    for (const query of [
      "provenance&metrics&pretty",
      "provenance=true&metrics=TRUE&pretty=true&instrument=true",
    ]) {
      const { json, text } = await service.call("POST", `${ALLOW}?${query}`, { input: { image: "good:1" } });
      expect(json).to.have.all.keys("result", "decision_id", "provenance", "metrics");
      expect(json.provenance.version).to.match(/^\d+\.\d+\.\d+/);
      expect(json.provenance.bundles).to.deep.equal({ [POLICY.name]: { revision: POLICY.revision } });
      expect(json.metrics).to.have.all.keys(
        "timer_rego_input_parse_ns",
        "timer_rego_query_eval_ns",
        "timer_server_handler_ns",
      );
      for (const timer of Object.values(json.metrics)) expect(timer).to.satisfy(Number.isSafeInteger);
      expect(text).to.match(/^\{\n {2}"result": true,/);
    }
    const plain = await service.call("POST", `${ALLOW}?provenance=false&metrics=0`, {
      input: { image: "good:1" },
    });
    expect(plain.json).to.have.all.keys("result", "decision_id");
  });

  describe("v0 and the default decision", () => {
    it("answer with the document alone", async () => {
      await start();
      const body = { image: "good:1" };
      expect((await service.call("POST", "/v0/data/assay/allow", body)).text).to.equal("true\n");
      expect((await service.call("POST", "/", body)).json).to.include({ allow: true, outcome: "allow" });
      expect((await service.call("POST", "/?pretty", body)).text).to.match(/^\{\n {2}"allow": true/);
    });

    it("answer 404 where it is undefined", async () => {
      await start();
      const { status, json } = await service.call("POST", "/v0/data/assay/nothing", { image: "good:1" });
      expect([status, json]).to.deep.equal([
        404,
        { code: "undefined_document", message: "document missing: data.assay.nothing" },
      ]);
    });
  });

  describe("T199 T203 refuses in OPA's words", () => {
    const image = { image: "good:1" };
    const cases: { name: string; path?: string; body?: unknown; says: RegExp }[] = [
      { name: "no JSON", body: '{"input":', says: /not JSON/ },
      { name: "a list", body: [1], says: /the body must be/ },
      { name: "no body", body: "", says: /not JSON/ },
      { name: "no input", body: {}, says: /input is missing/ },
      { name: "input null", body: { input: null }, says: /image must be a reference/ },
      { name: "no image", body: { input: {} }, says: /image must be a reference/ },
      {
        name: "an image that is a list",
        body: { input: { image: ["a"] } },
        says: /image must be a reference/,
      },
      {
        name: "a member beside input",
        body: { input: image, unknowns: [] },
        says: /unknown member "unknowns"/,
      },
      {
        name: "A134 a time",
        body: { input: { ...image, time: "2020-01-01T00:00:00Z" } },
        says: /unknown member "time"/,
      },
      {
        name: "evidence",
        body: { input: { ...image, provenance: [] } },
        says: /unknown member "provenance"/,
      },
      { name: "__proto__", body: '{"input":{"image":"good:1","__proto__":{}}}', says: /unknown member/ },
      { name: "image twice", body: '{"input":{"image":"evil:1","image":"good:1"}}', says: /./ },
      { name: "a namespace that is none", body: { input: { ...image, namespace: "A!" } }, says: /namespace/ },
      { name: "parameters as a list", body: { input: { ...image, parameters: [] } }, says: /parameters/ },
      { name: "a Gatekeeper request", body: providerRequest("good:1"), says: /unknown member "apiVersion"/ },
      {
        name: "v0 with an input inside",
        path: "/v0/data/assay/allow",
        body: { input: image },
        says: /image must be/,
      },
      { name: "a Gatekeeper request to /", path: "/", body: providerRequest("a"), says: /image must be/ },
    ];
    for (const { name, path = ALLOW, body, says } of cases) {
      it(name, async () => {
        await start();
        const { status, json } = await service.call("POST", path, body);
        expect([status, json.code]).to.deep.equal([400, "invalid_parameter"]);
        expect(json).to.have.all.keys("code", "message", "errors");
        expect(json.message).to.match(says);
        expect(json.errors).to.deep.equal([{ code: "request.invalid", message: json.message }]);
      });
    }

    const others: { name: string; method: string; path: string; status: number; code: string }[] = [
      { name: "PUT", method: "PUT", path: "/v1/data/x", status: 405, code: "invalid_operation" },
      { name: "PATCH", method: "PATCH", path: "/v1/data/x", status: 405, code: "invalid_operation" },
      { name: "DELETE", method: "DELETE", path: "/v1/data", status: 405, code: "invalid_operation" },
      {
        name: "GET of v0",
        method: "GET",
        path: "/v0/data/assay/allow",
        status: 405,
        code: "invalid_operation",
      },
      { name: "GET /", method: "GET", path: "/", status: 405, code: "invalid_operation" },
      { name: "GET without input", method: "GET", path: ALLOW, status: 400, code: "invalid_parameter" },
      {
        name: "GET with half an input",
        method: "GET",
        path: `${ALLOW}?input=%7B`,
        status: 400,
        code: "invalid_parameter",
      },
      {
        name: "GET with two",
        method: "GET",
        path: `${ALLOW}?input={}&input={}`,
        status: 400,
        code: "invalid_parameter",
      },
      {
        name: "a slash at the end",
        method: "POST",
        path: `${ALLOW}/`,
        status: 404,
        code: "resource_not_found",
      },
      {
        name: "two slashes",
        method: "POST",
        path: "/v1/data//assay/allow",
        status: 404,
        code: "resource_not_found",
      },
      {
        name: "a step up",
        method: "POST",
        path: "/v1/data/x/../assay/allow",
        status: 404,
        code: "resource_not_found",
      },
      {
        name: "an encoded step up",
        method: "POST",
        path: "/v1/data/x/%2e%2e/y",
        status: 404,
        code: "resource_not_found",
      },
      {
        name: "half a percent",
        method: "POST",
        path: "/v1/data/%zz",
        status: 404,
        code: "resource_not_found",
      },
      { name: "policies", method: "GET", path: "/v1/policies", status: 404, code: "resource_not_found" },
      {
        name: "a policy to be put",
        method: "PUT",
        path: "/v1/policies/x",
        status: 404,
        code: "resource_not_found",
      },
      { name: "a query", method: "POST", path: "/v1/query", status: 404, code: "resource_not_found" },
      {
        name: "a batch",
        method: "POST",
        path: "/v1/batch/data/assay/allow",
        status: 404,
        code: "resource_not_found",
      },
    ];
    for (const { name, method, path, status, code } of others) {
      it(name, async () => {
        await start();
        const body = method === "GET" ? undefined : { input: image };
        const answer = await service.call(method, path, body);
        expect([answer.status, answer.json.code]).to.deep.equal([status, code]);
      });
    }

    it("YAML and compressed bodies", async () => {
      await start();
      for (const headers of [{ "content-type": "application/yaml" }, { "content-encoding": "gzip" }]) {
        const { status, json } = await service.call("POST", ALLOW, "input: {}", headers);
        expect([status, json.code, json.errors[0].code]).to.deep.equal([
          415,
          "invalid_parameter",
          "http.media_type",
        ]);
      }
    });

    it("a GET with a body", async () => {
      await start();
      const path = `${ALLOW}?input=${encodeURIComponent(JSON.stringify(image))}`;
      const { status, json } = await service.call("GET", path, "{}", { "content-length": "2" });
      expect([status, json.code]).to.deep.equal([400, "invalid_parameter"]);
    });
  });

  describe("what an entrypoint cannot say", () => {
    const path = "/v1/data/acme/levels";
    const cases: { name: string; rest: FakeParts; status: number; code: string; reason: string }[] = [
      {
        name: "the registry is down",
        rest: { describe: () => Promise.resolve(failure("registry.unavailable", "503")) },
        status: 500,
        code: "internal_error",
        reason: "registry.unavailable",
      },
      {
        name: "no reference",
        rest: { describe: () => Promise.resolve(failure("reference.invalid", "none")) },
        status: 400,
        code: "invalid_parameter",
        reason: "reference.invalid",
      },
      {
        name: "the policy contradicts itself",
        rest: { query: () => Promise.resolve(failure("policy.conflict", "two values")) },
        status: 500,
        code: "internal_error",
        reason: "policy.conflict",
      },
      {
        name: "T206 something throws",
        rest: { query: () => Promise.reject(new Error("password hunter2")) },
        status: 500,
        code: "internal_error",
        reason: "internal",
      },
      {
        name: "T222 it hangs",
        rest: { describe: () => new Promise(() => undefined) },
        status: 500,
        code: "internal_error",
        reason: "deadline.exceeded",
      },
    ];
    for (const { name, rest, status, code, reason } of cases) {
      it(name, async () => {
        await start({ budgets: { dataApi: 200 }, decider: fakeDecider(undefined, rest) });
        const { json, text, ...answer } = await post(path, { image: "good:1" });
        expect([answer.status, json.code, json.errors[0].code]).to.deep.equal([status, code, reason]);
        expect(json).to.have.all.keys("code", "message", "errors", "decision_id");
        expect(text).not.to.include("hunter2");
      });
    }

    it("undefined for this image: no result", async () => {
      await start({}, { query: () => Promise.resolve(failure("policy.undefined", "undefined")) });
      const { status, json } = await post(path, { image: "good:1" });
      expect([status, Object.keys(json)]).to.deep.equal([200, ["decision_id"]]);
    });
  });

  describe("a caller's own document", () => {
    const own = {
      schemaVersion: "1",
      time: "2026-11-22T10:00:00Z",
      image: { reference: "a" },
      deep: nested(60),
    };
    const evaluating: FakeParts = {
      decide: () => Promise.reject(new Error("decided")),
      describe: () => Promise.reject(new Error("described")),
      query: ({ bytes, time }, entrypoint) => {
        const document = JSON.parse(Buffer.from(bytes).toString()) as JsonValue;
        return Promise.resolve(success({ document, time: time.toISOString(), entrypoint }));
      },
    };
    const decider = fakeDecider(undefined, evaluating);

    it("is evaluated as it is where the configuration says so, also for assay/decision", async () => {
      await start({ dataApi: { ownInput: true }, decider });
      for (const entrypoint of ["assay/decision", "acme/levels"]) {
        const { status, json } = await post(`/v1/data/${entrypoint}`, own);
        expect([status, json.result]).to.deep.equal([
          200,
          { document: own, time: "2026-11-22T10:00:00.000Z", entrypoint },
        ]);
      }
      const v0 = await service.call("POST", "/v0/data/assay/allow", own);
      expect(v0.json.document).to.deep.equal(own);
    });

    it("is refused without that, and on every other listener even with it", async () => {
      for (const [listener, ownInput] of [
        ["api", false],
        ["kyverno", true],
        ["gatekeeper", true],
        ["admission", true],
      ] as const) {
        await start({ listener, dataApi: { ownInput }, decider });
        const { status, text } = await post(DECISION, own);
        expect(status).to.equal(400);
        expect(text).to.match(/dataApi\.ownInput|deep/);
        const { deep: _deep, ...flat } = own;
        expect((await post(DECISION, flat)).text).to.match(/only where dataApi\.ownInput says so/);
        await service.close();
      }
      await start();
    });

    it("never mixes with an image's: a reference with evidence beside it is refused", async () => {
      await start({ dataApi: { ownInput: true }, decider });
      const { status, json } = await post(DECISION, { image: "good:1", provenance: [] });
      expect([status, json.code]).to.deep.equal([400, "invalid_parameter"]);
      expect((await post(DECISION, { ...own, time: "yesterday" })).status).to.equal(400);
      expect((await post(DECISION, ["good:1"])).status).to.equal(400);
    });
  });

  it("T216 T217 is worded for Gatekeeper on Gatekeeper's listener, so that no answer to it looks like nothing wrong", async () => {
    await start({ listener: "gatekeeper" });
    for (const path of [ALLOW, "/v1/data/nothing", "/v0/data/assay/allow", "/", "/v1/policies"]) {
      const { json } = await service.call("POST", path, providerRequest("good:1"));
      expect(json.response.systemError).to.match(/^assay: ./);
    }
  });

  it("T255 does not answer before policy and trust are loaded, and says so to who asks /health", async () => {
    await start({ decider: null });
    const { status, json } = await post(ALLOW, { image: "good:1" });
    expect([status, json.code, json.errors[0].code]).to.deep.equal([
      503,
      "internal_error",
      "service.not_ready",
    ]);
    const unwell = await service.call("GET", "/health?bundles&plugins");
    expect([unwell.status, unwell.json]).to.deep.equal([500, { error: "the service is not ready" }]);
    await service.close();
    await start();
    const well = await service.call("GET", "/health?bundles=true");
    expect([well.status, well.json]).to.deep.equal([200, {}]);
    expect((await service.call("POST", "/health")).status).to.equal(405);
  });
});

function nested(depth: number): JsonValue {
  return depth === 0 ? "bottom" : [nested(depth - 1)];
}
