import { expect } from "chai";
import { createPublicKey } from "node:crypto";
import { arrayAt, digestOf, stringAt, type JsonValue } from "../../../src/core/index.ts";
import {
  NO_SERVICES,
  readIdentityToken,
  readSigningConfig,
  servicesNamed,
  signatureStatement,
  signWithSigstore,
  statementAbout,
  type IdentityToken,
  type SigningBy,
  type SigningContent,
  type SigningServices,
} from "../../../src/release/index.ts";
import { proveBundle, trustFromData, type TrustMaterial } from "../../../src/verification/index.ts";
import {
  createSigstore,
  githubRun,
  sharedKeyPair,
  signerWorkflow,
  type BundleJson,
  type KeyKind,
  type LogEntryJson,
} from "../../lab/sigstore/index.ts";
import { startServices, tokenOf, type Services } from "./services.ts";

const BYTES = Buffer.from("a policy bundle");
const DIGEST = digestOf(BYTES);
const FILE: SigningContent = { kind: "file", bytes: BYTES, digest: DIGEST };
const STATEMENT = signatureStatement(DIGEST);
const IDENTITY = signerWorkflow(githubRun());
const NEVER = new AbortController().signal;

describe("signing with Sigstore", () => {
  let services: Services;
  let trust: TrustMaterial;
  before(async () => {
    services = await startServices();
    trust = rootOf(services.sigstore.trustedRoot);
  });
  afterEach(() => {
    services.intercept = null;
    services.asked.length = 0;
  });
  after(() => services?.close());

  const sign = (
    content: SigningContent,
    by: SigningBy,
    from: SigningServices,
    root: TrustMaterial | null = trust,
  ) => signWithSigstore(content, { by, services: from, trust: root, now: () => new Date(), signal: NEVER });
  const configured = (log: "rekor-v1" | "rekor-v2"): SigningServices =>
    must(readSigningConfig(services.signingConfig(log), new Date()));
  const keyless = (): SigningBy => ({ token: token() });
  const byKey = (kind: KeyKind): SigningBy => ({ privateKey: sharedKeyPair(kind).privateKey });

  /** What a stranger concludes from the bundle alone. */
  const concluded = (bundle: Uint8Array, key?: KeyKind) => {
    const pem = key === undefined ? {} : { keys: { release: { pem: sharedKeyPair(key).pem } } };
    const roots = { roots: { lab: services.sigstore.trustedRoot as JsonValue } };
    const proven = proveBundle(
      bundle,
      { digest: DIGEST, artifactBytes: BYTES },
      must(trustFromData({ ...roots, ...pem })),
      new Date(),
    );
    if (!proven.ok) throw new Error(`${proven.reason.code}: ${proven.reason.message}`);
    const { signers, times, transparencyLog, statement } = proven.value;
    return {
      signers: signers.map((signer) =>
        signer.kind === "key" ? signer.keyId : `${signer.identity} in ${signer.trustRoot}`,
      ),
      times: times.map(({ source }) => source),
      logs: transparencyLog.map(({ log }) => log),
      predicate: statement?.predicateType ?? null,
    };
  };

  for (const kind of ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"] as const) {
    it(`by a key on ${kind}, without any service`, async () => {
      for (const content of [FILE, STATEMENT]) {
        const signed = must(await sign(content, byKey(kind), NO_SERVICES, null));
        expect(concluded(signed.bundle, kind)).to.deep.equal({
          signers: [sharedKeyPair(kind).keyId],
          times: [],
          logs: [],
          predicate: content.kind === "file" ? null : "https://sigstore.dev/cosign/sign/v1",
        });
        expect(signed.signer).to.include({ kind: "key", keyId: sharedKeyPair(kind).keyId });
        expect(JSON.parse(Buffer.from(signed.bundle).toString())).to.include({
          mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        });
      }
      expect(services.asked).to.deep.equal([]);
    });
  }

  for (const log of ["rekor-v1", "rekor-v2"] as const) {
    for (const content of [FILE, STATEMENT]) {
      it(`keyless, and by keys, a ${content.kind} recorded in ${log}`, async () => {
        const host = log === "rekor-v1" ? "rekor.release.lab.test" : "log2.release.lab.test";
        const times = [log === "rekor-v1" ? "rekor" : "tsa"];
        const predicate = content.kind === "file" ? null : "https://sigstore.dev/cosign/sign/v1";
        const made = must(await sign(content, keyless(), configured(log)));
        expect(concluded(made.bundle)).to.deep.equal({
          signers: [`${IDENTITY} in lab`],
          times,
          logs: [`https://${host}`],
          predicate,
        });
        expect(made.signer).to.include({ kind: "certificate", identity: IDENTITY });
        // The lab's v1 log takes hashes other than SHA-256 as they are proposed, as the real one does.
        for (const kind of ["P-256", "P-384", "RSA-2048"] as const) {
          const signed = must(await sign(content, byKey(kind), configured(log)));
          expect(concluded(signed.bundle, kind)).to.deep.equal({
            signers: [sharedKeyPair(kind).keyId],
            times,
            logs: [`https://${host}`],
            predicate,
          });
        }
      });
    }
  }

  it("says any statement about an image: what an attestation of a decision will be", async () => {
    const summary = statementAbout(DIGEST, "https://slsa.dev/verification_summary/v1", {
      verificationResult: "PASSED",
    });
    const signed = must(await sign(summary, keyless(), configured("rekor-v1")));
    expect(concluded(signed.bundle).predicate).to.equal("https://slsa.dev/verification_summary/v1");
  });

  it("takes the entry that is there already where the log has the very same signature", async () => {
    const first = must(await sign(FILE, byKey("RSA-2048"), configured("rekor-v1")));
    const id = "ab".repeat(32);
    services.intercept = (path, body) => {
      if (!path.startsWith("/api/v1/log/entries")) return undefined;
      if (body.length > 0)
        return { status: 409, headers: { location: `http://elsewhere.test/api/v1/log/entries/${id}` } };
      return {
        status: 200,
        body: JSON.stringify({
          [id]: asLogEntry(JSON.parse(String(Buffer.from(first.bundle))) as BundleJson),
        }),
      };
    };
    const again = must(await sign(FILE, byKey("RSA-2048"), configured("rekor-v1")));
    expect(Buffer.from(again.bundle).equals(first.bundle)).to.equal(true);
    expect(services.asked.at(-1)).to.equal(`/api/v1/log/entries/${id}`);
  });

  it("asks again where a service fails for a moment", async () => {
    let failures = 1;
    services.intercept = () => (failures-- > 0 ? { status: 503 } : undefined);
    must(await sign(FILE, keyless(), configured("rekor-v1")));
    expect(services.asked).to.deep.equal([
      "/api/v2/signingCert",
      "/api/v2/signingCert",
      "/api/v1/log/entries",
    ]);
  });

  describe("hands nothing on that is not a good signature, and gives no token away", () => {
    const fulcio = "/api/v2/signingCert";
    const rekor = "/api/v1/log/entries";
    const at =
      (wanted: string, reply: ReturnType<NonNullable<Services["intercept"]>>): Services["intercept"] =>
      (path) =>
        path === wanted ? reply : undefined;
    const spoilings: readonly {
      readonly name: string;
      readonly spoil: () => Services["intercept"];
      readonly says: RegExp;
      readonly code?: string;
      readonly log?: "rekor-v1" | "rekor-v2";
    }[] = [
      {
        name: "a Fulcio that sends the token elsewhere",
        spoil: () => at(fulcio, { status: 307, headers: { location: `${services.url}/thief` } }),
        says: /^Fulcio at 127\.0\.0\.1:\d+ answered 307$/,
      },
      {
        name: "a Fulcio that refuses",
        spoil: () => at(fulcio, { status: 401, body: "bad\ntoken" }),
        says: /answered 401: bad token$/,
      },
      {
        name: "HTML for a certificate",
        spoil: () => at(fulcio, { status: 200, body: "<html>" }),
        says: /^Fulcio at .* answered no JSON: /,
      },
      {
        name: "a certificate without SCT",
        spoil: () => at(fulcio, { status: 200, body: '{"signedCertificateDetachedSct":{}}' }),
        says: /without a certificate/,
      },
      {
        name: "a certificate that is none",
        spoil: () => at(fulcio, certificateReply("no certificate")),
        says: /a certificate that cannot be read$/,
      },
      {
        name: "a certificate of another key",
        spoil: () => at(fulcio, certificateReply(pem(services.sigstore.issue().certificate.der))),
        says: /certified another key than was asked for$/,
      },
      {
        name: "an answer without end",
        spoil: () => at(rekor, { status: 201, body: Buffer.alloc(2 * 1024 * 1024, 0x20) }),
        says: /^Rekor at 127\.0\.0\.1:\d+ answered more than 1048576 bytes$/,
      },
      {
        name: "a log without an entry",
        spoil: () => at(rekor, { status: 201, body: "{}" }),
        says: /^Rekor at .* answered no log entry$/,
      },
      {
        name: "a conflict that names no entry",
        spoil: () => at(rekor, { status: 409, headers: { location: "/x" } }),
        says: /answered no log entry$/,
      },
      {
        name: "a log that records something else",
        spoil: () => (path) => {
          if (path !== rekor) return undefined;
          const other = services.sigstore.sign({ message: Buffer.from("other") });
          return {
            status: 201,
            body: JSON.stringify({
              ["cd".repeat(32)]: asLogEntry(other),
            }),
          };
        },
        says: /recorded something else than was signed$/,
      },
      {
        name: "a log of version 2 that answers half an entry",
        log: "rekor-v2",
        spoil: () => at("/api/v2/log/entries", { status: 201, body: '{"logIndex":"1"}' }),
        says: /answered no log entry$/,
      },
      {
        name: "a timestamp of something else",
        log: "rekor-v2",
        spoil: () =>
          at("/timestamp", {
            status: 200,
            body: services.sigstore.timestampAuthority.stamp(BYTES, new Date()),
          }),
        says: /answered no timestamp of the signature$/,
      },
      {
        name: "an authority that refuses",
        log: "rekor-v2",
        spoil: () => at("/timestamp", { status: 400 }),
        says: /answered 400$/,
      },
      {
        name: "a certificate of a stranger's Fulcio",
        code: "signing.not_verified",
        spoil: () => (path, body) => {
          if (path !== fulcio) return undefined;
          const key = createPublicKey(JSON.parse(body.toString()).publicKeyRequest.publicKey.content);
          const spki = key.export({ format: "der", type: "spki" });
          const certified = { ...sharedKeyPair("P-256"), publicKey: key, spki };
          return certificateReply(
            pem(createSigstore({ name: "stranger" }).issue(undefined, { key: certified }).certificate.der),
          );
        },
        says: /^what was signed does not verify, so it is not handed on: certificate\.untrusted: /,
      },
    ];
    for (const { name, spoil, says, code = "signing.service_failed", log = "rekor-v1" } of spoilings) {
      it(name, async () => {
        services.intercept = spoil();
        const by = keyless();
        const signed = await sign(FILE, by, configured(log));
        if (signed.ok) throw new Error("signed");
        expect(signed.reason.code).to.equal(code);
        expect(signed.reason.message).to.match(says);
        expect(signed.reason.message).not.to.contain("\n");
        expect(signed.reason.message).not.to.contain("token" in by ? by.token.token : "");
        expect(services.asked).not.to.contain("/thief");
      });
    }

    it("a service that is not there", async () => {
      const nowhere = must(
        servicesNamed({ fulcioUrl: "http://127.0.0.1:1", rekorUrl: "http://127.0.0.1:1" }),
      );
      const signed = await sign(FILE, keyless(), nowhere);
      expect(signed).to.have.nested.property("reason.code", "signing.service_failed");
    });

    it("what can prove nothing is refused before anybody is asked", async () => {
      const { url, timestampUrl } = services;
      const refused: readonly [SigningBy, SigningContent, SigningServices, RegExp][] = [
        [keyless(), FILE, NO_SERVICES, /needs a Fulcio/],
        [keyless(), FILE, must(servicesNamed({ fulcioUrl: url })), /when it was signed/],
        [
          keyless(),
          FILE,
          must(servicesNamed({ fulcioUrl: url, rekorUrl: url, rekorVersion: 2 })),
          /when it was signed/,
        ],
        [
          keyless(),
          FILE,
          must(servicesNamed({ fulcioUrl: "http://fulcio.test", timestampUrl })),
          /use https$/,
        ],
        [
          keyless(),
          FILE,
          must(servicesNamed({ fulcioUrl: "http://127.0.0.1.evil.test", timestampUrl })),
          /use https$/,
        ],
        [byKey("Ed25519"), FILE, must(servicesNamed({ rekorUrl: url })), /Ed25519/],
        [byKey("Ed25519"), STATEMENT, must(servicesNamed({ rekorUrl: url, rekorVersion: 2 })), /Ed25519/],
      ];
      for (const [by, content, from, says] of refused) {
        const signed = await sign(content, by, from);
        if (signed.ok) throw new Error(`signed: ${says.source}`);
        expect(signed.reason).to.include({ code: "signing.config_invalid" });
        expect(signed.reason.message).to.match(says);
      }
      expect(services.asked).to.deep.equal([]);
    });
  });
});

