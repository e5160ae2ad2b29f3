import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { readEnvelope } from "../../src/verification/dsse.ts";
import { envelopeWritings } from "../../src/verification/envelope-writings.ts";
import { sharedKeyPair } from "../lab/sigstore/index.ts";
import { json, judgeBundle, lab, reasonOf, spoiled, trustIn, verdict } from "./support.ts";

describe("intoto 0.0.1 in bundles", () => {
  const { sigstore, statement, trust, sign } = lab();
  const entry = { entry: "intoto-0.0.1" } as const;

  it("verifies where the envelope's text can be written again", () => {
    const keyless = judgeBundle(sign({ entry }), trust);
    expect(verdict(keyless), reasonOf(keyless)).to.equal("verified");
    const key = sharedKeyPair("P-256");
    const byKey = sigstore.signWithKey({ statement }, key, { log: "rekor-v1", entry });
    expect(verdict(judgeBundle(byKey, trustIn({ lab: sigstore }, { release: key })))).to.equal("verified");
  });

  it("refuses an envelope that says more than was logged", () => {
    const signer = sigstore.issue();
    const other = sigstore.sign({ statement: { ...statement, predicate: {} } }, { signer, entry });
    const grafted = spoiled(sign({ signer, entry }), (draft) => {
      draft.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
    });
    expect(verdict(judgeBundle(grafted, trust))).to.be.oneOf(["log.mismatch", "log.unsupported"]);
  });

  it("knows what clients write: no key id, theirs, none in it, and a certificate beside", () => {
    const { der } = sigstore.issue().certificate;
    const envelope = (keyid?: string) =>
      readEnvelope(
        json({
          payload: "e30",
          payloadType: "application/vnd.in-toto+json",
          signatures: [{ sig: "AQI=", ...(keyid === undefined ? {} : { keyid }) }],
        }),
      );
    const head = '{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[';
    const texts = (keyid: string | undefined, certificate: Buffer | null) =>
      envelopeWritings(envelope(keyid), certificate).map((bytes) => bytes.toString());
    expect(texts(undefined, null)).to.deep.equal([
      `${head}{"sig":"AQI="}]}`,
      `${head}{"keyid":"","sig":"AQI="}]}`,
    ]);
    const pem = JSON.stringify(new X509Certificate(der).toString());
    expect(texts("a", der)).to.deep.equal([
      `${head}{"sig":"AQI="}]}`,
      `${head}{"keyid":"a","sig":"AQI="}]}`,
      `${head}{"keyid":"a","sig":"AQI=","cert":${pem}}]}`,
      `${head}{"keyid":"","sig":"AQI="}]}`,
      `${head}{"keyid":"","sig":"AQI=","cert":${pem}}]}`,
    ]);
  });
});
