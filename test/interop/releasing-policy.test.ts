import { expect } from "chai";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../src/server/index.ts";
import { run } from "../../scripts/provision/run.ts";
import { opa } from "../lab/opa.ts";
import { provisionClients, type Clients } from "./clients.ts";
import { REGISTRIES, startRegistry, type RunningRegistry } from "./registries.ts";

const root = join(import.meta.dirname, "..", "..");
const PAGE = readFileSync(join(root, "docs", "releasing-policy.md"), "utf8");
const BLOCK = /^```(?:sh|yaml) (run|file=\S+)\n(.*?)^```$/gms;
const COMMAND_MS = 240_000;

describe("docs/releasing-policy.md", () => {
  let clients: Clients;
  let registry: RunningRegistry;
  let env: NodeJS.ProcessEnv;
  before(async function () {
    clients = await provisionClients(this, ["distribution"]);
    this.timeout(60_000);
    const [, distribution = expect.fail("no registry")] = REGISTRIES;
    registry = await startRegistry(distribution, clients);
    const bin = join(clients.folder, "bin");
    mkdirSync(bin);
    const main = join(root, "src", "cli", "main.ts");
    writeFileSync(join(bin, "assay"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
    chmodSync(join(bin, "assay"), 0o755);
    env = { ...clients.env, PATH: `${bin}:${clients.env["PATH"] ?? ""}`, ASSAY_OPA: opa };
  });
  after(async () => {
    await registry?.close();
    clients?.close();
  });

  const shell = (script: string) =>
    run("sh", ["-euc", `cd "${clients.folder}"\n${script}`], { timeoutMs: COMMAND_MS, env });

  it("shows commands that all end well in the order of the page", async function () {
    this.timeout(1_200_000);
    for (const [, role = "", text = ""] of PAGE.matchAll(BLOCK)) {
      const here = text.replaceAll("oci://registry.example/", `oci://${registry.host}/`);
      if (role !== "run") writeFileSync(join(clients.folder, role.slice("file=".length)), here);
      else {
        const { exitCode, stdout, stderr } = await shell(here);
        expect(exitCode, `${here}\n${stdout}${stderr}`).to.equal(0);
      }
    }
  });

  it("shows a configuration that the service takes", async () => {
    const config = await readConfig(join(clients.folder, "assay.yaml"));
    expect(config.ok ? "" : config.reason.message).to.equal("");
  });

  it("T180 T185 refuses what the page says is refused", async () => {
    const reference = `oci://${registry.host}/policies/acme:stable`;
    const attempts = [
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.key",
      "openssl pkey -in other.key -pubout -out other.pub",
    ].join("\n");
    expect((await shell(attempts)).exitCode).to.equal(0);
    const foreign = await shell(`assay policy verify ${reference} --key other.pub`);
    expect(foreign.exitCode).to.equal(1);
    const again = await shell("assay policy build policy --out x.tar.gz --revision 9 --rollback because");
    expect(again.exitCode).to.equal(2);
    expect(again.stderr).to.include("--sequence");
  });
});
