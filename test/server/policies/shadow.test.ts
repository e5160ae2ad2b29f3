import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import { digestOf } from "../../../src/core/index.ts";
import type { Appraisal, Decision } from "../../../src/decision/index.ts";
import { Shadow, type ShadowDifference, type ShadowSettings } from "../../../src/server/policies/shadow.ts";
import { DENIAL, decisionFor, UNDECIDED } from "../harness.ts";

const EVIDENCE = {
  request: { reference: "a:1", surface: "gatekeeper", namespace: "prod", parameters: {} },
  artifacts: [],
} as unknown as Appraisal;
const large = (bytes: number) =>
  ({ ...EVIDENCE, artifacts: [{ content: { bytes: new Uint8Array(bytes) } }] }) as unknown as Appraisal;

const REQUEST = {
  reference: "a:1",
  surface: "gatekeeper",
  namespace: "prod",
  parameters: {},
  platform: null,
} as const;
const decision = (change: Partial<Decision> = {}) => decisionFor(REQUEST, change);
const NEXT = { name: "acme-images", revision: "4.0.0", digest: digestOf(Buffer.from("next")) };
const violation = (code: string) => ({ ...(DENIAL.violations?.[0] as Decision["violations"][number]), code });

describe("a shadow", () => {
  const open: Shadow[] = [];
  afterEach(() => Promise.all(open.splice(0).map((shadow) => shadow.close())));

  function create(judge: ShadowSettings["judge"], change: Partial<ShadowSettings> = {}) {
    const differences: ShadowDifference[] = [];
    const shadow = new Shadow({
      name: "default",
      judge,
      busy: () => false,
      report: (difference) => void differences.push(difference),
      ...change,
    });
    open.push(shadow);
    return { shadow, differences };
  }
  const settled = async (shadow: Shadow, all: number) => {
    const sum = () => Object.values(shadow.counts).reduce((a, b) => a + b);
    for (let tries = 0; tries < 1000 && sum() < all; tries++) await turn();
    expect(sum()).to.equal(all);
    return shadow.counts;
  };
  const NONE = { same: 0, different: 0, failed: 0, dropped: 0 };

  it("counts what it decides alike, after the answer, one at a time", async () => {
    let [running, most, judged] = [0, 0, 0];
    const { shadow, differences } = create(async () => {
      most = Math.max(most, ++running);
      judged++;
      await turn();
      running--;
      return decision({ policy: NEXT });
    });
    for (let index = 0; index < 5; index++) shadow.offer(decision(), EVIDENCE);
    // Nothing of it happens in the caller's turn.
    expect(judged).to.equal(0);
    expect(await settled(shadow, 5)).to.deep.equal({ ...NONE, same: 5 });
    expect([most, differences]).to.deep.equal([1, []]);
  });

  for (const { name, enforced, shadow: other, onlyEnforced, onlyShadow } of [
    {
      name: "allows",
      enforced: DENIAL,
      shadow: {},
      onlyEnforced: ["provenance.builder_allowed"],
      onlyShadow: [],
    },
    {
      name: "denies",
      enforced: {},
      shadow: DENIAL,
      onlyEnforced: [],
      onlyShadow: ["provenance.builder_allowed"],
    },
    {
      name: "denies for another reason",
      enforced: { ...DENIAL, violations: [violation("a.same"), violation("a.old"), violation("a.old")] },
      shadow: { ...DENIAL, violations: [violation("a.new"), violation("a.same")] },
      onlyEnforced: ["a.old"],
      onlyShadow: ["a.new"],
    },
    { name: "decides what was open", enforced: UNDECIDED, shadow: {}, onlyEnforced: [], onlyShadow: [] },
  ]) {
    it(`tells where it ${name}, with both revisions`, async () => {
      const [first, second] = [decision(enforced), decision({ ...other, policy: NEXT })];
      const { shadow, differences } = create(() => Promise.resolve(second));
      shadow.offer(first, EVIDENCE);
      expect(await settled(shadow, 1)).to.deep.equal({ ...NONE, different: 1 });
      expect(differences).to.deep.equal([
        {
          name: "default",
          namespace: "prod",
          surface: "gatekeeper",
          enforced: first,
          shadow: second,
          onlyEnforced,
          onlyShadow,
        },
      ]);
    });
  }

  for (const { name, judge } of [
    { name: "is not loaded", judge: () => Promise.resolve(undefined) },
    { name: "cannot decide", judge: () => Promise.resolve(decision(UNDECIDED)) },
    { name: "throws", judge: () => Promise.reject(new Error("x")) },
    {
      name: "throws at once",
      judge: () => {
        throw new Error("x");
      },
    },
  ] satisfies { name: string; judge: ShadowSettings["judge"] }[]) {
    it(`counts as failed where it ${name}`, async () => {
      const { shadow, differences } = create(judge);
      shadow.offer(decision(), EVIDENCE);
      shadow.offer(decision(), EVIDENCE);
      expect(await settled(shadow, 2)).to.deep.equal({ ...NONE, failed: 2 });
      expect(differences).to.deep.equal([]);
    });
  }

  it("is not undone by who is told", async () => {
    const { shadow } = create(() => Promise.resolve(decision(DENIAL)), {
      report: () => {
        throw new Error("x");
      },
    });
    shadow.offer(decision(), EVIDENCE);
    expect(await settled(shadow, 1)).to.deep.equal({ ...NONE, failed: 1 });
  });

  it("drops what finds no room, in number and in bytes, and takes more later", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const judge = async () => {
      await promise;
      return decision();
    };
    const { shadow } = create(judge, { limits: { waiting: 3, bytes: 1000 } });
    for (let index = 0; index < 5; index++) shadow.offer(decision(), EVIDENCE);
    expect(shadow.counts.dropped).to.equal(2);
    resolve();
    await settled(shadow, 5);
    shadow.offer(decision(), large(600));
    shadow.offer(decision(), large(600));
    shadow.offer(decision(), large(1001));
    shadow.offer(decision(), large(400));
    expect(shadow.counts.dropped).to.equal(4);
    expect(await settled(shadow, 9)).to.deep.equal({ ...NONE, same: 5, dropped: 4 });
    shadow.offer(decision(), large(1000));
    expect((await settled(shadow, 10)).same).to.equal(6);
  });

  it("drops all while callers wait", async () => {
    let busy = false;
    const { shadow } = create(() => Promise.resolve(decision()), { busy: () => busy });
    shadow.offer(decision(), EVIDENCE);
    busy = true;
    shadow.offer(decision(), EVIDENCE);
    expect(await settled(shadow, 2)).to.deep.equal({ ...NONE, dropped: 2 });
  });

  it("gives up one that takes too long, and ends with the service", async () => {
    const signals: AbortSignal[] = [];
    const judge: ShadowSettings["judge"] = (_evidence, signal) => {
      signals.push(signal);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      signal.addEventListener("abort", () => resolve(undefined));
      return promise;
    };
    const { shadow } = create(judge, { limits: { timeout: 5 } });
    shadow.offer(decision(), EVIDENCE);
    while (shadow.counts.failed === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const { shadow: endless } = create(judge);
    endless.offer(decision(), EVIDENCE);
    endless.offer(decision(), EVIDENCE);
    while (signals.length < 2) await turn();
    await endless.close();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
    endless.offer(decision(), EVIDENCE);
    await turn();
    expect(signals).to.have.length(2);
  });
});
