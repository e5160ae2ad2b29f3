import { expect } from "chai";
import { availableParallelism } from "node:os";
import { rehearse } from "../../../../src/cli/serving/rehearsal/rehearse.ts";
import recorded from "../../../../src/cli/serving/rehearsal/recorded.json" with { type: "json" };
import type { InputDocument } from "../../../../src/normalization/index.ts";
import type { PolicyEngine } from "../../../../src/policy/index.ts";
import { createWorld, type World } from "../../../decision/world.ts";

describe("the rehearsal of a policy", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  /** The world's engine, which notes what it is asked and does as `instead` says, if it says anything. */
  const watched = (instead?: PolicyEngine["evaluate"]) => {
    const { engine } = world.context;
    const inputs: InputDocument[] = [];
    let most = 0;
    let running = 0;
    const watching: PolicyEngine = {
      bundle: engine.bundle,
      evaluate: async (input, ...rest) => {
        inputs.push(JSON.parse(Buffer.from(input).toString()) as InputDocument);
        most = Math.max(most, ++running);
        try {
          return await (instead ?? engine.evaluate.bind(engine))(input, ...rest);
        } finally {
          running--;
        }
      },
      close: () => Promise.resolve(),
    };
    return { engine: watching, inputs, most: () => most };
  };

  it("has evidence fetched, verified and judged, more than once", async () => {
    const { engine, inputs, most } = watched();
    await rehearse(engine.bundle, engine, { longestMs: 20_000 });
    // So many at once that the policy's every thread is needed.
    expect(most()).to.equal(Math.min(8, availableParallelism()));
    expect(inputs.length).to.be.above(most());
    for (const { evidence, provenance, completeness } of inputs) {
      expect(evidence.map(({ status }) => status)).to.deep.equal(["verified", "verified"]);
      expect([provenance.length, completeness.complete]).to.deep.equal([1, true]);
    }
  });

  it("asks nobody but itself", async () => {
    const { engine } = watched();
    let asked = 0;
    world.registry.misbehave = () => {
      asked++;
      return undefined;
    };
    await rehearse(engine.bundle, engine, { longestMs: 20_000 });
    expect(asked).to.equal(0);
  });

  const FAULTS: readonly { readonly name: string; readonly instead: PolicyEngine["evaluate"] }[] = [
    { name: "throws", instead: () => Promise.reject(new Error("broken")) },
    {
      name: "fails",
      instead: () =>
        Promise.resolve({ ok: false, reason: { code: "policy.runtime_error", message: "broken" } }),
    },
    { name: "never answers", instead: () => new Promise(() => undefined) },
  ];
  for (const { name, instead } of FAULTS) {
    it(`ends quietly where the engine ${name}`, async () => {
      const { engine } = watched(instead);
      expect(await rehearse(engine.bundle, engine, { longestMs: 200 })).to.equal(undefined);
    });
  }

  it("brings no key that could sign anything", () => {
    expect(JSON.stringify(recorded)).not.to.match(/PRIVATE KEY|"d":/);
  });
});
