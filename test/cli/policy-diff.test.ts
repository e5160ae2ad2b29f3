import { expect } from "chai";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveFor, KEYS, type Release } from "../release/activation/world.ts";
import { assay } from "./harness.ts";

const DEMO = new URL("../../demo/policy", import.meta.url);
const SIGNED: Release = { version: "1.0.0", sequence: 7, key: KEYS.release.privateKey };

describe("assay policy diff: versions and signers", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-diff-"));
  const at = (name: string) => join(folder, name);
  const policy = (name: string, version: string, ...[from = "", to = ""]: readonly string[]) => {
    cpSync(DEMO, at(name), { recursive: true });
    const text = readFileSync(at(`${name}/policy.yaml`), "utf8");
    const changed = text.replace(/^version: .*/m, `version: ${version}`).replace(from, to);
    writeFileSync(at(`${name}/policy.yaml`), changed);
  };
  before(() => {
    writeFileSync(at("acme.tar.gz"), archiveFor(SIGNED));
    writeFileSync(at("later.tar.gz"), archiveFor({ ...SIGNED, version: "1.0.1", sequence: 8 }));
    writeFileSync(
      at("back.tar.gz"),
      archiveFor({ ...SIGNED, version: "0.9.0", sequence: 9, rollback: { to: "0.9.0", reason: "holes" } }),
    );
    for (const [name, { publicKey }] of Object.entries(KEYS)) {
      writeFileSync(at(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
    policy("old", "1.0.0");
    policy("minor", "1.1.0", "    collections", "    mode: warn\n    collections");
    policy("small", "1.0.1", "    collections", "    mode: warn\n    collections");
    policy("none", '"2026"', "    collections", "    mode: warn\n    collections");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const diff = async (line: string) => {
    const words = line.split(" ").map((word) => word.replace(/^@/, `${folder}/`));
    const { code, stdout, stderr } = await assay(["policy", "diff", ...words]);
    return { code, stdout, stderr: stderr.replaceAll(folder, "") };
  };

  const rows: readonly (readonly [string, number, RegExp])[] = [
    ["@old @old", 0, /\nversion: nothing changed; no new version is needed\n$/],
    [
      "@old @minor",
      0,
      /\(what was denied may be allowed: to be reviewed\).*\nversion: .* a minor step; 1\.0\.0 → 1\.1\.0 is a minor one\n$/,
    ],
    [
      "@old @small",
      1,
      /\nversion: .* a minor step; 1\.0\.0 → 1\.0\.1 is a patch one: expected 1\.1\.0 or higher\n$/,
    ],
    [
      "@minor @old",
      1,
      /\nversion: .* a major step; 1\.1\.0 → 1\.0\.0 is not higher: expected 2\.0\.0 or higher\n$/,
    ],
    [
      "@old @none",
      1,
      /\nversion: .*; NEW states "2026", which is no semantic version, so that no step can be told\n$/,
    ],
    [
      "@acme.tar.gz @later.tar.gz --policy-key @release.pub",
      0,
      /\nversion: nothing changed; 1\.0\.0 → 1\.0\.1/,
    ],
    ["@acme.tar.gz @back.tar.gz --policy-key @release.pub", 0, /goes back on purpose: holes\n$/],
  ];
  for (const [line, code, says] of rows) {
    it(`${line} --fail-on version ends with ${code}`, async () => {
      const ran = await diff(`${line} --fail-on version`);
      expect([ran.code, ran.stderr]).to.deep.equal([code, ""]);
      expect(ran.stdout).to.match(says);
      expect((await diff(line)).code).to.equal(0);
    });
  }

  it("says the same as data", async () => {
    const document = JSON.parse((await diff("@old @small --output json")).stdout);
    expect(document.version).to.deep.equal({
      needed: "minor",
      taken: "patch",
      verdict: "too_small",
      message: "the changes ask for a minor step; 1.0.0 → 1.0.1 is a patch one: expected 1.1.0 or higher",
    });
    expect(document.to).to.include({ version: "1.0.1", sequence: null });
    expect(Object.keys(document.changes[0])).to.have.members([
      "direction",
      "step",
      "area",
      "subject",
      "message",
    ]);
  });

  it("writes an entry of a changelog with version and sequence", async () => {
    const { stdout } = await diff("@old @acme.tar.gz --policy-key @release.pub --output markdown");
    expect(stdout).to.match(/^## 1\.0\.0 \(sequence 7\)\n\nFrom `/);
    expect(stdout).to.match(/\n\n### Stricter\n\nWhat was allowed may be denied\.\n\n- `/);
    expect(stdout.indexOf("### Stricter")).to.be.lessThan(stdout.indexOf("### Changed"));
    expect(stdout).to.match(/\n\n### Decisions\n\n.*\.\n$/s);
    const hostile = at("hostile.tar.gz");
    writeFileSync(hostile, archiveFor({ version: "1\n# [x](https://a.example)" }));
    const entry = (await diff(`@old ${hostile} --output markdown`)).stdout;
    expect(entry.split("\n")[0]).to.match(/^## `[^`]*`$/);
  });

  it("T173 T185 holds bundles to the demanded signers, and says that a folder is not signed", async () => {
    const ran = await diff("@acme.tar.gz @old --policy-key @release.pub");
    expect(ran).to.include({
      code: 0,
      stderr:
        "assay: /old is a policy folder, which is not signed: only bundles are held to the signers that are named\n",
    });
    for (const line of ["@acme.tar.gz @old", "@old @acme.tar.gz"]) {
      const refused = await diff(`${line} --policy-key @other.pub`);
      expect([refused.code, refused.stdout]).to.deep.equal([2, ""]);
      expect(refused.stderr).to.match(/acme\.tar\.gz: .*signature/);
    }
    writeFileSync(at("unsigned.tar.gz"), archiveFor({ version: "1.0.0" }));
    expect((await diff("@unsigned.tar.gz @old --policy-key @release.pub")).code).to.equal(2);
    expect((await diff("@old @old")).stderr).to.equal("");
    const inspected = await assay(["policy", "inspect", at("old"), "--policy-key", at("release.pub")]);
    expect(inspected.code).to.equal(2);
  });
});
