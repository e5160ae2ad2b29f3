import { expect } from "chai";
import type { ArtifactContent } from "../../src/evidence/index.ts";
import {
  ConclusionCache,
  verify,
  type Conclusion,
  type TrustMaterial,
} from "../../src/verification/index.ts";
import { sharedKeyPair } from "../lab/sigstore/index.ts";
import {
  after,
  artifact,
  IMAGE,
  lab,
  minutes,
  NOW,
  OTHER_IMAGE,
  PLATFORM,
  SIGNED_AT,
  TARGET,
  trustIn,
  verdict,
} from "./support.ts";

describe("verified conclusions that are remembered", () => {
  const { sigstore, stranger, statement, trust, sign } = lab();
  const key = sharedKeyPair("P-256");
  const byKey = trustIn({ lab: sigstore }, { release: { pem: key.pem, to: NOW.toISOString() } });

  const contentOf = (bundle: unknown): ArtifactContent => ({
    kind: "sigstore-bundle",
    bytes: Buffer.from(JSON.stringify(bundle)),
  });
  function ask(
    cache: ConclusionCache | null,
    bundle: unknown,
    by: TrustMaterial = trust,
    now = NOW,
    target = TARGET,
  ): Conclusion {
    return verify(artifact(contentOf(bundle)), target, by, { now, cache });
  }

  it("are handed out again without being proven again", () => {
    const cache = new ConclusionCache();
    const bundle = sign();
    const first = ask(cache, bundle);
    expect(first.status).to.equal("verified");
    expect(ask(cache, bundle)).to.equal(first);
    expect(ask(cache, structuredClone(bundle))).to.equal(first);
    const anew = ask(null, bundle);
    expect(anew).to.not.equal(first);
    expect(anew).to.deep.equal(first);
    expect(cache.size).to.equal(1);
    const size = Buffer.byteLength(JSON.stringify(bundle));
    expect(cache.bytes).to.be.within(2 * size, 3 * size);
  });

  it("I3 A070 are the same cold and warm, whatever was asked in between", () => {
    const cache = new ConclusionCache();
    const bundles = [
      sign(),
      sign({ log: "rekor-v2" }),
      sign({ timestamp: true }),
      stranger.sign({ statement }),
      sigstore.signWithKey({ statement }, key),
      sigstore.signWithKey({ statement }, key, { timestamp: true }),
      sigstore.sign({ message: Buffer.from("the image") }),
      { ...sign(), mediaType: "application/json" },
      {},
    ];
    const trusts = [trust, byKey, trustIn({ other: stranger }), trustIn({})];
    const moments = [after(SIGNED_AT, -minutes(60)), SIGNED_AT, NOW, after(NOW, minutes(1))];
    const targets = [
      TARGET,
      { digest: OTHER_IMAGE, platforms: [] },
      { digest: PLATFORM, platforms: [{ platform: "linux/amd64", digest: IMAGE }] },
      { digest: PLATFORM, platforms: [{ platform: "linux/arm64", digest: IMAGE }] },
    ];
    const verified = new Set<string>();
    for (let turn = 0; turn < 2; turn++) {
      for (const [b, bundle] of bundles.entries()) {
        for (const [t, by] of trusts.entries()) {
          for (const now of moments) {
            for (const target of targets) {
              const cold = ask(null, bundle, by, now, target);
              expect(ask(cache, bundle, by, now, target)).to.deep.equal(cold);
              if (cold.status === "verified") verified.add(`${b} ${t}`);
            }
          }
        }
      }
    }
    expect(verified.size).to.be.greaterThan(6);
    expect(cache.size).to.be.greaterThan(6);
  });

  it("A028 are not those that rest on the time of the decision", () => {
    const cache = new ConclusionCache();
    const bundle = sigstore.signWithKey({ statement }, key);
    expect(verdict(ask(cache, bundle, byKey))).to.equal("verified");
    expect(cache.size).to.equal(0);
    expect(verdict(ask(cache, bundle, byKey, after(NOW, 1)))).to.equal("key.expired");
  });

  it("are not told to a clock for which they lie in the future", () => {
    const cache = new ConclusionCache();
    const bundle = sign();
    expect(verdict(ask(cache, bundle))).to.equal("verified");
    expect(verdict(ask(cache, bundle, trust, after(SIGNED_AT, -minutes(6))))).to.equal("time.invalid");
    expect(verdict(ask(cache, bundle, trust, after(SIGNED_AT, -minutes(4))))).to.equal("verified");
  });

  it("are not told of what failed, nor of the same bytes as another kind of evidence", () => {
    const cache = new ConclusionCache();
    const bundle = sign();
    ask(cache, bundle);
    const bytes = Buffer.from(JSON.stringify(bundle));
    const other = verify(artifact({ kind: "statement", bytes }), TARGET, trust, { now: NOW, cache });
    expect(other.status).to.equal("unsigned");
    ask(cache, stranger.sign({ statement }));
    expect(cache.size).to.equal(1);
  });

  it("are told apart by annotations, whose order means nothing", () => {
    const cache = new ConclusionCache();
    const envelope = sigstore.signWithKey({ statement }, key, { timestamp: true }).dsseEnvelope;
    const bytes = Buffer.from(JSON.stringify(envelope));
    const judged = (annotations: Record<string, string>): Conclusion =>
      verify(artifact({ kind: "dsse-envelope", bytes, annotations }), TARGET, byKey, { now: NOW, cache });
    expect(verdict(judged({ a: "1" }))).to.equal("verified");
    expect(verdict(judged({ "dev.sigstore.cosign/certificate": "x" }))).to.equal("certificate.invalid");
  });

  it("are bounded by number and by bytes: the least recently asked for goes first", () => {
    const bundles = [sign(), sign(), sign()];
    const alone = new ConclusionCache();
    ask(alone, bundles[0]);
    const size = alone.bytes;
    for (const limits of [{ entries: 2 }, { bytes: Math.floor(2.5 * size) }]) {
      const cache = new ConclusionCache(limits);
      const [first, second] = bundles.map((bundle) => ask(cache, bundle));
      expect(cache.size).to.equal(2);
      expect(ask(cache, bundles[1])).to.equal(second);
      expect(ask(cache, bundles[0])).to.not.equal(first);
      expect(ask(cache, bundles[1])).to.equal(second);
      expect(cache.size).to.equal(2);
      expect(cache.bytes).to.be.at.most(2.5 * size);
    }
    const none = new ConclusionCache({ entryBytes: size - 200 });
    ask(none, bundles[0]);
    expect(none.size).to.equal(0);
    expect(none.bytes).to.equal(0);
  });

  it("weigh what their statements take in memory, not what they take on the wire", () => {
    const values = 20_000;
    const predicate = { list: Array.from({ length: values }, () => ({})) };
    const dense = sigstore.sign({ statement: { ...statement, predicate } });
    const cache = new ConclusionCache();
    ask(cache, dense);
    expect(cache.size).to.equal(1);
    expect(cache.bytes).to.be.greaterThan(64 * values);
    const small = new ConclusionCache({ entryBytes: 64 * values });
    expect(Buffer.byteLength(JSON.stringify(dense))).to.be.lessThan(16 * values);
    ask(small, dense);
    expect(small.size).to.equal(0);
  });
});
