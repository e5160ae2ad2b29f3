import { expect } from "chai";
import { digestOf, success } from "../../../src/core/index.ts";
import type { DecisionRequest } from "../../../src/decision/index.ts";
import type { Decider, HeldPolicy } from "../../../src/server/index.ts";
import { decideByNamespace, type ServedPolicy } from "../../../src/server/policies/decider.ts";
import {
  decisionFor,
  IMAGE_DIGEST,
  providerRequest,
  startTestService,
  STORE,
  TRUST,
  type TestService,
} from "../harness.ts";

const CACHING = {
  remembered: 0,
  shared: 0,
  made: 0,
  overloaded: 0,
  decisions: { size: 0, bytes: 0 },
  content: { size: 0, bytes: 0 },
  queue: { running: 0, waiting: 0 },
  pausedRegistries: [],
};

/** A policy whose revision is the number of times that it was swapped; what is released is told. */
function served(name: string, namespaces: readonly string[] | null, loaded = true) {
  const state = { revision: 1, held: 0, asked: 0, expired: false };
  const holdOf = (revision: number): HeldPolicy => {
    const policy = { name, revision: String(revision), digest: digestOf(Buffer.from(`${name} ${revision}`)) };
    return {
      decide: (request: DecisionRequest) => Promise.resolve(decisionFor(request, { policy })),
      describe: () =>
        Promise.resolve(success({ bytes: Buffer.from(`"${name} ${revision}"`), time: new Date(0) })),
      query: ({ bytes }, entrypoint) =>
        Promise.resolve(success([entrypoint, JSON.parse(Buffer.from(bytes).toString()), name, revision])),
      names: () => ({ policy, trust: TRUST }),
      entrypoints: ["assay/decision", "assay/allow", `${name}/own`],
      unavailable: null,
    };
  };
  const policy: ServedPolicy = {
    name,
    namespaces,
    acquire: () => {
      if (!loaded) return { code: "policy.not_loaded", message: "not yet" };
      if (state.expired) return { code: "policy.expired", message: "too old" };
      state.held++;
      return { policy: holdOf(state.revision), release: () => void state.held-- };
    },
    names: () => (loaded ? holdOf(state.revision).names(null) : null),
    ready: () => loaded,
    status: () => ({
      store: { ...STORE, name, ready: loaded },
      names: null,
      roots: [],
      activations: { activated: 1, refused: 0, failed: 0 },
      shadow: null,
    }),
    refresh: () => void state.asked++,
  };
  return { policy, state };
}

function deciderOf(...policies: readonly ServedPolicy[]): Decider {
  const resolve = () => Promise.resolve(success(IMAGE_DIGEST));
  return decideByNamespace(policies, { resolve, caching: () => CACHING });
}

const request = (namespace: string | null): DecisionRequest => ({
  reference: "a:1",
  surface: "http",
  namespace,
  parameters: {},
  platform: null,
});
const options = { signal: new AbortController().signal };