function token(): IdentityToken {
  return must(readIdentityToken(tokenOf(), new Date()));
}

function rootOf(trustedRoot: object): TrustMaterial {
  return must(trustFromData({ roots: { lab: trustedRoot as JsonValue } }));
}

function must<T>(
  result: { ok: true; value: T } | { ok: false; reason: { code: string; message: string } },
): T {
  if (!result.ok) throw new Error(`${result.reason.code}: ${result.reason.message}`);
  return result.value;
}

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`;
}

function certificateReply(certificate: string) {
  return {
    status: 200,
    body: JSON.stringify({ signedCertificateEmbeddedSct: { chain: { certificates: [certificate] } } }),
  };
}

/** A bundle's only log entry as Rekor's API v1 answers it. */
function asLogEntry({ verificationMaterial }: BundleJson): object {
  const [entry] = verificationMaterial.tlogEntries as [LogEntryJson];
  const hex = (text = ""): string => Buffer.from(text, "base64").toString("hex");
  return {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID: hex(entry.logId.keyId),
    logIndex: Number(entry.logIndex),
    verification: {
      inclusionProof: {
        logIndex: Number(stringAt(entry, "inclusionProof", "logIndex")),
        treeSize: Number(stringAt(entry, "inclusionProof", "treeSize")),
        rootHash: hex(stringAt(entry, "inclusionProof", "rootHash")),
        hashes: (arrayAt(entry, "inclusionProof", "hashes") ?? []).map((hash) =>
          hex(typeof hash === "string" ? hash : ""),
        ),
        checkpoint: stringAt(entry, "inclusionProof", "checkpoint", "envelope"),
      },
      signedEntryTimestamp: stringAt(entry, "inclusionPromise", "signedEntryTimestamp"),
    },
  };
}
