import { expect } from "chai";
import {
  githubIdentity,
  GITHUB_ISSUER,
  OID,
  type Identity,
  type LeafOptions,
} from "../lab/sigstore/index.ts";
import { Certificate } from "../../src/verification/certificate.ts";
import { readIdentity } from "../../src/verification/fulcio.ts";
import { Refusal } from "../../src/verification/refusal.ts";
import { lab } from "./support.ts";

describe("identities in certificates", () => {
  const { sigstore } = lab();
  const read = (identity: Identity, leaf?: LeafOptions) =>
    readIdentity(new Certificate(sigstore.issue(identity, leaf).certificate.der, "certificate.invalid"));
  const named = (type: "uri" | "email" | "dns" | "username", value: string): Identity => ({
    names: [{ type, value }],
    issuer: "https://issuer.example",
    extensions: {},
  });

  for (const [type, value] of [
    ["uri", "https://kubernetes.io/namespaces/default/serviceaccounts/default"],
    ["email", "a@b.example"],
    ["dns", "build.example"],
    ["username", "jörg!issuer.example"],
  ] as const) {
    it(`T083 tells the kind of a name beside its text: ${type}`, () => {
      expect(read(named(type, value))).to.deep.include({
        identity: value,
        identityType: type,
        issuer: "https://issuer.example",
        kind: "certificate",
      });
    });
  }

  it("T083 an e-mail address that reads like a workflow's URI stays an e-mail address", () => {
    expect(read(named("email", "https://github.com/acme/app")).identityType).to.equal("email");
  });

  it("T088 T090 T091 exposes what rules about repository, trigger and runner need; null where it is not stated", () => {
    expect(
      read(githubIdentity({ event: "pull_request", runner: "self-hosted" })).certificate,
    ).to.deep.include({
      sourceRepositoryIdentifier: "123456789",
      sourceRepositoryOwnerIdentifier: "987654",
      buildTrigger: "pull_request",
      runnerEnvironment: "self-hosted",
    });
    expect(read(named("uri", "https://x.example")).certificate).to.deep.include({
      runnerEnvironment: null,
      buildTrigger: null,
      sourceRepositoryIdentifier: null,
    });
  });

  it("T086 reads either generation of the issuer", () => {
    const without = { ...githubIdentity(), issuer: null };
    const raw = { oid: `${OID.fulcio}.1`, value: Buffer.from(GITHUB_ISSUER) };
    const wrapped = {
      oid: `${OID.fulcio}.8`,
      value: Buffer.concat([Buffer.from([0x0c, GITHUB_ISSUER.length]), Buffer.from(GITHUB_ISSUER)]),
    };
    for (const more of [[raw], [wrapped], [raw, wrapped]]) {
      expect(read(without, { more }).issuer).to.equal(GITHUB_ISSUER);
    }
    expect(read(without)).to.deep.include({ issuer: null, kind: "x509" });
  });

  const faults: readonly {
    readonly name: string;
    readonly identity: Identity;
    readonly leaf?: LeafOptions;
  }[] = [
    { name: "A143 a name that is empty", identity: named("email", "") },
    { name: "A143 a NUL in a username", identity: named("username", "a\0b") },
    { name: "A143 a line break in a URI", identity: named("uri", "https://x\n.example") },
    { name: "A143 a URI that is not ASCII", identity: named("uri", "https://ex\u0430mple") },
    { name: "A143 a space before an e-mail address (T085)", identity: named("email", " a@b.example") },
    {
      name: "T086 an issuer in the second form that is not wrapped",
      identity: { ...githubIdentity(), issuer: null },
      leaf: { more: [{ oid: `${OID.fulcio}.8`, value: Buffer.from(GITHUB_ISSUER) }] },
    },
  ];
  for (const { name, identity, leaf } of faults) {
    it(`refuses ${name}`, () => {
      expect(() => read(identity, leaf))
        .to.throw(Refusal)
        .with.property("code")
        .that.matches(/^certificate\.(?:identity|invalid)$/);
    });
  }

  it("A021 refuses a certificate with an extension twice, one that is too large, and every truncation", () => {
    const twice = [
      { oid: "1.2.3", value: Buffer.from([5, 0]) },
      { oid: "1.2.3", value: Buffer.from([5, 0]) },
    ];
    expect(() => read(githubIdentity(), { more: twice }))
      .to.throw(Refusal)
      .with.property("code", "certificate.invalid");
    const large = [{ oid: "1.2.3", value: Buffer.alloc(20_000) }];
    expect(() => read(githubIdentity(), { more: large }))
      .to.throw(Refusal)
      .with.property("code", "limit.exceeded");
    const { der } = sigstore.issue().certificate;
    for (let length = 0; length < der.length; length++) {
      expect(() => new Certificate(der.subarray(0, length), "certificate.invalid")).to.throw(Refusal);
    }
  });
});
