import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSigstore, provenanceV1, type SignOptions } from "../lab/sigstore/index.ts";
import { provisionClients, type Clients } from "./clients.ts";

const HEX = "ab".repeat(32);

/** The signing lab is true only where another implementation than the one it was made beside believes it. */
describe("signing lab and sigstore-go", () => {
  const sigstore = createSigstore();
  const statement = provenanceV1({ subjects: [{ digest: `sha256:${HEX}` }] });
  let clients: Clients;
  before(async function () {
    clients = await provisionClients(this, ["sigstore-go"]);
    writeFileSync(file("trusted_root.json"), JSON.stringify(sigstore.trustedRoot));
    for (let i = 0; i < 20; i++)
      sigstore.sign({ statement }, { log: [{ log: "rekor-v1" }, { log: "rekor-v2" }] });
  });
  after(() => clients?.close());

  const file = (name: string): string => join(clients.folder, name);
  async function judge(options: SignOptions): Promise<string> {
    writeFileSync(file("bundle.json"), JSON.stringify(sigstore.sign({ statement }, options)));
    const answer = await clients.run("sigstore-go", file("trusted_root.json"), HEX, file("bundle.json"));
    return answer.trim();
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
    it(`sigstore-go accepts ${name}`, async () => {
      expect(await judge(options)).to.equal(
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
    it(`sigstore-go refuses ${name}`, async () => {
      expect(await judge(options))
        .to.match(/^refused/)
        .and.to.match(why);
    });
  }
});
