import { expect } from "chai";
import { hash } from "node:crypto";
import { digestOf, type Digest } from "../../src/core/index.ts";
import type { ArtifactContent } from "../../src/evidence/index.ts";
import { emailIdentity, GITHUB_ISSUER, type SignOptions } from "../lab/sigstore/index.ts";
import {
  IMAGE,
  judge,
  judgeBundle,
  lab,
  labSigstore,
  NOW,
  OTHER_IMAGE,
  PLATFORM,
  SIGNED_AT,
  statementAbout,
  TARGET,
  trustIn,
  verdict,
} from "./support.ts";

const IDENTITY = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3";

describe("verify", () => {
  const { sigstore, trust, statement, sign } = lab();

  it("says who signed, when, where it is logged, and of what it speaks", () => {
    const conclusion = judgeBundle(sign({ timestamp: true }), trust);
    expect(conclusion).to.deep.include({
      status: "verified",
      kind: "attestation",
      annotations: {},
      subject: { digest: IMAGE, matches: "image", platform: null },
      times: [
        { time: SIGNED_AT.toISOString(), source: "rekor", trustRoot: "lab" },
        { time: SIGNED_AT.toISOString(), source: "tsa", trustRoot: "lab" },
      ],
    });
    if (conclusion.status !== "verified") return;
    expect(conclusion.statement).to.deep.equal({
      type: "https://in-toto.io/Statement/v1",
      subjects: [{ name: "registry.test/app", digest: { sha256: IMAGE.slice(7) } }],
      predicateType: "https://example.test/predicate/v1",
      predicate: {},
    });
    const [signer] = conclusion.signers;
    expect(conclusion.signers).to.have.length(1);
    expect(signer).to.deep.include({
      kind: "certificate",
      identity: IDENTITY,
      identityType: "uri",
      issuer: GITHUB_ISSUER,
      trustRoot: "lab",
    });
    expect(signer?.kind === "certificate" && signer.certificate).to.deep.include({
      sourceRepositoryURI: "https://github.com/acme/app",
      sourceRepositoryIdentifier: "123456789",
      runnerEnvironment: "github-hosted",
      buildTrigger: "push",
      githubWorkflowRef: "refs/tags/v1.2.3",
    });
    expect(conclusion.transparencyLog).to.have.length(1);
    expect(conclusion.transparencyLog[0]?.log).to.equal("https://rekor.sigstore.lab.test");
    expect(conclusion.transparencyLog[0]?.index).to.match(/^1\d{3}$/);
  });

  const forms: readonly { readonly name: string; readonly options: SignOptions }[] = [
    { name: "v0.1 with a promise only", options: { version: "0.1", entry: { proof: false } } },
    { name: "v0.2 with a chain", options: { version: "0.2" } },
    { name: "v0.2 with intoto 0.0.2", options: { version: "0.2", entry: { entry: "intoto-0.0.2" } } },
    {
      name: "v0.3 with a hashedrekord 0.0.1 over the encoding",
      options: { entry: { entry: "hashedrekord-0.0.1" } },
    },
    { name: "Rekor v2 with hashedrekord 0.0.2", options: { log: "rekor-v2" } },
    { name: "Rekor v2 with dsse 0.0.2", options: { log: "rekor-v2", entry: { entry: "dsse-0.0.2" } } },
    { name: "both logs", options: { log: [{ log: "rekor-v1" }, { log: "rekor-v2" }], timestamp: true } },
    {
      name: "a proof without a promise, beside a timestamp",
      options: { entry: { promise: false }, timestamp: true },
    },
    { name: "an e-mail identity", options: { identity: emailIdentity("release@acme.example") } },
    { name: "a platform of the index as subject", options: {} },
  ];
  for (const { name, options } of forms) {
    it(`verifies ${name}`, () => {
      const about = name.startsWith("a platform") ? PLATFORM : IMAGE;
      const conclusion = judgeBundle(sigstore.sign({ statement: statementAbout(about) }, options), trust);
      expect(conclusion).to.deep.include({ status: "verified" });
      if (conclusion.status !== "verified") return;
      expect(conclusion.subject.matches).to.equal(about === IMAGE ? "image" : "platform");
      expect(conclusion.times).to.not.be.empty;
    });
  }

  it("verifies the instance's keys of every kind", () => {
    for (const kind of ["P-384", "P-521", "RSA-2048", "Ed25519"] as const) {
      const other = labSigstore({
        keys: {
          authority: kind,
          timestampAuthority: kind,
          rekorV1: kind === "Ed25519" ? "P-256" : kind,
          rekorV2: kind,
          ctLog: kind === "RSA-2048" ? kind : "P-256",
        },
      });
      const bundle = other.sign(
        { statement },
        { log: [{ log: "rekor-v1" }, { log: "rekor-v2" }], timestamp: true },
      );
      expect(verdict(judgeBundle(bundle, trustIn({ lab: other }))), kind).to.equal("verified");
    }
  });

  describe("message signatures", () => {
    const manifest = Buffer.from("the image");

    it("verifies one over the image from its digest alone, as a signature and not as an attestation (T080)", () => {
      for (const log of ["rekor-v1", "rekor-v2"] as const) {
        const conclusion = judgeBundle(sigstore.sign({ message: manifest }, { log }), trust);
        expect(conclusion).to.deep.include({ status: "verified", kind: "signature", statement: null });
      }
    });

    it("T080 refuses one over something else", () => {
      const bundle = sigstore.sign({ message: Buffer.from("another image") });
      expect(verdict(judgeBundle(bundle, trust))).to.equal("subject.mismatch");
    });

    it("A033 never verifies against a digest that is none", () => {
      for (const digest of ["", "sha256:", "latest", undefined]) {
        const target = { digest: digest as Digest, platforms: [] };
        for (const content of [{ message: manifest }, { statement }]) {
          expect(judgeBundle(sigstore.sign(content), trust, { target }).status).to.equal("failed");
        }
      }
    });
  });

  describe("evidence without a signature", () => {
    const bytes = Buffer.from(JSON.stringify(statement));

    it("keeps a bare statement apart, as claimed by nobody", () => {
      const conclusion = judge({ kind: "statement", bytes }, trust);
      expect(conclusion).to.deep.include({
        status: "unsigned",
        reason: { code: "signature.absent", message: "the statement stands without an envelope" },
        subject: { digest: IMAGE, matches: "image", platform: null },
      });
    });

    it("T074 tells that a bare statement speaks of something else", () => {
      const other = Buffer.from(JSON.stringify(statementAbout(OTHER_IMAGE)));
      expect(judge({ kind: "statement", bytes: other }, trust)).to.deep.include({
        status: "unsigned",
        subject: null,
      });
    });

    it("a bare statement that cannot be read is unsigned all the same, and says what is wrong with it", () => {
      const conclusion = judge({ kind: "statement", bytes: Buffer.from("{") }, trust);
      expect(conclusion).to.deep.include({ status: "unsigned", statement: null, subject: null });
      expect("reason" in conclusion && conclusion.reason.message).to.match(
        /without an envelope, and it is malformed/,
      );
    });

    it("reports what cannot be read, is not supported, or could not be had", () => {
      expect(judge({ kind: "document", bytes: Buffer.from("{}") }, trust)).to.deep.include({
        status: "unsigned",
        statement: null,
      });
      const reason = { code: "evidence.format_unsupported", message: "m" } as const;
      expect(judge({ kind: "unsupported", reason }, trust)).to.deep.equal({ status: "skipped", reason });
      expect(judge({ kind: "skipped", reason }, trust)).to.deep.equal({ status: "skipped", reason });
      expect(judge({ kind: "unreachable", reason }, trust)).to.deep.equal({ status: "unreachable", reason });
    });
  });

  it("A039 T063 concludes from the bytes that were verified", () => {
    const conclusion = judgeBundle(sign(), trust);
    const payload = Buffer.from(sign().dsseEnvelope?.payload ?? "", "base64");
    expect(digestOf(payload)).to.equal(`sha256:${hash("sha256", JSON.stringify(statement))}`);
    expect(conclusion.status === "verified" && conclusion.statement?.predicateType).to.equal(
      "https://example.test/predicate/v1",
    );
  });

  it("turns whatever is thrown, of any type, into a failure", () => {
    for (const thrown of [new Error("broken"), "text", null, undefined, { message: "object" }, 0]) {
      const content = Object.defineProperty({ kind: "sigstore-bundle" }, "bytes", {
        get: () => {
          throw thrown;
        },
      }) as ArtifactContent;
      const conclusion = judge(content, trust);
      expect(conclusion).to.deep.include({ status: "failed", predicateType: null });
      expect(verdict(conclusion)).to.equal("internal");
    }
  });

  it("names what failed evidence claims to be, for people", () => {
    const conclusion = judgeBundle(sign({ log: "none" }), trust, { target: TARGET, now: NOW });
    expect(conclusion).to.deep.include({
      status: "failed",
      predicateType: "https://example.test/predicate/v1",
    });
  });
});
