import { expect } from "chai";
import { digestOf, type JsonValue } from "../../src/core/index.ts";
import {
  verifyRelease,
  type Delivery,
  type DeliveredArchive,
  type IdentitySigner,
  type ReleaseSigner,
} from "../../src/release/index.ts";
import { archiveOf, bundleEntries } from "../policy/forge/archive.ts";
import { forgeBundle } from "../policy/forge/policy.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  githubRun,
  sharedKeyPair,
  signerWorkflow,
} from "../lab/sigstore/index.ts";
import { trustFromData } from "../../src/verification/index.ts";
import { KEYS, NOW, signedArchive, signerOf, type Forged } from "./opa-signature/forge.ts";

const UNSIGNED = archiveOf(bundleEntries());
const SIGNED = signedArchive();
const sigstore = createSigstore({ name: "policies", clock: () => NOW });

function delivered(archive: Uint8Array, evidence: readonly Uint8Array[] = []): DeliveredArchive {
  const digest = digestOf(archive);
  return { kind: "archive", archive, digest, version: digest, evidence, subjects: [digest] };
}

function evidenceOf(archive: Uint8Array): Uint8Array {
  return Buffer.from(JSON.stringify(sigstore.sign({ message: Buffer.from(archive) })));
}

function identity(): IdentitySigner {
  const trust = trustFromData({ roots: { policies: sigstore.trustedRoot as JsonValue } });
  if (!trust.ok) throw new Error(trust.reason.message);
  return {
    kind: "identity",
    name: "ci",
    issuer: GITHUB_ISSUER,
    identity: signerWorkflow(githubRun()),
    trust: trust.value,
  };
}

async function outcome(delivery: Delivery, signers: readonly ReleaseSigner[]): Promise<string> {
  const result = await verifyRelease(delivery, signers, NOW);
  if (!result.ok) return result.reason.code;
  return result.value.map(({ signer, form }) => `${signer} (${form})`).join(", ");
}

describe("verifyRelease", () => {
  it("says who has signed", async () => {
    expect(await verifyRelease(delivered(SIGNED), [signerOf()], NOW)).to.deep.equal({
      ok: true,
      value: [
        {
          signer: "release",
          form: "opa",
          identity: digestOf(KEYS.rsa.publicKey.export({ type: "spki", format: "der" })),
          issuer: null,
          time: null,
        },
      ],
    });
  });

  describe("T173 signed or not, signers configured or not", () => {
    const cases: readonly {
      readonly name: string;
      readonly delivery: Delivery;
      readonly signers: readonly ReleaseSigner[];
      readonly out: string;
    }[] = [
      { name: "unsigned, no signer", delivery: delivered(UNSIGNED), signers: [], out: "" },
      {
        name: "unsigned, a signer",
        delivery: delivered(UNSIGNED),
        signers: [signerOf()],
        out: "signature.missing",
      },
      { name: "signed, no signer", delivery: delivered(SIGNED), signers: [], out: "signature.unexpected" },
      { name: "signed, a signer", delivery: delivered(SIGNED), signers: [signerOf()], out: "release (opa)" },
      {
        name: "badly signed, no signer",
        delivery: delivered(signedArchive({ file: () => "{}" })),
        signers: [],
        out: "signature.unexpected",
      },
      {
        name: "signed by another key",
        delivery: delivered(signedArchive({ key: KEYS.other.privateKey })),
        signers: [signerOf()],
        out: "signature.signer_unknown",
      },
      {
        name: "an archive that cannot be read, no signer",
        delivery: delivered(Buffer.from("<html>")),
        signers: [],
        out: "signature.invalid",
      },
      {
        name: "an archive that cannot be read, a signer",
        delivery: delivered(Buffer.from("<html>")),
        signers: [signerOf()],
        out: "signature.invalid",
      },
    ];
    for (const { name, delivery, signers, out } of cases) {
      it(name, async () => expect(await outcome(delivery, signers)).to.equal(out));
    }

    it("a folder, which nobody signs", async () => {
      const folder: Delivery = { kind: "folder", bundle: forgeBundle(), version: "1" };
      expect(await outcome(folder, [])).to.equal("");
      expect(await outcome(folder, [signerOf()])).to.equal("signature.missing");
    });
  });

  describe("with OPA's signature inside and Sigstore's beside", () => {
    const byOther: Forged = { key: KEYS.other.privateKey };
    const cases: readonly {
      readonly name: string;
      readonly archive: Uint8Array;
      readonly beside?: Uint8Array;
      readonly signers: () => readonly ReleaseSigner[];
      readonly out: string;
    }[] = [
      {
        name: "names all whose signatures hold",
        archive: SIGNED,
        beside: SIGNED,
        signers: () => [signerOf(), identity()],
        out: "release (opa), ci (sigstore)",
      },
      {
        name: "is content with Sigstore's",
        archive: UNSIGNED,
        beside: UNSIGNED,
        signers: () => [identity()],
        out: "ci (sigstore)",
      },
      {
        name: "is content with Sigstore's over a bundle that somebody else signed first",
        archive: signedArchive(byOther),
        beside: signedArchive(byOther),
        signers: () => [signerOf(), identity()],
        out: "ci (sigstore)",
      },
      {
        name: "is content with OPA's where Sigstore's is of something else",
        archive: SIGNED,
        beside: UNSIGNED,
        signers: () => [signerOf(), identity()],
        out: "release (opa)",
      },
      {
        name: "T175 refuses where neither holds",
        archive: signedArchive(byOther),
        beside: UNSIGNED,
        signers: () => [signerOf(), identity()],
        out: "signature.signer_unknown",
      },
      {
        name: "refuses OPA's where only an identity may sign",
        archive: SIGNED,
        signers: () => [identity()],
        out: "signature.signer_unknown",
      },
      {
        name: "refuses no signature at all",
        archive: UNSIGNED,
        signers: () => [identity()],
        out: "signature.missing",
      },
    ];
    for (const { name, archive, beside, signers, out } of cases) {
      it(name, async () => {
        const evidence = beside === undefined ? [] : [evidenceOf(beside)];
        expect(await outcome(delivered(archive, evidence), signers())).to.equal(out);
      });
    }
  });

  it("T179 takes no Sigstore signature of a key that signs for one scope: it says none", async () => {
    const pair = sharedKeyPair("P-256");
    const prod = signerOf(pair.publicKey, { scope: "prod" });
    const bundle = sigstore.signWithKey({ message: UNSIGNED }, pair);
    const delivery = delivered(UNSIGNED, [Buffer.from(JSON.stringify(bundle))]);
    expect(await outcome(delivery, [signerOf(pair.publicKey)])).to.equal("release (sigstore)");
    expect(await outcome(delivery, [prod])).to.equal("signature.scope_mismatch");
    expect(await outcome(delivery, [prod, signerOf(pair.publicKey, { name: "any" })])).to.equal(
      "any (sigstore)",
    );
  });

  it("refuses an archive that is not the one its source named", async () => {
    const lying = { ...delivered(SIGNED), digest: digestOf(UNSIGNED) };
    expect(await outcome(lying, [signerOf()])).to.equal("signature.invalid");
  });
});
