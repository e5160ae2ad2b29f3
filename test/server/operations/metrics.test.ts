import { expect } from "chai";
import { failure, success, type Result } from "../../../src/core/index.ts";
import type { ContentSource, FetchedManifest, RegistryCode } from "../../../src/registry/index.ts";
import { measuredContent, ServiceMetrics } from "../../../src/server/operations/index.ts";
import type { DeciderStatus } from "../../../src/server/types.ts";
import {
  IMAGE_DIGEST,
  decisionFor,
  fakeDecider,
  POLICY,
  providerRequest,
  startTestService,
  STORE,
  TRUST,
  UNDECIDED,
} from "../harness.ts";
import type { TestService, TestServiceOptions } from "../harness.ts";

const STATUS: DeciderStatus = {
  policies: [
    {
      store: STORE,
      names: { policy: POLICY, trust: TRUST },
      roots: [
        { name: "public-good", confirmed: new Date("2026-11-22T09:00:00Z") },
        { name: "own", confirmed: null },
      ],
      activations: { activated: 3, refused: 2, failed: 1 },
      shadow: {
        store: { ...STORE, name: "default.shadow", ready: false, signedBy: [], activated: null },
        names: null,
        decisions: { same: 10, different: 2, failed: 1, dropped: 4 },
      },
    },
    {
      store: {
        ...STORE,
        name: "team-a",
        ready: false,
        source: "team-a.tar.gz",
        sequence: null,
        signedBy: [],
        activated: null,
        confirmed: null,
        stale: true,
        lastRefusal: {
          code: "signature.missing",
          message: "there is no signature",
          time: new Date("2026-11-22T10:30:00Z"),
        },
      },
      names: null,
      roots: [],
      activations: { activated: 0, refused: 1, failed: 0 },
      shadow: null,
    },
  ],
  caching: {
    remembered: 5,
    shared: 1,
    made: 2,
    overloaded: 3,
    decisions: { size: 7, bytes: 700 },
    content: { size: 9, bytes: 900 },
    queue: { running: 4, waiting: 6 },
    pausedRegistries: ["slow.example"],
  },
};

