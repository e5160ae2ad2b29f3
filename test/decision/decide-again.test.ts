import { expect } from "chai";
import {
  decide,
  decideAgain,
  type Appraisal,
  type DecidingContext,
  type Decision,
} from "../../src/decision/index.ts";
import { trustFromData } from "../../src/verification/index.ts";
import { createSigstore } from "../lab/sigstore/index.ts";
import { createWorld, openWorld, POLICY, requestFor, verdictOf, type World } from "./world.ts";

describe("a decision made again", () => {
  let world: World;
  let strict: DecidingContext;
  before(async () => {
    world = await createWorld();
    const text = POLICY.replaceAll("workflows/release.yml", "workflows/other.yml");
    strict = await openWorld(text, { lab: world.sigstore.trustedRoot }, world.key.pem);
  });
  after(async () => {
    await strict.engine.close();
    await world.close();
  });
  const signal = AbortSignal.timeout(15_000);

  /** A decision, and what it was made from. */
  async function made(change: Partial<DecidingContext> = {}) {
    const image = world.push(`acme/again-${Math.random().toString(36).slice(2)}`);
    image.attach(world.attest(image.digest));
    const told: [Decision, Appraisal][] = [];
    const context = {
      ...world.context,
      decided: (...both: [Decision, Appraisal]) => void told.push(both),
      ...change,
    };
    const { decision } = await decide(requestFor(image.reference), context, { signal });
    const [first] = told;
    return { decision, told, evidence: first?.[1] as Appraisal };
  }

  it("says the same under the same policy and trust, at the same moment, and asks nobody", async () => {
    const { decision, told, evidence } = await made();
    expect(told.map(([one]) => one)).to.deep.equal([decision]);
    const asked = world.registry.requests.length;
    const later = { ...world.context, registry: null, clock: () => new Date(0) };
    expect(await decideAgain(evidence, later, { signal })).to.deep.equal(decision);
    expect(world.registry.requests.length).to.equal(asked);
  });

  it("is judged by another policy, which it names", async () => {
    const { decision, evidence } = await made();
    const again = await decideAgain(evidence, { ...strict, registry: null }, { signal });
    expect(verdictOf({ decision: again })).to.deep.equal(["deny", "provenance.builder_allowed"]);
    expect(again.policy.digest).to.equal(strict.engine.bundle.digest).and.not.equal(decision.policy.digest);
  });

  it("is verified again where the trust is another", async () => {
    const { evidence } = await made();
    const stranger = trustFromData({ roots: { lab: createSigstore().trustedRoot } });
    if (!stranger.ok) throw new Error(stranger.reason.message);
    const again = await decideAgain(evidence, { ...world.context, trust: stranger.value }, { signal });
    expect([again.outcome, again.trust.digest]).to.deep.equal(["deny", stranger.value.digest]);
  });

  it("allows nothing where it cannot be decided", async () => {
    const { evidence } = await made();
    const ended = AbortSignal.abort();
    expect(await decideAgain(evidence, world.context, { signal: ended })).to.deep.include({
      allow: false,
      outcome: "undecided",
    });
    const throwing = {
      ...world.context,
      engine: {
        ...world.context.engine,
        bundle: world.context.engine.bundle,
        evaluate: () => {
          throw new Error("x");
        },
      },
    };
    const again = await decideAgain(evidence, throwing, { signal });
    expect([again.outcome, again.reason?.code]).to.deep.equal(["undecided", "internal"]);
  });

  it("changes no decision that it is told of, not even by throwing", async () => {
    const { decision } = await made({
      decided: () => {
        throw new Error("x");
      },
    });
    expect(decision.outcome).to.equal("allow");
  });

  it("is not told of what is not decided", async () => {
    const told: unknown[] = [];
    const context = { ...world.context, decided: (...both: unknown[]) => void told.push(both) };
    await decide(requestFor("no reference at all!"), context, { signal });
    expect(told).to.deep.equal([]);
  });
});
