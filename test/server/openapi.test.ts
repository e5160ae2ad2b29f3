import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { failure, success } from "../../src/core/index.ts";
import { NO_OPERATIONS } from "../../src/server/operations/index.ts";
import { createRoutes } from "../../src/server/app.ts";
import {
  createLog,
  DEFAULT_ADMISSION,
  DEFAULT_BUDGETS,
  DEFAULT_DATA_API,
  DEFAULT_LIMITS,
  type ListenerName,
} from "../../src/server/index.ts";
import { openApiDocument } from "../../src/server/openapi/document.ts";
import { encodeInput } from "../../src/normalization/index.ts";
import { documentOf, statementOf, unsignedOf, verifiedOf } from "../normalization/make.ts";
import { SAMPLES } from "../normalization/samples/index.ts";
import { SBOM_SAMPLES } from "../normalization/sbom/samples/index.ts";
import {
  decisionFor,
  DENIAL,
  fakeDecider,
  IMAGE_DIGEST,
  providerRequest,
  startTestService,
  UNDECIDED,
  type Answer,
  type TestService,
} from "./harness.ts";

/** One of each wording; the documents of `kyverno` and `admission` are the same as the API's. */
const LISTENERS: readonly ListenerName[] = ["gatekeeper", "api"];

const podReview = (operation = "CREATE", image = "good:1") => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    name: "app",
    namespace: "prod",
    operation,
    object: { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a", image }] } },
  },
});

const imageReview = (image: string) => ({
  apiVersion: "imagepolicy.k8s.io/v1alpha1",
  kind: "ImageReview",
  spec: { containers: [{ image }], namespace: "prod" },
});

const query = encodeURIComponent('{"image":"good:1"}');

/** Requests of every kind to every surface: method, path, body; and the path that describes it, where it is another. */
const REQUESTS: readonly (readonly [method: string, path: string, body?: unknown, template?: string])[] = [
  ["POST", "/v1/gatekeeper/validate", providerRequest("good:1", "[prod]evil:1", "gone:1", "[x y]z")],
  ["POST", "/v1/gatekeeper/validate", providerRequest()],
  ["POST", "/v1/gatekeeper/validate", providerRequest("good:1", "down:1")],
  ["POST", "/v1/gatekeeper/validate?value=input", providerRequest("good:1", "gone:1")],
  ["POST", "/v1/gatekeeper/validate?value=input", providerRequest("down:1")],
  ["POST", "/v1/gatekeeper/validate", {}],
  ["GET", "/v1/gatekeeper/validate"],
  ["POST", "/v1/gatekeeper/mutate", providerRequest("good:1", "gone:1")],
  ["POST", "/v1/gatekeeper/mutate", providerRequest("down:1")],
  ["POST", "/v1/gatekeeper/mutate", "nonsense"],
  ["POST", "/v1/decisions", { images: ["good:1", "evil:1", "down:1", "gone:1"], namespace: "prod" }],
  ["POST", "/v1/decisions", { images: [] }],
  ["POST", "/v1/decisions", { images: Array.from({ length: 1001 }, () => "a") }],
  ["POST", "/v1/data/assay/decision", { input: { image: "evil:1" } }, "/v1/data/{path}"],
  ["POST", "/v1/data/assay/allow?provenance&metrics", { input: { image: "down:1" } }, "/v1/data/{path}"],
  ["POST", "/v1/data/acme/levels", { input: { image: "good:1" } }, "/v1/data/{path}"],
  ["POST", "/v1/data/acme/levels", { input: { image: "down:1" } }, "/v1/data/{path}"],
  ["POST", "/v1/data/nothing", { input: { image: "good:1" } }, "/v1/data/{path}"],
  ["POST", "/v1/data/assay/allow", { input: {} }, "/v1/data/{path}"],
  ["GET", `/v1/data/assay/allow?input=${query}`, undefined, "/v1/data/{path}"],
  ["GET", "/v1/data/assay/allow", undefined, "/v1/data/{path}"],
  ["POST", "/v0/data/assay/allow", { image: "good:1" }, "/v0/data/{path}"],
  ["POST", "/v0/data/nothing", { image: "good:1" }, "/v0/data/{path}"],
  ["POST", "/v0/data/acme/levels", { image: "down:1" }, "/v0/data/{path}"],
  ["POST", "/v0/data/assay/allow", {}, "/v0/data/{path}"],
  ["POST", "/", { image: "good:1" }],
  ["POST", "/", {}],
  ["POST", "/v1/admission/validate", podReview()],
  ["POST", "/v1/admission/validate", podReview("CREATE", "evil:1")],
  ["POST", "/v1/admission/validate", podReview("DELETE")],
  ["POST", "/v1/admission/validate", {}],
  ["POST", "/v1/admission/mutate", podReview()],
  ["POST", "/v1/admission/mutate", podReview("CREATE", "down:1")],
  ["POST", "/v1/image-review", imageReview("good:1")],
  ["POST", "/v1/image-review", imageReview("evil:1")],
  ["POST", "/v1/image-review", {}],
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/health"],
  ["GET", "/openapi.json"],
];

