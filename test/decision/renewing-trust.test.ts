import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../../src/core/index.ts";
import {
  RenewingTrust,
  RootMemory,
  type RenewalEvent,
  type RenewalSettings,
} from "../../src/decision/index.ts";
import { trustFromData } from "../../src/verification/index.ts";
import { createSigstore } from "../lab/sigstore/index.ts";
import { createWorld } from "./world.ts";
import { LabRepository, NOW, serveMirror, type LabMirror } from "../verification/tuf/lab.ts";

const OLD: JsonObject = createSigstore().trustedRoot;
const NEWER: JsonObject = { ...OLD, timestampAuthorities: [] };

describe("trust that renews itself", () => {
  let mirror: LabMirror;
  let folder: string;
  let events: RenewalEvent[];
  const open: RenewingTrust[] = [];

  beforeEach(async () => {
    mirror = await serveMirror(new LabRepository());
    mirror.repository.publish(NEWER);
    folder = mkdtempSync(join(tmpdir(), "assay-renewal-"));
    events = [];
  });
  afterEach(async () => {
    for (const trust of open.splice(0)) trust.close();
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rebuild = (roots: ReadonlyMap<string, JsonValue>) =>
    trustFromData({ roots: { lab: OLD, ...Object.fromEntries(roots) } });
  function create(
    change: { readonly rebuild?: typeof rebuild } & Partial<RenewalSettings> = {},
  ): RenewingTrust {
    const { rebuild: own = rebuild, ...settings } = change;
    const initial = rebuild(new Map());
    if (!initial.ok) throw new Error(initial.reason.message);
    const sources = new Map([["lab", mirror.source()]]);
    const trust = new RenewingTrust(initial.value, sources, own, {
      cacheFolder: join(folder, "tuf"),
      everyMs: 3_600_000,
      clock: () => NOW,
      report: (event) => void events.push(event),
      ...settings,
    });
    open.push(trust);
    return trust;
  }
  const digestOfRoot = (root: JsonValue) => {
    const trust = trustFromData({ roots: { lab: root } });
    if (!trust.ok) throw new Error(trust.reason.message);
    return trust.value.digest;
  };

  it("takes the repository's root, and says so", async () => {
    const trust = create();
    expect(trust.current.digest).to.equal(digestOfRoot(OLD));
    expect(await trust.renew(true)).to.equal(true);
    expect(trust.current.digest).to.equal(digestOfRoot(NEWER));
    expect(events).to.deep.equal([{ root: "lab", source: "mirror", age: 0, faults: [] }]);
  });

  it("starts with what an earlier run has proven, without the network", async () => {
    await create().renew(true);
    mirror.asked.length = 0;
    const again = create();
    expect(await again.renew(false)).to.equal(false);
    expect(again.current.digest).to.equal(digestOfRoot(NEWER));
    expect(mirror.asked).to.deep.equal([]);
  });

  it("T113 a repository that is down at the start costs nothing but the news", async () => {
    const trust = create();
    await mirror.close();
    expect(await trust.renew(true)).to.equal(false);
    expect(trust.current.digest).to.equal(digestOfRoot(OLD));
    expect(events.map(({ source, faults }) => [source, faults.length > 0])).to.deep.equal([["none", true]]);
  });

  it("T107 a root that all trust cannot be built with is left aside, the last good one stays", async () => {
    const trust = create({
      rebuild: () => ({ ok: false, reason: { code: "trust.duplicate_key", message: "twice the same key" } }),
    });
    expect(await trust.renew(true)).to.equal(false);
    expect(trust.current.digest).to.equal(digestOfRoot(OLD));
    expect(events[0]?.faults).to.deep.equal(["the renewed root is left aside: twice the same key"]);
  });

  it("renews in the background once started, and no more once closed", async () => {
    const trust = create();
    await trust.start();
    for (let i = 0; i < 200 && trust.current.digest === digestOfRoot(OLD); i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(trust.current.digest).to.equal(digestOfRoot(NEWER));
    trust.close();
    mirror.asked.length = 0;
    await trust.renew(true);
    expect(trust.current.digest).to.equal(digestOfRoot(NEWER));
  });

  describe("with a memory that other revisions and policies share", () => {
    const MEMORY_ONLY = { cacheFolder: null };

    it("has at once what another was given, and asks nobody for it", async () => {
      const memory = new RootMemory();
      await create({ ...MEMORY_ONLY, memory }).renew(true);
      mirror.asked.length = 0;
      events.length = 0;
      const next = create({ ...MEMORY_ONLY, memory });
      await next.start();
      await next.renew(true);
      expect(next.current.digest).to.equal(digestOfRoot(NEWER));
      expect(mirror.asked).to.deep.equal([]);
      expect(events[0]).to.deep.equal({ root: "lab", source: "cache", age: 0, faults: [] });
    });

    it("asks once where several ask at the same time", async () => {
      const memory = new RootMemory();
      const one = create({ ...MEMORY_ONLY, memory });
      await one.renew(true);
      const once = mirror.asked.length;
      mirror.asked.length = 0;
      const fresh = new RootMemory();
      const both = [create({ ...MEMORY_ONLY, memory: fresh }), create({ ...MEMORY_ONLY, memory: fresh })];
      expect(await Promise.all(both.map((trust) => trust.renew(true)))).to.deep.equal([true, true]);
      expect(mirror.asked).to.have.length(once);
    });

    it("T113 begins without waiting for a repository that keeps another waiting", async () => {
      const memory = new RootMemory();
      await create({ ...MEMORY_ONLY, memory }).renew(true);
      void memory.inTurn(mirror.source(), () => new Promise(() => undefined));
      const next = create({ ...MEMORY_ONLY, memory });
      await next.start();
      expect(next.current.digest).to.equal(digestOfRoot(NEWER));
    });

    it("begins with what is old, and asks for what is new", async () => {
      const memory = new RootMemory();
      await create({ ...MEMORY_ONLY, memory }).renew(true);
      mirror.asked.length = 0;
      const clock = () => new Date(NOW.getTime() + 3_000_000);
      const later = create({ ...MEMORY_ONLY, memory, clock });
      await later.renew(false);
      expect([later.current.digest, mirror.asked.length]).to.deep.equal([digestOfRoot(NEWER), 0]);
      await later.renew(true);
      expect(mirror.asked.length).to.be.greaterThan(0);
    });

    it("takes nothing that another repository, or another first root, has given", async () => {
      const memory = new RootMemory();
      await create({ ...MEMORY_ONLY, memory }).renew(true);
      const { initialRoot, ...source } = mirror.source();
      const known = memory.find({ ...source, initialRoot });
      expect(known?.root).to.deep.equal(NEWER);
      const otherRoot = Buffer.concat([Buffer.from(initialRoot), Buffer.from(" ")]);
      expect(memory.find({ ...source, initialRoot: otherRoot })).to.equal(undefined);
      expect(memory.find({ ...source, initialRoot, mirror: `${source.mirror}x` })).to.equal(undefined);
    });

    it("T107 still leaves aside what all trust cannot be built with", async () => {
      const memory = new RootMemory();
      await create({ ...MEMORY_ONLY, memory }).renew(true);
      const refusing = create({
        ...MEMORY_ONLY,
        memory,
        rebuild: () => ({
          ok: false,
          reason: { code: "trust.duplicate_key", message: "twice the same key" },
        }),
      });
      await refusing.renew(false);
      expect(refusing.current.digest).to.equal(digestOfRoot(OLD));
      expect(events.at(-1)?.faults).to.deep.equal(["the renewed root is left aside: twice the same key"]);
    });

    it("keeps the latest, and no more than a hundred", () => {
      const memory = new RootMemory();
      const { initialRoot } = mirror.source();
      const source = (index: number) => ({ mirror: `https://tuf${index}.test`, initialRoot, seed: null });
      const at = (day: number) => new Date(Date.UTC(2026, 0, day));
      memory.keep(source(0), { root: "new", confirmed: at(2) });
      memory.keep(source(0), { root: "old", confirmed: at(1) });
      expect(memory.find(source(0))?.root).to.equal("new");
      for (let index = 1; index <= 100; index++)
        memory.keep(source(index), { root: index, confirmed: at(1) });
      expect([memory.find(source(0)), memory.find(source(1))?.root]).to.deep.equal([undefined, 1]);
    });
  });

  it("T112 a hundred swaps under load: every decision is made with one trust, and names it", async () => {
    const world = await createWorld();
    try {
      const image = world.push("acme/swapped");
      image.attach(world.attest(image.digest));
      const good = world.context.trust;
      const stranger = trustFromData({ roots: { lab: createSigstore().trustedRoot } });
      if (!stranger.ok) throw new Error(stranger.reason.message);
      let current = good;
      const judged = Array.from({ length: 100 }, async (_, n) => {
        current = n % 2 === 0 ? good : stranger.value;
        const { decision } = await world.judge(image.reference, { context: { trust: current } });
        return [decision.trust.digest === good.digest, decision.outcome];
      });
      const expected = Array.from({ length: 100 }, (_, n) =>
        n % 2 === 0 ? [true, "allow"] : [false, "deny"],
      );
      expect(await Promise.all(judged)).to.deep.equal(expected);
    } finally {
      await world.close();
    }
  });
});
