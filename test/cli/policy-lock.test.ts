import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveFor, KEYS, type Release } from "../release/activation/world.ts";
import { good } from "../policy/source/sample.ts";
import { assay } from "./harness.ts";

const RELEASE: Release = { version: "3.1.0", sequence: 12, key: KEYS.release.privateKey };
const UNSIGNED: Release = { version: "3.1.0", sequence: 12 };

describe("a policy held to policy.lock", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-lock-"));
  const at = (name: string) => join(folder, name);
  const ran = async (line: string) => {
    const words = line.split(" ").map((word) => word.replace(/^@/, `${folder}/`));
    const { code, stdout, stderr } = await assay(words);
    return { code, stdout: stdout.replaceAll(folder, ""), stderr: stderr.replaceAll(folder, "") };
  };
  /** A lock with one thing otherwise. */
  const otherwise = (name: string, from: string | RegExp, to: string) => {
    const text = readFileSync(at("policy.lock"), "utf8");
    expect(text).to.match(new RegExp(from));
    writeFileSync(at(name), text.replace(from, to));
  };
  before(async () => {
    writeFileSync(at("acme.tar.gz"), archiveFor(RELEASE));
    writeFileSync(at("unsigned.tar.gz"), archiveFor(UNSIGNED));
    writeFileSync(at("later.tar.gz"), archiveFor({ ...RELEASE, sequence: 13 }));
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere/copy.tar.gz"), archiveFor(RELEASE));
    for (const [name, { publicKey }] of Object.entries(KEYS)) {
      writeFileSync(at(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
    expect((await ran("policy lock @acme.tar.gz --key @release.pub --out @policy.lock")).code).to.equal(0);
    expect((await ran("policy lock @unsigned.tar.gz --out @unsigned.lock")).code).to.equal(0);
    otherwise("sequence.lock", "sequence: 12", "sequence: 11");
    otherwise("signer.lock", /identity: .*/, "identity: somebody");
    otherwise("invalid.lock", "schemaVersion: 1", "schemaVersion: 2");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("T185 is verified where it is the pinned one, wherever it lies", async () => {
    for (const bundle of ["@acme.tar.gz", "@elsewhere/copy.tar.gz"]) {
      const { code, stdout, stderr } = await ran(
        `policy verify ${bundle} --key @release.pub --lock @policy.lock`,
      );
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout).to.match(
        /revision 3\.1\.0\nsigned by \S+: \S+, OPA's signature\npinned by \/policy\.lock\n$/,
      );
    }
    const digestAlone = await ran("policy verify @unsigned.tar.gz --lock @unsigned.lock");
    expect(digestAlone.code).to.equal(0);
    expect(digestAlone.stdout).to.match(/\npinned by \/unsigned\.lock, which names no signer\n$/);
  });

  const rows: readonly (readonly [title: string, line: string, code: number, says: RegExp])[] = [
    [
      "T185 another digest",
      "@later.tar.gz --key @release.pub --lock @policy.lock",
      1,
      /activation\.lock_mismatch: the digest is sha256:\w+; policy\.lock pins sha256:/,
    ],
    ["T185 another digest, unsigned", "@acme.tar.gz --lock @unsigned.lock", 1, /the digest is sha256/],
    [
      "T180 another sequence",
      "@acme.tar.gz --key @release.pub --lock @sequence.lock",
      1,
      /the sequence is 12; policy\.lock pins 11/,
    ],
    [
      "T185 another signer",
      "@acme.tar.gz --key @release.pub --lock @signer.lock",
      1,
      /who signed is \S+ \(opa\); policy\.lock pins somebody \(opa\)/,
    ],
    [
      "a signature of a key that is not demanded",
      "@acme.tar.gz --key @other.pub --lock @policy.lock",
      1,
      /signature\./,
    ],
    [
      "signers that nobody can prove",
      "@acme.tar.gz --lock @policy.lock",
      2,
      /policy\.lock says that \S+ signed; name who may, .*: --key, or --certificate-identity/,
    ],
    ["nobody demanded, and no lock", "@acme.tar.gz", 2, /or pin it: --lock/],
    [
      "a lock that is none",
      "@acme.tar.gz --key @release.pub --lock @invalid.lock",
      2,
      /expected schemaVersion 1/,
    ],
    ["no lock there", "@acme.tar.gz --key @release.pub --lock @nothing.lock", 2, /nothing\.lock/],
    ["a folder", "demo/policy --lock @unsigned.lock", 2, /is a policy folder; a lock pins a bundle/],
  ];
  for (const [title, line, code, says] of rows) {
    it(`${title}: ends with ${code}`, async () => {
      const refused = await ran(`policy verify ${line}`);
      expect([refused.code, refused.stdout]).to.deep.equal([code, ""]);
      expect(refused.stderr)
        .to.match(says)
        .and.match(/^[^\n]*\n$/);
    });
  }

  describe("that decides", () => {
    const decide = (flags: string) => ran(`eval --input @input.json ${flags}`);
    before(() => {
      writeFileSync(at("input.json"), JSON.stringify(good()));
    });

    it("T185 decides only by the pinned one", async () => {
      const { code } = await ran("policy lock bundles/default.tar.gz --out @default.lock");
      expect(code).to.equal(0);
      const decided = await decide("--policy bundles/default.tar.gz --policy-lock @default.lock");
      expect([decided.code, decided.stderr]).to.deep.equal([1, ""]);
      expect(decided.stdout).to.include("policy.image_matched");
    });

    const refusals: readonly (readonly [string, string, RegExp])[] = [
      [
        "T185 another digest",
        "--policy bundles/default.tar.gz --policy-lock @unsigned.lock",
        /the digest is/,
      ],
      [
        "T180 another sequence",
        "--policy @acme.tar.gz --policy-key @release.pub --policy-lock @sequence.lock",
        /the sequence is 12/,
      ],
      [
        "T185 another signer",
        "--policy @acme.tar.gz --policy-key @release.pub --policy-lock @signer.lock",
        /who signed is/,
      ],
      [
        "signers that nobody can prove",
        "--policy @acme.tar.gz --policy-lock @policy.lock",
        /: --policy-key, or --policy-certificate-identity/,
      ],
      ["a folder", "--policy demo/policy --policy-lock @unsigned.lock", /a lock pins a bundle/],
      ["no policy", "--policy-lock @unsigned.lock", /--policy/],
    ];
    for (const [title, flags, says] of refusals) {
      it(`refuses ${title}`, async () => {
        const refused = await decide(flags);
        expect([refused.code, refused.stdout]).to.deep.equal([2, ""]);
        expect(refused.stderr).to.match(says);
      });
    }
  });
});
