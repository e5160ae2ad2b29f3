import { expect } from "chai";
import { githubIdentity, GITHUB_ISSUER, OID } from "../lab/sigstore/index.ts";
import { judgeBundle, lab, labSigstore, refuses, trustIn, verdict, type Draft, json } from "./support.ts";

const IDENTITY = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3";

describe("proof by certificate", () => {
  const { sigstore, stranger, trust, statement, sign } = lab();

  refuses(trust, [
    {
      name: "A026 a certificate for servers",
      bundle: () => sign({ leaf: { extendedKeyUsage: [OID.serverAuth] } }),
      code: "certificate.usage",
    },
    {
      name: "A026 a certificate without extended key usage",
      bundle: () => sign({ leaf: { extendedKeyUsage: null } }),
      code: "certificate.usage",
    },
    {
      name: "A026 a certificate for any usage",
      bundle: () => sign({ leaf: { extendedKeyUsage: [OID.anyExtendedKeyUsage] } }),
      code: "certificate.usage",
    },
    {
      name: "a certificate that may sign certificates only",
      bundle: () => sign({ leaf: { keyUsage: "certSign" } }),
      code: "certificate.usage",
    },
    {
      name: "a certificate of an authority",
      bundle: () => sign({ leaf: { ca: true } }),
      code: "certificate.usage",
    },
    {
      name: "T115 an unknown critical extension",
      bundle: () =>
        sign({ leaf: { more: [{ oid: "1.2.3.4", critical: true, value: Buffer.from([5, 0]) }] } }),
      code: "certificate.invalid",
    },
    {
      name: "A142 the authority's name, another's signature",
      bundle: () => sign({ leaf: { forgedBy: stranger.authority.intermediateKey } }),
      code: "certificate.untrusted",
    },
    {
      name: "T111 a certificate of another instance",
      bundle: () => sign({ authority: stranger.authority }),
      code: "certificate.untrusted",
    },
    {
      name: "T103 no certificate transparency timestamp",
      bundle: () => sign({ leaf: { ctLogs: [] } }),
      code: "certificate.transparency",
    },
    {
      name: "T103 one of an unknown log only",
      bundle: () => sign({ leaf: { ctLogs: [stranger.ctLog] } }),
      code: "certificate.transparency",
    },
    {
      name: "T103 one that was changed",
      bundle: () =>
        sign({ leaf: { spoilTimestamps: (all) => all.map((sct) => Buffer.from(sct).fill(0, 33, 41)) } }),
      code: "certificate.transparency",
    },
    {
      name: "A143 no subject alternative name",
      bundle: () => sign({ identity: { ...githubIdentity(), names: [] } }),
      code: "certificate.identity",
    },
    {
      name: "A143 an empty name",
      bundle: () => sign({ identity: { ...githubIdentity(), names: [{ type: "uri", value: "" }] } }),
      code: "certificate.identity",
    },
    {
      name: "A143 a NUL in the name",
      bundle: () =>
        sign({ identity: { ...githubIdentity(), names: [{ type: "uri", value: `${IDENTITY}\0.evil` }] } }),
      code: "certificate.identity",
    },
    {
      name: "A143 an empty issuer",
      bundle: () => sign({ identity: { ...githubIdentity(), issuer: "" } }),
      code: "certificate.identity",
    },
    {
      name: "T084 two names, the good one first",
      bundle: () =>
        sign({
          identity: {
            ...githubIdentity(),
            names: [
              { type: "uri", value: IDENTITY },
              { type: "uri", value: "https://evil.example" },
            ],
          },
        }),
      code: "certificate.identity",
    },
    {
      name: "T084 two names, the good one last",
      bundle: () =>
        sign({
          identity: {
            ...githubIdentity(),
            names: [
              { type: "uri", value: "https://evil.example" },
              { type: "uri", value: IDENTITY },
            ],
          },
        }),
      code: "certificate.identity",
    },
    {
      name: "T083 an e-mail beside a URI",
      bundle: () =>
        sign({
          identity: {
            ...githubIdentity(),
            names: [
              { type: "email", value: "a@b.example" },
              { type: "uri", value: IDENTITY },
            ],
          },
        }),
      code: "certificate.identity",
    },
    {
      name: "T086 two different issuers",
      bundle: () =>
        sign({
          identity: { ...githubIdentity(), issuer: null },
          leaf: {
            more: [
              { oid: `${OID.fulcio}.1`, value: Buffer.from(GITHUB_ISSUER) },
              { oid: `${OID.fulcio}.8`, value: Buffer.concat([Buffer.from([0x0c, 4]), Buffer.from("evil")]) },
            ],
          },
        }),
      code: "certificate.identity",
    },
  ]);

  describe("authorities that are not what they must be", () => {
    const defects = [
      { name: "T115 an intermediate that is no authority", spoil: { intermediateIsCA: false } },
      {
        name: "T115 an intermediate for another purpose",
        spoil: { intermediateExtendedKeyUsage: [OID.serverAuth] },
      },
      {
        name: "T115 an intermediate with name constraints",
        spoil: { intermediateMore: [{ oid: "2.5.29.30", critical: true, value: Buffer.from([0x30, 0]) }] },
      },
      {
        name: "T115 an intermediate with an unknown critical extension",
        spoil: { intermediateMore: [{ oid: "1.2.3.4", critical: true, value: Buffer.from([5, 0]) }] },
      },
    ];
    for (const { name, spoil } of defects) {
      it(name, () => {
        const other = labSigstore({ spoilAuthority: spoil });
        expect(verdict(judgeBundle(other.sign({ statement }), trustIn({ lab: other })))).to.equal(
          "certificate.untrusted",
        );
      });
    }
  });

  describe("several roots", () => {
    const both = trustIn({ lab: sigstore, stranger });

    it("A142 names the root that proved the signer, and mixes no chains", () => {
      for (const [name, instance] of [
        ["lab", sigstore],
        ["stranger", stranger],
      ] as const) {
        const conclusion = judgeBundle(instance.sign({ statement }), both);
        expect(
          conclusion.status === "verified" && conclusion.signers.map((signer) => signer.trustRoot),
        ).to.deep.equal([name]);
      }
    });

    it("verifies a bundle with the timestamp of the other root when both are trusted, and says so", () => {
      const bundle = sign({ log: "rekor-v2", timestamp: [{ authority: stranger.timestampAuthority }] });
      const conclusion = judgeBundle(bundle, both);
      expect(verdict(conclusion)).to.equal("verified");
      if (conclusion.status !== "verified") return;
      expect(conclusion.signers.map(({ trustRoot }) => trustRoot)).to.deep.equal(["lab"]);
      expect(conclusion.times.map(({ trustRoot }) => trustRoot)).to.deep.equal(["stranger"]);
      expect(conclusion.transparencyLog.map(({ trustRoot }) => trustRoot)).to.deep.equal(["lab"]);
      expect(verdict(judgeBundle(bundle, trust))).to.equal("time.absent");
    });

    it("T111 does not take the other root's log for the one that this root demands", () => {
      const bundle = sign({ log: [{ log: stranger.rekorV1 }] });
      expect(verdict(judgeBundle(bundle, both))).to.equal("log.absent");
    });

    it("takes an older and a newer root of one instance together: the one that proves it all", () => {
      const older: Draft = json(sigstore.trustedRoot);
      older.tlogs.pop();
      const bundle = sign({ log: "rekor-v2" });
      expect(verdict(judgeBundle(bundle, trustIn({ older })))).to.equal("log.absent");
      const conclusion = judgeBundle(bundle, trustIn({ older, newer: sigstore }));
      expect(conclusion.status === "verified" && conclusion.signers[0]?.trustRoot).to.equal("newer");
    });

    it("demands no log entry of a root without logs, but a time", () => {
      const { tlogs: _, ...withoutLogs } = sigstore.trustedRoot;
      const quiet = trustIn({ quiet: withoutLogs });
      expect(verdict(judgeBundle(sign({ log: "none", timestamp: true }), quiet))).to.equal("verified");
      expect(verdict(judgeBundle(sign({ log: "none" }), quiet))).to.equal("time.absent");
    });
  });
});
