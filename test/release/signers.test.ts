import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSigners, type SignerSettings } from "../../src/release/index.ts";
import { publicGoodRoot } from "../../src/verification/index.ts";
import { createSigstore, issueCertificate, keyPair } from "../lab/sigstore/index.ts";

function weakKey(): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

describe("openSigners", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-signers-"));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  after(() => rmSync(folder, { recursive: true, force: true }));

  const pair = keyPair();
  const key = file("release.pub", pair.pem);
  const root = file("root.json", JSON.stringify(createSigstore({ name: "signers" }).trustedRoot));
  const day = (text: string): Date => new Date(`2026-${text}T00:00:00Z`);
  const identity = { issuer: "https://issuer.test", identity: "https://ci.test/*" };

  it("reads keys and identities with all that is said of them", async () => {
    const opened = await openSigners([
      { key },
      {
        name: "prod",
        key,
        keyId: "k1",
        scope: "prod",
        from: day("01-01"),
        to: day("12-31"),
        trustedRoot: root,
      },
      identity,
      { ...identity, name: "ci", trustedRoot: root },
    ]);
    if (!opened.ok) throw new Error(opened.reason.message);
    const [plain, prod, open, ci] = opened.value;
    expect(plain).to.include({
      kind: "key",
      name: "release.pub",
      keyId: null,
      scope: null,
      from: null,
      to: null,
    });
    expect(plain).to.have.property("trust", publicGoodRoot());
    expect(prod).to.deep.include({
      name: "prod",
      keyId: "k1",
      scope: "prod",
      from: day("01-01"),
      to: day("12-31"),
    });
    expect(prod?.trust?.roots.map(({ name }) => name)).to.deep.equal(["root"]);
    expect(plain?.kind === "key" && plain.key.equals(pair.publicKey)).to.equal(true);
    expect(open).to.deep.equal({
      kind: "identity",
      name: identity.identity,
      ...identity,
      trust: publicGoodRoot(),
    });
    expect(ci).to.include({ kind: "identity", name: "ci" });
    expect(ci?.trust?.roots.map(({ name }) => name)).to.deep.equal(["root"]);
  });

  it("nobody is nobody", async () => {
    expect(await openSigners([])).to.deep.equal({ ok: true, value: [] });
  });

  it("T192 a certificate's key counts within the certificate's own validity at most", async () => {
    const [from, to] = [day("03-01"), day("09-01")];
    const certificate = file("release.crt", certificatePem(from, to));
    const windows: readonly (readonly [SignerSettings, Date, Date])[] = [
      [{ key: certificate }, from, to],
      [{ key: certificate, from: day("01-01"), to: day("12-31") }, from, to],
      [{ key: certificate, from: day("04-01"), to: day("05-01") }, day("04-01"), day("05-01")],
    ];
    for (const [settings, start, end] of windows) {
      const opened = await openSigners([settings]);
      expect(opened.ok && opened.value[0]).to.deep.include({ from: start, to: end });
    }
  });

  const spoilings: readonly {
    readonly name: string;
    readonly settings: readonly SignerSettings[];
    readonly says: RegExp;
  }[] = [
    {
      name: "a key that is not there",
      settings: [{ key: join(folder, "none.pub") }],
      says: /none\.pub cannot be read/,
    },
    {
      name: "a key that is none",
      settings: [{ key: file("none", "key") }],
      says: /no PEM block of a public key/,
    },
    {
      name: "two keys in one file",
      settings: [{ key: file("two.pub", pair.pem + keyPair().pem) }],
      says: /two\.pub: holds 2 public keys; a signer has one$/,
    },
    { name: "a weak key", settings: [{ key: file("weak.pub", weakKey()) }], says: /RSA key of 1024 bits/ },
    { name: "a root that is none", settings: [{ ...identity, trustedRoot: key }], says: /release\.pub/ },
    { name: "a key's root that is none", settings: [{ key, trustedRoot: key }], says: /release\.pub/ },
    {
      name: "an identity that is no pattern",
      settings: [{ ...identity, identity: "a?*" }],
      says: /^a signer's identity: the pattern/,
    },
    { name: "an empty identity", settings: [{ ...identity, identity: "" }], says: /is empty/ },
    { name: "an identity of any issuer", settings: [{ ...identity, issuer: "" }], says: /without an issuer/ },
    {
      name: "a time that ends before it begins",
      settings: [{ key, from: day("02-01"), to: day("01-01") }],
      says: /ends before it begins/,
    },
    {
      name: "two of one name",
      settings: [
        { key, name: "x" },
        { ...identity, name: "x" },
      ],
      says: /two signers are named x/,
    },
    {
      name: "one that is wrong among good ones",
      settings: [{ key }, { ...identity, issuer: "" }],
      says: /without an issuer/,
    },
  ];
  for (const { name, settings, says } of spoilings) {
    it(`refuses ${name}`, async () => {
      const opened = await openSigners(settings);
      if (opened.ok) throw new Error("opened");
      expect(opened.reason.message).to.match(says);
      expect(opened.reason.code).to.match(/^(?:signers|trust)\./);
    });
  }

  function certificatePem(notBefore: Date, notAfter: Date): string {
    const name = { commonName: "release" };
    const fields = { subject: name, issuer: name, spki: pair.spki, notBefore, notAfter, extensions: [] };
    const base64 = issueCertificate(fields, pair).der.toString("base64");
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  }
});
