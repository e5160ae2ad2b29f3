import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readBundle } from "../../src/policy/index.ts";
import { opa } from "../lab/opa.ts";
import { GOOD, policyFolder, removeFolders } from "../policy/source/policy-folder.ts";
import { assay } from "./harness.ts";

const EXAMPLE = `input: { schemaVersion: "1", time: "2026-11-22T10:00:00Z" }
expect: { allow: false, violations: [policy.image_matched] }
`;

describe("assay policy build: releases", () => {
  after(removeFolders);

  const build = (folder: string, ...more: string[]) =>
    assay(["policy", "build", folder, "--out", join(folder, "acme.tar.gz"), "--revision", "r1", ...more]);

  it("writes sequence, rollback and examples, which inspect tells", async function () {
    if (opa === undefined) {
      process.stderr.write("      skipped: OPA 1.22.2 is not here; node scripts/provision.ts opa\n");
      this.skip();
    }
    const folder = policyFolder({ ...GOOD, "examples/a.yaml": EXAMPLE });
    const built = await build(folder, "--sequence", "12", "--rollback", "3.2.0 denies base images");
    expect(built.stderr).to.equal("");
    const told = await assay(["policy", "inspect", join(folder, "acme.tar.gz")]);
    expect(told.stdout).to.match(/sequence +12\n/);
    expect(told.stdout).to.match(/rollback +to 3\.1\.0: 3\.2\.0 denies base images\n/);
    expect(told.stdout).to.match(/examples +1, decided before it is activated\n/);
    expect((await build(folder, "--no-examples")).code).to.equal(0);
    const read = readBundle(readFileSync(join(folder, "acme.tar.gz")));
    expect(read.ok && [read.value.sequence, read.value.rollback, read.value.examples]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  }).timeout(60_000);

  for (const { name, flags, says } of [
    { name: "a sequence of zero", flags: ["--sequence", "0"], says: /--sequence 0: expected a whole number/ },
    { name: "a sequence with a point", flags: ["--sequence", "1.5"], says: /expected a whole number/ },
    {
      name: "a sequence that no double holds",
      flags: ["--sequence", "9".repeat(16)],
      says: /expected a whole/,
    },
    { name: "a rollback without sequence", flags: ["--rollback", "why"], says: /--sequence is missing/ },
    {
      name: "a reason of two lines",
      flags: ["--sequence", "2", "--rollback", "a\nb"],
      says: /expected the reason/,
    },
  ]) {
    it(`refuses ${name}`, async () => {
      const ran = await build("nowhere", ...flags);
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.match(says);
    });
  }
});
