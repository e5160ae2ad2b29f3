import { lab, refuses, spoiled } from "./support.ts";

describe("bundles", () => {
  const { sigstore, trust, sign } = lab();

  refuses(trust, [
    {
      name: "T078 an unknown version",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.9";
        }),
      code: "format.version_unknown",
    },
    {
      name: "T078 a known media type with more behind it",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.mediaType += ";evil";
        }),
      code: "format.version_unknown",
    },
    {
      name: "T079 a v0.3 bundle with a chain",
      bundle: () => sign({ chain: true }),
      code: "certificate.invalid",
    },
    {
      name: "A030 33 log entries",
      bundle: () =>
        spoiled(sign(), (b) => {
          const [entry] = b.verificationMaterial.tlogEntries;
          b.verificationMaterial.tlogEntries = Array.from({ length: 33 }, () => entry);
        }),
      code: "limit.exceeded",
    },
    {
      name: "A030 33 timestamps",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.timestampVerificationData = {
            rfc3161Timestamps: Array.from({ length: 33 }, () => ({ signedTimestamp: "AAAA" })),
          };
        }),
      code: "limit.exceeded",
    },
    {
      name: "A077 5000 certificates",
      bundle: () =>
        spoiled(sign({ version: "0.2" }), (b) => {
          b.verificationMaterial.x509CertificateChain.certificates = Array.from({ length: 5000 }, () => ({
            rawBytes: "AAAA",
          }));
        }),
      code: "limit.exceeded",
    },
    {
      name: "an empty chain",
      bundle: () =>
        spoiled(sign({ version: "0.2" }), (b) => {
          b.verificationMaterial.x509CertificateChain.certificates = [];
        }),
      code: "certificate.invalid",
    },
    {
      name: "certificate and key at once",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.publicKey = { hint: "x" };
        }),
      code: "certificate.invalid",
    },
    {
      name: "envelope and message at once",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.messageSignature = sigstore.sign({ message: Buffer.from("the image") }).messageSignature;
        }),
      code: "format.invalid",
    },
    {
      name: "T062 white space in the payload's base64",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.dsseEnvelope.payload = `${b.dsseEnvelope.payload.slice(0, 4)}\n${b.dsseEnvelope.payload.slice(4)}`;
        }),
      code: "format.invalid",
    },
    {
      name: "a negative log index",
      bundle: () =>
        spoiled(sign(), (b) => {
          b.verificationMaterial.tlogEntries[0].logIndex = "-1";
        }),
      code: "format.invalid",
    },
    {
      name: "a duplicate key in the bundle",
      bundle: () => Buffer.from(JSON.stringify(sign()).replace("{", '{"mediaType":"x",')),
      code: "format.invalid",
    },
    { name: "not JSON", bundle: () => Buffer.from("{"), code: "format.invalid" },
    { name: "a JSON list", bundle: () => [], code: "format.invalid" },
  ]);
});
