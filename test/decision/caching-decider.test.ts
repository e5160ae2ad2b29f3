import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import { openPolicy } from "../../src/cli/policy.ts";
import { trustOf } from "../../src/cli/setup.ts";
import { digestOf } from "../../src/core/index.ts";
import type { Decision, DecidingContext } from "../../src/decision/index.ts";
import { loadEngine, type PolicyEngine } from "../../src/policy/index.ts";
import type { Registry } from "../../src/registry/index.ts";
import { startLabRegistry } from "../lab/registry.ts";
import { policyFolder, removeFolders } from "../policy/source/policy-folder.ts";
import { deskOf, type DeskSettings } from "./cache/desk.ts";
import { labClocks } from "./cache/lab.ts";
import { createWorld, impatientRegistry, openWorld, POLICY, valueOf, type World } from "./world.ts";

/** As the caller sees it: `["allow", null]`, `["deny", null]`, `["undecided", "registry.unavailable"]`. */
function answerOf({ outcome, allow, reason }: Decision): readonly (string | null)[] {
  expect(allow).to.equal(outcome === "allow");
  return [outcome, reason?.code ?? null];
}

const ALLOWED = ["allow", null];
const DENIED = ["deny", null];
const UNAVAILABLE = ["undecided", "registry.unavailable"];

