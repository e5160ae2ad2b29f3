import { expect } from "chai";
import type { JsonObject, JsonValue } from "../../src/core/index.ts";
import { trustFromData, type TrustMaterial } from "../../src/verification/index.ts";
import type { SignOptions } from "../lab/sigstore/index.ts";
import { json, judgeBundle, lab, labSigstore, spoiled, verdict, type Draft } from "./support.ts";

describe("thresholds of a trust root", () => {
  const { sigstore, statement, stranger, sign } = lab();
  const second = labSigstore({ name: "second" });
  /** The lab's root, which also knows the second lab's timestamp authority. */
  const root = spoiled(sigstore.trustedRoot as never, (draft: Draft) => {
    draft.timestampAuthorities.push(second.trustedRoot.timestampAuthorities[0]);
  }) as JsonObject;

  function trusting(thresholds: JsonValue, roots: JsonObject = { lab: root }): TrustMaterial {
    const trust = trustFromData(json({ roots, thresholds }));
    if (!trust.ok) throw new Error(trust.reason.message);
    return trust.value;
  }

  const v1 = { log: "rekor-v1" } as const;
  const v2 = { log: "rekor-v2" } as const;
  const cases: readonly {
    readonly name: string;
    readonly thresholds: JsonObject;
    readonly options: SignOptions;
    readonly code: string;
  }[] = [
    { name: "one log by default", thresholds: {}, options: {}, code: "verified" },
    {
      name: "no log by default",
      thresholds: {},
      options: { log: "none", timestamp: true },
      code: "log.absent",
    },
    {
      name: "no log, where none is demanded",
      thresholds: { logs: 0 },
      options: { log: "none", timestamp: true },
      code: "verified",
    },
    { name: "one of two logs", thresholds: { logs: 2 }, options: {}, code: "log.absent" },
    { name: "two of two logs", thresholds: { logs: 2 }, options: { log: [v1, v2] }, code: "verified" },
    {
      name: "A031 two entries of one log",
      thresholds: { logs: 2 },
      options: { log: [v1, v1] },
      code: "log.absent",
    },
    {
      name: "A027 two kinds of entry of one log",
      thresholds: { logs: 2 },
      options: { log: [v1, { ...v1, entry: "hashedrekord-0.0.1" }] },
      code: "log.absent",
    },
    {
      name: "a stranger's log as the second",
      thresholds: { logs: 2 },
      options: { log: [v1, { log: stranger.rekorV1 }] },
      code: "log.absent",
    },
    { name: "no timestamp", thresholds: { timestamps: 1 }, options: {}, code: "time.absent" },
    { name: "one timestamp", thresholds: { timestamps: 1 }, options: { timestamp: true }, code: "verified" },
    {
      name: "A018 two timestamps of one authority",
      thresholds: { timestamps: 2 },
      options: { timestamp: [{}, {}] },
      code: "time.absent",
    },
    {
      name: "two timestamps of two authorities",
      thresholds: { timestamps: 2 },
      options: { timestamp: [{}, { authority: second.timestampAuthority }] },
      code: "verified",
    },
    {
      name: "a stranger's timestamp as the second",
      thresholds: { timestamps: 2 },
      options: { timestamp: [{}, { authority: stranger.timestampAuthority }] },
      code: "time.absent",
    },
  ];
  for (const { name, thresholds, options, code } of cases) {
    it(`${name}: ${code}`, () => {
      expect(verdict(judgeBundle(sign(options), trusting({ lab: thresholds })))).to.equal(code);
    });
  }

  it("A018 one entry twice counts once", () => {
    const twice = spoiled(sign(), (draft) => {
      draft.verificationMaterial.tlogEntries.push(structuredClone(draft.verificationMaterial.tlogEntries[0]));
    });
    expect(verdict(judgeBundle(twice, trusting({ lab: { logs: 2 } })))).to.equal("log.absent");
    expect(verdict(judgeBundle(twice, trusting({ lab: { logs: 1 } })))).to.equal("verified");
  });

  it("A142 another root's log and timestamps do not count for this one", () => {
    const roots = { lab: json(sigstore.trustedRoot), second: json(second.trustedRoot) } as JsonObject;
    const foreign = sign({
      log: [v1, { log: second.rekorV1 }],
      timestamp: [{ authority: second.timestampAuthority }],
    });
    expect(verdict(judgeBundle(foreign, trusting({ lab: { logs: 2 } }, roots)))).to.equal("log.absent");
    expect(verdict(judgeBundle(foreign, trusting({ lab: { timestamps: 1 } }, roots)))).to.equal(
      "time.absent",
    );
    expect(verdict(judgeBundle(foreign, trusting({}, roots)))).to.equal("verified");
  });

  it("A031 two ids of one log, or two periods of one authority, are one service", () => {
    const renewed = spoiled(root as never, (draft: Draft) => {
      draft.tlogs[1].baseUrl = draft.tlogs[0].baseUrl;
    }) as JsonObject;
    expect(() => trusting({ lab: { logs: 2 } }, { lab: renewed })).to.throw(
      /cannot meet the threshold of 2 logs: it has 1/,
    );
    const periods = spoiled(sigstore.trustedRoot as never, (draft: Draft) => {
      draft.timestampAuthorities.push(draft.timestampAuthorities[0]);
    }) as JsonObject;
    expect(() => trusting({ lab: { timestamps: 2 } }, { lab: periods })).to.throw(/it has 1/);
  });

  it("are part of the trust's digest", () => {
    const all = [{}, { lab: { logs: 0 } }, { lab: { logs: 2 } }, { lab: { timestamps: 1 } }];
    expect(new Set(all.map((each) => trusting(each).digest)).size).to.equal(all.length);
  });

  it("demand nothing of signatures by key", () => {
    const bundle = sigstore.signWithKey({ statement }, second.issue().key);
    expect(verdict(judgeBundle(bundle, trusting({ lab: { logs: 2 } })))).to.equal("key.unknown");
  });

  const faults: readonly JsonValue[] = [
    { lab: { logs: 3 } },
    { lab: { logs: -1 } },
    { lab: { logs: 0.5 } },
    { lab: { logs: "1" } },
    { lab: { timestamps: 3 } },
    { lab: { log: 2 } },
    { lab: 2 },
    { other: { logs: 1 } },
  ];
  for (const thresholds of faults) {
    it(`refuses the whole trust for ${JSON.stringify(thresholds)}`, () => {
      expect(() => trusting(thresholds)).to.throw(/threshold/);
    });
  }
});
