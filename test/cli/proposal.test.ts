import { expect } from "chai";
import { generaliseRef, literal } from "../../src/cli/init/generalise.ts";
import { proposedYaml } from "../../src/cli/init/proposed-yaml.ts";
import { propose } from "../../src/cli/init/proposal.ts";
import type { InputDocument } from "../../src/normalization/index.ts";
import { evidence, good, input, provenance, RELEASE } from "../policy/source/sample.ts";

describe("generaliseRef", () => {
  for (const [seen, pattern] of [
    ["refs/tags/v1.2.3", "refs/tags/v*"],
    ["refs/tags/1.2.3", "refs/tags/*"],
    ["refs/tags/app-v1.2.3-rc.1", "refs/tags/app-v*"],
    ["refs/tags/app/v2", "refs/tags/app/v*"],
    ["refs/tags/stable", "refs/tags/stable"],
    ["refs/tags/release7x", "refs/tags/release7x"],
    ["refs/heads/v1", "refs/heads/v1"],
    [
      "https://github.com/a/b/.github/workflows/r.yml@refs/tags/v1",
      "https://github.com/a/b/.github/workflows/r.yml@refs/tags/v*",
    ],
    ["ci@acme.example", "ci@acme.example"],
  ] as const) {
    it(`of ${seen}`, () => {
      expect(generaliseRef(seen)).to.deep.equal({ seen, pattern });
    });
  }

  for (const seen of [
    "",
    "https://github.com/*/x@refs/tags/v1",
    "a\\b",
    "a/../b",
    "a\nb",
    "a\u202eb",
    "a".repeat(1001),
  ]) {
    it(`T092 proposes nothing for ${JSON.stringify(seen.slice(0, 40))}, which no pattern means exactly`, () => {
      expect(generaliseRef(seen)).to.equal(undefined);
      expect(literal(seen)).to.equal(undefined);
    });
  }
});

describe("a proposal", () => {
  const signed = (change: object): InputDocument => {
    const piece = evidence("one", { ...RELEASE, ...change });
    return input([piece], [provenance(piece.id)]);
  };
  const yamlOf = (document: InputDocument): string => {
    const proposal = propose(document);
    if (proposal === undefined) return "";
    const from = { reference: "r\n  x: y", digest: "d", time: "t", nameTrustRoots: false };
    return proposedYaml(proposal, from);
  };

  it("names who signed, and what every record states", () => {
    const proposal = propose(good());
    expect(
      proposal?.signers.map((signer) => (signer.kind === "certificate" ? signer.issuer : null)),
    ).to.deep.equal([RELEASE.issuer]);
    expect(proposal?.sections.map(({ name }) => name)).to.deep.equal(["provenance"]);
    expect(proposal?.collections).to.deep.equal(["slsa-build-l2"]);
  });

  it("T092 leaves out a signer whose identity holds a wildcard of its own", () => {
    expect(propose(signed({ identity: "https://github.com/*/x@refs/tags/v1" }))).to.equal(undefined);
    expect(propose(signed({ identityType: "several" }))).to.equal(undefined);
    const own = { kind: "x509", issuer: null, trustRoot: "acme" };
    const names = [{ type: "dns", value: "*.acme.example" }];
    expect(propose(signed({ ...own, subject: null, subjectAlternativeNames: names }))).to.equal(undefined);
  });

  it("T092 names a certificate of one's own as narrowly as it can, of the Notary Project by the subject alone", () => {
    const own = { kind: "x509", issuer: null, trustRoot: "acme", subject: "C=US, ST=WA, O=Acme, CN=CI" };
    const signerOf = (change: object, stores: readonly string[] = []) =>
      propose(signed({ ...own, ...change }), new Set(stores))?.signers[0];
    const identity = { seen: RELEASE.identity, pattern: RELEASE.identity.replace(/v[\d.]+$/, "v*") };
    const subject = own.subject;
    expect(signerOf({})).to.deep.equal({
      kind: "authority",
      name: "CI",
      authority: "acme",
      identity,
      subject,
    });
    expect(signerOf({}, ["acme"])).to.deep.equal({ kind: "notary", name: "CI", store: "acme", subject });
    expect(signerOf({ subject: "O=Acme, CN=CI" }, ["acme"])).to.equal(undefined);
    expect(signerOf({ subject: "O=Acme*", subjectAlternativeNames: [] })).to.equal(undefined);
  });

  it("demands nothing that is contradicted, not even by one of several, and says so", () => {
    const piece = evidence("one", RELEASE);
    const conflicts = [{ field: "source.repo" as const, claimed: "https://a", certificate: "https://b" }];
    const record = provenance(piece.id, { corroboration: { "source.repo": "conflict" }, conflicts });
    const proposal = propose(input([piece], [record]));
    expect(proposal?.sections[0]?.fields.map(({ name }) => name)).not.to.include("repositories");
    expect(proposal?.collections).to.deep.equal(["slsa-build-l1"]);
    expect(proposal?.left.join()).to.include("CONTRADICTION: source.repo is claimed to be https://a");
  });

  it("keeps what it quotes within a comment's line", () => {
    const yaml = yamlOf(good());
    expect(yaml).to.include("# image r   x: y");
    expect(yaml.split("\n").filter((line) => line.startsWith("  x: y"))).to.deep.equal([]);
  });
});