describe("metrics of the service", () => {
  const decider = fakeDecider(undefined, { status: () => STATUS });
  let metrics: ServiceMetrics;
  const services: TestService[] = [];
  beforeEach(() => {
    metrics = new ServiceMetrics(() => decider);
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.close()));
  });
  const start = async (options: TestServiceOptions) => {
    const service = await startTestService({ decider, operations: { metrics }, ...options });
    services.push(service);
    return service;
  };
  const lines = () => metrics.registry.render().split("\n");
  /** The request's end is counted when its connection knows of it. */
  const counted = async (line: string) => {
    for (let tries = 0; tries < 200 && !lines().includes(line); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(lines()).to.include(line);
  };

  it("are served on the listener metrics, as text that Prometheus reads", async () => {
    const service = await start({ listener: "metrics" });
    const answer = await service.raw("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(answer).to.include("200 OK").and.include("content-type: text/plain; version=0.0.4; charset=utf-8");
    expect(answer).to.include("# TYPE assay_http_requests_total counter");
    expect((await service.call("POST", "/metrics")).status).to.equal(405);
  });

  for (const listener of ["gatekeeper", "kyverno", "admission", "api"] as const) {
    it(`T215 are not served on the listener ${listener}, which strangers may reach`, async () => {
      const service = await start({ listener });
      expect((await service.call("GET", "/metrics")).status).to.equal(404);
    });
  }

  it("count requests by route and class of status, decisions by surface and outcome, faults by code", async () => {
    const service = await start({ listener: "kyverno" });
    await service.call("POST", "/v1/decisions", { images: ["good:1", "bad:1", "good:2"] });
    await service.call("POST", "/v1/gatekeeper/validate", providerRequest("good:1"));
    await service.call("POST", "/v1/decisions", "{");
    await service.call("GET", "/nothing/here");
    await counted('assay_http_requests_total{listener="kyverno",route="/v1/decisions",status="2xx"} 1');
    await counted(
      'assay_http_requests_total{listener="kyverno",route="/v1/gatekeeper/validate",status="2xx"} 1',
    );
    await counted('assay_http_requests_total{listener="kyverno",route="/v1/decisions",status="4xx"} 1');
    await counted('assay_http_requests_total{listener="kyverno",route="other",status="4xx"} 1');
    await counted('assay_http_request_duration_seconds_count{route="/v1/decisions"} 2');
    await counted('assay_decisions_total{surface="kyverno",outcome="allow"} 2');
    await counted('assay_decisions_total{surface="kyverno",outcome="deny"} 1');
    await counted('assay_decisions_total{surface="gatekeeper",outcome="allow"} 1');
    await counted('assay_http_faults_total{code="request.invalid"} 1');
    await counted("assay_http_requests_in_flight 0");
  });

  it("count what was turned away, and whom nobody waited for", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const service = await start({
      listener: "kyverno",
      limits: { parallelRequests: 1 },
      decider: fakeDecider(async (request) => {
        await promise;
        return decisionFor(request, UNDECIDED);
      }),
    });
    const body = JSON.stringify({ images: ["good:1"] });
    let gone = false;
    const left = service.raw(
      `POST /v1/decisions HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      { keepOpen: true, destroyWhen: () => gone },
    );
    await counted("assay_http_requests_in_flight 1");
    const busy = await service.call("POST", "/v1/decisions", { images: ["good:1"] });
    expect(busy.status).to.equal(503);
    gone = true;
    await left;
    resolve();
    await counted('assay_http_faults_total{code="service.overloaded"} 1');
    await counted('assay_http_requests_total{listener="kyverno",route="/v1/decisions",status="aborted"} 1');
    await counted("assay_http_requests_in_flight 0");
  });

  it("A049 T215 have no more series after thousands of images, paths, user agents and namespaces", async () => {
    const service = await start({ listener: "kyverno" });
    const ask = async (index: number) => {
      const images = Array.from({ length: 500 }, (_, n) => `good-${index}-${n}.example/a/b${n}:${index}`);
      const headers = { "user-agent": `agent ${index}` };
      await service.call("POST", "/v1/decisions", { images, namespace: `team-${index}` }, headers);
      await service.call("POST", `/v1/decisions?x=${index}`, { images: ["bad"] }, headers);
      await service.call("GET", `/p${index}/q`, undefined, headers);
    };
    await ask(0);
    await counted('assay_http_requests_total{listener="kyverno",route="other",status="4xx"} 1');
    const series = () => lines().length;
    const before = series();
    for (let index = 1; index < 40; index++) await ask(index);
    await counted('assay_decisions_total{surface="kyverno",outcome="allow"} 20000');
    expect(series()).to.equal(before);
  }).timeout(20_000);

  it("A049 say the same number of lines after 100,000 observations with distinct registries", async () => {
    const answers = { ok: true };
    const source = sourceOf(() => answers.ok);
    const measured = measuredContent(source, metrics, ["registry.example"]);
    const ask = (registry: string) =>
      measured.manifest({ registry, repository: "a" }, "1", { signal: new AbortController().signal });
    await ask("registry.example");
    for (let index = 0; index < 20; index++) await ask(`r${index}.example`);
    answers.ok = false;
    await ask("down.example");
    answers.ok = true;
    await ask("one-more.example");
    const before = lines().length;
    for (let index = 0; index < 100_000; index++) await ask(`x${index}.example`);
    expect(lines().length).to.equal(before);
    expect(lines()).to.include('assay_registry_requests_total{registry="registry.example",result="ok"} 1');
    expect(lines()).to.include('assay_registry_requests_total{registry="r19.example",result="ok"} 1');
    expect(lines()).to.include('assay_registry_requests_total{registry="other",result="registry.timeout"} 1');
    expect(lines()).to.include('assay_registry_requests_total{registry="other",result="ok"} 100001');
  }).timeout(20_000);

  it("T258 say which policy and trust decide, since when, and what the caches hold", () => {
    expect(lines()).to.include.members([
      "assay_ready 1",
      `assay_policy_info{policy="default",name="acme-images",revision="3.1.0",digest="${POLICY.digest}"} 1`,
      `assay_trust_info{policy="default",digest="${TRUST.digest}"} 1`,
      'assay_policy_ready{policy="default"} 1',
      'assay_policy_ready{policy="team-a"} 0',
      'assay_policy_loaded_timestamp_seconds{policy="default"} 1795341600',
      'assay_policy_confirmed_timestamp_seconds{policy="default"} 1795345200',
      'assay_policy_stale{policy="default"} 0',
      'assay_policy_stale{policy="team-a"} 1',
      'assay_policy_sequence{policy="default"} 12',
      'assay_policy_activations_total{policy="default",outcome="activated"} 3',
      'assay_policy_activations_total{policy="team-a",outcome="refused"} 1',
      'assay_policy_refused_timestamp_seconds{policy="team-a",code="signature.missing"} 1795343400',
      'assay_trust_root_confirmed_timestamp_seconds{policy="default",root="public-good"} 1795338000',
      'assay_shadow_decisions_total{policy="default",result="different"} 2',
      'assay_shadow_decisions_total{policy="default",result="dropped"} 4',
      'assay_decisions_answered_total{source="remembered"} 5',
      'assay_decisions_answered_total{source="overloaded"} 3',
      'assay_cache_entries{cache="decisions"} 7',
      'assay_cache_bytes{cache="content"} 900',
      'assay_decisions_queued{state="waiting"} 6',
      "assay_registries_paused 1",
    ]);
    // What is not known has no line: neither a policy that is not loaded nor a sequence that it does not have.
    const unknown =
      /^assay_(?:policy_info|policy_sequence|shadow_policy_info).*policy="team-a"|^assay_shadow_policy_info/;
    expect(lines().filter((line) => unknown.test(line))).to.deep.equal([]);
  });

  it("T215 cut what a policy's author may choose, and keep its lines apart from others", () => {
    const name = `x${"y".repeat(1000)}\n"evil{}`;
    const policies = [
      { ...STATUS.policies[0], names: { policy: { ...POLICY, name, revision: name }, trust: TRUST } },
    ] as DeciderStatus["policies"];
    metrics = new ServiceMetrics(() => fakeDecider(undefined, { status: () => ({ ...STATUS, policies }) }));
    const [info = "", ...more] = lines().filter((line) => line.startsWith("assay_policy_info"));
    expect(more).to.deep.equal([]);
    expect(info.length).to.be.lessThan(700);
  });

  it("say so where nothing is loaded yet", () => {
    metrics = new ServiceMetrics(() => null);
    expect(lines()).to.include("assay_ready 0");
    expect(lines().filter((line) => line.startsWith("assay_policy_info"))).to.deep.equal([]);
  });

  it("T258 and /readyz tells it to people, on the listener metrics alone", async () => {
    const inside = await start({ listener: "metrics" });
    expect((await inside.call("GET", "/readyz")).json).to.deep.equal({
      ok: true,
      draining: false,
      policies: [
        {
          name: "default",
          ready: true,
          source: "oci://registry.example/policies/acme:stable",
          policy: POLICY,
          sequence: 12,
          signers: [{ signer: "release", form: "opa", identity: "key-1", issuer: null }],
          origin: "source",
          loaded: "2026-11-22T10:00:00.000Z",
          confirmed: "2026-11-22T11:00:00.000Z",
          stale: false,
          refusal: null,
          trust: {
            ...TRUST,
            roots: [
              { name: "public-good", confirmed: "2026-11-22T09:00:00.000Z" },
              { name: "own", confirmed: null },
            ],
          },
          shadow: {
            name: "default.shadow",
            ready: false,
            source: "oci://registry.example/policies/acme:stable",
            policy: null,
            sequence: 12,
            signers: [],
            origin: "source",
            loaded: null,
            confirmed: "2026-11-22T11:00:00.000Z",
            stale: false,
            refusal: null,
            decisions: { same: 10, different: 2, failed: 1, dropped: 4 },
          },
        },
        {
          name: "team-a",
          ready: false,
          source: "team-a.tar.gz",
          policy: null,
          sequence: null,
          signers: [],
          origin: "source",
          loaded: null,
          confirmed: null,
          stale: true,
          refusal: {
            code: "signature.missing",
            message: "there is no signature",
            time: "2026-11-22T10:30:00.000Z",
          },
          trust: null,
          shadow: null,
        },
      ],
    });
    const outside = await start({ listener: "kyverno" });
    expect((await outside.call("GET", "/readyz")).json).to.deep.equal({ ok: true });
    const empty = await start({ listener: "metrics", decider: null });
    const { status, json } = await empty.call("GET", "/readyz");
    expect([status, json]).to.deep.equal([503, { ok: false, draining: false, policies: [] }]);
  });
});

const MANIFEST: FetchedManifest = {
  digest: IMAGE_DIGEST,
  bytes: new Uint8Array(),
  manifest: {
    kind: "index",
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [],
    annotations: {},
  },
};

function sourceOf(ok: () => boolean): ContentSource {
  const answer = <T>(value: T): Promise<Result<T, RegistryCode>> =>
    Promise.resolve(ok() ? success(value) : failure("registry.timeout", "too slow"));
  return {
    manifest: () => answer(MANIFEST),
    blob: () => answer(new Uint8Array()),
    referrers: () => answer({ descriptors: [], via: "api", truncated: false }),
  };
}
