import { expect } from "chai";
import { digestOf } from "../../src/core/index.ts";
import { verifyBundle, type DemandedSigner } from "../../src/verification/index.ts";
import {
  emailIdentity,
  githubIdentity,
  GITHUB_ISSUER,
  sharedKeyPair,
  type Identity,
} from "../lab/sigstore/index.ts";
import { lab, NOW, statementAbout, trustIn } from "./support.ts";

const ARTIFACT = Buffer.from("an artifact");
const DIGEST = digestOf(ARTIFACT);
const IDENTITY = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3";

describe("verifyBundle", () => {
  const { sigstore, trust } = lab();
  const run = (
    bundle: unknown,
    demanded: DemandedSigner = { identity: IDENTITY, issuer: GITHUB_ISSUER },
    artifact: { digest: typeof DIGEST; artifactBytes?: Buffer } = { digest: DIGEST, artifactBytes: ARTIFACT },
  ): string => {
    const result = verifyBundle(Buffer.from(JSON.stringify(bundle)), artifact, trust, demanded, NOW);
    return result.ok ? "verified" : result.reason.code;
  };
  const message = (identity: Identity = githubIdentity()) =>
    sigstore.sign({ message: ARTIFACT }, { identity });

  it("verifies message and attestation, by bytes and by digest, for the whole identity", () => {
    for (const bundle of [message(), sigstore.sign({ statement: statementAbout(DIGEST) })]) {
      for (const artifact of [{ digest: DIGEST }, { digest: DIGEST, artifactBytes: ARTIFACT }]) {
        expect(run(bundle, undefined, artifact)).to.equal("verified");
      }
    }
  });

  it("verifies by a key of every kind, from the digest alone where the algorithm allows it", () => {
    for (const [kind, byDigest] of [
      ["P-256", true],
      ["RSA-2048", true],
      ["Ed25519", false],
    ] as const) {
      const pair = sharedKeyPair(kind);
      const [key] = trustIn({}, { k: pair }).keys;
      if (key === undefined) throw new Error("no key");
      const bundle = sigstore.signWithKey({ message: ARTIFACT }, pair);
      expect(run(bundle, { key })).to.equal("verified");
      expect(run(bundle, { key }, { digest: DIGEST })).to.equal(byDigest ? "verified" : "key.unknown");
    }
  });

  it("refuses the wrong kind of signer", () => {
    const pair = sharedKeyPair("P-256");
    const [key] = trustIn({}, { k: pair }).keys;
    if (key === undefined) throw new Error("no key");
    expect(run(message(), { key })).to.equal("key.unknown");
    expect(run(sigstore.signWithKey({ message: ARTIFACT }, pair))).to.equal("identity.mismatch");
  });

  it("refuses bytes that are not the digest's, and another artifact", () => {
    expect(run(message(), undefined, { digest: DIGEST, artifactBytes: Buffer.from("other") })).to.equal(
      "subject.mismatch",
    );
    const other = Buffer.from("other");
    for (const artifactBytes of [other, undefined]) {
      const artifact = { digest: digestOf(other), ...(artifactBytes && { artifactBytes }) };
      expect(run(message(), undefined, artifact)).to.equal("subject.mismatch");
      expect(run(sigstore.sign({ statement: statementAbout(DIGEST) }), undefined, artifact)).to.equal(
        "subject.mismatch",
      );
    }
  });

  const person = "Alice@acme.example";
  const mismatches: readonly {
    readonly name: string;
    readonly demanded: { identity: string; issuer: string };
    readonly signed?: Identity;
  }[] = [
    { name: "A025 the empty identity", demanded: { identity: "", issuer: GITHUB_ISSUER } },
    { name: "A025 the empty issuer", demanded: { identity: IDENTITY, issuer: "" } },
    { name: "A025 T082 a part of the identity", demanded: { identity: "acme", issuer: GITHUB_ISSUER } },
    { name: "A025 a pattern", demanded: { identity: ".*", issuer: ".*" } },
    { name: "T082 a prefix", demanded: { identity: IDENTITY.slice(0, -1), issuer: GITHUB_ISSUER } },
    { name: "T082 more behind it", demanded: { identity: `${IDENTITY}-evil`, issuer: GITHUB_ISSUER } },
    { name: "T082 a line break behind it", demanded: { identity: `${IDENTITY}\n`, issuer: GITHUB_ISSUER } },
    {
      name: "T089 a branch instead of a tag of the same name",
      demanded: { identity: IDENTITY.replace("refs/tags", "refs/heads"), issuer: GITHUB_ISSUER },
    },
    {
      name: "T087 a look-alike issuer",
      demanded: { identity: IDENTITY, issuer: GITHUB_ISSUER },
      signed: { ...githubIdentity(), issuer: `${GITHUB_ISSUER}.evil` },
    },
    {
      name: "T087 an issuer that contains the right one",
      demanded: { identity: IDENTITY, issuer: GITHUB_ISSUER },
      signed: { ...githubIdentity(), issuer: `https://evil/?x=${GITHUB_ISSUER}` },
    },
    {
      name: "T085 an e-mail in another case",
      demanded: { identity: person.toLowerCase(), issuer: "https://accounts.example" },
      signed: emailIdentity(person),
    },
    {
      name: "T085 an e-mail with a tag",
      demanded: { identity: "Alice+x@acme.example", issuer: "https://accounts.example" },
      signed: emailIdentity(person),
    },
    {
      name: "T085 an e-mail with a space",
      demanded: { identity: ` ${person}`, issuer: "https://accounts.example" },
      signed: emailIdentity(person),
    },
  ];
  for (const { name, demanded, signed } of mismatches) {
    it(`${name} is another identity`, () => {
      expect(run(message(signed), demanded)).to.equal("identity.mismatch");
    });
  }
});
