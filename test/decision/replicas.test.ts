import { expect } from "chai";
import { SharedTier } from "../../src/decision/index.ts";
import type { Registry } from "../../src/registry/index.ts";
import { LabResp } from "../lab/resp.ts";
import { deskOf } from "./cache/desk.ts";
import { labClocks, LabTier } from "./cache/lab.ts";
import { createWorld, impatientRegistry, type World } from "./world.ts";

const SECRET = Buffer.from("a secret of thirty-two bytes!!!!");

describe("replicas that share a cache", () => {
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

  const push = (attested: boolean) => {
    const image = world.push(`acme/shared-${++images}`);
    if (attested) image.attach(world.attest(image.digest));
    return `${image.reference}@${image.digest}`;
  };
  const replica = (shared: LabTier | SharedTier, clocks = labClocks()) =>
    deskOf({ ...world.context, registry: client }, { clocks, tiers: { shared } });
  const requests = () => world.registry.requests.length;

  it("one gives what another has decided, to the byte, and asks no registry", async () => {
    const server = new LabResp();
    await server.listen();
    const clocks = labClocks();
    const tier = () =>
      new SharedTier(
        {
          server: {
            host: "127.0.0.1",
            port: server.port,
            tls: null,
            username: null,
            password: null,
            database: 0,
          },
          secret: SECRET,
          version: "1.0.0",
          timeout: 900,
        },
        clocks,
      );
    const [first, second] = [tier(), tier()];
    try {
      const reference = push(true);
      const decided = await replica(first, clocks).decide(reference);
      await first.get("nothing");
      const before = requests();
      const other = replica(second, clocks);
      expect(JSON.stringify(await other.decide(reference))).to.equal(JSON.stringify(decided));
      expect([decided.outcome, requests() - before]).to.deep.equal(["allow", 0]);
      expect(other.decider.state).to.deep.include({ shared: 1, made: 0 });
    } finally {
      await Promise.all([first.close(), second.close()]);
      await server.close();
    }
  });

  it("what one took from another it keeps no longer than that one", async () => {
    const shared = new LabTier();
    const clocks = labClocks();
    const reference = push(true);
    await replica(shared, clocks).decide(reference);
    clocks.advance(50_000);
    const other = replica(shared, clocks);
    const taken = await other.decide(reference);
    clocks.advance(9_999);
    expect(await other.decide(reference)).to.equal(taken);
    clocks.advance(1);
    expect((await other.decide(reference)).time).to.not.equal(taken.time);
  });

  it("nothing undecided is shared", async () => {
    const shared = new LabTier();
    const reference = push(true);
    world.registry.misbehave = () => ({ status: 503 });
    expect((await replica(shared).decide(reference)).outcome).to.equal("undecided");
    world.registry.misbehave = undefined;
    expect(shared.kept.size).to.equal(0);
  });

  describe("T207 a shared cache that lies never turns a denial into an allowance", () => {
    /** What even a cache that had the secret could tell, of an allowance and a denial that it has seen. */
    const lies: { name: string; lie: (allowance: string, denial: string) => string }[] = [
      { name: "the allowance of another image", lie: (allowance) => allowance },
      { name: "nonsense", lie: () => "\0\x01\x02" },
      {
        name: "the denial turned around",
        lie: (_, denial) =>
          denial.replace('"allow":false,"outcome":"deny"', '"allow":true,"outcome":"allow"'),
      },
      { name: "nothing", lie: () => "" },
    ];
    for (const { name, lie } of lies) {
      it(name, async () => {
        const shared = new LabTier();
        const clocks = labClocks();
        const [good, bad] = [push(true), push(false)];
        await replica(shared, clocks).decide(good);
        await replica(shared, clocks).decide(bad);
        const texts = [...shared.kept].filter(([key]) => key.startsWith("decision "));
        const text = (outcome: string) =>
          texts
            .map(([, { bytes }]) => Buffer.from(bytes).toString())
            .find((json) => json.includes(`"outcome":"${outcome}"`)) ?? "";
        const told = Buffer.from(lie(text("allow"), text("deny")));
        for (const [key] of texts) shared.kept.set(key, { bytes: told, lifetime: 1 });
        expect((await replica(shared, clocks).decide(bad)).outcome).to.equal("deny");
      });
    }

    it("an allowance of this image, made up whole by whoever has the server but not the secret", async () => {
      const server = new LabResp();
      await server.listen();
      const clocks = labClocks();
      const settings = {
        host: "127.0.0.1",
        port: server.port,
        tls: null,
        username: null,
        password: null,
        database: 0,
      };
      const tier = (secret: Buffer) =>
        new SharedTier({ server: settings, secret, version: "1.0.0", timeout: 900 }, clocks);
      const [honest, forging] = [tier(SECRET), tier(Buffer.alloc(32, 1))];
      try {
        const [good, bad] = [push(true), push(false)];
        const seen = new LabTier();
        const allowance = await replica(seen, clocks).decide(good);
        const { image } = await replica(seen, clocks).decide(bad);
        const keys = [...seen.kept.keys()].filter((name) => name.startsWith(`decision ${image.digest}`));
        expect(keys).to.have.length(1);
        forging.keep(keys[0]!, Buffer.from(JSON.stringify({ ...allowance, image })), 60_000);
        await forging.get("nothing");
        // A replica with the forger's secret would believe it: nothing but the seal keeps it out.
        expect((await replica(forging, clocks).decide(bad)).outcome).to.equal("allow");
        expect((await replica(honest, clocks).decide(bad)).outcome).to.equal("deny");
      } finally {
        await Promise.all([honest.close(), forging.close()]);
        await server.close();
      }
    });
  });
});
