import { expect } from "chai";
import type { JsonObject, JsonValue } from "../../../src/core/index.ts";
import type { Decision, DecisionRequest } from "../../../src/decision/index.ts";
import { DEFAULT_BUDGETS } from "../../../src/server/index.ts";
import {
  decisionFor,
  DENIAL,
  fakeDecider,
  IMAGE_DIGEST,
  POLICY,
  startTestService,
  UNDECIDED,
  type TestService,
  type TestServiceOptions,
} from "../harness.ts";
import { KINDS, kindNamed, objectOf, podReview, podSpec, reviewOf, UID } from "./objects.ts";

const PATH = "/v1/admission/validate";
const PINNED = `good:1@${IMAGE_DIGEST}`;
const DENIED = "provenance.builder_allowed: Built by evil, which is not approved";

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

describe("POST /v1/admission/validate", () => {
  let service: TestService;
  const asked: DecisionRequest[] = [];
  /** Allows what is called `good`; what else a test wants stands in `change`. */
  const start = async (
    options: TestServiceOptions = {},
    change: (reference: string) => Partial<Decision> = (reference) =>
      reference.includes("good") ? {} : DENIAL,
  ) => {
    asked.length = 0;
    const decider = fakeDecider((request) => {
      asked.push(request);
      return Promise.resolve(decisionFor(request, change(request.reference)));
    });
    service = await startTestService({ listener: "admission", decider, ...options });
  };
  afterEach(() => service.close());

  const review = async (body: JsonValue, path = PATH): Promise<Response> => {
    const { status, json } = await service.call("POST", path, body);
    expect(status, JSON.stringify(json)).to.equal(200);
    expect(json).to.deep.include({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" });
    expect(json.response.uid).to.equal(UID);
    // Exactly one of the two: an allowance without a word, or a denial with one.
    expect(json.response.allowed).to.equal(json.response.status === undefined);
    return json.response as Response;
  };
  const references = () => asked.map(({ reference }) => reference);

  it("T228 allows where every image is allowed: whole answer, uid echoed", async () => {
    await start();
    expect(await review(podReview([PINNED]))).to.deep.equal({
      uid: UID,
      allowed: true,
      auditAnnotations: {
        outcome: "allow",
        decisions: `${PINNED} ${IMAGE_DIGEST} allow 00000000-0000-8000-8000-000000000000`,
        policy: `acme-images 3.1.0 ${POLICY.digest}`,
        mode: "enforce",
      },
    });
    expect(asked).to.deep.equal([
      { reference: PINNED, surface: "admission", namespace: "prod", parameters: {}, platform: null },
    ]);
  });

  it("denies with a line for each image that is not allowed", async () => {
    await start();
    const answer = await review(podReview([PINNED, "evil:1", "evil:2", "evil:1"]));
    expect(answer.allowed).to.equal(false);
    expect(answer.status).to.deep.equal({
      status: "Failure",
      code: 403,
      reason: "Forbidden",
      message: [
        "assay: 2 of 3 images are not allowed",
        `- evil:1 (spec.containers[1].image and 1 more): ${DENIED}. To do: Build with an approved builder`,
        `- evil:2 (spec.containers[2].image): ${DENIED}. To do: Build with an approved builder`,
      ].join("\n"),
    });
    expect(answer.auditAnnotations?.["outcome"]).to.equal("deny");
    expect(references()).to.deep.equal([PINNED, "evil:1", "evil:2"]);
  });

  it("A071 A072 decides every image, whichever comes first", async () => {
    await start();
    const orders = [
      ["evil:1", PINNED, PINNED],
      [PINNED, "evil:1", PINNED],
      [PINNED, PINNED, "evil:1"],
    ];
    for (const images of orders) {
      asked.length = 0;
      expect((await review(podReview(images))).allowed).to.equal(false);
      expect(references().toSorted()).to.deep.equal(["evil:1", PINNED]);
    }
  });

  describe("T204 what is no allowance denies", () => {
    const cases: { name: string; decide: () => Promise<Decision>; says: string }[] = [
      {
        name: "undecided",
        decide: () => Promise.resolve(decisionFor(request, UNDECIDED)),
        says: "not decided: registry.unavailable: the registry answered 503",
      },
      {
        name: "allow without the outcome",
        decide: () => Promise.resolve(decisionFor(request, { outcome: "undecided" })),
        says: "not decided: internal: the decision gives no reason",
      },
      {
        name: "the outcome without allow",
        decide: () => Promise.resolve(decisionFor(request, { allow: false })),
        says: "internal: the decision gives no reason",
      },
      {
        name: "a fault",
        decide: () => Promise.reject(new Error("secret")),
        says: "not decided: internal: a fault inside the service",
      },
      {
        name: "nothing before the API server's timeout",
        decide: () => new Promise(() => undefined),
        says: "not decided: deadline.exceeded: the image could not be decided within the service's budget",
      },
    ];
    const request = {
      reference: PINNED,
      surface: "admission",
      namespace: "prod",
      parameters: {},
      platform: null,
    } as const;
    for (const { name, decide, says } of cases) {
      it(name, async () => {
        await start({ decider: fakeDecider(decide), budgets: { ...DEFAULT_BUDGETS, admission: 600_000 } });
        const answer = await review(podReview([PINNED]), `${PATH}?timeout=0.2s`);
        expect(answer.status?.message).to.equal(
          `assay: 1 of 1 images is not allowed\n- ${PINNED} (spec.containers[0].image): ${says}`,
        );
      });
    }

    it("policy and trust not loaded; what brings no image is still let through", async () => {
      await start({ decider: null });
      const answer = await review(podReview([PINNED]));
      expect(answer.status?.message).to.match(/^assay: service\.not_ready: /u);
      expect((await review(podReview([PINNED], { operation: "DELETE" }))).allowed).to.equal(true);
    });

    it("a timeout that is none, or none that can be kept, leaves the budget as it is", async () => {
      await start();
      for (const query of ["?timeout=0s", "?timeout=0.0001", "?timeout=-1s", "?a=1&timeout=10s&b=2"]) {
        expect((await review(podReview([PINNED]), `${PATH}${query}`)).allowed, query).to.equal(true);
      }
    });

    it("its own budget, where the API server names a longer timeout or none that can be read", async () => {
      await start({
        decider: fakeDecider(() => new Promise(() => undefined)),
        budgets: { ...DEFAULT_BUDGETS, admission: 200 },
      });
      for (const query of ["", "?timeout=60s", "?timeout=0s", "?timeout=-1s", "?timeout=soon"]) {
        const answer = await review(podReview([PINNED]), `${PATH}${query}`);
        expect(answer.status?.message).to.contain("deadline.exceeded");
      }
    });
  });

  describe("T236 every kind of workload", () => {
    for (const kind of KINDS) {
      it(kind.kind, async () => {
        await start();
        const ask = (...images: readonly string[]) =>
          review(reviewOf(objectOf(kind, podSpec(...images)), { kind }));
        expect((await ask(PINNED)).allowed).to.equal(true);
        const place = `${kind.at.slice(1).replaceAll("/", ".")}.containers[1].image`;
        expect((await ask(PINNED, "evil:1")).status?.message).to.contain(`- evil:1 (${place}): ${DENIED}`);
        expect(references()).to.deep.equal([PINNED, PINNED, "evil:1"]);
      });
    }
  });

  describe("A052 A073 A138 T235 every place of a pod spec, whatever the request", () => {
    const main = { name: "main", image: PINNED };
    const places: { name: string; spec: (image: string) => JsonObject }[] = [
      { name: "containers", spec: (image) => ({ containers: [main, { name: "b", image }] }) },
      {
        name: "initContainers",
        spec: (image) => ({ containers: [main], initContainers: [{ name: "b", image }] }),
      },
      {
        name: "sidecars",
        spec: (image) => ({
          containers: [main],
          initContainers: [{ name: "b", image, restartPolicy: "Always" }],
        }),
      },
      {
        name: "ephemeralContainers",
        spec: (image) => ({
          containers: [main],
          ephemeralContainers: [{ name: "b", image, targetContainerName: "main" }],
        }),
      },
      {
        name: "image volumes",
        spec: (image) => ({
          containers: [main],
          volumes: [
            { name: "a", emptyDir: {} },
            { name: "b", image: { reference: image, pullPolicy: "Always" } },
          ],
        }),
      },
    ];
    const requests = [
      { name: "CREATE", change: {} },
      { name: "UPDATE", change: { operation: "UPDATE" } },
      {
        name: "pods/ephemeralcontainers",
        change: { operation: "UPDATE", subResource: "ephemeralcontainers" },
      },
      { name: "pods/resize", change: { operation: "UPDATE", subResource: "resize" } },
    ];
    const pod = kindNamed("Pod");
    for (const { name, spec } of places) {
      it(name, async () => {
        await start();
        for (const { change } of requests) {
          const oldObject = objectOf(pod, { containers: [main] });
          const ask = (image: string) =>
            review(reviewOf(objectOf(pod, spec(image)), { ...change, oldObject }));
          expect((await ask("good:2")).allowed).to.equal(true);
          const answer = await ask("evil:1");
          expect(answer.allowed).to.equal(false);
          expect(answer.status?.message).to.contain(`${DENIED}. To do:`);
        }
      });
    }
  });

  describe("T229 other kinds", () => {
    const rollout = { group: "argoproj.io", version: "v1alpha1", kind: "Rollout", at: "/spec/template/spec" };
    const service1 = {
      group: "serving.knative.dev",
      version: "v1",
      kind: "Service",
      at: "/spec/template/spec",
    };
    const task = { group: "tekton.dev", version: "v1", kind: "Task", at: "/spec" };
    const resources = [
      {
        group: "argoproj.io",
        kind: "Rollout",
        podSpecs: [["spec", "template", "spec"]],
        images: [],
        optional: true,
      },
      {
        group: "serving.knative.dev",
        kind: "Service",
        podSpecs: [["spec", "template", "spec"]],
        images: [],
        optional: false,
      },
      {
        group: "tekton.dev",
        kind: "Task",
        podSpecs: [["spec", "pods", "*"]],
        images: [["spec", "steps", "*", "image"]],
        optional: false,
      },
    ];
    const configured = { admission: { resources } };

    it("are judged where the configuration says where they name images", async () => {
      await start(configured);
      for (const kind of [rollout, service1]) {
        const ask = (image: string) => review(reviewOf(objectOf(kind, podSpec(image)), { kind }));
        expect((await ask(PINNED)).allowed).to.equal(true);
        expect((await ask("evil:1")).allowed).to.equal(false);
      }
      const steps = { steps: [{ image: PINNED }, { image: "evil:1" }], pods: [podSpec("evil:2")] };
      const answer = await review(reviewOf(objectOf(task, steps), { kind: task }));
      expect(answer.status?.message.split("\n").map((line) => line.split(": ")[0])).to.deep.equal([
        "assay",
        "- evil:2 (spec.pods[0].containers[0].image)",
        "- evil:1 (spec.steps[1].image)",
      ]);
    });

    it("name no image only where the configuration lets them", async () => {
      await start(configured);
      const empty = (kind: typeof task) =>
        review(reviewOf({ ...objectOf(kind, {}), spec: { workloadRef: { name: "a" } } }, { kind }));
      expect(await empty(rollout)).to.deep.equal({
        uid: UID,
        allowed: true,
        auditAnnotations: { outcome: "not-judged", reason: "the object names no image" },
      });
      expect((await empty(task)).status?.message).to.equal(
        "assay: admission.no_image: the Task names no image; expected them in spec.pods[*], spec.steps[*].image",
      );
    });

    const unknown: { name: string; kind: { group: string; version: string; kind: string } }[] = [
      { name: "a custom resource that is not configured", kind: rollout },
      { name: "a List", kind: { group: "", version: "v1", kind: "List" } },
      { name: "a PodList", kind: { group: "", version: "v1", kind: "PodList" } },
      { name: "a Pod of another group", kind: { group: "evil.example", version: "v1", kind: "Pod" } },
      { name: "a Deployment of no group", kind: { group: "", version: "v1", kind: "Deployment" } },
      { name: "a kind in other case", kind: { group: "", version: "v1", kind: "pod" } },
      { name: "a name every object inherits", kind: { group: "", version: "v1", kind: "constructor" } },
    ];
    for (const { name, kind } of unknown) {
      it(`${name} is denied, not passed over`, async () => {
        await start();
        const object = { ...objectOf({ ...kind, at: "/spec/template/spec" }, podSpec(PINNED)), items: [] };
        expect((await review(reviewOf(object, { kind }))).status?.message).to.match(
          /^assay: admission\.unknown_kind: nothing says where a /u,
        );
        expect(asked).to.deep.equal([]);
      });
    }

    it("subresources that bring no image are let through, whatever the body; others are judged", async () => {
      await start();
      const passing = ["scale", "status", "binding", "eviction", "exec", "attach", "portforward", "proxy"];
      for (const subResource of passing) {
        const answer = await review(podReview(["evil:1"], { operation: "CREATE", subResource }));
        expect(answer.auditAnnotations).to.deep.equal({
          outcome: "not-judged",
          reason: `the subresource ${subResource} brings no image`,
        });
      }
      expect(asked).to.deep.equal([]);
      for (const subResource of ["ephemeralcontainers", "resize", "new", "Status"]) {
        expect((await review(podReview(["evil:1"], { subResource }))).allowed, subResource).to.equal(false);
      }
    });
  });

  describe("T231 UPDATE", () => {
    const pod = kindNamed("Pod");
    const update = (oldObject: JsonValue, object: JsonObject, change: JsonObject = {}, kind = pod) =>
      review(reviewOf(object, { operation: "UPDATE", oldObject, kind, ...change }));
    const labelled = (spec: JsonValue, kind = pod) =>
      objectOf(kind, spec, { labels: { changed: "yes" }, finalizers: [] });

    it("a Pod's containers that keep their image are not judged again under `skip`; one that gets another is", async () => {
      await start({ admission: { unchanged: "skip" } });
      const before = objectOf(pod, podSpec("evil:1", PINNED));
      const kept = await update(before, labelled(podSpec("evil:1", PINNED)));
      expect(kept).to.deep.equal({
        uid: UID,
        allowed: true,
        auditAnnotations: {
          outcome: "not-judged",
          reason: "the update changes no image",
          unchanged: "2",
        },
      });
      expect(asked).to.deep.equal([]);
      const changed = await update(before, objectOf(pod, podSpec("evil:1", "good:2", "good:3")));
      expect(changed.allowed).to.equal(true);
      expect(changed.auditAnnotations?.["unchanged"]).to.equal("1");
      expect(references()).to.deep.equal(["good:2", "good:3"]);
    });

    it("an image that changes its place is judged", async () => {
      await start({ admission: { unchanged: "skip" } });
      const c0 = { name: "c0", image: PINNED };
      const evil = { name: "c1", image: "evil:1" };
      const before = objectOf(pod, { containers: [c0, evil] });
      const moves: readonly JsonObject[] = [
        { containers: [c0, { ...evil, name: "c2" }] },
        { containers: [c0, evil, { ...evil, name: "c2" }] },
        { containers: [c0], initContainers: [evil] },
        { containers: [c0], ephemeralContainers: [evil] },
        { containers: [c0], volumes: [{ name: "c1", image: { reference: "evil:1" } }] },
      ];
      for (const spec of moves) {
        expect((await update(before, objectOf(pod, spec))).allowed, JSON.stringify(spec)).to.equal(false);
      }
      const turned = { containers: [evil, c0] };
      expect((await update(before, objectOf(pod, turned))).allowed).to.equal(true);
    });

    it("a template is judged anew as soon as anything of it changes, and only then", async () => {
      await start({ admission: { unchanged: "skip" } });
      for (const kind of KINDS.filter((known) => known !== pod)) {
        const before = objectOf(kind, podSpec("evil:1"));
        expect((await update(before, labelled(podSpec("evil:1"), kind), {}, kind)).allowed).to.equal(true);
        const spec = { ...podSpec("evil:1"), serviceAccountName: "other" };
        expect((await update(before, objectOf(kind, spec), {}, kind)).allowed, kind.kind).to.equal(false);
      }
      const kind = kindNamed("Deployment");
      const template = { metadata: { labels: { app: "shop" } }, spec: podSpec("evil:1") };
      const object = (change: JsonObject) => ({
        ...objectOf(kind, {}),
        spec: { replicas: 1, template: { ...template, ...change } },
      });
      const restarted = object({ metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } });
      expect((await update(object({}), restarted, {}, kind)).allowed).to.equal(false);
      const scaled = { ...object({}), spec: { replicas: 0, template } };
      expect((await update(object({}), scaled, {}, kind)).allowed).to.equal(true);
    });

    const untrusted: { name: string; oldObject: JsonValue }[] = [
      { name: "absent", oldObject: null },
      { name: "empty", oldObject: {} },
      { name: "malformed", oldObject: objectOf(pod, { containers: [{ name: "c0", image: ["evil:1"] }] }) },
      { name: "a text", oldObject: "evil:1" },
    ];
    for (const { name, oldObject } of untrusted) {
      it(`an old object that is ${name} excuses nothing`, async () => {
        await start({ admission: { unchanged: "skip" } });
        expect((await update(oldObject, objectOf(pod, podSpec("evil:1")))).allowed).to.equal(false);
      });
    }

    it("A051 A059 an object on its way out is judged like any other", async () => {
      await start();
      const leaving = { deletionTimestamp: "2026-11-22T10:00:00Z", finalizers: ["keep.example/alive"] };
      const before = objectOf(pod, podSpec(PINNED), leaving);
      const spec = { ...podSpec(PINNED), ephemeralContainers: [{ name: "debug", image: "evil:1" }] };
      const after = objectOf(pod, spec, leaving);
      const answer = await update(before, after, { subResource: "ephemeralcontainers" });
      expect(answer.status?.message).to.contain("- evil:1 (spec.ephemeralContainers[0].image): ");
      expect((await review(reviewOf(objectOf(pod, podSpec("evil:1"), leaving)))).allowed).to.equal(false);
    });

    it("A069 judges also what stayed as it was, unless the configuration says otherwise", async () => {
      await start();
      const before = objectOf(pod, podSpec("evil:1"));
      expect((await update(before, labelled(podSpec("evil:1")))).allowed).to.equal(false);
    });

    it("an old object excuses nothing of a CREATE", async () => {
      await start();
      const object = objectOf(pod, podSpec("evil:1"));
      expect((await review(reviewOf(object, { oldObject: object }))).allowed).to.equal(false);
    });

    for (const operation of ["DELETE", "CONNECT"]) {
      it(`${operation} is allowed without a look`, async () => {
        await start();
        const object = operation === "DELETE" ? null : { kind: "PodExecOptions" };
        const answer = await review(reviewOf(object, { operation, oldObject: { spec: podSpec("evil:1") } }));
        expect(answer.auditAnnotations).to.deep.equal({
          outcome: "not-judged",
          reason: `${operation} brings no image`,
        });
        expect(asked).to.deep.equal([]);
      });
    }
  });

  it("T230 a dry run is answered alike and leaves no decision in the log", async () => {
    await start();
    for (const images of [[PINNED], ["evil:1"]]) {
      service.logs.length = 0;
      const real = await review(podReview(images));
      expect(service.entries().map(({ message, images }) => [message, images])).to.deep.equal([
        ["request", 1],
      ]);
      service.logs.length = 0;
      expect(await review(podReview(images, { dryRun: true }))).to.deep.equal(real);
      const [entry, ...more] = service.entries();
      expect([entry?.["message"], entry?.["dryRun"], entry?.["decisionId"], more]).to.deep.equal([
        "request",
        true,
        undefined,
        [],
      ]);
    }
  });

  it("A068 T242 labels and annotations change nothing, and no policy of another namespace is asked", async () => {
    await start();
    const metadata = {
      namespace: "other",
      labels: { "assay.dev/verified": "true", "admission.gatekeeper.sh/ignore": "" },
      annotations: { "assay.dev/skip": "true", "assay.dev/verified": '{"evil:1":"pass"}' },
    };
    const answer = await review(reviewOf(objectOf(kindNamed("Pod"), podSpec("evil:1"), metadata)));
    expect(answer.allowed).to.equal(false);
    expect(asked.map(({ namespace, parameters }) => [namespace, parameters])).to.deep.equal([["prod", {}]]);
  });

  describe("modes", () => {
    const warning = {
      code: "vulnerabilities.fixed",
      message: "CVE-2026-1 has a fix",
      solution: null,
      evidence: [],
      severity: null,
      term: null,
    };
    const found = (mode: Decision["mode"], change: Partial<Decision> = {}) =>
      start({}, () => ({ mode, warnings: [warning], ...change }));
    const line = `${PINNED}: vulnerabilities.fixed: CVE-2026-1 has a fix`;

    it("enforce and warn say warnings to whoever creates the object", async () => {
      for (const mode of ["enforce", "warn"] as const) {
        await found(mode);
        const answer = await review(podReview([PINNED]));
        expect(answer.allowed).to.equal(true);
        expect(answer.warnings).to.deep.equal([`assay: ${line}`]);
        expect(answer.auditAnnotations).to.deep.include({ mode, findings: line });
        await service.close();
      }
      await start();
    });

    it("audit says them to the audit log alone", async () => {
      await found("audit");
      const answer = await review(podReview([PINNED]));
      expect(answer.allowed).to.equal(true);
      expect(answer.warnings).to.equal(undefined);
      expect(answer.auditAnnotations).to.deep.include({ mode: "audit", findings: line, outcome: "allow" });
    });

    it("no mode lets in what the decision does not allow", async () => {
      await found("audit", DENIAL);
      expect((await review(podReview([PINNED]))).allowed).to.equal(false);
    });
  });

  describe("T012 an allowed image without a digest", () => {
    const says = "admission.tag_not_pinned: the reference has no digest";
    it("is warned of", async () => {
      await start();
      const answer = await review(podReview(["good:1"]));
      expect(answer.allowed).to.equal(true);
      expect(answer.warnings).to.have.length(1);
      expect(answer.warnings?.[0]).to.match(new RegExp(`^assay: good:1: ${says}`, "u"));
      expect((await review(podReview([PINNED]))).warnings).to.equal(undefined);
    });

    it("is denied, or let through in silence, where the configuration says so", async () => {
      await start({ admission: { tags: "deny" } });
      const answer = await review(podReview(["good:1", PINNED]));
      expect(answer.status?.message).to.contain(`- good:1 (spec.containers[0].image): ${says}`);
      expect(answer.status?.message).to.match(/^assay: 1 of 2 images is not allowed\n/u);
      await service.close();
      await start({ admission: { tags: "allow" } });
      expect(await review(podReview(["good:1"]))).to.not.have.property("warnings");
    });
  });

  describe("A067 T237 objects that are not what they should be", () => {
    const pod = kindNamed("Pod");
    const cases: { name: string; object: JsonValue; code: string }[] = [
      { name: "no object", object: null, code: "malformed: the review brings no object" },
      { name: "a list", object: [], code: "malformed: the review brings no object" },
      { name: "an empty object", object: {}, code: "no_image: the Pod names no image" },
      { name: "no spec", object: { kind: "Pod", metadata: {} }, code: "no_image" },
      { name: "a spec of null", object: { spec: null }, code: "malformed: spec must be a pod spec" },
      { name: "a spec that is a list", object: { spec: [] }, code: "malformed: spec must be a pod spec" },
      { name: "no containers", object: { spec: { containers: [] } }, code: "no_image" },
      {
        name: "containers of null",
        object: { spec: { containers: null } },
        code: "malformed: spec.containers must be a list",
      },
      {
        name: "containers as an object",
        object: { spec: { containers: { image: PINNED } } },
        code: "malformed: spec.containers must be a list",
      },
      {
        name: "init containers of null",
        object: { spec: { ...podSpec(PINNED), initContainers: null } },
        code: "malformed: spec.initContainers must be a list",
      },
      {
        name: "a container of null",
        object: { spec: { containers: [null] } },
        code: "malformed: spec.containers[0].image must be an image",
      },
      ...[null, "", 1, ["good:1"], { image: "good:1" }].map((image) => ({
        name: `an image ${JSON.stringify(image)}`,
        object: { spec: podSpec(PINNED, image) },
        code: "malformed: spec.containers[1].image must be an image",
      })),
      {
        name: "a container without image",
        object: { spec: { containers: [{ name: "a" }] } },
        code: "malformed: spec.containers[0].image must be an image",
      },
      {
        name: "T203 an image of a member called __proto__",
        object: { spec: { containers: [JSON.parse(`{"__proto__":{"image":"${PINNED}"}}`) as JsonObject] } },
        code: "malformed: spec.containers[0].image must be an image",
      },
      {
        name: "an image volume without reference",
        object: { spec: { ...podSpec(PINNED), volumes: [{ name: "a", image: {} }] } },
        code: "malformed: spec.volumes[0].image.reference must be an image",
      },
      {
        name: "volumes of text",
        object: { spec: { ...podSpec(PINNED), volumes: "evil:1" } },
        code: "malformed: spec.volumes must be a list",
      },
      {
        name: "an image of 5000 characters",
        object: { spec: podSpec("a".repeat(5000)) },
        code: "malformed: the object names an image of more than 4096 characters",
      },
      {
        name: "another kind than the review says",
        object: { ...objectOf(pod, podSpec(PINNED)), kind: "Service" },
        code: "malformed: the object is no Pod",
      },
      {
        name: "another group than the review says",
        object: { ...objectOf(pod, podSpec(PINNED)), apiVersion: "apps/v1" },
        code: "malformed: the object is no Pod",
      },
    ];
    for (const { name, object, code } of cases) {
      it(name, async () => {
        await start();
        for (const operation of ["CREATE", "UPDATE"]) {
          const answer = await review(reviewOf(object, { operation, oldObject: {} }));
          expect(answer.status?.message).to.satisfy(
            (message: string) => message.startsWith(`assay: admission.${code}`),
            answer.status?.message,
          );
          expect(answer.auditAnnotations?.["outcome"]).to.equal("deny");
        }
        expect(asked).to.deep.equal([]);
      });
    }

    it("a workload without a namespace", async () => {
      await start();
      const answer = await review(podReview([PINNED], { namespace: "" }));
      expect(answer.status?.message).to.equal(
        "assay: admission.malformed: the review names no namespace; every Pod has one",
      );
    });

    it("T009 an image that is no reference is told so by its decision", async () => {
      await start();
      const answer = await review(podReview([" nginx", "not a reference!"]));
      expect(references()).to.deep.equal([" nginx", "not a reference!"]);
      expect(answer.allowed).to.equal(false);
    });
  });

  describe("T238 many images", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `good:${index}`);

    it("one image 500 times is decided once", async () => {
      await start();
      const images = Array.from({ length: 500 }, () => PINNED);
      expect((await review(podReview(images))).allowed).to.equal(true);
      expect(references()).to.deep.equal([PINNED]);
    });

    it("100 different images are judged, 101 are denied, and so are more than 1000 places", async () => {
      await start();
      expect((await review(podReview(many(100)))).allowed).to.equal(true);
      expect(asked).to.have.length(100);
      asked.length = 0;
      expect((await review(podReview(many(101)))).status?.message).to.equal(
        "assay: admission.too_many_images: the object names 101 different images; at most 100 are judged",
      );
      const objects = [
        podSpec(...Array.from({ length: 1001 }, () => PINNED)),
        { ...podSpec(PINNED), volumes: Array.from({ length: 300_000 }, () => ({})) },
        { ...podSpec(...many(600)), ephemeralContainers: many(600).map((image) => ({ image })) },
      ];
      for (const spec of objects) {
        expect((await review(reviewOf(objectOf(kindNamed("Pod"), spec)))).status?.message).to.equal(
          "assay: admission.too_many_images: the object has more than 1000 places for images",
        );
      }
      expect(asked).to.deep.equal([]);
    });

    it("T205 T228 answers stay small and their lines whole, whatever the images are called", async () => {
      const violation = DENIAL.violations?.[0];
      if (violation === undefined) throw new Error("no violation");
      const long = { ...violation, message: `line\nbreak\u001B[31m${"x".repeat(5000)}` };
      const violations = Array.from({ length: 500 }, () => long);
      await start({}, () => ({ ...DENIAL, violations, warnings: violations }));
      const images = Array.from({ length: 100 }, (_, index) => `evil-${index}-${"y".repeat(900)}`);
      const answer = await review(podReview(images));
      expect(JSON.stringify(answer).length).to.be.lessThan(64 * 1024);
      const lines = answer.status?.message.split("\n") ?? [];
      expect(lines).to.have.length(22);
      expect(lines[1]).to.match(/ \(and 499 more\)$/u);
      expect(lines.at(-1)).to.equal("- and 80 more images");
      expect(answer.warnings).to.have.length(15);
      expect(answer.warnings?.every((text) => text.length <= 256)).to.equal(true);
      // As itself, or as JSON writes it.
      for (const escape of ["\u001b", "\\u001b"]) expect(JSON.stringify(answer)).not.to.contain(escape);
    });
  });

  describe("A076 T228 bodies that are no review are 400", () => {
    const good = podReview([PINNED]);
    const request = good["request"] as JsonObject;
    const without = (field: string) => {
      return {
        ...good,
        request: Object.fromEntries(Object.entries(request).filter(([key]) => key !== field)),
      };
    };
    const withField = (field: string, value: JsonValue) => ({
      ...good,
      request: { ...request, [field]: value },
    });
    const bodies: { name: string; body: JsonValue }[] = [
      ...[null, [], "x", 1, true, {}].map((body) => ({ name: JSON.stringify(body), body })),
      { name: "no request", body: { ...good, request: null } },
      { name: "a request that is a list", body: { ...good, request: [request] } },
      { name: "v1beta1", body: { ...good, apiVersion: "admission.k8s.io/v1beta1" } },
      { name: "v2", body: { ...good, apiVersion: "admission.k8s.io/v2" } },
      { name: "another kind", body: { ...good, kind: "ConversionReview" } },
      ...["uid", "kind", "operation"].map((field) => ({ name: `no ${field}`, body: without(field) })),
      { name: "an empty uid", body: withField("uid", "") },
      { name: "a long uid", body: withField("uid", "u".repeat(257)) },
      { name: "an unknown operation", body: withField("operation", "PATCH") },
      { name: "a list of operations", body: withField("operation", ["CREATE"]) },
      { name: "a kind that is text", body: withField("kind", "Pod") },
      { name: "a subresource that is a list", body: withField("subResource", ["status"]) },
      { name: "a namespace that is none", body: withField("namespace", "../admin") },
      { name: "a dry run that is text", body: withField("dryRun", "true") },
    ];
    for (const { name, body } of bodies) {
      it(name, async () => {
        await start();
        const { status, json } = await service.call("POST", PATH, body === null ? "null" : body);
        expect([status, json.allow, json.error.code]).to.deep.equal([400, false, "request.invalid"]);
        expect(asked).to.deep.equal([]);
      });
    }

    it("T237 keys that stand twice", async () => {
      await start();
      const text = JSON.stringify(good).replace(
        `"image":"${PINNED}"`,
        `"image":"evil:1","image":"${PINNED}"`,
      );
      expect((await service.call("POST", PATH, text)).status).to.equal(400);
    });
  });

  describe("T195 T196 large and deep bodies", () => {
    const nested = (levels: number): JsonValue => {
      let value: JsonValue = {};
      for (let level = 0; level < levels; level++) value = { f: value };
      return value;
    };
    const padded = (metadata: JsonObject) => reviewOf(objectOf(kindNamed("Pod"), podSpec(PINNED), metadata));

    it("an object with its managed fields nests as deep as it likes, up to a hundred levels", async () => {
      await start();
      expect((await review(padded({ managedFields: [nested(60)] }))).allowed).to.equal(true);
      expect((await service.call("POST", PATH, padded({ managedFields: [nested(100)] }))).status).to.equal(
        400,
      );
      const bottomless = `{"request":${"[".repeat(100_000)}`;
      expect((await service.call("POST", PATH, bottomless)).status).to.equal(400);
    });

    it("4 MB are read, 8 MiB are not", async () => {
      await start();
      const metadata = (bytes: number) => ({ annotations: { padding: "x".repeat(bytes) } });
      expect((await review(padded(metadata(4_000_000)))).allowed).to.equal(true);
      const answer = await service.call("POST", PATH, padded(metadata(8 * 1024 * 1024)));
      expect([answer.status, answer.json.allow]).to.deep.equal([413, false]);
    });

    it("T249 more bytes than may be in hand at once are told to come again, and find room afterwards", async () => {
      const waiting: (() => void)[] = [];
      const begun = Promise.withResolvers<void>();
      const decider = fakeDecider(async (request) => {
        begun.resolve();
        await new Promise<void>((resolve) => waiting.push(resolve));
        return decisionFor(request);
      });
      await start({ decider, limits: { reviewBytesInHand: 3000 } });
      const large = padded({ annotations: { padding: "x".repeat(1500) } });
      const first = review(large);
      await begun.promise;
      const second = await service.call("POST", PATH, large);
      expect([second.status, second.json.error.code]).to.deep.equal([503, "service.overloaded"]);
      expect((await service.call("POST", PATH, "{")).status).to.equal(400);
      waiting.forEach((release) => release());
      expect((await first).allowed).to.equal(true);
      const third = await service.call("POST", PATH, { ...large, apiVersion: "v1" });
      expect(third.status).to.equal(400);
    });
  });

  it("T199 only POST, only at this path", async () => {
    await start();
    expect((await service.call("GET", PATH)).status).to.equal(405);
    expect((await service.call("POST", `${PATH}/`, podReview([PINNED]))).status).to.equal(404);
  });

  it("is answered on the other listeners too", async () => {
    for (const listener of ["gatekeeper", "kyverno"] as const) {
      await start({ listener });
      expect((await review(podReview([PINNED]))).allowed).to.equal(true);
      await service.close();
    }
    await start();
  });
});
