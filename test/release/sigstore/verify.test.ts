import { expect } from "chai";
import { readFileSync } from "node:fs";
import { digestOf, type JsonValue } from "../../../src/core/index.ts";
import {
  verifyRelease,
  verifySigstoreEvidence,
  type DeliveredArchive,
  type IdentitySigner,
  type KeySigner,
  type ReleaseSigner,
} from "../../../src/release/index.ts";
import { trustFromData, type TrustMaterial } from "../../../src/verification/index.ts";
import {
  cosignSignStatement,
  createSigstore,
  emailIdentity,
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  keyPair,
  provenanceV1,
  sharedKeyPair,
  signerWorkflow,
  type BundleJson,
  type KeyPair,
  type Sigstore,
} from "../../lab/sigstore/index.ts";

const ARCHIVE = Buffer.from("a policy bundle");
const DIGEST = digestOf(ARCHIVE);
const MANIFEST = digestOf(Buffer.from("the manifest that holds it"));
const OTHER = digestOf(Buffer.from("another policy"));
const NOW = new Date("2026-11-22T10:00:00Z");
const IDENTITY = signerWorkflow(githubRun());
const DAY = 86_400_000;
const days = (count: number): Date => new Date(NOW.getTime() + count * DAY);

describe("verifySigstoreEvidence", () => {
  const sigstore = createSigstore({ name: "policies", clock: () => NOW });
  const stranger = createSigstore({ name: "policies", clock: () => NOW });
  const release = sharedKeyPair("P-256");
  const next = keyPair();
  const trust = rootOf(sigstore);

  const keySigner = (pair: KeyPair = release, change: Partial<KeySigner> = {}): KeySigner => ({
    kind: "key",
    name: "release",
    key: pair.publicKey,
    keyId: null,
    scope: null,
    from: null,
    to: null,
    trust,
    ...change,
  });
  const ci = (change: Partial<IdentitySigner> = {}): IdentitySigner => ({
    kind: "identity",
    name: "ci",
    issuer: GITHUB_ISSUER,
    identity: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v*",
    trust,
    ...change,
  });
  const deliver = (
    evidence: readonly (BundleJson | string | Buffer)[],
    change: Partial<DeliveredArchive> = {},
  ): DeliveredArchive => ({
    kind: "archive",
    archive: ARCHIVE,
    digest: DIGEST,
    version: DIGEST,
    subjects: [DIGEST, MANIFEST],
    evidence: evidence.map((each) =>
      Buffer.isBuffer(each) ? each : Buffer.from(typeof each === "string" ? each : JSON.stringify(each)),
    ),
    ...change,
  });
  const judge = (delivery: DeliveredArchive, signers: readonly ReleaseSigner[], now = NOW) => {
    const verified = verifySigstoreEvidence(delivery, signers, now);
    return verified.ok ? (verified.value[0]?.signer ?? null) : verified.reason.code;
  };
  const message = { message: ARCHIVE };
  const about = (digest: string) => ({ statement: cosignSignStatement([{ digest }]) });
  const good = sigstore.sign(message);
  const goodByKey = sigstore.signWithKey(message, release);

  it("believes a file's signature and an artifact's, by key and by identity, and says who signed and when", () => {
    const byIdentity = {
      signer: "ci",
      form: "sigstore",
      identity: IDENTITY,
      issuer: GITHUB_ISSUER,
      time: NOW,
    };
    const byKey = { signer: "release", form: "sigstore", identity: release.keyId, issuer: null, time: null };
    for (const [bundle, expected] of [
      [good, byIdentity],
      [sigstore.sign(message, { log: "rekor-v2" }), byIdentity],
      [sigstore.sign(about(MANIFEST)), byIdentity],
      [sigstore.sign(about(DIGEST)), byIdentity],
      [goodByKey, byKey],
      [sigstore.signWithKey(about(MANIFEST), release), byKey],
      [sigstore.signWithKey(message, release, { log: "rekor-v1" }), { ...byKey, time: NOW }],
    ] as const) {
      const verified = verifySigstoreEvidence(deliver([bundle]), [keySigner(), ci()], NOW);
      expect(verified).to.deep.equal({ ok: true, value: [expected] });
    }
  });

  it("names everybody who has signed, each once with the later time", () => {
    const [early, late] = [new Date(NOW.getTime() - 60_000), NOW];
    const next = githubRun({ ref: "refs/tags/v9.9.9" });
    const signed = (time: Date, run = githubRun()) =>
      sigstore.sign(message, { time, identity: githubIdentity(run) });
    const evidence = [signed(early), signed(late), signed(early), goodByKey, signed(early, next)];
    const verified = verifySigstoreEvidence(deliver(evidence), [keySigner(), ci()], NOW);
    if (!verified.ok) throw new Error(verified.reason.message);
    expect(verified.value.map(({ identity, time }) => [identity, time])).to.deep.equal([
      [IDENTITY, late],
      [release.keyId, null],
      [signerWorkflow(next), early],
    ]);
  });

  it("believes keys of every kind, Ed25519 over the file's own bytes", () => {
    for (const kind of ["P-384", "P-521", "RSA-2048", "Ed25519"] as const) {
      const pair = sharedKeyPair(kind);
      expect(judge(deliver([sigstore.signWithKey(message, pair)]), [keySigner(pair)])).to.equal("release");
    }
  });

  it("has nothing to say where there is no evidence, or nobody whose word would count", () => {
    expect(judge(deliver([]), [ci()])).to.equal(null);
    expect(judge(deliver([good]), [])).to.equal(null);
  });

  it("verifyRelease takes Sigstore's signature for a bundle's, and demands one where a signer is named", async () => {
    const signed = await verifyRelease(deliver([good]), [ci()], NOW);
    expect(signed.ok && signed.value.map(({ signer }) => signer)).to.deep.equal(["ci"]);
    const archive = readFileSync(new URL("../../../bundles/default.tar.gz", import.meta.url));
    const unsigned = deliver([], { archive, digest: digestOf(archive) });
    const missing = await verifyRelease(unsigned, [ci()], NOW);
    expect(missing).to.have.nested.property("reason.code", "signature.missing");
  });

  describe("refuses", () => {
    const spoilings: readonly {
      readonly name: string;
      readonly spoil: () => DeliveredArchive;
      readonly signers?: readonly ReleaseSigner[];
      readonly code: string;
    }[] = [
      {
        name: "T185 a signature of another's key",
        spoil: () => deliver([sigstore.signWithKey(message, next)]),
        code: "signature.signer_unknown",
      },
      {
        name: "T185 a referrer signed by a stranger's workflow",
        spoil: () =>
          deliver([
            sigstore.sign(about(MANIFEST), { identity: githubIdentity({ repository: "mallory/app" }) }),
          ]),
        code: "signature.signer_unknown",
      },
      {
        name: "T185 the right identity of another Sigstore",
        spoil: () => deliver([stranger.sign(message)]),
        code: "signature.signer_unknown",
      },
      {
        name: "T185 the right identity of another issuer",
        spoil: () => deliver([good]),
        signers: [ci({ issuer: "https://issuer.test" })],
        code: "signature.signer_unknown",
      },
      {
        name: "T185 an e-mail address that reads like the workflow",
        spoil: () =>
          deliver([sigstore.sign(message, { identity: emailIdentity("release@acme.test", GITHUB_ISSUER) })]),
        code: "signature.signer_unknown",
      },
      {
        name: "T185 a signature moved from another policy",
        spoil: () => deliver([sigstore.sign({ message: Buffer.from("another policy") })]),
        code: "signature.invalid",
      },
      {
        name: "T185 a statement moved from another artifact",
        spoil: () => deliver([sigstore.signWithKey(about(OTHER), release)]),
        code: "signature.invalid",
      },
      {
        name: "T185 a layer swapped below the manifest's digest",
        spoil: () => swapped([sigstore.signWithKey(message, release)]),
        code: "signature.invalid",
      },
      {
        name: "T185 provenance in place of a signature",
        spoil: () =>
          deliver([sigstore.sign({ statement: provenanceV1({ subjects: [{ digest: DIGEST }] }) })]),
        code: "signature.invalid",
      },
      {
        name: "a statement that is not in-toto's",
        spoil: () => deliver([sigstore.sign(about(DIGEST), { payloadType: "text/plain" })]),
        code: "signature.invalid",
      },
      {
        name: "a key's bundle where an identity is demanded",
        spoil: () => deliver([goodByKey]),
        signers: [ci()],
        code: "signature.signer_unknown",
      },
      {
        name: "an identity's bundle where a key is demanded",
        spoil: () => deliver([good]),
        signers: [keySigner()],
        code: "signature.signer_unknown",
      },
      {
        name: "an identity that is a pattern's part only",
        spoil: () => deliver([good]),
        signers: [ci({ identity: "https://github.com/acme/*" })],
        code: "signature.signer_unknown",
      },
      {
        name: "an identity that is no pattern",
        spoil: () => deliver([good]),
        signers: [ci({ identity: "**/**/x" })],
        code: "signature.signer_unknown",
      },
      {
        name: "a keyless signature without a proven time",
        spoil: () => deliver([sigstore.sign(message, { log: "none" })]),
        code: "signature.invalid",
      },
      {
        name: "a certificate that had ended",
        spoil: () => deliver([sigstore.sign(message, { leaf: { notAfter: days(-1), notBefore: days(-2) } })]),
        code: "signature.expired",
      },
      {
        name: "a changed signature",
        spoil: () => deliver([JSON.stringify(goodByKey).replace(/"signature":"..../, '"signature":"MEUA')]),
        code: "signature.signer_unknown",
      },
      { name: "a bundle that is no JSON", spoil: () => deliver(["<html>"]), code: "signature.invalid" },
      { name: "an empty bundle", spoil: () => deliver(["{}"]), code: "signature.invalid" },
      {
        name: "a bundle of a version that is not known",
        spoil: () => deliver([{ ...good, mediaType: "application/vnd.dev.sigstore.bundle.v9+json" }]),
        code: "signature.invalid",
      },
      { name: "nesting without end", spoil: () => deliver(["[".repeat(100_000)]), code: "signature.invalid" },
      {
        name: "bundles too large for a signature",
        spoil: () => deliver([Buffer.alloc(2 * 1024 * 1024, 0x20)]),
        code: "signature.invalid",
      },
    ];
    for (const { name, spoil, signers = [keySigner(), ci()], code } of spoilings) {
      it(name, () => {
        const verified = verifySigstoreEvidence(spoil(), signers, NOW);
        if (verified.ok) throw new Error(`verified: ${JSON.stringify(verified.value)}`);
        expect(verified.reason.code, verified.reason.message).to.equal(code);
        expect(verified.reason.message).to.match(/^[^\n]{10,501}$/);
        // … and stands in nobody's way.
        const evidence = [...spoil().evidence, ...deliver([good]).evidence];
        expect(judge(deliver([], { evidence }), [keySigner(), ci()])).to.be.oneOf(["ci", "release"]);
      });
    }

    function swapped(evidence: readonly BundleJson[]): DeliveredArchive {
      const archive = Buffer.from("a policy that allows everything");
      const digest = digestOf(archive);
      return { ...deliver(evidence), archive, digest, subjects: [digest, MANIFEST], version: MANIFEST };
    }
  });

  it("T185 finds the good signature among as many bad ones as a source delivers, and no more than are looked at", () => {
    const bad = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? stranger.sign(message) : `{"junk":${i}}`,
    );
    expect(judge(deliver([...bad, goodByKey]), [keySigner()])).to.equal("release");
    const flood = Array.from({ length: 300 }, (_, i) => `{"junk":${i}}`);
    expect(judge(deliver([...flood, goodByKey]), [keySigner()])).to.equal("signature.invalid");
    const large = Array.from({ length: 300 }, () => Buffer.alloc(128 * 1024 + 1));
    expect(judge(deliver([...large, goodByKey]), [keySigner()])).to.equal("release");
    const crowded = Array.from({ length: 300 }, () => Buffer.from(`[${"0,".repeat(10_000)}0]`));
    expect(judge(deliver([...crowded, goodByKey]), [keySigner()])).to.equal("release");
  });

  it("T185 A004 hashes a large archive for so many bad signatures and no more; what a digest proves counts all the same", () => {
    const archive = Buffer.alloc(32 * 1024 * 1024);
    const digest = digestOf(archive);
    const pairs = [release, sharedKeyPair("Ed25519")];
    const judged = pairs.map((pair) =>
      [16, 15].map((count) => {
        const bad = Array.from({ length: count }, (_, i) => `{"junk":${i}}`);
        const evidence = [...bad, sigstore.signWithKey({ message: archive }, pair)];
        return judge(deliver(evidence, { archive, digest, subjects: [digest] }), [keySigner(pair)]);
      }),
    );
    expect(judged).to.deep.equal([
      ["release", "release"],
      ["signature.signer_unknown", "release"],
    ]);
  });

  it("T192 a key counts within its time alone, which a log or a timestamp proves, else it is now", () => {
    const window = { from: days(-10), to: days(10) };
    const at = (bundle: BundleJson, now: Date, change: Partial<KeySigner> = {}) =>
      judge(deliver([bundle]), [keySigner(release, { ...window, ...change })], now);
    expect([
      at(goodByKey, days(-11)),
      at(goodByKey, days(-10)),
      at(goodByKey, days(10)),
      at(goodByKey, days(11)),
    ]).to.deep.equal(["signature.expired", "release", "release", "signature.expired"]);
    for (const sign of [{ log: "rekor-v1" }, { timestamp: true }] as const) {
      const proven = (time: Date) => sigstore.signWithKey(message, release, { ...sign, time });
      // Made in time, and believed for as long as it is used; made after its time, and never.
      expect(at(proven(NOW), days(100))).to.equal("release");
      expect(at(proven(days(20)), days(20))).to.equal("signature.expired");
      expect(at(proven(days(-20)), NOW)).to.equal("signature.expired");
      // Whose word about the time nobody trusts counts for nothing.
      expect(at(proven(NOW), days(100), { trust: rootOf(stranger) })).to.equal("signature.expired");
    }
  });

  it("T192 while keys are changed either of them will do, and afterwards only the new one", () => {
    const old = keySigner(release, { name: "old", to: days(1) });
    const young = keySigner(next, { name: "young", from: days(-1) });
    const [byOld, byYoung] = [goodByKey, sigstore.signWithKey(message, next)];
    expect([
      judge(deliver([byOld]), [old, young]),
      judge(deliver([byYoung]), [old, young]),
      judge(deliver([byOld, byYoung]), [old, young], days(2)),
      judge(deliver([byOld]), [old, young], days(2)),
      judge(deliver([byYoung]), [old, young], days(-2)),
      judge(deliver([byOld]), [young]),
    ]).to.deep.equal([
      "old",
      "young",
      "young",
      "signature.expired",
      "signature.expired",
      "signature.signer_unknown",
    ]);
  });

  it("tells of several reasons the one that comes nearest", () => {
    const expired = keySigner(release, { to: days(-1) });
    expect(judge(deliver(["{}", stranger.sign(message), goodByKey]), [expired])).to.equal(
      "signature.expired",
    );
    expect(judge(deliver(["{}", stranger.sign(message)]), [expired])).to.equal("signature.signer_unknown");
  });

  function rootOf({ trustedRoot }: Sigstore): TrustMaterial {
    const read = trustFromData({ roots: { policies: trustedRoot as JsonValue } });
    if (!read.ok) throw new Error(read.reason.message);
    return read.value;
  }
});
