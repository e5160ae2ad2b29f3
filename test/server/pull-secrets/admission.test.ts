import { expect } from "chai";
import type { JsonObject, JsonValue } from "../../../src/core/index.ts";
import type { DecisionRequest } from "../../../src/decision/index.ts";
import {
  decisionFor,
  fakeDecider,
  IMAGE_DIGEST,
  startTestService,
  UNDECIDED,
  type TestService,
  type TestServiceOptions,
} from "../harness.ts";
import { kindNamed, KINDS, objectOf, reviewOf } from "../admission/objects.ts";

type Asked = Pick<DecisionRequest, "namespace" | "pull">;

const pull = (serviceAccount: string, ...secrets: readonly string[]) => ({ serviceAccount, secrets });
const references = (...names: readonly string[]) => ({ imagePullSecrets: names.map((name) => ({ name })) });

describe("pull secrets that an object under review names", () => {
  let service: TestService;
  let asked: DecisionRequest[] = [];
  /** What is allowed only with the pull secret `good`. */
  const start = async (options: TestServiceOptions = {}) => {
    asked = [];
    const opens = (request: DecisionRequest) => {
      asked.push(request);
      return request.pull?.secrets.includes("good") !== false;
    };
    const decider = fakeDecider(
      (request) => Promise.resolve(decisionFor(request, opens(request) ? {} : UNDECIDED)),
      {
        resolve: (request) =>
          Promise.resolve(
            opens(request)
              ? { ok: true, value: IMAGE_DIGEST }
              : { ok: false, reason: { code: "registry.auth_failed", message: "refused" } },
          ),
      },
    );
    service = await startTestService({ listener: "admission", decider, ...options });
  };
  afterEach(() => service.close());

  const review = async (body: JsonValue, path = "/v1/admission/validate") => {
    const { status, json } = await service.call("POST", path, body);
    expect(status, JSON.stringify(json)).to.equal(200);
    return json.response as { readonly allowed: boolean; readonly patch?: string };
  };
  const askedFor = (): readonly Asked[] =>
    asked.map(({ namespace, pull: names }) => ({
      namespace,
      ...(names === undefined ? {} : { pull: names }),
    }));

  for (const kind of KINDS) {
    it(`of a ${kind.kind}, in its namespace`, async () => {
      await start();
      const spec = {
        ...references("good"),
        serviceAccountName: "builder",
        containers: [{ name: "a", image: "app:1" }],
      };
      await review(reviewOf(objectOf(kind, spec), { kind }));
      expect(askedFor()).to.deep.equal([{ namespace: "prod", pull: pull("builder", "good") }]);
    });
  }

  const podWith = (spec: JsonObject, rest: JsonObject = {}) => {
    const object = objectOf(kindNamed("Pod"), { containers: [{ name: "a", image: "app:1" }], ...spec });
    return reviewOf({ ...object, ...rest });
  };

  it("T240 the namespace is the review's, whatever the object says", async () => {
    await start();
    await review(podWith(references("good"), { metadata: { name: "x", namespace: "other" } }));
    expect(askedFor()).to.deep.equal([{ namespace: "prod", pull: pull("default", "good") }]);
  });

  it("A063 T240 no name leads out of it", async () => {
    await start();
    await review(
      podWith({
        ...references("../../other/secrets/good", "other/good", "good"),
        serviceAccountName: "../x",
      }),
    );
    expect(askedFor()).to.deep.equal([{ namespace: "prod", pull: pull("../x", "good") }]);
  });

  it("T207 an image that stands in pods with different secrets is allowed only where it is with all of them", async () => {
    const resource = {
      group: "acme.io",
      kind: "Pair",
      podSpecs: [
        ["spec", "one"],
        ["spec", "two"],
      ],
      images: [],
      optional: false,
    };
    const pair = (one: string, two: string) => {
      const specOf = (secret: string) => ({
        ...references(secret),
        containers: [{ name: "a", image: "app:1" }],
      });
      const object = {
        apiVersion: "acme.io/v1",
        kind: "Pair",
        spec: { one: specOf(one), two: specOf(two) },
      };
      return reviewOf(object, { kind: { group: "acme.io", version: "v1", kind: "Pair" } });
    };
    await start({ admission: { resources: [resource] } });
    const cases: readonly (readonly [string, string, boolean, number])[] = [
      ["good", "good", true, 1],
      ["good", "bad", false, 2],
      ["bad", "good", false, 2],
    ];
    for (const [one, two, allowed, questions] of cases) {
      asked = [];
      expect((await review(pair(one, two))).allowed, `${one} ${two}`).to.equal(allowed);
      expect(asked).to.have.length(questions);
    }
    const { patch = "" } = await review(pair("bad", "good"), "/v1/admission/mutate");
    expect(JSON.parse(Buffer.from(patch, "base64").toString())).to.deep.equal([
      { op: "replace", path: "/spec/two/containers/0/image", value: `app:1@${IMAGE_DIGEST}` },
    ]);
  });
});

describe("POST /v1/decisions with what is known of a pod", () => {
  let service: TestService;
  let asked: DecisionRequest[] = [];
  beforeEach(async () => {
    asked = [];
    service = await startTestService({
      listener: "kyverno",
      decider: fakeDecider((request) => {
        asked.push(request);
        return Promise.resolve(decisionFor(request));
      }),
    });
  });
  afterEach(() => service.close());
  const ask = (rest: JsonObject) => service.call("POST", "/v1/decisions", { images: ["app:1"], ...rest });

  it("hands it on", async () => {
    for (const [rest, expected] of [
      [{ namespace: "a" }, undefined],
      [{ namespace: "a", serviceAccount: "builder" }, pull("builder")],
      [{ namespace: "a", imagePullSecrets: ["x", "y"] }, pull("default", "x", "y")],
    ] as const) {
      asked = [];
      expect((await ask(rest)).status).to.equal(200);
      expect(asked.map(({ pull: names }) => names)).to.deep.equal([expected]);
    }
  });

  const wrong: readonly (readonly [string, JsonObject])[] = [
    ["a service account without a namespace", { serviceAccount: "builder" }],
    ["secrets without a namespace", { imagePullSecrets: ["x"] }],
    ["A063 a service account that leads elsewhere", { namespace: "a", serviceAccount: "../b" }],
    ["A063 a secret that leads elsewhere", { namespace: "a", imagePullSecrets: ["../../b/secrets/x"] }],
    ["a service account that is no text", { namespace: "a", serviceAccount: 1 }],
    ["secrets that are no list", { namespace: "a", imagePullSecrets: "x" }],
    ["secrets that are objects", { namespace: "a", imagePullSecrets: [{ name: "x" }] }],
  ];
  for (const [name, rest] of wrong) {
    it(`refuses ${name}`, async () => {
      const { status, json } = await ask(rest);
      expect([status, json.error.code]).to.deep.equal([400, "request.invalid"]);
      expect(asked).to.deep.equal([]);
    });
  }
});
