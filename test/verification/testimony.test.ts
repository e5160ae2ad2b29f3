import { expect } from "chai";
import { type SignOptions } from "../lab/sigstore/index.ts";
import {
  flipped,
  judgeBundle,
  lab,
  OTHER_IMAGE,
  reasonOf,
  refuses,
  spoiled,
  statementAbout,
  verdict,
  type Draft,
} from "./support.ts";

describe("testimony of logs", () => {
  const { sigstore, stranger, trust, statement, sign } = lab();

  refuses(trust, [
    {
      name: "A001 A007 the log entry of another bundle of the same signer",
      bundle: () => {
        const signer = sigstore.issue();
        const other = sigstore.sign({ statement: statementAbout(OTHER_IMAGE) }, { signer });
        return spoiled(sign({ signer }), (b) => {
          b.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
        });
      },
      code: "log.mismatch",
    },
    {
      name: "A007 an entry of the same content by another key",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries = sign().verificationMaterial.tlogEntries;
        }),
      code: "log.mismatch",
    },
    {
      name: "A007 an entry of the same content and key with another signature",
      bundle: () => {
        const signer = sigstore.issue();
        return spoiled(sign({ signer }), (b) => {
          b.verificationMaterial.tlogEntries = sign({ signer }).verificationMaterial.tlogEntries;
        });
      },
      code: "log.mismatch",
    },
    {
      name: "A007 T100 in Rekor v2: an entry of another signature",
      bundle: () => {
        const signer = sigstore.issue();
        return spoiled(sign({ signer, log: "rekor-v2" }), (b) => {
          b.verificationMaterial.tlogEntries = sign({
            signer,
            log: "rekor-v2",
          }).verificationMaterial.tlogEntries;
        });
      },
      code: "log.mismatch",
    },
    {
      name: "A035 an entry that names another digest",
      bundle: () =>
        sign({
          entry: {
            spoilBody: (body) =>
              JSON.parse(
                JSON.stringify(body).replace(
                  /("payloadHash":\{"algorithm":"sha256","value":")[0-9a-f]{4}/,
                  "$10000",
                ),
              ),
          },
        }),
      code: "log.mismatch",
    },
    {
      name: "A034 an entry of an unknown version",
      bundle: () => sign({ entry: { spoilBody: (body) => ({ ...body, apiVersion: "0.0.9" }) } }),
      code: "log.mismatch",
    },
    {
      name: "A034 an entry whose version is unknown everywhere",
      bundle: () =>
        spoiled(sign({ entry: { spoilBody: (body) => ({ ...body, apiVersion: "0.0.9" }) } }), (b) => {
          b.verificationMaterial.tlogEntries[0].kindVersion.version = "0.0.9";
        }),
      code: "log.unsupported",
    },
    {
      name: "A034 an entry of an unknown kind",
      bundle: () =>
        spoiled(sign({ entry: { spoilBody: (body) => ({ ...body, kind: "helm" }) } }), (b) => {
          b.verificationMaterial.tlogEntries[0].kindVersion.kind = "helm";
        }),
      code: "log.unsupported",
    },
    {
      name: "A001 intoto 0.0.1 of another signature over the same payload",
      bundle: () => {
        const signer = sigstore.issue();
        const entry = { entry: "intoto-0.0.1" } as const;
        const other = sigstore.sign({ statement }, { signer, entry });
        return spoiled(sigstore.sign({ statement }, { signer, entry }), (b) => {
          b.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
        });
      },
      code: "log.unsupported",
    },
    {
      name: "A020 an entry's body that is not JSON",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries[0].canonicalizedBody = "ew==";
        }),
      code: "log.invalid",
    },
    {
      name: "T100 a promise of another entry",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries[0].inclusionPromise =
            sign().verificationMaterial.tlogEntries[0]?.["inclusionPromise"];
        }),
      code: "log.invalid",
    },
    {
      name: "T100 a promise whose index was changed (A019)",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries[0].logIndex = "7";
        }),
      code: "log.invalid",
    },
    {
      name: "T100 a proof of another leaf",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries[0].inclusionProof =
            sign().verificationMaterial.tlogEntries[0]?.["inclusionProof"];
        }),
      code: "log.invalid",
    },
    {
      name: "T100 a proof with another root hash",
      bundle: () =>
        spoiled(sign(), (b) => {
          const { inclusionProof } = b.verificationMaterial.tlogEntries[0];
          inclusionProof.rootHash = flipped(inclusionProof.rootHash);
        }),
      code: "log.invalid",
    },
    {
      name: "T101 a checkpoint by another log",
      bundle: () =>
        spoiled(sign(), (b) => {
          const other: Draft = stranger.sign({ statement });
          b.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint =
            other.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint;
        }),
      code: "log.invalid",
    },
    {
      name: "A019 an entry that claims log A with the checkpoint of log B",
      bundle: () =>
        spoiled(sign({ log: "rekor-v2" }), (b) => {
          b.verificationMaterial.tlogEntries[0].logId.keyId = sigstore.rekorV1.logId.toString("base64");
        }),
      code: "log.invalid",
    },
    {
      name: "an entry of an unknown log only",
      bundle: () => sign({ log: [{ log: stranger.rekorV1 }], timestamp: true }),
      code: "log.absent",
    },
    {
      name: "no log entry, though the root has logs",
      bundle: () => sign({ log: "none", timestamp: true }),
      code: "log.absent",
    },
    {
      name: "an entry without any proof in v0.3",
      bundle: () => sign({ entry: { proof: false } }),
      code: "log.invalid",
    },
    {
      name: "T079 an entry without a promise in v0.1",
      bundle: () => sign({ version: "0.1", entry: { promise: false } }),
      code: "log.invalid",
    },
  ]);

  describe("strangers neither count nor spoil", () => {
    const kept: readonly { readonly name: string; readonly options: SignOptions }[] = [
      {
        name: "a log entry of an unknown log",
        options: { log: [{ log: stranger.rekorV1 }, { log: "rekor-v1" }] },
      },
      {
        name: "a log entry of an unknown log about something else",
        options: {
          log: [{ log: "rekor-v1" }, { log: stranger.rekorV2, spoilBody: () => ({}) }],
          timestamp: false,
        },
      },
      {
        name: "a timestamp of an unknown authority",
        options: { timestamp: [{ authority: stranger.timestampAuthority }] },
      },
      {
        name: "T103 a certificate transparency timestamp of an unknown log",
        options: { leaf: { ctLogs: [stranger.ctLog, sigstore.ctLog] } },
      },
    ];
    for (const { name, options } of kept) {
      it(name, () => {
        const conclusion = judgeBundle(sign(options), trust);
        expect(verdict(conclusion), reasonOf(conclusion)).to.equal("verified");
        if (conclusion.status !== "verified") return;
        expect(conclusion.times).to.have.length(1);
        expect(conclusion.transparencyLog).to.have.length(1);
      });
    }

    it("A018 A019 A027 A031 one entry twice, or two of one log, name that log once for any threshold", () => {
      const twice = spoiled(sign(), (b) => {
        b.verificationMaterial.tlogEntries.push(structuredClone(b.verificationMaterial.tlogEntries[0]));
      });
      const conclusion = judgeBundle(twice, trust);
      expect(conclusion.status === "verified" && conclusion.transparencyLog).to.have.length(1);
      const twoEntries = judgeBundle(
        sign({ log: [{ log: "rekor-v1" }, { log: "rekor-v1", entry: "hashedrekord-0.0.1" }] }),
        trust,
      );
      const logs = twoEntries.status === "verified" ? twoEntries.transparencyLog.map(({ log }) => log) : [];
      expect(new Set(logs).size).to.equal(1);
    });

    it("A018 the same entry under another index is refused", () => {
      const bundle = spoiled(sign(), (b) => {
        const copy = structuredClone(b.verificationMaterial.tlogEntries[0]);
        copy.logIndex = "4";
        b.verificationMaterial.tlogEntries.push(copy);
      });
      expect(verdict(judgeBundle(bundle, trust))).to.equal("log.invalid");
    });
  });
});