describe("a decider for many callers", () => {
  let world: World;
  let client: Registry;
  let images = 0;
  before(async () => {
    world = await createWorld();
    client = impatientRegistry();
  });
  after(async () => {
    client.close();
    await world.close();
  });
  afterEach(() => {
    world.registry.misbehave = undefined;
  });

  const desk = (settings: DeskSettings = {}, context: Partial<DecidingContext> = {}) =>
    deskOf({ ...world.context, registry: client, ...context }, settings);
  const push = (attested = true) => {
    const image = world.push(`acme/cached-${++images}`);
    if (attested) image.attach(world.attest(image.digest));
    return image;
  };
  /** What the registry is asked from now on. */
  const counting = () => {
    const start = world.registry.requests.length;
    return () => world.registry.requests.slice(start).map(({ path }) => path);
  };

  describe("remembers what was decided", () => {
    it("and gives it again to the byte without asking anybody", async () => {
      const { decide, clocks, decider } = desk();
      const { reference } = push();
      const cold = await decide(reference);
      expect(answerOf(cold)).to.deep.equal(ALLOWED);
      const asked = counting();
      clocks.advance(9_000);
      expect(JSON.stringify(await decide(reference))).to.equal(JSON.stringify(cold));
      expect(asked()).to.deep.equal([]);
      expect(decider.state).to.deep.include({ made: 1, remembered: 1, overloaded: 0, pausedRegistries: [] });
    });

    it("T247 for no longer than configured, also where the wall's clock is set back", async () => {
      const { decide, clocks } = desk({ cache: { tags: 3_600_000, decisions: 60_000 } });
      const { reference } = push();
      const first = await decide(reference);
      clocks.advance(59_999);
      expect((await decide(reference)).decisionId).to.equal(first.decisionId);
      clocks.advance(1);
      const second = await decide(reference);
      expect(second.time).to.not.equal(first.time);
      clocks.set(new Date(Date.parse(second.time) - 1));
      expect((await decide(reference)).time).to.not.equal(second.time);
    });

    it("T188 under the policy that it was made with, and no other's answer after a swap to and fro", async () => {
      const { decide, decider } = desk();
      const { reference } = push();
      const { engine } = world.context;
      const other: PolicyEngine = {
        bundle: { ...engine.bundle, revision: "2", digest: digestOf(Buffer.from("another")) },
        evaluate: (...asked) => engine.evaluate(...asked),
        close: () => Promise.resolve(),
      };
      const first = await decide(reference);
      const second = await decide(reference, { context: { engine: other } });
      expect([first.policy.revision, second.policy.revision]).to.deep.equal([engine.bundle.revision, "2"]);
      // What was swapped in again has its own decision from memory, to the byte.
      expect(await decide(reference)).to.deep.equal(first);
      expect(await decide(reference, { context: { engine: other } })).to.deep.equal(second);
      expect(decider.state).to.include({ made: 2, remembered: 2 });
    });

    it("T188 with the engine of who asks, not one of the same bundle that is being closed", async () => {
      const { decide } = desk();
      const { reference } = push();
      const { engine } = world.context;
      const closing: PolicyEngine = {
        bundle: engine.bundle,
        evaluate: () => new Promise(() => undefined),
        close: () => Promise.resolve(),
      };
      const first = decide(reference, { context: { engine: closing }, signal: AbortSignal.timeout(300) });
      await turn();
      expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
      expect(answerOf(await first)).to.deep.equal(["undecided", "deadline.exceeded"]);
    });

    it("T188 gives up a replaced policy's decisions once its memory is needed", async () => {
      const { decide, decider } = desk({ cache: { bytes: 200_000 } });
      const { engine } = world.context;
      const { reference } = push();
      const sizes: number[] = [];
      for (let revision = 0; revision < 40; revision++) {
        const bundle = { ...engine.bundle, digest: digestOf(Buffer.from(`revision ${revision}`)) };
        const swapped: PolicyEngine = {
          bundle,
          evaluate: (...asked) => engine.evaluate(...asked),
          close: () => engine.close(),
        };
        expect((await decide(reference, { context: { engine: swapped } })).policy.digest).to.equal(
          bundle.digest,
        );
        sizes.push(decider.state.decisions.bytes);
      }
      expect(Math.max(...sizes)).to.be.at.most(70_000);
      expect(decider.state.decisions.size).to.be.lessThan(40).and.greaterThan(0);
    });

    it("T209 an image that a tag names anew is judged once the tag's time has passed", async () => {
      const { decide, clocks } = desk({ cache: { tags: 10_000 } });
      const image = push();
      expect(answerOf(await decide(image.reference))).to.deep.equal(ALLOWED);
      const moved = world.registry.pushImage(image.repository, { tag: "1", seed: "moved" });
      clocks.advance(9_999);
      expect((await decide(image.reference)).image.digest).to.equal(image.digest);
      clocks.advance(1);
      const after = await decide(image.reference);
      expect([after.image.digest, after.outcome]).to.deep.equal([moved.digest, "deny"]);
    });

    it("asks but for the tag where only the tag's time has passed", async () => {
      const { decide, clocks } = desk();
      const { reference, repository } = push();
      const first = await decide(reference);
      clocks.advance(10_000);
      const asked = counting();
      expect(await decide(reference)).to.equal(first);
      expect(asked()).to.deep.equal([`/v2/${repository}/manifests/1`]);
    });

    it("T208 a denial briefly: what was missing counts soon after it is attached", async () => {
      const { decide, clocks } = desk({ cache: { denials: 5_000 } });
      const image = push(false);
      const first = await decide(image.reference);
      expect(answerOf(first)).to.deep.equal(DENIED);
      image.attach(world.attest(image.digest));
      clocks.advance(4_999);
      expect(await decide(image.reference)).to.equal(first);
      clocks.advance(1);
      expect(answerOf(await decide(image.reference))).to.deep.equal(ALLOWED);
    });

    it("T207 for one question only: namespace, surface, parameters, platform and spelling are part of it", async () => {
      const { decide, decider } = desk();
      const { reference, digest } = push();
      await decide(reference);
      for (const request of [
        { namespace: "prod" },
        { namespace: "test" },
        { surface: "http" as const },
        { parameters: { a: 1 } },
        { platform: "linux/amd64" },
      ]) {
        await decide(reference, { request });
      }
      expect((await decide(`${reference}@${digest}`)).image.reference).to.equal(`${reference}@${digest}`);
      expect(decider.state).to.deep.include({ made: 7, remembered: 0 });
    });

    it("T209 not for another policy or trust: a signer who is withdrawn counts for nothing at once", async () => {
      const { decide } = desk();
      const { reference } = push();
      expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
      const withdrawn = POLICY.replace('refs/tags/v*" }\n', 'refs/tags/v*", distrust: 2020-01-01 }\n');
      const { engine, trust } = await openWorld(
        withdrawn,
        { lab: world.sigstore.trustedRoot },
        world.key.pem,
      );
      try {
        expect(answerOf(await decide(reference, { context: { engine } }))).to.deep.equal(DENIED);
        expect(answerOf(await decide(reference, { context: { engine, trust } }))).to.deep.equal(DENIED);
        expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
      } finally {
        await engine.close();
      }
    });

    it("T207 T240 not for another tenant: each asks with credentials of its own", async () => {
      const { decide, decider } = desk();
      const other = decider.content(client, "tenant-b");
      const { reference } = push();
      expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
      world.registry.misbehave = () => ({ status: 403 });
      expect(answerOf(await decide(reference, { context: { registry: other } }))).to.deep.equal([
        "undecided",
        "registry.auth_failed",
      ]);
      expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
    });

    it("not where a caller brings evidence of its own, or asks over another source", async () => {
      const { decide, decider } = desk();
      const { reference } = push();
      await decide(reference);
      const asked = counting();
      for (const context of [{ files: ["/nowhere"] }, { registry: client }]) {
        await decide(reference, { context });
        await decide(reference, { context });
      }
      expect(asked().filter((path) => path.endsWith("/manifests/1"))).to.have.length(2);
      expect(decider.state).to.deep.include({ made: 1, remembered: 0 });
    });

    it("not what is no reference", async () => {
      const { decide, decider } = desk();
      for (let i = 0; i < 2; i++) {
        expect(answerOf(await decide("no reference"))).to.deep.equal(["undecided", "reference.invalid"]);
      }
      expect(decider.state.decisions.size).to.equal(0);
    });
  });

  describe("T208 T243 forgets what could not be decided", () => {
    const troubles = [
      { name: "the registry is down", misbehave: { drop: true }, code: "registry.unavailable" },
      { name: "the registry fails", misbehave: { status: 503 }, code: "registry.unavailable" },
      { name: "the registry throttles", misbehave: { status: 429 }, code: "registry.throttled" },
      { name: "the registry sends nonsense", misbehave: { status: 418 }, code: "registry.protocol" },
    ];
    for (const { name, misbehave, code } of troubles) {
      it(`once ${name} no more`, async () => {
        const { decide } = desk({ load: { registryFailures: 1000 } });
        const image = push();
        world.registry.misbehave = () => misbehave;
        expect(answerOf(await decide(image.reference))).to.deep.equal(["undecided", code]);
        world.registry.misbehave = undefined;
        expect(answerOf(await decide(image.reference))).to.deep.equal(ALLOWED);
      });
    }

    it("also where only the evidence could not be fetched", async () => {
      const { decide } = desk({ load: { registryFailures: 1000 } });
      const image = push();
      world.registry.misbehave = ({ kind }) => (kind === "referrers" ? { status: 500 } : undefined);
      expect(answerOf(await decide(image.reference))).to.deep.equal(UNAVAILABLE);
      world.registry.misbehave = undefined;
      expect(answerOf(await decide(image.reference))).to.deep.equal(ALLOWED);
    });

    it("an allowance that is remembered outlasts an outage, and no longer than its time", async () => {
      const { decide, clocks } = desk({ load: { registryFailures: 1000 } });
      const image = push();
      const reference = `${image.reference}@${image.digest}`;
      await decide(reference);
      world.registry.misbehave = () => ({ drop: true });
      clocks.advance(59_999);
      expect(answerOf(await decide(reference))).to.deep.equal(ALLOWED);
      expect(answerOf(await decide(reference, { request: { namespace: "x" } }))).to.deep.equal(UNAVAILABLE);
      clocks.advance(1);
      expect(answerOf(await decide(reference))).to.deep.equal(UNAVAILABLE);
    });
  });

  describe("T210 shares what many ask for at the same time", () => {
    const cold = async () => {
      const image = push();
      const asked = counting();
      await desk().decide(image.reference);
      return asked().length;
    };

    it("50 callers for one image cause one set of fetches, and get one decision", async () => {
      const alone = await cold();
      const { decide, decider } = desk();
      const { reference } = push();
      const asked = counting();
      const answers = await Promise.all(Array.from({ length: 50 }, () => decide(reference)));
      expect(new Set(answers).size).to.equal(1);
      expect(answerOf(answers[0]!)).to.deep.equal(ALLOWED);
      expect(asked()).to.have.length(alone);
      expect(decider.state).to.deep.include({ made: 1, remembered: 0 });
    });

    it("callers of 10 namespaces get their own decisions from one set of fetches", async () => {
      const alone = await cold();
      const { decide, decider } = desk();
      const { reference } = push();
      const asked = counting();
      const names = Array.from({ length: 10 }, (_, i) => `namespace-${i}`);
      const answers = await Promise.all(
        names.map((namespace) => decide(reference, { request: { namespace } })),
      );
      expect(answers.map(answerOf)).to.deep.equal(names.map(() => ALLOWED));
      expect(asked()).to.have.length(alone);
      expect(decider.state.made).to.equal(10);
    });

    it("each leaves at a deadline of its own, the first one too, and fails nobody else", async () => {
      const { decide } = desk();
      const { reference } = push();
      const { promise: open, resolve } = Promise.withResolvers<void>();
      world.registry.misbehave = async () => {
        await open;
        return undefined;
      };
      const callers = Array.from({ length: 3 }, () => new AbortController());
      const answers = callers.map(({ signal }) => decide(reference, { signal }));
      callers[0]!.abort();
      expect(answerOf(await answers[0]!)).to.deep.equal(["undecided", "deadline.exceeded"]);
      callers[1]!.abort();
      expect(answerOf(await answers[1]!)).to.deep.equal(["undecided", "deadline.exceeded"]);
      resolve();
      expect(answerOf(await answers[2]!)).to.deep.equal(ALLOWED);
    });

    it("T213 work that nobody waits for ends, and leaves nothing behind", async () => {
      const { decide, decider } = desk();
      const waiting = Array.from({ length: 20 }, () => push().reference);
      world.registry.misbehave = () => ({ silent: true });
      const caller = new AbortController();
      const answers = waiting.map((reference) => decide(reference, { signal: caller.signal }));
      await turn();
      expect(decider.state.queue.running).to.be.greaterThan(0);
      caller.abort();
      expect((await Promise.all(answers)).map(answerOf)).to.deep.equal(
        waiting.map(() => ["undecided", "deadline.exceeded"]),
      );
      for (let i = 0; i < 50 && decider.state.queue.running > 0; i++) await turn();
      expect(decider.state).to.deep.include({ queue: { running: 0, waiting: 0 }, made: 20 });
      expect(decider.state.decisions.size).to.equal(0);
    });
  });

  describe("under load", () => {
    it("T212 answers at once where too many wait, and remembers nothing of it", async () => {
      const { decide, decider } = desk({ load: { decisions: 1, queue: 1 } });
      const { promise: open, resolve } = Promise.withResolvers<void>();
      world.registry.misbehave = async () => {
        await open;
        return undefined;
      };
      const [first, second, third] = [push(), push(), push()];
      const answers = [decide(first.reference), decide(second.reference)];
      expect(answerOf(await decide(third.reference))).to.deep.equal(["undecided", "service.overloaded"]);
      expect(decider.state).to.deep.include({ overloaded: 1, queue: { running: 1, waiting: 1 } });
      resolve();
      expect((await Promise.all(answers)).map(answerOf)).to.deep.equal([ALLOWED, ALLOWED]);
      expect(answerOf(await decide(third.reference))).to.deep.equal(ALLOWED);
    });

    it("T212 a registry that hangs keeps nobody from another one", async () => {
      const { decide } = desk({ load: { decisions: 8, queue: 8 } });
      const hanging = await startLabRegistry({ misbehave: () => ({ silent: true }) });
      const caller = new AbortController();
      try {
        const stuck = Array.from({ length: 12 }, (_, i) =>
          decide(`${hanging.host}/acme/app:${i}`, { signal: caller.signal }),
        );
        expect(answerOf(await decide(push().reference))).to.deep.equal(ALLOWED);
        caller.abort();
        await Promise.all(stuck);
      } finally {
        await hanging.close();
      }
    });

    it("T224 audits that hang keep no admission waiting, and one that joins them goes first", async () => {
      const { decide, decider } = desk({ load: { decisions: 4, queue: 100 } });
      const { promise: open, resolve } = Promise.withResolvers<void>();
      const audited = Array.from({ length: 8 }, () => push());
      const repositories = new Set(audited.map(({ repository }) => repository));
      world.registry.misbehave = async ({ repository }) => {
        if (repositories.has(repository)) await open;
        return undefined;
      };
      const audits = audited.map(({ reference }) => decide(reference, { lane: "audit" }));
      expect(decider.state.queue).to.deep.equal({ running: 1, waiting: 7 });
      expect(answerOf(await decide(push().reference))).to.deep.equal(ALLOWED);
      const joined = decide(audited[7]!.reference);
      expect(decider.state.queue).to.deep.equal({ running: 2, waiting: 6 });
      resolve();
      expect((await Promise.all([...audits, joined])).map(answerOf)).to.deep.equal(
        Array.from({ length: 9 }, () => ALLOWED),
      );
    });

    it("T243 asks a registry that failed again and again no more for a while, and says so", async () => {
      const { decide, clocks, decider } = desk({ load: { registryFailures: 3, registryPause: 5_000 } });
      const image = push();
      world.registry.misbehave = () => ({ status: 503 });
      for (let i = 0; i < 3; i++) await decide(image.reference);
      world.registry.misbehave = undefined;
      const asked = counting();
      const paused = await decide(image.reference);
      expect(answerOf(paused)).to.deep.equal(UNAVAILABLE);
      expect(paused.reason?.message).to.match(
        /^127\.0\.0\.1:\d+ failed again and again, at last with registry\.unavailable: it is not asked for another 5 s$/,
      );
      expect([asked(), decider.state.pausedRegistries]).to.deep.equal([[], [world.registry.host]]);
      clocks.advance(5_000);
      expect(answerOf(await decide(image.reference))).to.deep.equal(ALLOWED);
      expect(decider.state.pausedRegistries).to.deep.equal([]);
    });

    it("T211 T249 a flood of different images takes no more memory than configured", async () => {
      const { decide, decider } = desk({ cache: { bytes: 150_000 } });
      for (let i = 0; i < 40; i++) {
        await decide(push(false).reference);
        const { decisions, content } = decider.state;
        expect(decisions.bytes + content.bytes).to.be.at.most(150_000);
      }
      expect(decider.state.content.size).to.be.greaterThan(5);
    });
  });

  describe("a policy in which time passes", () => {
    const second = 1000;
    const opened: PolicyEngine[] = [];
    after(async () => {
      removeFolders();
      await Promise.all(opened.map((engine) => engine.close()));
    });

    const withPolicy = async (files: Readonly<Record<string, string>>) => {
      const bundle = valueOf(await openPolicy(policyFolder(files)));
      const engine = valueOf(await loadEngine(bundle, { workers: 1 }));
      opened.push(engine);
      return { engine, trust: valueOf(trustOf(bundle)) };
    };
    const now = new Date(Math.floor(Date.now() / second) * second);
    const later = (seconds: number) => new Date(now.getTime() + seconds * second).toISOString();
    const exception = (moments: string) => `exceptions:
  - { rule: "signature.*", images: ["127.0.0.1:*/signed/**"], owner: a, reason: b, ${moments} }
`;

    const cases: { name: string; exception: string; outcomes: readonly (readonly [number, string])[] }[] = [
      {
        name: "an exception ends",
        exception: exception(`until: "${later(20)}"`),
        // It holds to the end of its last second.
        outcomes: [
          [0, "allow"],
          [20, "allow"],
          [21, "deny"],
        ],
      },
      {
        name: "an exception begins and ends",
        exception: exception(`from: "${later(3)}", until: "${later(40)}"`),
        outcomes: [
          [0, "deny"],
          [2, "deny"],
          [3, "allow"],
          [40, "allow"],
          [41, "deny"],
        ],
      },
    ];
    for (const { name, exception: exceptions, outcomes } of cases) {
      it(`judges anew when ${name}, not when its memory would end`, async () => {
        const policy = `name: acme
version: 1.0.0
signers: { acme: { issuer: "https://issuer.test", identity: "https://acme.test/release" } }
images: [{ match: ["127.0.0.1:*/signed/**"], signature: { signers: [acme] } }]
`;
        const context = await withPolicy({ "policy.yaml": policy, "exceptions.yaml": exceptions });
        const clocks = labClocks(now);
        const { decide } = desk(
          { clocks, cache: { tags: 3_600_000, decisions: 3_600_000, denials: 3_600_000 } },
          context,
        );
        const { reference } = world.push(`signed/excepted-${++images}`);
        let at = 0;
        for (const [seconds, outcome] of outcomes) {
          clocks.advance((seconds - at) * second);
          at = seconds;
          expect([seconds, (await decide(reference)).outcome]).to.deep.equal([seconds, outcome]);
        }
      });
    }
  });
});
