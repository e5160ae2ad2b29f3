import { expect } from "chai";
import {
  after,
  type Draft,
  json,
  judgeBundle,
  lab,
  labSigstore,
  minutes,
  refuses,
  SIGNED_AT,
  spoiled,
  trustIn,
  verdict,
} from "./support.ts";

describe("testimony of time", () => {
  const { sigstore, stranger, trust, statement, sign } = lab();

  refuses(trust, [
    {
      name: "A016 T098 an integrated time that no promise signs",
      bundle: () =>
        spoiled(sign(), (b) => {
          delete b.verificationMaterial.tlogEntries[0].inclusionPromise;
        }),
      code: "time.absent",
    },
    {
      name: "T098 Rekor v2 without a timestamp",
      bundle: () => sign({ log: "rekor-v2", timestamp: false }),
      code: "time.absent",
    },
    {
      name: "T098 a timestamp of an unknown authority only",
      bundle: () => sign({ log: "rekor-v2", timestamp: [{ authority: stranger.timestampAuthority }] }),
      code: "time.absent",
    },
    {
      name: "T099 an integrated time in the future",
      bundle: () => sign(),
      code: "time.invalid",
      circumstances: { now: after(SIGNED_AT, -minutes(10)) },
    },
    {
      name: "T099 a timestamp a day ahead",
      bundle: () => sign({ log: "rekor-v2" }),
      code: "time.invalid",
      circumstances: { now: after(SIGNED_AT, -minutes(1440)) },
    },
    {
      name: "T104 a timestamp over another signature",
      bundle: () => sign({ log: "rekor-v2", timestamp: [{ over: Buffer.from("other") }] }),
      code: "time.invalid",
    },
    {
      name: "one timestamp twice",
      bundle: () =>
        spoiled(sign({ log: "rekor-v2" }), (b) => {
          b.verificationMaterial.timestampVerificationData.rfc3161Timestamps.push(
            b.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0],
          );
        }),
      code: "time.invalid",
    },
    {
      name: "T097 logged a second after the certificate's end",
      bundle: () => sign({ entry: { integratedTime: after(SIGNED_AT, minutes(10) + 1000) } }),
      code: "certificate.expired",
    },
    {
      name: "T097 logged a second before its begin",
      bundle: () => sign({ entry: { integratedTime: after(SIGNED_AT, -1000) } }),
      code: "certificate.expired",
    },
    {
      name: "T097 stamped outside its validity beside a log entry inside",
      bundle: () => sign({ timestamp: [{ time: after(SIGNED_AT, minutes(20)) }] }),
      code: "certificate.expired",
    },
  ]);

  describe("time", () => {
    it("T096 judges an expired certificate by its time of signing", () => {
      expect(verdict(judgeBundle(sign(), trust, { now: after(SIGNED_AT, minutes(500_000)) }))).to.equal(
        "verified",
      );
    });

    it("T097 counts both ends of validity as inside", () => {
      for (const shift of [0, minutes(10)]) {
        const bundle = sign({ entry: { integratedTime: after(SIGNED_AT, shift) } });
        expect(verdict(judgeBundle(bundle, trust))).to.equal("verified");
      }
    });

    it("T099 allows a clock that runs a little ahead", () => {
      expect(verdict(judgeBundle(sign(), trust, { now: after(SIGNED_AT, -minutes(4)) }))).to.equal(
        "verified",
      );
    });

    it("A008 refuses an intermediate that expired before the leaf", () => {
      const other = labSigstore({ spoilAuthority: { intermediateNotAfter: after(SIGNED_AT, minutes(1)) } });
      const bundle = other.sign({ statement }, { entry: { integratedTime: after(SIGNED_AT, minutes(5)) } });
      expect(verdict(judgeBundle(bundle, trustIn({ lab: other })))).to.equal("certificate.expired");
    });

    it("A024 holds the authority's own validity against the verified time", () => {
      const root = json(sigstore.trustedRoot) as Draft;
      root.certificateAuthorities[0].validFor.end = after(SIGNED_AT, -1).toISOString();
      expect(verdict(judgeBundle(sign(), trustIn({ lab: root })))).to.equal("certificate.expired");
      root.certificateAuthorities[0].validFor.end = SIGNED_AT.toISOString();
      expect(verdict(judgeBundle(sign(), trustIn({ lab: root })))).to.equal("verified");
    });

    it("T102 trusts a retired log's entries of its time, and no others", () => {
      for (const [log, index] of [
        ["rekor-v1", 0],
        ["rekor-v2", 1],
      ] as const) {
        const root = json(sigstore.trustedRoot) as Draft;
        const { validFor } = root.tlogs[index].publicKey;
        validFor.end = SIGNED_AT.toISOString();
        expect(verdict(judgeBundle(sign({ log }), trustIn({ lab: root })))).to.equal("verified");
        validFor.end = after(SIGNED_AT, -1000).toISOString();
        expect(verdict(judgeBundle(sign({ log }), trustIn({ lab: root })))).to.equal("log.untrusted");
      }
    });
  });
});
