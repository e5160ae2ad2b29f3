import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier, type VerifierOptions } from "@sigstore/verify";
import { expect } from "chai";
import { hash, X509Certificate } from "node:crypto";
import {
  BUNDLE_MEDIA_TYPES,
  cosignAttestation,
  cosignSignature,
  createSigstore,
  emailIdentity,
  GITHUB_ISSUER,
  KEY_KINDS,
  OID,
  sharedKeyPair,
  type BundleJson,
  type CosignLayer,
  type KeyPair,
  type Sigstore,
  type SignOptions,
} from "./index.ts";

const STATEMENT = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "app", digest: { sha256: "ab".repeat(32) } }],
  predicateType: "https://example.test/p/v1",
  predicate: {},
};
const MESSAGE = Buffer.from("some message");
const NONE = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };

/** Asks the field's own verifier; the signer's identity, or what it throws. */
function judge(
  sigstore: Sigstore,
  bundle: BundleJson,
  options: { thresholds?: VerifierOptions; key?: KeyPair; message?: Buffer } = {},
) {
  const { key } = options;
  const trust = toTrustMaterial(
    TrustedRoot.fromJSON(sigstore.trustedRoot),
    key === undefined ? undefined : () => ({ publicKey: key.publicKey, validFor: () => true }),
  );
  const verifier = new Verifier(trust, options.thresholds);
  // @sigstore/bundle declares the JSON it reads by its own generated type.
  return verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(JSON.stringify(bundle))), options.message));
}