describe("a decider with several policies", () => {
  it("decides each request by the policy of its namespace, and names its revision", async () => {
    const [rest, team] = [served("rest", null), served("team", ["team-*"])];
    const decider = deciderOf(rest.policy, team.policy);
    team.state.revision = 7;
    const named = async (namespace: string | null) => {
      const { policy } = await decider.decide(request(namespace), options);
      expect(decider.names(namespace).policy).to.deep.equal(policy);
      return `${policy.name} ${policy.revision}`;
    };
    expect(await Promise.all(["team-a", "other", null].map(named))).to.deep.equal([
      "team 7",
      "rest 1",
      "rest 1",
    ]);
    const described = await decider.describe(request("team-a"), options);
    expect(described.ok ? Buffer.from(described.value.bytes).toString() : "").to.equal('"team 7"');
    expect([rest.state.held, team.state.held]).to.deep.equal([0, 0]);
  });

  it("T188 holds one revision until the work has ended, also where it throws", async () => {
    const { policy, state } = served("rest", null);
    const decider = deciderOf(policy);
    const seen = await decider.hold(null, async (held) => {
      const before = held.names(null).policy.revision;
      state.revision = 2;
      expect(state.held).to.equal(1);
      const value = await held.query({ bytes: Buffer.from("1"), time: new Date() }, "rest/own", options);
      return [before, held.names(null).policy.revision, value.ok ? value.value : value];
    });
    expect(seen).to.deep.equal(["1", "1", ["rest/own", 1, "rest", 1]]);
    const thrown = await decider.hold(null, () => Promise.reject(new Error("x"))).catch(String);
    expect([thrown, state.held]).to.deep.equal(["Error: x", 0]);
  });

  it("T255 is ready once all its policies are, and answers for those that are", async () => {
    const [rest, team] = [served("rest", null), served("team", ["team"], false)];
    const decider = deciderOf(rest.policy, team.policy);
    expect(decider.ready()).to.equal(false);
    expect((await decider.decide(request("other"), options)).allow).to.equal(true);
    expect(await decider.decide(request("team"), options)).to.deep.include({
      allow: false,
      outcome: "undecided",
      reason: { code: "policy.not_loaded", message: "not yet" },
      policy: { name: "team", revision: "none", digest: digestOf(Buffer.alloc(0)) },
    });
    expect(deciderOf(rest.policy).ready()).to.equal(true);
  });

  it("asks all sources", () => {
    const [rest, team] = [served("rest", null), served("team", ["team"], false)];
    deciderOf(rest.policy, team.policy).refresh?.();
    expect([rest.state.asked, team.state.asked]).to.deep.equal([1, 1]);
  });

  describe("on the surfaces", () => {
    let service: TestService;
    afterEach(() => service.close());
    const start = async (decider: Decider) => {
      service = await startTestService({ listener: "api", decider });
    };
    const NOT_ASSIGNED = "policy.not_assigned: no policy is for";

    it("T179 gives every request one answer: by its namespace's policy, or that there is none", async () => {
      const [a, b] = [served("a", ["a"]), served("b", ["b", "b-*"])];
      await start(deciderOf(a.policy, b.policy));
      const keys = ["[a]x:1", "[b-1]x:1", "[lost]x:1", "x:1"];
      const { status, json } = await service.call(
        "POST",
        "/v1/gatekeeper/validate",
        providerRequest(...keys),
      );
      // Nobody would answer otherwise in a minute: a value that denies, not an error that is tried again.
      expect(status).to.equal(200);
      const values = json.response.items.map(
        ({ value }: { value: { allow: boolean; reasons: string[] } }) => [
          value.allow,
          value.reasons[0]?.split(/: (?!no)/)[0] ?? null,
        ],
      );
      expect(values).to.deep.equal([
        [true, null],
        [true, null],
        [false, `${NOT_ASSIGNED} the namespace lost`],
        [false, `${NOT_ASSIGNED} requests without a namespace`],
      ]);
      const ask = async (namespace?: string) =>
        (await service.call("POST", "/v1/decisions", { images: ["x:1"], ...(namespace && { namespace }) }))
          .json;
      expect((await ask("b-1")).decisions["x:1"].policy.name).to.equal("b");
      expect((await ask("lost")).decisions["x:1"]).to.deep.include({ allow: false, outcome: "undecided" });
      expect((await ask()).allow).to.equal(false);
    });

    it("tells a client of OPA which policy decided, whose entrypoints it may ask", async () => {
      const [a, b] = [served("a", ["a"]), served("b", null)];
      await start(deciderOf(a.policy, b.policy));
      const ask = async (path: string, namespace: string | null) => {
        const { status, json } = await service.call("POST", `/v1/data/${path}?provenance`, {
          input: { image: "x:1", namespace },
        });
        return [status, json.result, Object.keys(json.provenance?.bundles ?? {}), json.warning?.code ?? null];
      };
      expect(await ask("a/own", "a")).to.deep.equal([200, ["a/own", "a 1", "a", 1], ["a"], null]);
      expect(await ask("a/own", null)).to.deep.equal([200, undefined, ["b"], "api_usage_warning"]);
      expect(await ask("b/own", null)).to.deep.equal([200, ["b/own", "b 1", "b", 1], ["b"], null]);
      expect(await ask("assay/allow", "a")).to.deep.equal([200, true, ["a"], null]);
    });

    it("T255 says to each surface that a policy is not loaded, so that it asks again", async () => {
      const { policy } = served("late", null, false);
      await start(deciderOf(policy));
      const gatekeeper = await service.call("POST", "/v1/gatekeeper/validate", providerRequest("x:1"));
      expect([gatekeeper.status, gatekeeper.json.response]).to.deep.equal([
        503,
        {
          idempotent: false,
          systemError: "assay: 1 of 1 images could not be decided (policy.not_loaded): try again",
        },
      ]);
      const decisions = await service.call("POST", "/v1/decisions", { images: ["x:1"] });
      expect([decisions.status, decisions.json.allow]).to.deep.equal([200, false]);
      const data = await service.call("POST", "/v1/data/assay/allow", { input: { image: "x:1" } });
      expect([data.json.result, data.json.warning.code]).to.deep.equal([false, "policy.not_loaded"]);
      const own = await service.call("POST", "/v1/data/late/own", { input: { image: "x:1" } });
      expect([own.status, own.json.errors[0].code]).to.deep.equal([500, "policy.not_loaded"]);
      expect((await service.call("GET", "/readyz")).status).to.equal(503);
    });

    it("T181 decides nothing with a policy that has expired", async () => {
      const { policy, state } = served("old", null);
      await start(deciderOf(policy));
      state.expired = true;
      const { json } = await service.call("POST", "/v1/decisions", { images: ["x:1"] });
      expect(json.decisions["x:1"].reason.code).to.equal("policy.expired");
      const review = await service.call("POST", "/v1/gatekeeper/validate", providerRequest("x:1"));
      expect(review.status).to.equal(503);
    });
  });
});
