import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCache } from "../../scripts/provision/cache.ts";
import { createSigstore, provenanceV1, type SignOptions } from "../lab/sigstore/index.ts";

const module = join(import.meta.dirname, "sigstore-go");
const HEX = "ab".repeat(32);

/** The verifier, built once for the module as it stands. */
function provisionVerifier(): string {
  const sources = ["go.mod", "go.sum", "main.go"].map((name) => readFileSync(join(module, name)));
  const folder = join(defaultCache(), "interop");
  const program = join(folder, `sigstore-go-${hash("sha256", Buffer.concat(sources)).slice(0, 16)}`);
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("go", ["build", "-C", module, "-o", program, "."], { stdio: "inherit" });
  }
  return program;
}

/** The signing lab is true only where another implementation than the one it was made beside believes it. */
describe("signing lab and sigstore-go", () => {
  const sigstore = createSigstore();
  const statement = provenanceV1({ subjects: [{ digest: `sha256:${HEX}` }] });
  let folder: string;
  let program: string;
  before(function () {
    this.timeout(900_000);
    program = provisionVerifier();
    folder = mkdtempSync(join(tmpdir(), "assay-interop-"));
    writeFileSync(join(folder, "trusted_root.json"), JSON.stringify(sigstore.trustedRoot));
    for (let i = 0; i < 20; i++)
      sigstore.sign({ statement }, { log: [{ log: "rekor-v1" }, { log: "rekor-v2" }] });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function judge(options: SignOptions): string {
    const path = join(folder, "bundle.json");
    writeFileSync(path, JSON.stringify(sigstore.sign({ statement }, options)));
    return execFileSync(program, [join(folder, "trusted_root.json"), HEX, path], { encoding: "utf8" }).trim();
  }

  const accepted: readonly { name: string; options: SignOptions }[] = [
    { name: "Rekor v1", options: {} },
    { name: "Rekor v1 with a timestamp", options: { timestamp: true } },
    {
      name: "Rekor v1, bundle v0.2 with intoto 0.0.2",
      options: { version: "0.2", entry: { entry: "intoto-0.0.2" } },
    },
    {
      name: "Rekor v1, bundle v0.1 with a promise only",
      options: { version: "0.1", entry: { proof: false } },
    },
    { name: "Rekor v2", options: { log: "rekor-v2" } },
    {
      name: "Rekor v2, timestamp without certificates",
      options: { log: "rekor-v2", timestamp: [{ certificates: false }] },
    },
  ];
  for (const { name, options } of accepted) {
    it(`sigstore-go accepts ${name}`, () => {
      expect(judge(options)).to.equal(
        "ok https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3",
      );
    });
  }

  const other = createSigstore({ name: "other.lab" });
  const refused: readonly { name: string; options: SignOptions; why: RegExp }[] = [
    { name: "no time", options: { log: "rekor-v2", timestamp: false }, why: /timestamp/ },
    { name: "another authority", options: { authority: other.authority }, why: /certificate/ },
    { name: "a foreign log", options: { log: [{ log: other.rekorV1 }] }, why: /log/ },
    { name: "no SCT", options: { leaf: { ctLogs: [] } }, why: /SCT|certificate/ },
  ];
  for (const { name, options, why } of refused) {
    it(`sigstore-go refuses ${name}`, () => {
      expect(judge(options))
        .to.match(/^refused/)
        .and.to.match(why);
    });
  }
});