describe("signing lab", () => {
  const sigstore = createSigstore();

  const accepted: readonly { name: string; options: SignOptions; thresholds?: VerifierOptions }[] = [
    { name: "Rekor v1, bundle v0.3", options: {} },
    { name: "Rekor v1, bundle v0.2 with chain", options: { version: "0.2" } },
    {
      name: "Rekor v1, bundle v0.1 with a promise only",
      options: { version: "0.1", entry: { proof: false } },
    },
    { name: "Rekor v1 with intoto 0.0.2", options: { version: "0.2", entry: { entry: "intoto-0.0.2" } } },
    { name: "Rekor v1 with a timestamp besides", options: { timestamp: true } },
    { name: "Rekor v2 with hashedrekord 0.0.2 and a timestamp", options: { log: "rekor-v2" } },
    { name: "Rekor v2 with dsse 0.0.2", options: { log: "rekor-v2", entry: { entry: "dsse-0.0.2" } } },
    { name: "both logs", options: { log: [{ log: "rekor-v1" }, { log: "rekor-v2" }], timestamp: true } },
    {
      name: "a timestamp only",
      options: { log: "none", timestamp: true },
      thresholds: { tlogThreshold: 0, ctlogThreshold: 1, timestampThreshold: 1 },
    },
    { name: "a timestamp over SHA-512", options: { log: "rekor-v2", timestamp: [{ hash: "sha512" }] } },
    { name: "a timestamp without certificates", options: { timestamp: [{ certificates: false }] } },
    { name: "an e-mail identity", options: { identity: emailIdentity("a@example.test") } },
  ];
  for (const { name, options, thresholds } of accepted) {
    it(`@sigstore/verify accepts an attestation: ${name}`, () => {
      const bundle = sigstore.sign({ statement: STATEMENT }, options);
      const signer = judge(sigstore, bundle, thresholds === undefined ? {} : { thresholds });
      const [subject] = options.identity?.names ?? [
        { value: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3" },
      ];
      expect(signer.identity?.subjectAlternativeName).to.equal(subject?.value);
      expect(signer.identity?.extensions?.issuer).to.equal(options.identity?.issuer ?? GITHUB_ISSUER);
    });
  }

  for (const log of ["rekor-v1", "rekor-v2"] as const) {
    it(`@sigstore/verify accepts a message signature: ${log}`, () => {
      const bundle = sigstore.sign({ message: MESSAGE }, { log });
      expect(judge(sigstore, bundle, { message: MESSAGE }).identity).not.to.equal(undefined);
      expect(() => judge(sigstore, bundle, { message: Buffer.from("other") })).to.throw(/./);
    });
  }

  it("@sigstore/verify accepts an instance with P-384 authorities, as public Sigstore has", () => {
    const strong = createSigstore({ keys: { authority: "P-384", timestampAuthority: "P-384" } });
    expect(judge(strong, strong.sign({ statement: STATEMENT }, { timestamp: true })).identity).not.to.equal(
      undefined,
    );
  });

  it("@sigstore/verify accepts entries however large the log has grown", () => {
    for (let i = 0; i < 20; i++) judge(sigstore, sigstore.sign({ statement: STATEMENT }));
  });

  for (const kind of KEY_KINDS) {
    it(`@sigstore/verify accepts an attestation signed with a key: ${kind}`, () => {
      const key = sharedKeyPair(kind);
      // It hashes with SHA-256 whatever the curve.
      const bundle = sigstore.signWithKey({ statement: STATEMENT }, key, { hash: "sha256" });
      expect(judge(sigstore, bundle, { key, thresholds: NONE }).key).not.to.equal(undefined);
      expect(bundle.verificationMaterial.publicKey?.hint).to.have.length(44);
    });
  }

  it("@sigstore/verify accepts a logged signature by key", () => {
    const key = sharedKeyPair("P-256");
    const bundle = sigstore.signWithKey({ statement: STATEMENT }, key, { log: "rekor-v1" });
    const thresholds = { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 1 };
    expect(judge(sigstore, bundle, { key, thresholds }).key).not.to.equal(undefined);
  });

  it("signs at the time of its clock", () => {
    const time = new Date("2026-03-04T05:06:07Z");
    const past = createSigstore({ clock: () => time });
    const bundle = past.sign({ statement: STATEMENT }, { timestamp: true });
    expect(bundle.verificationMaterial.tlogEntries[0]?.integratedTime).to.equal(
      String(time.getTime() / 1000),
    );
    expect(judge(past, bundle).identity).not.to.equal(undefined);
  });

  const other = createSigstore({ name: "other.lab" });
  const refused: readonly { name: string; options: SignOptions; code: string | RegExp }[] = [
    { name: "another authority", options: { authority: other.authority }, code: "CERTIFICATE_ERROR" },
    {
      name: "a forged leaf",
      options: { leaf: { forgedBy: sharedKeyPair("P-256") } },
      code: "CERTIFICATE_ERROR",
    },
    {
      name: "an expired leaf",
      options: { leaf: { notBefore: new Date(Date.now() - 7200_000) } },
      code: "CERTIFICATE_ERROR",
    },
    { name: "no SCT", options: { leaf: { ctLogs: [] } }, code: "CERTIFICATE_ERROR" },
    { name: "a foreign SCT", options: { leaf: { ctLogs: [other.ctLog] } }, code: "CERTIFICATE_ERROR" },
    { name: "a foreign log", options: { log: [{ log: other.rekorV1 }] }, code: /^TLOG_/ },
    {
      name: "A001 another signature's log entry",
      options: {
        entry: {
          instead: {
            content: "dsse",
            payloadType: "application/vnd.in-toto+json",
            payload: Buffer.from("{}"),
            signature: Buffer.from("else"),
            hash: "sha256",
            verifier: { key: sharedKeyPair("P-256") },
            keyKind: "P-256",
          },
        },
      },
      code: "TLOG_BODY_ERROR",
    },
    {
      name: "a stamp over something else",
      options: { log: "rekor-v2", timestamp: [{ over: Buffer.from("else") }] },
      code: "TIMESTAMP_ERROR",
    },
    {
      name: "a foreign stamp",
      options: { log: "rekor-v2", timestamp: [{ authority: other.timestampAuthority }] },
      code: "TIMESTAMP_ERROR",
    },
  ];
  for (const { name, options, code } of refused) {
    it(`@sigstore/verify refuses what an option spoils: ${name}`, () => {
      const bundle = sigstore.sign({ statement: STATEMENT }, options);
      let thrown: unknown;
      try {
        judge(sigstore, bundle);
      } catch (error) {
        thrown = error;
      }
      expect(thrown)
        .to.have.property("code")
        .that.matches(typeof code === "string" ? new RegExp(`^${code}$`) : code);
    });
  }

  it("writes a certificate as Fulcio does, with whatever names and extensions it is told", () => {
    const { certificate } = sigstore.issue({
      names: [
        { type: "uri", value: "https://ci.example/job" },
        { type: "email", value: "a@example.test" },
        { type: "dns", value: "host.example" },
        { type: "username", value: "ann!example.test" },
      ],
      issuer: "https://issuer.example",
      extensions: { buildTrigger: "push" },
    });
    const leaf = new X509Certificate(certificate.der);
    const intermediate = new X509Certificate(sigstore.authority.intermediate.der);
    const root = new X509Certificate(sigstore.authority.root.der);
    expect(leaf.subjectAltName).to.equal(
      "URI:https://ci.example/job, email:a@example.test, DNS:host.example, othername:<unsupported>",
    );
    expect(leaf.keyUsage).to.deep.equal([OID.codeSigning]);
    expect(leaf.checkIssued(intermediate) && leaf.verify(intermediate.publicKey)).to.equal(true);
    expect(intermediate.checkIssued(root) && intermediate.verify(root.publicKey)).to.equal(true);
    expect(certificate.der.includes(Buffer.from("\x0c\x16https://issuer.example"))).to.equal(true);
    expect(certificate.der.includes(Buffer.from("\x0c\x10ann!example.test"))).to.equal(true);
    expect(certificate.der.includes(Buffer.from("\x0c\x04push"))).to.equal(true);
  });

  for (const kind of ["signature", "attestation"] as const) {
    it(`@sigstore/verify accepts cosign's older layers, read as a bundle: ${kind}`, () => {
      const digest = `sha256:${"ab".repeat(32)}`;
      const layer =
        kind === "signature"
          ? cosignSignature(sigstore, digest, { timestamp: true })
          : cosignAttestation(sigstore, STATEMENT, { timestamp: true });
      const bundle = bundleOfLayer(layer);
      expect(judge(sigstore, bundle, { message: layer.bytes }).identity).not.to.equal(undefined);
    });
  }
});

/** The mapping of cosign's annotations to a bundle v0.1, the only one that goes without an inclusion proof. */
function bundleOfLayer({ bytes, annotations }: CosignLayer): BundleJson {
  const annotation = (name: string) => annotations[`dev.sigstore.cosign/${name}`] ?? "{}";
  const rekor: RekorAnnotation = JSON.parse(annotation("bundle"));
  const stamp: { SignedRFC3161Timestamp: string } = JSON.parse(annotation("rfc3161timestamp"));
  const entry: { kind: string; apiVersion: string } = JSON.parse(
    Buffer.from(rekor.Payload.body, "base64").toString(),
  );
  const certificate = new X509Certificate(annotation("certificate"));
  const signature = annotations["dev.cosignproject.cosign/signature"] ?? "";
  return {
    mediaType: BUNDLE_MEDIA_TYPES["0.1"],
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate.raw.toString("base64") }] },
      tlogEntries: [
        {
          logIndex: String(rekor.Payload.logIndex),
          logId: { keyId: Buffer.from(rekor.Payload.logID, "hex").toString("base64") },
          kindVersion: { kind: entry.kind, version: entry.apiVersion },
          integratedTime: String(rekor.Payload.integratedTime),
          inclusionPromise: { signedEntryTimestamp: rekor.SignedEntryTimestamp },
          canonicalizedBody: rekor.Payload.body,
        },
      ],
      timestampVerificationData: {
        rfc3161Timestamps: [{ signedTimestamp: stamp.SignedRFC3161Timestamp }],
      },
    },
    ...(signature === ""
      ? { dsseEnvelope: JSON.parse(bytes.toString()) }
      : {
          messageSignature: {
            messageDigest: { algorithm: "SHA2_256", digest: hash("sha256", bytes, "base64") },
            signature,
          },
        }),
  };
}

interface RekorAnnotation {
  readonly SignedEntryTimestamp: string;
  readonly Payload: {
    readonly body: string;
    readonly integratedTime: number;
    readonly logIndex: number;
    readonly logID: string;
  };
}