const INPUT = encodeInput(
  documentOf([
    ...SAMPLES.slice(0, 4).map(({ name, predicateType, predicate }) =>
      verifiedOf(name, statementOf(predicateType, predicate)),
    ),
    ...SBOM_SAMPLES.slice(0, 2).map(({ name, predicateType, predicate }) =>
      unsignedOf(name, statementOf(predicateType, predicate)),
    ),
  ]),
);

const decider = fakeDecider(
  (request) => {
    const { reference } = request;
    const gone = { ...UNDECIDED, reason: { code: "registry.not_found", message: "no such image" } };
    const change = reference.startsWith("good") ? {} : reference.startsWith("evil") ? DENIAL : UNDECIDED;
    return Promise.resolve(decisionFor(request, reference.startsWith("gone") ? gone : change));
  },
  {
    resolve: ({ reference }) => Promise.resolve(outcome(reference, IMAGE_DIGEST)),
    describe: ({ reference }) => Promise.resolve(outcome(reference, { bytes: INPUT, time: new Date(0) })),
  },
);

function outcome<T>(reference: string, value: T) {
  if (reference.startsWith("good")) return success(value);
  const code = reference.startsWith("gone") ? "registry.not_found" : "registry.unavailable";
  return failure(code, "because");
}

describe("GET /openapi.json", () => {
  let service: TestService;
  afterEach(() => service.close());

  for (const listener of LISTENERS) {
    it(`is true of every surface of the ${listener} listener`, async () => {
      service = await startTestService({ listener, decider });
      const served = await service.call("GET", "/openapi.json");
      const document = served.json as Document;
      expect(document).to.deep.equal(plain(openApiDocument(listener, { ownInput: false })));
      const validate = validatorOf(document);
      const seen = new Set<string>();
      for (const [method, path, body, template = path.split("?")[0] ?? path] of REQUESTS) {
        const answer = await service.call(method, path, body);
        const how = validate(
          template,
          method === "GET" && template.includes("gatekeeper") ? "POST" : method,
          answer,
        );
        expect(how, `${method} ${path} ${answer.status} ${answer.text.slice(0, 300)}`).to.equal("");
        seen.add(`${method.toLowerCase()} ${template} ${answer.status}`);
      }
      for (const [path, methods] of Object.entries(document.paths)) {
        for (const method of Object.keys(methods)) expect([...seen]).to.include(`${method} ${path} 200`);
      }
    });

    it(`is true of the ${listener} listener before it is ready`, async () => {
      service = await startTestService({ listener, decider: null });
      const validate = validatorOf(plain(openApiDocument(listener, { ownInput: false })) as Document);
      const starting = REQUESTS.filter(
        ([method, path]) => method === "POST" || /healthz|readyz|health$/.test(path),
      );
      for (const [method, path, body, template = path.split("?")[0] ?? path] of starting) {
        const answer = await service.call(method, path, body);
        expect(validate(template, method, answer), `${method} ${path} ${answer.text.slice(0, 300)}`).to.equal(
          "",
        );
      }
    });
  }

  it("is the same for all other listeners", () => {
    const document = openApiDocument("api", { ownInput: false });
    for (const listener of ["kyverno", "admission"] as const) {
      expect(openApiDocument(listener, { ownInput: true })).to.deep.equal(document);
    }
  });

  it("does not fit what no surface answers", async () => {
    service = await startTestService({ listener: "api", decider });
    const validate = validatorOf((await service.call("GET", "/openapi.json")).json as Document);
    const answer = await service.call("POST", "/v1/decisions", { images: ["good:1"] });
    for (const json of [
      { ...answer.json, statusCode: 200 },
      { allow: true },
      { ...answer.json, allow: "true" },
      [],
      {},
    ]) {
      expect(validate("/v1/decisions", "POST", { ...answer, json })).not.to.equal("");
    }
    expect(validate("/v1/decisions", "POST", { ...answer, status: 201 })).to.equal(
      "the status 201 is not described",
    );
  });

  it("describes every route that the application has", async () => {
    service = await startTestService();
    const { routes: app } = createRoutes(
      {
        decider: () => null,
        draining: () => false,
        budgets: DEFAULT_BUDGETS,
        limits: DEFAULT_LIMITS,
        admission: DEFAULT_ADMISSION,
        dataApi: DEFAULT_DATA_API,
        log: createLog(() => undefined),
        operations: NO_OPERATIONS,
      },
      "api",
    );
    // Types of express call a route's path a text; it may be a pattern.
    const routes = app.router.stack.flatMap(({ route }) => (route ? [route.path as string | RegExp] : []));
    const described = Object.keys(openApiDocument("api", { ownInput: false })["paths"] as object);
    const matches = (route: string | RegExp, path: string) =>
      typeof route === "string" ? route === path : route.test(path);
    expect(routes).to.have.length(described.length);
    for (const route of routes) expect(described.filter((path) => matches(route, path))).to.have.length(1);
  });

  it("describes every route that there is, and no other", async () => {
    service = await startTestService({ listener: "api", decider });
    const { paths } = (await service.call("GET", "/openapi.json")).json as Document;
    const methods = ["get", "put", "post", "delete", "patch"] as const;
    for (const [path, described] of Object.entries(paths)) {
      const real = path.replace("{path}", "assay/allow");
      for (const method of methods) {
        const { status } = await service.call(method.toUpperCase(), real, method === "get" ? undefined : {});
        const unknown = status === 405 || status === 404;
        expect([method, path, unknown]).to.deep.equal([method, path, !(method in described)]);
      }
    }
  });

  it("says that the API's listener takes documents of one's own, where it does", async () => {
    service = await startTestService({ listener: "api", dataApi: { ownInput: true } });
    const text = JSON.stringify(
      (await service.call("GET", "/openapi.json")).json.paths["/v0/data/{path}"].post.requestBody,
    );
    expect(text).to.include('"#/components/schemas/InputDocument"');
    await service.close();
    service = await startTestService({ listener: "kyverno", dataApi: { ownInput: true } });
    const other = (await service.call("GET", "/openapi.json")).json.paths["/v0/data/{path}"].post.requestBody;
    expect(JSON.stringify(other)).not.to.include("InputDocument");
  });

  it("is no document of the metrics listener's", async () => {
    service = await startTestService({ listener: "metrics" });
    expect((await service.call("GET", "/openapi.json")).status).to.equal(404);
  });
});

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

function plain(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}

/** `""` where an answer fits what is said of it; else what does not. */
function validatorOf(document: Document): (template: string, method: string, answer: Answer) => string {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  // Not a JSON Schema itself: it holds them.
  ajv.addSchema(document, "openapi", false, false);
  return (template, method, { status, json, headers }) => {
    if (headers["content-type"]?.startsWith("application/json") !== true) return "it is not JSON";
    const at = [
      "paths",
      template,
      method.toLowerCase(),
      "responses",
      String(status),
      "content",
      "application/json",
    ];
    const pointer = [...at, "schema"].map((step) =>
      encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")),
    );
    const validate = ajv.getSchema(`openapi#/${pointer.join("/")}`);
    if (validate === undefined) return `the status ${status} is not described`;
    return validate(json) === true ? "" : JSON.stringify(validate.errors);
  };
}
