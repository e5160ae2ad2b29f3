import { expect } from "chai";
import { compileData } from "../../src/policy/source/compile.ts";
import { loadPolicyFolder } from "../../src/policy/source/load.ts";
import type { RuleLibrary } from "../../src/policy/source/types.ts";
import { objectAt, type JsonObject } from "../../src/core/index.ts";
import { trustFromData, type TrustMaterial } from "../../src/verification/index.ts";
import { sharedKeyPair } from "../lab/sigstore/index.ts";
import { policyFolder, removeFolders } from "../policy/source/policy-folder.ts";
import { lab, judgeBundle, verdict } from "./support.ts";
import { authority, pemOf, revocationList, signedBundle, signer } from "./x509-lab.ts";

const key = sharedKeyPair("P-256");
/** One rule is enough for a policy that can be compiled. */
const LIBRARY: RuleLibrary = {
  "evidence.verified": {
    title: "Verified",
    severity: null,
    collections: [],
    enabledBy: ["evidence.signers"],
    needs: ["evidence.signers"],
    dependsOn: [],
    effectiveOn: null,
    own: false,
  },
};

function policy(signers: string): string {
  const names = [...signers.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).join(", ");
  return `name: acme\nversion: "1"\nsigners:\n${signers}\nimages:\n  - match: ["**"]\n    evidence: { signers: [${names}] }\n`;
}

async function compiled(signers: string, files: Readonly<Record<string, string>>): Promise<JsonObject> {
  const loaded = await loadPolicyFolder(policyFolder({ "policy.yaml": policy(signers), ...files }));
  if (!loaded.ok) throw new Error(loaded.faults.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  const data = compileData(loaded.value, LIBRARY);
  if (!data.ok) throw new Error(data.faults.map(({ message }) => message).join("\n"));
  return data.value;
}

function trustOf(data: JsonObject): TrustMaterial {
  const trust = trustFromData(objectAt(data, "trust") ?? null);
  if (!trust.ok) throw new Error(trust.reason.message);
  return trust.value;
}

describe("trust from a policy's folder", () => {
  after(removeFolders);

  it("T095 compiles a key's terms", async () => {
    const signers = `
  plain: { key: trust/plain.pub }
  old: { key: trust/old.pub, distrust: 2026-03-01, log: required, from: 2025-01-01 }
  gone: { key: trust/gone.pub, distrust: true }
  google: { key: trust/google.pub, cloudBuild: us-west2, log: optional }`;
    const data = await compiled(signers, {
      "trust/plain.pub": key.pem,
      "trust/old.pub": sharedKeyPair("P-384").pem,
      "trust/gone.pub": sharedKeyPair("P-521").pem,
      "trust/google.pub": sharedKeyPair("Ed25519").pem,
    });
    expect(objectAt(data, "trust", "keys", "plain")).to.deep.equal({ pem: key.pem, from: null, to: null });
    const terms = trustOf(data).keys.map(({ name, distrust, requireLog, cloudBuildLocation }) => [
      name,
      distrust?.toISOString() ?? null,
      requireLog,
      cloudBuildLocation,
    ]);
    expect(terms).to.deep.equal([
      ["plain", null, false, null],
      ["old", "2026-03-01T00:00:00.000Z", true, null],
      ["gone", "1970-01-01T00:00:00.000Z", false, null],
      ["google", null, false, "us-west2"],
    ]);
  });

  it("T115 compiles X.509 authorities with their revocation lists", async () => {
    const { sigstore, statement } = lab();
    const root = authority();
    const by = signer(root);
    const signers = `\n  release: { authority: acme, identity: "release@acme.test" }`;
    const bundle = signedBundle(sigstore, statement, by);
    const lists = {
      good: revocationList(root),
      bad: revocationList(root, { revoked: [{ certificate: by.certificate, at: new Date(0) }] }),
    };
    for (const [list, code] of [
      [lists.good, "verified"],
      [lists.bad, "certificate.revoked"],
    ] as const) {
      const data = await compiled(signers, { "trust/acme.pem": pemOf(root), "trust/acme.crl": list });
      expect(objectAt(data, "policy", "signers", "release")).to.deep.include({
        kind: "x509",
        authority: "acme",
      });
      expect(verdict(judgeBundle(bundle, trustOf(data)))).to.equal(code);
    }
  });

  const root = authority();
  const RELEASE = `\n  release: { authority: acme, identity: "release@acme.test" }`;
  const faults: readonly {
    readonly name: string;
    readonly signers: string;
    readonly files?: Record<string, string>;
    readonly code: RegExp;
  }[] = [
    { name: "an authority that is not there", signers: RELEASE, code: /^policy\.authority_missing/ },
    {
      name: "a file that is no authority's",
      signers: RELEASE,
      files: { "trust/acme.pem": pemOf(signer(root)) },
      code: /^policy\.authority_invalid/,
    },
    {
      name: "a revocation list without its authority",
      signers: RELEASE,
      files: { "trust/acme.pem": pemOf(root), "trust/other.crl": revocationList(root) },
      code: /^policy\.authority_invalid/,
    },
    {
      name: "a revocation list that is none",
      signers: RELEASE,
      files: { "trust/acme.pem": pemOf(root), "trust/acme.crl": "x" },
      code: /policy\.authority_invalid/,
    },
    {
      name: "T092 an authority without a name",
      signers: "\n  release: { authority: acme }",
      files: { "trust/acme.pem": pemOf(root) },
      code: /^policy\.signer_incomplete/,
    },
    {
      name: "T092 an authority whose signers may be anybody",
      signers: `\n  release: { authority: acme, identity: "**" }`,
      files: { "trust/acme.pem": pemOf(root) },
      code: /^policy\.identity_too_wide/,
    },
    {
      name: "A014 an authority and an issuer",
      signers: `\n  release: { authority: acme, identity: "a@b.test", issuer: "https://b.test" }`,
      files: { "trust/acme.pem": pemOf(root) },
      code: /^policy\.signer_ambiguous/,
    },
    {
      name: "A014 an authority and a key",
      signers: `\n  release: { authority: acme, key: trust/k.pub }`,
      files: { "trust/k.pub": key.pem },
      code: /^policy\.signer_ambiguous/,
    },
    {
      name: "terms of a key for a certificate",
      signers: `\n  release: { issuer: "https://b.test", identity: "a@b.test", distrust: true }`,
      code: /^policy\.signer_incomplete/,
    },
    {
      name: "a date that is none",
      signers: "\n  release: { key: trust/k.pub, distrust: soon }",
      files: { "trust/k.pub": key.pem },
      code: /^policy\.date_invalid/,
    },
    {
      name: "a location that is none",
      signers: "\n  release: { key: trust/k.pub, cloudBuild: mars }",
      files: { "trust/k.pub": key.pem },
      code: /^policy\.schema/,
    },
  ];
  for (const { name, signers, files = {}, code } of faults) {
    it(`refuses ${name}`, async () => {
      const loaded = await loadPolicyFolder(policyFolder({ "policy.yaml": policy(signers), ...files }));
      expect(loaded.ok).to.equal(false);
      if (!loaded.ok) expect(loaded.faults.map((fault) => fault.code).join()).to.match(code);
    });
  }
});
