import { expect } from "chai";
import type { ArtifactContent } from "../../src/evidence/index.ts";
import {
  cosignAttestation,
  cosignSignature,
  dsseEnvelope,
  keyPair,
  sharedKeyPair,
  type CosignLayer,
} from "../lab/sigstore/index.ts";
import {
  IMAGE,
  judge,
  lab,
  OTHER_IMAGE,
  PLATFORM,
  reasonOf,
  statementAbout,
  trustIn,
  verdict,
} from "./support.ts";

const BUNDLE = "dev.sigstore.cosign/bundle";

describe("cosign's layers", () => {
  const { sigstore, stranger, trust, statement } = lab();
  const key = sharedKeyPair("P-256");
  const keyTrust = trustIn({ lab: sigstore }, { release: key });

  const attestation = ({ bytes, annotations }: CosignLayer): ArtifactContent => ({
    kind: "dsse-envelope",
    bytes,
    annotations,
  });
  const signature = ({ bytes, annotations }: CosignLayer): ArtifactContent => ({
    kind: "simple-signing",
    bytes,
    annotations,
  });

  /** The envelope with its members in cosign's order, as its logs digest it. */
  const inLoggedOrder = (layer: CosignLayer): CosignLayer => {
    const { payloadType, payload, signatures } = JSON.parse(layer.bytes.toString());
    return { ...layer, bytes: Buffer.from(JSON.stringify({ payloadType, payload, signatures })) };
  };

  describe(".att", () => {
    for (const entry of ["dsse-0.0.1", "intoto-0.0.1", "intoto-0.0.2"] as const) {
      it(`verifies a keyless attestation logged as ${entry}`, () => {
        const conclusion = judge(
          attestation(inLoggedOrder(cosignAttestation(sigstore, statement, { entry: { entry } }))),
          trust,
        );
        expect(verdict(conclusion), reasonOf(conclusion)).to.equal("verified");
        expect(conclusion).to.deep.include({
          kind: "attestation",
          subject: { digest: IMAGE, matches: "image", platform: null },
        });
      });
    }

    it("verifies one by key, logged or not", () => {
      for (const log of ["rekor-v1", "none"] as const) {
        const conclusion = judge(attestation(cosignAttestation(sigstore, statement, { key, log })), keyTrust);
        expect(conclusion).to.deep.include({
          status: "verified",
          signers: [{ kind: "key", keyId: key.keyId, trustRoot: "release" }],
        });
        expect(conclusion.status === "verified" && conclusion.times).to.have.length(log === "none" ? 0 : 1);
      }
    });

    it("verifies a timestamp over the signature, and over the whole envelope as cosign 2 makes it", () => {
      for (const stampEnvelope of [true, false]) {
        const conclusion = judge(
          attestation(cosignAttestation(sigstore, statement, { stampEnvelope, timestamp: true })),
          trust,
        );
        expect(
          conclusion.status === "verified" && conclusion.times.map(({ source }) => source),
        ).to.deep.equal(["rekor", "tsa"]);
      }
    });

    const spoilings: readonly {
      readonly name: string;
      readonly content: () => ArtifactContent;
      readonly code: string;
    }[] = [
      {
        name: "A001 another attestation's log entry",
        content: () => {
          const signer = sigstore.issue();
          const layer = cosignAttestation(sigstore, statement, { signer });
          const other = cosignAttestation(sigstore, statementAbout(OTHER_IMAGE), { signer });
          return attestation({
            ...layer,
            annotations: { ...layer.annotations, [BUNDLE]: other.annotations[BUNDLE] ?? "" },
          });
        },
        code: "log.mismatch",
      },
      {
        name: "A001 another envelope of the same payload, logged as intoto 0.0.1",
        content: () => {
          const signer = sigstore.issue();
          const entry = { entry: "intoto-0.0.1" } as const;
          const layer = cosignAttestation(sigstore, statement, { signer, entry });
          const other = cosignAttestation(sigstore, statement, { signer, entry });
          return attestation({
            ...layer,
            annotations: { ...layer.annotations, [BUNDLE]: other.annotations[BUNDLE] ?? "" },
          });
        },
        code: "log.mismatch",
      },
      {
        name: "A001 no log entry",
        content: () => {
          const layer = cosignAttestation(sigstore, statement);
          const { [BUNDLE]: _, ...annotations } = layer.annotations;
          return attestation({ ...layer, annotations });
        },
        code: "time.absent",
      },
      {
        name: "a log entry that is not JSON",
        content: () => {
          const layer = cosignAttestation(sigstore, statement);
          return attestation({ ...layer, annotations: { ...layer.annotations, [BUNDLE]: "{" } });
        },
        code: "format.invalid",
      },
      {
        name: "a log entry without its promise",
        content: () => {
          const layer = cosignAttestation(sigstore, statement);
          return attestation({ ...layer, annotations: { ...layer.annotations, [BUNDLE]: "{}" } });
        },
        code: "log.invalid",
      },
      {
        name: "a certificate that is not PEM",
        content: () => {
          const layer = cosignAttestation(sigstore, statement);
          return attestation({
            ...layer,
            annotations: { ...layer.annotations, "dev.sigstore.cosign/certificate": "x" },
          });
        },
        code: "certificate.invalid",
      },
      {
        name: "another instance's",
        content: () => attestation(cosignAttestation(stranger, statement)),
        code: "certificate.untrusted",
      },
      {
        name: "T074 another image's",
        content: () => attestation(cosignAttestation(sigstore, statementAbout(OTHER_IMAGE))),
        code: "subject.mismatch",
      },
      {
        name: "an envelope that is no JSON",
        content: () => ({ kind: "dsse-envelope", bytes: Buffer.from("{"), annotations: {} }),
        code: "format.invalid",
      },
      {
        name: "T093 a key that is not configured",
        content: () => attestation(cosignAttestation(sigstore, statement, { key })),
        code: "key.unknown",
      },
    ];
    for (const { name, content, code } of spoilings) {
      it(`refuses ${name}: ${code}`, () => {
        const conclusion = judge(content(), trust);
        expect(verdict(conclusion), reasonOf(conclusion)).to.equal(code);
        expect(conclusion.status).to.equal("failed");
      });
    }
  });

  describe(".sig", () => {
    it("verifies a keyless signature with what it signs along", () => {
      const layer = cosignSignature(sigstore, PLATFORM, { optional: { team: "release", count: 2 } });
      expect(judge(signature(layer), trust)).to.deep.include({
        status: "verified",
        kind: "signature",
        statement: null,
        annotations: { team: "release" },
        subject: { digest: PLATFORM, matches: "platform", platform: "linux/amd64" },
      });
    });

    it("verifies one by key", () => {
      const conclusion = judge(signature(cosignSignature(sigstore, IMAGE, { key, log: "none" })), keyTrust);
      expect(conclusion).to.deep.include({
        status: "verified",
        signers: [{ kind: "key", keyId: key.keyId, trustRoot: "release" }],
      });
    });

    it("calls a layer without a signature unsigned", () => {
      const layer = cosignSignature(sigstore, IMAGE);
      expect(judge(signature({ ...layer, annotations: {} }), trust)).to.deep.include({
        status: "unsigned",
        statement: null,
      });
    });

    const payload = (value: unknown): ArtifactContent => {
      const bytes = Buffer.from(JSON.stringify(value));
      const signed = sigstore.signWithKey({ message: bytes }, key);
      return {
        kind: "simple-signing",
        bytes,
        annotations: { "dev.cosignproject.cosign/signature": signed.messageSignature?.signature ?? "" },
      };
    };
    const critical = {
      identity: {},
      image: { "docker-manifest-digest": IMAGE },
      type: "cosign container image signature",
    };
    const spoilings: readonly {
      readonly name: string;
      readonly content: () => ArtifactContent;
      readonly code: string;
    }[] = [
      {
        name: "T081 another image's digest",
        content: () => signature(cosignSignature(sigstore, OTHER_IMAGE, { key })),
        code: "subject.mismatch",
      },
      {
        name: "T081 no digest",
        content: () => payload({ critical: { ...critical, image: {} } }),
        code: "subject.absent",
      },
      {
        name: "T081 a digest in capitals",
        content: () =>
          payload({ critical: { ...critical, image: { "docker-manifest-digest": IMAGE.toUpperCase() } } }),
        code: "subject.absent",
      },
      {
        name: "T081 another type",
        content: () => payload({ critical: { ...critical, type: "atomic container signature" } }),
        code: "payload.type",
      },
      { name: "T081 no critical part", content: () => payload({}), code: "payload.type" },
      {
        name: "T081 a payload that was changed",
        content: () => {
          const layer = cosignSignature(sigstore, OTHER_IMAGE, { key });
          return signature({
            ...layer,
            bytes: Buffer.from(layer.bytes.toString().replace(OTHER_IMAGE, IMAGE)),
          });
        },
        code: "key.unknown",
      },
      {
        name: "a signature that is not base64",
        content: () =>
          signature({
            ...cosignSignature(sigstore, IMAGE),
            annotations: { "dev.cosignproject.cosign/signature": "?" },
          }),
        code: "format.invalid",
      },
    ];
    for (const { name, content, code } of spoilings) {
      it(`refuses ${name}: ${code}`, () => {
        const conclusion = judge(content(), keyTrust);
        expect(verdict(conclusion), reasonOf(conclusion)).to.equal(code);
      });
    }
  });

  describe("bare envelopes", () => {
    const other = sharedKeyPair("Ed25519");
    const both = trustIn({}, { release: key, scanner: other });
    const bare = (value: unknown): ArtifactContent => ({
      kind: "dsse-envelope",
      bytes: Buffer.from(JSON.stringify(value)),
      annotations: {},
    });
    const payload = Buffer.from(JSON.stringify(statement));
    const names = (content: ArtifactContent): unknown => {
      const conclusion = judge(content, both);
      return conclusion.status === "verified"
        ? conclusion.signers.map((signer) => signer.trustRoot)
        : verdict(conclusion);
    };

    it("T058 counts each key once, whatever stands beside it", () => {
      expect(names(bare(dsseEnvelope(payload, [key, other])))).to.deep.equal(["release", "scanner"]);
      expect(names(bare(dsseEnvelope(payload, [key, key])))).to.deep.equal(["release"]);
      expect(names(bare(dsseEnvelope(payload, [sharedKeyPair("P-384"), key])))).to.deep.equal(["release"]);
    });

    it("T059 trusts no keyid", () => {
      const envelope = dsseEnvelope(payload, [sharedKeyPair("P-384")]);
      const [signature] = envelope.signatures;
      expect(names(bare({ ...envelope, signatures: [{ ...signature, keyid: key.keyId }] }))).to.equal(
        "key.unknown",
      );
      const right = dsseEnvelope(payload, [key]).signatures[0];
      expect(names(bare({ ...envelope, signatures: [{ ...right, keyid: "somebody else" }] }))).to.deep.equal([
        "release",
      ]);
    });

    it("T058 calls an envelope that nobody signed unsigned, and keeps what it claims", () => {
      for (const signatures of [[], undefined]) {
        expect(judge(bare({ ...dsseEnvelope(payload, []), signatures }), both)).to.deep.include({
          status: "unsigned",
          subject: { digest: IMAGE, matches: "image", platform: null },
        });
      }
    });

    it("T062 reads base64 of both alphabets, with padding or without", () => {
      const envelope = dsseEnvelope(
        Buffer.from(JSON.stringify(statementAbout(IMAGE, { text: "???>>>ÿÿ" }))),
        [key],
      );
      const urlSafe = envelope.payload.replaceAll("+", "-").replaceAll("/", "_");
      for (const variant of [envelope.payload, urlSafe, urlSafe.replace(/=+$/, "")]) {
        expect(names(bare({ ...envelope, payload: variant }))).to.deep.equal(["release"]);
      }
      for (const variant of [
        `${envelope.payload}\n`,
        `${envelope.payload}=`,
        `${envelope.payload.slice(0, -1)}*`,
        ` ${envelope.payload}`,
      ]) {
        expect(names(bare({ ...envelope, payload: variant }))).to.equal("format.invalid");
      }
    });

    it("T060 keeps nothing of an unsigned envelope that says it holds something else", () => {
      expect(names(bare(dsseEnvelope(payload, [], { payloadType: "text/plain" })))).to.equal("payload.type");
      expect(names(bare(dsseEnvelope(payload, [key], { payloadType: "text/plain" })))).to.equal(
        "payload.type",
      );
    });

    it("bounds how many keys are tried with how many signatures", () => {
      const many = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`key-${index}`, keyPair()]));
      const [wrong] = dsseEnvelope(payload, [sharedKeyPair("P-384")]).signatures;
      const content = bare({
        ...dsseEnvelope(payload, []),
        signatures: Array.from({ length: 32 }, () => wrong),
      });
      expect(verdict(judge(content, trustIn({}, many)))).to.equal("limit.exceeded");
    });

    it("T058 refuses more signatures than it looks at", () => {
      const envelope = dsseEnvelope(payload, [key]);
      expect(
        names(bare({ ...envelope, signatures: Array.from({ length: 33 }, () => envelope.signatures[0]) })),
      ).to.equal("limit.exceeded");
    });
  });
});
