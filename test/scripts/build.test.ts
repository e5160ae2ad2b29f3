import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = dirname(dirname(import.meta.dirname));

/** What the Dockerfile copies, with dist/ as it is built now. */
describe("the built command line", () => {
  let image: string;

  before(function () {
    this.timeout(60_000);
    const built = join("node_modules", ".cache", "assay-test");
    const build = spawnSync(process.execPath, ["scripts/build.mjs", "assay-test"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(build.stderr).to.equal("");
    expect(build.status).to.equal(0);
    image = mkdtempSync(join(tmpdir(), "assay-built-"));
    cpSync(join(root, built), join(image, "dist"), { recursive: true });
    for (const name of ["package.json", "bin", "bundles", "rego", "schemas"]) {
      cpSync(join(root, name), join(image, name), { recursive: true });
    }
  });

  after(() => {
    if (image !== undefined) rmSync(image, { recursive: true, force: true });
  });

  function assay(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [join(image, "bin", "assay.mjs"), ...args], {
      cwd: image,
      encoding: "utf8",
      timeout: 30_000,
      env: { PATH: process.env["PATH"], HOME: image },
    });
  }

  it("runs without node_modules", () => {
    expect(existsSync(join(image, "node_modules"))).to.equal(false);
    expect(assay("--version")).to.deep.include({ status: 0, stdout: "assay 0.1.0\n", stderr: "" });
  });

  it("judges with the default bundle, in workers of its own", () => {
    const nowhere = `127.0.0.1:1/app@sha256:${"0".repeat(64)}`;
    const { status, stdout } = assay(
      "verify",
      nowhere,
      "--policy",
      "bundles/default.tar.gz",
      "--output",
      "json",
    );
    expect(status).to.equal(3);
    expect((JSON.parse(stdout) as { outcome: string }).outcome).to.equal("undecided");
  });
});
