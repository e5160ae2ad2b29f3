import { expect } from "chai";
import { KEY_KINDS, sharedKeyPair, type KeySignOptions } from "../lab/sigstore/index.ts";
import {
  after,
  judgeBundle,
  lab,
  minutes,
  NOW,
  reasonOf,
  SIGNED_AT,
  spoiled,
  trustIn,
  verdict,
} from "./support.ts";

describe("signatures by key", () => {
  const { sigstore, stranger, statement } = lab();
  const key = sharedKeyPair("P-256");
  const sign = (options: KeySignOptions = {}) => sigstore.signWithKey({ statement }, key, options);
  const trusting = (window: { from?: Date; to?: Date } = {}) =>
    trustIn(
      { lab: sigstore },
      {
        release: {
          pem: key.pem,
          ...(window.from && { from: window.from.toISOString() }),
          ...(window.to && { to: window.to.toISOString() }),
        },
      },
    );

  for (const kind of KEY_KINDS) {
    it(`verifies an attestation by a key of ${kind}`, () => {
      const pair = sharedKeyPair(kind);
      const conclusion = judgeBundle(
        sigstore.signWithKey({ statement }, pair),
        trustIn({}, { release: pair }),
      );
      expect(conclusion).to.deep.include({
        status: "verified",
        signers: [{ kind: "key", keyId: pair.keyId, trustRoot: "release" }],
        times: [],
        transparencyLog: [],
      });
    });
  }

  it("verifies one that is logged and stamped, and says when", () => {
    const conclusion = judgeBundle(sign({ log: "rekor-v1", timestamp: true }), trusting());
    expect(conclusion.status === "verified" && conclusion.times.map(({ source }) => source)).to.deep.equal([
      "rekor",
      "tsa",
    ]);
    const second = judgeBundle(sign({ log: "rekor-v2" }), trusting());
    expect(second.status === "verified" && second.transparencyLog[0]?.log).to.equal(
      "https://log2.sigstore.lab.test",
    );
  });

  it("T093 T059 trusts no hint: the key that was configured decides", () => {
    expect(verdict(judgeBundle(sign({ hint: "anything" }), trusting()))).to.equal("verified");
    const other = sharedKeyPair("P-384");
    const claimed = sigstore.signWithKey({ statement }, other, {
      hint: Buffer.from(key.keyId.slice(7), "hex").toString("base64"),
    });
    expect(verdict(judgeBundle(claimed, trusting()))).to.equal("key.unknown");
  });

  it("T093 takes no key for the certificate of a keyless bundle", () => {
    const signer = sigstore.issue();
    const bundle = spoiled(sigstore.sign({ statement }, { signer, log: "none" }), () => undefined);
    expect(verdict(judgeBundle(bundle, trustIn({ lab: sigstore }, { release: signer.key })))).to.equal(
      "time.absent",
    );
  });

  const entries = () =>
    sigstore.signWithKey({ statement }, sharedKeyPair("P-384"), { log: "rekor-v1" }).verificationMaterial
      .tlogEntries;
  const cases: readonly {
    readonly name: string;
    readonly window?: { from?: Date; to?: Date };
    readonly bundle: () => unknown;
    readonly code: string;
  }[] = [
    {
      name: "A028 without any time, a key that expired by now",
      window: { to: after(NOW, -1) },
      bundle: () => sign(),
      code: "key.expired",
    },
    {
      name: "A028 without any time, a key that is not valid yet",
      window: { from: after(NOW, 1) },
      bundle: () => sign(),
      code: "key.expired",
    },
    {
      name: "without any time, a key that is valid now",
      window: { from: NOW, to: NOW },
      bundle: () => sign(),
      code: "verified",
    },
    {
      name: "A032 stamped after the key's end",
      window: { to: after(SIGNED_AT, -1) },
      bundle: () => sign({ timestamp: true }),
      code: "key.expired",
    },
    {
      name: "A032 logged before the key's begin",
      window: { from: after(SIGNED_AT, minutes(1)) },
      bundle: () => sign({ log: "rekor-v1" }),
      code: "key.expired",
    },
    {
      name: "stamped within the validity of a key that has expired since",
      window: { to: SIGNED_AT },
      bundle: () => sign({ timestamp: true }),
      code: "verified",
    },
    {
      name: "A032 a stranger's timestamp does not rescue an expired key",
      window: { to: SIGNED_AT },
      bundle: () => sign({ timestamp: [{ authority: stranger.timestampAuthority }] }),
      code: "key.expired",
    },
    {
      name: "A007 an entry of the same statement by another key",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries = entries();
        }),
      code: "log.mismatch",
    },
    {
      name: "A007 an entry of another signature by the same key",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries = sign({ log: "rekor-v1" }).verificationMaterial.tlogEntries;
        }),
      code: "log.mismatch",
    },
    {
      name: "A007 in Rekor v2, an entry of another signature by the same key",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries = sign({ log: "rekor-v2" }).verificationMaterial.tlogEntries;
        }),
      code: "log.mismatch",
    },
    {
      name: "A016 an integrated time that nothing signs rescues no expired key",
      window: { to: SIGNED_AT },
      bundle: () =>
        spoiled(sign({ log: "rekor-v1" }), (b) => {
          delete b.verificationMaterial.tlogEntries[0].inclusionPromise;
        }),
      code: "key.expired",
    },
    {
      name: "a key that is not configured",
      bundle: () => sigstore.signWithKey({ statement }, sharedKeyPair("Ed25519")),
      code: "key.unknown",
    },
  ];
  for (const { name, window, bundle, code } of cases) {
    it(`${name}: ${code}`, () => {
      const conclusion = judgeBundle(bundle(), trusting(window));
      expect(verdict(conclusion), reasonOf(conclusion)).to.equal(code);
    });
  }
});
