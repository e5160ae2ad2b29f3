import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSigstore } from "../lab/sigstore/index.ts";
import { LabRepository, NOW, serveMirror, type LabMirror } from "../verification/tuf/lab.ts";
import { assay } from "./harness.ts";

describe("assay trust refresh", () => {
  const { trustedRoot } = createSigstore();
  let mirror: LabMirror;
  let folder: string;
  before(async () => {
    mirror = await serveMirror(new LabRepository());
    mirror.repository.publish(trustedRoot);
    folder = mkdtempSync(join(tmpdir(), "assay-trust-"));
    writeFileSync(join(folder, "root.json"), mirror.repository.initialRoot);
  });
  after(async () => {
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const out = () => join(folder, "trusted_root.json");
  const refresh = (more = "") =>
    assay(
      `trust refresh --mirror ${mirror.url} --root ${join(folder, "root.json")} --cache ${join(folder, "cache")} ` +
        `--out ${out()} ${more}`,
      { clock: () => NOW },
    );

  it("writes what the mirror gives", async () => {
    const ran = await refresh();
    expect(ran.stderr).to.equal("");
    expect(ran).to.include({
      code: 0,
      stdout: `${out()}  root version 1  expires 2026-06-08T00:00:00.000Z\n`,
    });
    expect(JSON.parse(readFileSync(out(), "utf8"))).to.deep.equal(trustedRoot);
  });

  it("T107 T108 leaves the file as it is where the mirror gives nothing good", async () => {
    await refresh();
    const before = readFileSync(out(), "utf8");
    mirror.repository.publish({ ...trustedRoot, ctlogs: [] }, { expires: new Date(NOW.getTime() - 1000) });
    const ran = await refresh();
    expect(ran).to.include({ code: 3, stdout: "" });
    expect(ran.stderr).to.match(/^assay: tuf\.expired: timestamp expired at .*\nassay: .*stays as it is\n$/);
    expect(readFileSync(out(), "utf8")).to.equal(before);
  });

  const wrong: readonly [string, string, number, RegExp][] = [
    ["no file to write", "trust refresh", 2, /^assay: --out is missing/],
    ["a mirror that nothing pins", "trust refresh --out x --mirror https://a.test", 2, /--mirror and --root/],
    ["a root of nothing", "trust refresh --out x --root root.json", 2, /--mirror and --root/],
    ["an argument", "trust refresh --out x y", 2, /unexpected argument/],
    ["half a command", "trust", 2, /trust is followed by another word: trust refresh/],
  ];
  for (const [name, line, code, stderr] of wrong) {
    it(`refuses ${name}`, async () => {
      const ran = await assay(line);
      expect(ran).to.include({ code, stdout: "" });
      expect(ran.stderr).to.match(stderr);
      expect(existsSync("x")).to.equal(false);
    });
  }
});
