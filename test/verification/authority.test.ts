import { expect } from "chai";
import { Authority } from "../../src/verification/authority.ts";
import { Certificate } from "../../src/verification/certificate.ts";
import { issueCertificate, keyPair, OID, type Extension } from "../lab/sigstore/index.ts";
import { basicConstraints, extendedKeyUsage, keyUsage } from "../lab/sigstore/certificate.ts";
import { after, minutes, SIGNED_AT } from "./support.ts";

const keys = [keyPair(), keyPair(), keyPair(), keyPair()];
const name = (level: number) => ({ commonName: `level ${level}` });

/** Certificate of one level, issued by the level above; level 0 is the root. */
function issue(
  level: number,
  extensions: readonly Extension[],
  issuer = Math.max(0, level - 1),
): Certificate {
  const [own, above] = [keys[level], keys[issuer]];
  if (own === undefined || above === undefined) throw new Error("no such level");
  const { der } = issueCertificate(
    {
      subject: name(level),
      issuer: name(issuer),
      spki: own.spki,
      notBefore: SIGNED_AT,
      notAfter: after(SIGNED_AT, minutes(10)),
      extensions,
    },
    above,
  );
  return new Certificate(der, "certificate.invalid");
}

const ca = (pathLength?: number): Extension[] => [keyUsage("certSign"), basicConstraints(true, pathLength)];
const LEAF = [keyUsage("digitalSignature"), extendedKeyUsage([OID.codeSigning])];

const authority = (...certificates: readonly Certificate[]) =>
  new Authority("ca", certificates, { start: 0, end: Infinity }, "codeSigning");

describe("certification paths", () => {
  const leaf = issue(3, LEAF);
  const lower = issue(2, ca(0));
  const upper = issue(1, ca(1));
  const root = issue(0, ca());

  it("lead from the leaf's issuer to the anchor, and are remembered", () => {
    const whole = authority(lower, upper, root);
    expect(whole.pathTo(leaf)).to.deep.equal([lower, upper, root]);
    expect(whole.pathTo(leaf)).to.equal(whole.pathTo(issue(3, LEAF)));
  });

  it("end at a trusted intermediate where that is the last certificate", () => {
    expect(authority(lower).pathTo(leaf)).to.deep.equal([lower]);
  });

  it("T115 keep the usage for any purpose where an authority has it", () => {
    const any = issue(2, [...ca(), extendedKeyUsage([OID.anyExtendedKeyUsage])]);
    expect(authority(any, upper, root).pathTo(leaf)).to.have.length(3);
  });

  const spoilings = [
    { name: "T115 a path longer than an authority allows", chain: () => [lower, issue(1, ca(0)), root] },
    { name: "T115 a root that allows no authority below it", chain: () => [lower, upper, issue(0, ca(0))] },
    {
      name: "T115 an issuer that is no authority",
      chain: () => [issue(2, [keyUsage("certSign"), basicConstraints(false)]), upper, root],
    },
    {
      name: "T115 an issuer without basic constraints",
      chain: () => [issue(2, [keyUsage("certSign")]), upper, root],
    },
    {
      name: "an issuer that may not sign certificates",
      chain: () => [issue(2, [keyUsage("digitalSignature"), basicConstraints(true)]), upper, root],
    },
    {
      name: "an issuer for another purpose",
      chain: () => [issue(2, [...ca(), extendedKeyUsage([OID.timeStamping])]), upper, root],
    },
    {
      name: "T115 name constraints, critical or not",
      chain: () => [
        issue(2, [...ca(), { oid: "2.5.29.30", value: Buffer.from("3000", "hex") }]),
        upper,
        root,
      ],
    },
    { name: "a gap in the chain", chain: () => [lower, root] },
    { name: "another key behind the issuer's name", chain: () => [impostor(), root] },
    { name: "no certificate of the issuer", chain: () => [root] },
  ];
  for (const { name: title, chain } of spoilings) {
    it(`refuse ${title}`, () => {
      expect(authority(...chain()).pathTo(leaf)).to.equal(undefined);
    });
  }

  /** Named like the issuer and issued by the root, with a key of its own. */
  function impostor(): Certificate {
    const [rootKey] = keys;
    if (rootKey === undefined) throw new Error("no root");
    const fields = {
      subject: name(2),
      issuer: name(0),
      spki: keyPair().spki,
      notBefore: SIGNED_AT,
      notAfter: after(SIGNED_AT, minutes(10)),
      extensions: ca(),
    };
    return new Certificate(issueCertificate(fields, rootKey).der, "certificate.invalid");
  }
});
