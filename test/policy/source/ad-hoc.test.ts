import { expect } from "chai";
import { readFileSync } from "node:fs";
import {
  adHocPolicy,
  asVerdict,
  composeBundle,
  defaultBundlePath,
  libraryOf,
  loadEngine,
  readBundle,
  type AdHocTrust,
} from "../../../src/policy/index.ts";
import type { InputDocument } from "../../../src/normalization/index.ts";
import { digestOf } from "../../../src/core/index.ts";
import { createPublicKey } from "node:crypto";
import { otherPublicKey, privateKey, publicKey } from "./policy-folder.ts";
import { evidence, good, input, RELEASE, STRANGER } from "./sample.ts";

const library = readBundle(readFileSync(defaultBundlePath()));
if (!library.ok) throw new Error(library.reason.message);
const rules = libraryOf(library.value.data);
const identity = { certificateIdentity: RELEASE.identity, issuer: RELEASE.issuer ?? "" };

async function allows(trust: AdHocTrust, document: InputDocument): Promise<boolean> {
  const data = adHocPolicy(trust, rules);
  if (!data.ok || !library.ok) throw new Error("refused");
  const bundle = composeBundle(library.value, { name: "ad-hoc", revision: "-", data: data.value });
  if (!bundle.ok) throw new Error(bundle.reason.message);
  const engine = await loadEngine(bundle.value, { workers: 1 });
  if (!engine.ok) throw new Error(engine.reason.message);
  try {
    const result = await engine.value.evaluate(Buffer.from(JSON.stringify(document)), "assay/decision", {
      now: new Date(document.time),
      timeoutMs: 10_000,
    });
    const verdict = result.ok ? asVerdict(result.value) : result;
    if (!verdict.ok) throw new Error(verdict.reason.message);
    return verdict.value.allow;
  } finally {
    await engine.value.close();
  }
}

describe("adHocPolicy", () => {
  it("accepts anything that the identity has signed, for any image", async () => {
    expect(await allows(identity, good())).to.equal(true);
    const signature = input([evidence("signature", RELEASE, { kind: "signature", predicateType: null })], []);
    expect(await allows(identity, signature)).to.equal(true);
  });

  it("T082 accepts nobody else", async () => {
    expect(await allows(identity, input([evidence("x", STRANGER)], []))).to.equal(false);
    expect(await allows(identity, input([], []))).to.equal(false);
    const failed = evidence("failed", RELEASE, { status: "failed" });
    expect(await allows(identity, input([failed], []))).to.equal(false);
  });

  it("T085 compares mail addresses to the letter", async () => {
    const ada = { ...RELEASE, identity: "Ada@acme.example", identityType: "email" as const };
    const trust = { ...identity, certificateIdentity: "Ada@acme.example" };
    expect(await allows(trust, input([evidence("ada", ada)], []))).to.equal(true);
    for (const other of [
      "ada@acme.example",
      "Ada+x@acme.example",
      " Ada@acme.example",
      "Ada@acme.example.evil",
    ]) {
      const document = input([evidence("other", { ...ada, identity: other })], []);
      expect(await allows(trust, document), other).to.equal(false);
    }
  });

  it("takes a wildcard in an identity for what it is: a character", async () => {
    const wild = { ...identity, certificateIdentity: "https://github.com/**" };
    expect(await allows(wild, good())).to.equal(false);
  });

  it("accepts a key, and no other", async () => {
    const keyId = digestOf(createPublicKey(publicKey).export({ type: "spki", format: "der" }));
    const signed = input([evidence("key", { kind: "key", keyId, trustRoot: "key-a" })], []);
    expect(await allows({ keys: [{ name: "a", pem: publicKey }] }, signed)).to.equal(true);
    expect(await allows({ keys: [{ name: "a", pem: otherPublicKey }] }, signed)).to.equal(false);
  });

  it("embeds the public-good root for an identity alone, and what is given otherwise", () => {
    const roots = (trust: AdHocTrust) => {
      const data = adHocPolicy(trust, rules);
      return data.ok ? Object.keys((data.value["trust"] as { roots: object }).roots) : [];
    };
    expect(roots(identity)).to.deep.equal(["public-good"]);
    expect(roots({ ...identity, trustedRoots: { own: {} } })).to.deep.equal(["own"]);
    expect(roots({ keys: [{ name: "a", pem: publicKey }] })).to.deep.equal([]);
  });

  const refused: readonly { readonly name: string; readonly trust: AdHocTrust; readonly code: string }[] = [
    { name: "T092 nobody", trust: {}, code: "policy.signer_incomplete" },
    {
      name: "A143 an identity without issuer",
      trust: { certificateIdentity: "x" },
      code: "policy.signer_incomplete",
    },
    {
      name: "A143 an issuer without identity",
      trust: { issuer: "https://x" },
      code: "policy.signer_incomplete",
    },
    {
      name: "A143 an empty identity",
      trust: { ...identity, certificateIdentity: "" },
      code: "policy.signer_incomplete",
    },
    { name: "a private key", trust: { keys: [{ name: "a", pem: privateKey }] }, code: "policy.key_invalid" },
    { name: "no key", trust: { keys: [{ name: "a", pem: "" }] }, code: "policy.key_invalid" },
  ];
  for (const { name, trust, code } of refused) {
    it(`refuses ${name}`, () => {
      const data = adHocPolicy(trust, rules);
      expect(data.ok ? "" : data.reason.code).to.equal(code);
    });
  }
});
