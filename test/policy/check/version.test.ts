import { expect } from "chai";
import { versionFindings } from "../../../src/policy/check/static/version.ts";
import { checkPolicy, loadPolicyFolder } from "../../../src/policy/index.ts";
import { opa } from "../../lab/opa.ts";
import { GOOD, policyFolder, removeFolders } from "../source/policy-folder.ts";

const FILE = GOOD["policy.yaml"] ?? "";

describe("the version that policy.yaml states", () => {
  after(removeFolders);

  const folderWith = (version: string) =>
    policyFolder({ ...GOOD, "policy.yaml": FILE.replace(/^version: .*$/m, `version: ${version}`) });
  const found = async (version: string) => {
    const source = await loadPolicyFolder(folderWith(version));
    return source.ok ? versionFindings(source.value) : source.faults;
  };

  for (const version of ["1.0.0", "0.1.0", "2.0.0-rc.1", "1.2.3+build.4", '"3.1.0"']) {
    it(`${version} is a semantic version`, async () => {
      expect(await found(version)).to.deep.equal([]);
    });
  }

  for (const version of ['"1"', '"1.0"', "v1.0.0", "1.0.0.0", "01.0.0", "2026-11-22", "1.0.0-"]) {
    it(`T180 ${version} is none: warned of, where it stands`, async () => {
      const [finding, ...more] = await found(version);
      const line = FILE.split("\n").findIndex((text) => text.startsWith("version:")) + 1;
      expect(more).to.deep.equal([]);
      expect(finding).to.deep.equal({
        code: "policy.version_not_semantic",
        severity: "warning",
        message: `version "${version.replaceAll('"', "")}" is no semantic version, so that nobody can tell which of two is higher`,
        file: "policy.yaml",
        line,
        column: "version: ".length + 1,
        remedy: "write MAJOR.MINOR.PATCH, as 1.0.0 (semver.org)",
      });
    });
  }

  it("is in the report of a check", async function () {
    if (opa === undefined) {
      process.stderr.write("      skipped: OPA 1.22.2 is not here; node scripts/provision.ts opa\n");
      this.skip();
    }
    // What is not Rego ends the check before anything is evaluated.
    const folder = policyFolder({
      ...GOOD,
      "policy.yaml": FILE.replace(/^version: .*$/m, 'version: "1.0"'),
      "rules/broken.rego": "package assay.rules.acme.broken\n\ndeny contains\n",
    });
    const checked = await checkPolicy({ folder, opa });
    const codes = checked.ok ? checked.value.findings.map(({ code }) => code) : [];
    expect(codes).to.include("policy.version_not_semantic").and.to.include("rego.syntax");
  }).timeout(60_000);
});
