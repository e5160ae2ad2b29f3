import { expect } from "chai";
import { success } from "../../../src/core/index.ts";
import { decide, type Decision, type DecisionRequest, type PullNames } from "../../../src/decision/index.ts";
import type { Credential, CredentialSource, Registry } from "../../../src/registry/index.ts";
import { ApiServer } from "../../../src/server/kubernetes/index.ts";
import { openDecision } from "../../../src/server/batch.ts";
import {
  PullSecretReader,
  TenantContent,
  type PullSecretsConfig,
} from "../../../src/server/pull-secrets/index.ts";
import { deskOf, type DeskSettings } from "../../decision/cache/desk.ts";
import { LabTier } from "../../decision/cache/lab.ts";
import { startLabRegistry } from "../../lab/registry.ts";
import { createWorld, impatientRegistry, requestFor, type World } from "../../decision/world.ts";
import { base64, dockerSecret, startApiServer, type LabApiServer } from "./api-server.ts";

const ALLOWED = "allow";
const REFUSED = "undecided registry.auth_failed";

describe("TenantContent", () => {
  let world: World;
  let client: Registry;
  let api: LabApiServer;
  let images = 0;
  /** Who may see which repositories; the empty user is whoever brings no password. */
  let rights: Record<string, RegExp> = {};
  /** The service's own. */
  let own: Credential | undefined;
  const ownCredentials: CredentialSource = () => Promise.resolve(success(own));
  let asked: { readonly user: string; readonly path: string }[] = [];
  before(async () => {
    world = await createWorld();
    client = impatientRegistry({ credentials: ownCredentials });
  });
  after(async () => {
    client.close();
    await world.close();
  });
  beforeEach(async () => {
    api = await startApiServer();
    rights = {};
    own = undefined;
    asked = [];
    world.registry.misbehave = ({ path, headers }) => {
      const [, given = ""] = /^Basic (.*)$/.exec(String(headers["authorization"])) ?? [];
      const user = Buffer.from(given, "base64").toString();
      asked.push({ user, path });
      if (rights[user]?.test(path) === true) return undefined;
      return { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "{}" };
    };
  });
  afterEach(async () => {
    world.registry.misbehave = undefined;
    await api.close();
  });

  const push = () => {
    const image = world.push(`acme/private-${++images}`);
    image.attach(world.attest(image.digest));
    return image;
  };
  const host = () => world.registry.host;
  const secret = (namespace: string, user: string, name = "regcred", place = host()) => {
    api.putSecret(namespace, name, dockerSecret({ [place]: user }));
    api.putAccount(namespace, "default", [name]);
  };

  interface Asking {
    readonly surface?: DecisionRequest["surface"];
    readonly pull?: PullNames;
  }
  /** All that a replica of the service has; `ask` gives an outcome and, where there is one, the reason's code. */
  const replica = (
    config: Partial<PullSecretsConfig> = {},
    settings: DeskSettings = {},
    registry: Registry = client,
  ) => {
    const desk = deskOf({ ...world.context, registry }, settings);
    const { decider, clocks } = desk;
    const scopes: string[] = [];
    const content = new TenantContent(
      { api: api.settings, surfaces: new Set(["admission"]), namespaces: ["*"], ...config },
      new PullSecretReader(new ApiServer(api.settings), clocks.elapsed),
      {
        own: desk.registry,
        ownCredentials,
        open: (credentials, scope) => {
          scopes.push(scope);
          return decider.content(registry.withCredentials(credentials), scope);
        },
      },
      clocks.elapsed,
    );
    const judge = (reference: string, namespace: string | null, asking: Asking = {}): Promise<Decision> => {
      const request: DecisionRequest = requestFor(reference, { surface: "admission", namespace, ...asking });
      const signal = AbortSignal.timeout(15_000);
      const context = { ...world.context, clock: clocks.now };
      const names = { policy: context.engine.bundle, trust: { digest: context.trust.digest } };
      return content.ask(
        request,
        signal,
        (source) => decider.decide(request, { ...context, registry: source }, { signal }),
        { reasonOf: ({ reason }) => reason, because: (reason) => openDecision(request, names, reason) },
      );
    };
    const ask = async (...args: Parameters<typeof judge>) => {
      const { outcome, allow, reason } = await judge(...args);
      expect(allow).to.equal(outcome === "allow");
      return reason === null ? outcome : `${outcome} ${reason.code}`;
    };
    return { ...desk, ask, judge, scopes };
  };

  it("T240 an image is judged in the namespace whose secret opens it, and in no other", async () => {
    const { reference } = push();
    rights = { "robot:a": /private/, "robot:c": /nothing/ };
    secret("team-a", "robot:a");
    secret("team-c", "robot:c");
    const { ask } = replica();
    expect(await ask(reference, "team-a")).to.equal(ALLOWED);
    expect(await ask(reference, "team-b")).to.equal(REFUSED);
    expect(await ask(reference, "team-c")).to.equal(REFUSED);
    expect(await ask(reference, null)).to.equal(REFUSED);
  });

  it("the decision is the one that a service with that credential of its own makes", async () => {
    const { reference } = push();
    rights = { "robot:a": /private/ };
    secret("team-a", "robot:a");
    const { judge, clocks } = replica();
    const own = client.withCredentials(() =>
      Promise.resolve(success({ kind: "basic", username: "robot", password: "a" })),
    );
    const tenants = await judge(reference, "team-a");
    const request = requestFor(reference, { surface: "admission", namespace: "team-a" });
    const context = { ...world.context, registry: own, clock: clocks.now, longestValidity: 60_000 };
    const { decision } = await decide(request, context, { signal: AbortSignal.timeout(15_000) });
    expect({ ...tenants, validUntil: null }).to.deep.equal({ ...decision, validUntil: null });
  });

  describe("T207 A125 nothing that one tenant's credentials showed is given to another", () => {
    for (const [name, reference] of [
      ["by tag", (image: ReturnType<typeof push>) => image.reference],
      ["by digest", (image: ReturnType<typeof push>) => `${image.reference}@${image.digest}`],
    ] as const) {
      it(`in whatever order they ask, ${name}`, async () => {
        const image = push();
        rights = { "robot:a": /private/ };
        secret("team-a", "robot:a");
        secret("team-b", "robot:b");
        const { ask, decider } = replica();
        const orders = ["team-b", "team-a", "team-b", "team-c", "team-a", "team-c", "team-b"];
        const found: string[] = [];
        for (const namespace of orders) found.push(await ask(reference(image), namespace));
        expect(found).to.deep.equal(orders.map((namespace) => (namespace === "team-a" ? ALLOWED : REFUSED)));
        expect(decider.state.remembered).to.equal(1);
      });

      it(`also where they ask at the same time, ${name}`, async () => {
        const image = push();
        rights = { "robot:a": /private/ };
        secret("team-a", "robot:a");
        secret("team-b", "robot:b");
        const { ask } = replica();
        const namespaces = Array.from({ length: 12 }, (_, index) => `team-${"abc"[index % 3] ?? ""}`);
        const found = await Promise.all(namespaces.map((namespace) => ask(reference(image), namespace)));
        expect(found).to.deep.equal(
          namespaces.map((namespace) => (namespace === "team-a" ? ALLOWED : REFUSED)),
        );
      });
    }

    it("what is not there for one may be there for another", async () => {
      const { reference } = push();
      const hides = world.registry.misbehave;
      world.registry.misbehave = async (request, usual) => {
        const refusal = await hides?.(request, usual);
        // As registries do that hide what one may not see; who they do not know is told so.
        return refusal !== undefined && asked.at(-1)?.user !== "" ? { status: 404, body: "{}" } : refusal;
      };
      rights = { "robot:a": /private/ };
      secret("team-a", "robot:a");
      secret("team-b", "robot:b");
      const { ask } = replica();
      expect(await ask(reference, "team-b")).to.equal("undecided registry.not_found");
      expect(await ask(reference, "team-a")).to.equal(ALLOWED);
      expect(await ask(reference, "team-b")).to.equal("undecided registry.not_found");
    });

    it("two tenants with the same credential have scopes of their own", async () => {
      const { reference } = push();
      rights = { "robot:a": /private/ };
      secret("team-a", "robot:a");
      secret("team-b", "robot:a");
      const { ask, scopes, decider } = replica();
      expect(await ask(reference, "team-a")).to.equal(ALLOWED);
      expect(await ask(reference, "team-b")).to.equal(ALLOWED);
      expect(new Set(scopes).size).to.equal(2);
      expect(decider.state).to.deep.include({ made: 2, remembered: 0 });
    });

    it("a credential that was taken away opens nothing more that is not known yet", async () => {
      const { reference } = push();
      const later = push();
      rights = { "robot:a": /private/ };
      secret("team-a", "robot:a");
      const { ask, clocks } = replica();
      expect(await ask(reference, "team-a")).to.equal(ALLOWED);
      api.objects.clear();
      clocks.advance(30_000);
      expect(await ask(reference, "team-a")).to.equal(REFUSED);
      expect(await ask(later.reference, "team-a")).to.equal(REFUSED);
    });

    it("nothing of it leaves the process: neither disk nor what replicas share", async () => {
      const { reference } = push();
      rights = { "robot:a": /private/, "": /public/ };
      secret("team-a", "robot:a");
      const [disk, shared] = [new LabTier(), new LabTier()];
      const { ask } = replica({}, { tiers: { disk, shared } });
      expect(await ask(reference, "team-a")).to.equal(ALLOWED);
      expect([...disk.kept, ...shared.kept, ...disk.asked, ...shared.asked]).to.deep.equal([]);
      const open = world.push(`acme/public-${++images}`);
      await ask(open.reference, "team-b");
      expect([...disk.kept].length).to.be.greaterThan(0);
      expect([...shared.kept].length).to.be.greaterThan(0);
    });
  });

  it("what is asked for without a tenant's credentials is decided with the service's own, and content is shared", async () => {
    rights = { "": /public/, "robot:a": /public/ };
    const image = world.push(`acme/public-${++images}`);
    image.attach(world.attest(image.digest));
    secret("team-a", "robot:a", "regcred", "elsewhere.test");
    const { ask, scopes } = replica();
    expect(await ask(image.reference, "team-a")).to.equal(ALLOWED);
    const cold = asked.length;
    expect(await ask(image.reference, "team-b")).to.equal(ALLOWED);
    expect(asked.length).to.equal(cold);
    expect(scopes).to.deep.equal([]);
    expect(asked.every(({ user }) => user === "")).to.equal(true);
  });

  describe("tries every credential that is for the image, as the kubelet does", () => {
    const two = (first: string, second: string) => {
      api.putSecret("team-a", "one", dockerSecret({ [host()]: first }));
      api.putSecret("team-a", "two", dockerSecret({ [host()]: second }));
      return { pull: { serviceAccount: "default", secrets: ["one", "two"] } };
    };

    it("the second where the first is refused, and next time the second first", async () => {
      const { reference } = push();
      rights = { "robot:b": /private/ };
      const { ask, clocks } = replica();
      const pull = two("robot:a", "robot:b");
      expect(await ask(reference, "team-a", pull)).to.equal(ALLOWED);
      expect(asked.some(({ user }) => user === "robot:a")).to.equal(true);
      asked = [];
      clocks.advance(20_000);
      expect(await ask(reference, "team-a", pull)).to.equal(ALLOWED);
      expect(asked.length).to.be.greaterThan(0);
      expect(asked.filter(({ user }) => user === "robot:a")).to.deep.equal([]);
    });

    it("the longest first", async () => {
      const { reference, repository } = push();
      rights = { "robot:long": /private/, "robot:short": /private/ };
      api.putSecret(
        "team-a",
        "regcred",
        dockerSecret({ [host()]: "robot:short", [`${host()}/${repository}`]: "robot:long" }),
      );
      const pull = { serviceAccount: "default", secrets: ["regcred"] };
      const { ask } = replica();
      expect(await ask(reference, "team-a", { pull })).to.equal(ALLOWED);
      expect(asked.some(({ user }) => user === "robot:short")).to.equal(false);
    });

    it("the service's own last", async () => {
      const { reference } = push();
      rights = { "service:own": /private/ };
      own = { kind: "basic", username: "service", password: "own" };
      secret("team-a", "robot:gone");
      const { ask, decider } = replica();
      expect(await ask(reference, "team-a")).to.equal(ALLOWED);
      expect(new Set(asked.map(({ user }) => user))).to.deep.equal(
        new Set(["", "robot:gone", "service:own"]),
      );
      // What the service itself may see is for everybody.
      const before = decider.state.content.size;
      const { length } = asked;
      expect(await ask(reference, "team-b")).to.equal(ALLOWED);
      expect([decider.state.content.size, asked.length]).to.deep.equal([before, length]);
    });

    it("T211 eight at most", async () => {
      const { reference } = push();
      const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
      for (const name of names) api.putSecret("team-a", name, dockerSecret({ [host()]: `robot:${name}` }));
      const { ask } = replica();
      const pull = { serviceAccount: "default", secrets: names };
      expect(await ask(reference, "team-a", { pull })).to.equal(REFUSED);
      expect(new Set(asked.map(({ user }) => user))).to.deep.equal(
        new Set(["", ...names.slice(0, 8).map((name) => `robot:${name}`)]),
      );
    });
  });

  it("T030 a secret that was rotated is read again when the old one is refused", async () => {
    const { reference } = push();
    secret("team-a", "robot:old");
    rights = { "robot:old": /private/, "robot:new": /private/ };
    const { ask, clocks } = replica();
    expect(await ask(reference, "team-a")).to.equal(ALLOWED);
    rights = { "robot:new": /private/ };
    secret("team-a", "robot:new");
    const next = push();
    clocks.advance(2_000);
    expect(await ask(next.reference, "team-a")).to.equal(ALLOWED);
    // … and where it was not rotated, the registry's word stays.
    rights = {};
    expect(await ask(push().reference, "team-a")).to.equal(REFUSED);
  });

  describe("reads no secret", () => {
    const cases: readonly (readonly [string, Partial<PullSecretsConfig>, string | null, Asking])[] = [
      ["of a namespace that is not configured", { namespaces: ["team-b", "prod-*"] }, "team-a", {}],
      ["where no namespace is named", {}, null, {}],
      ["on the word of a surface that is not configured", {}, "team-a", { surface: "gatekeeper" }],
      ["on the word of no surface", { surfaces: new Set() }, "team-a", {}],
    ];
    for (const [name, config, namespace, asking] of cases) {
      it(name, async () => {
        const { reference } = push();
        rights = { "robot:a": /private/ };
        secret("team-a", "robot:a");
        const { ask } = replica(config);
        expect(await ask(reference, namespace, asking)).to.equal(REFUSED);
        expect(api.asked).to.deep.equal([]);
      });
    }

    it("for what is no reference", async () => {
      const { ask } = replica();
      expect(await ask("not a reference", "team-a")).to.match(/^undecided reference\./);
      expect(api.asked).to.deep.equal([]);
    });
  });

  it("of namespaces by pattern, and on the word of other surfaces where configured", async () => {
    const { reference } = push();
    rights = { "robot:a": /private/ };
    secret("team-a", "robot:a");
    const { ask } = replica({ namespaces: ["team-*"], surfaces: new Set(["gatekeeper"]) });
    expect(await ask(reference, "team-a", { surface: "gatekeeper" })).to.equal(ALLOWED);
    expect(await ask(reference, "team-a", { surface: "admission" })).to.equal(REFUSED);
  });

  it("A126 T208 where the API server cannot say, the image is undecided, not asked for anonymously, and decided later", async () => {
    rights = { "": /./, "robot:a": /./ };
    const { reference } = push();
    secret("team-a", "robot:a");
    const { ask, clocks } = replica();
    for (const [misanswer, code] of [
      [{ status: 403 }, "credentials.forbidden"],
      ["cut", "credentials.unavailable"],
    ] as const) {
      api.misanswers.set("*", misanswer);
      clocks.advance(60_000);
      expect(await ask(reference, "team-a")).to.equal(`undecided ${code}`);
    }
    expect(asked).to.deep.equal([]);
    api.misanswers.clear();
    clocks.advance(1_000);
    expect(await ask(reference, "team-a")).to.equal(ALLOWED);
  });

  it("A022 A110 a tenant's credential goes to its registry alone: mirrors are asked with the service's own", async () => {
    const { reference } = push();
    const mirror = await startLabRegistry();
    const seen = new Set<string | undefined>();
    mirror.misbehave = ({ headers }) => {
      seen.add(headers["authorization"] as string | undefined);
      return { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "{}" };
    };
    const registry = impatientRegistry({
      credentials: ownCredentials,
      registries: { [host()]: { mirrors: [mirror.host] } },
    });
    try {
      rights = { "robot:a": /private/ };
      own = { kind: "basic", username: "service", password: "own" };
      secret("team-a", "robot:a");
      expect(await replica({}, {}, registry).ask(reference, "team-a")).to.equal(ALLOWED);
      expect(seen).to.deep.equal(new Set([undefined, `Basic ${base64("service:own")}`]));
    } finally {
      registry.close();
      await mirror.close();
    }
  });

  it("T028 T206 no decision says anything of a secret, nor does a scope", async () => {
    const canaries = ["s3cr3t-canary", base64("robot:s3cr3t-canary")];
    rights = {};
    secret("team-a", "robot:s3cr3t-canary");
    api.putSecret("team-b", "regcred", {
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": base64("{s3cr3t-canary") },
    });
    api.putAccount("team-b", "default", ["regcred"]);
    const { judge, scopes } = replica();
    const decisions = [await judge(push().reference, "team-a"), await judge(push().reference, "team-b")];
    expect(decisions.map(({ reason }) => reason?.code)).to.deep.equal([
      "registry.auth_failed",
      "credentials.unreadable",
    ]);
    expect(scopes).to.have.length(1);
    for (const canary of canaries) expect(JSON.stringify([decisions, scopes])).to.not.contain(canary);
    // The same in another process is another scope.
    const other = replica();
    await other.judge(push().reference, "team-a");
    expect(other.scopes).to.not.deep.equal(scopes);
  });
});
