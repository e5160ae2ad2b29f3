import { expect } from "chai";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { spawnSync } from "node:child_process";
import { buildPolicy, loadPolicyFolder } from "../src/policy/index.ts";
import { currentPolicyYamlDocs } from "../scripts/generate-policy-yaml-docs.ts";
import { rulesDocs } from "../scripts/generate-rules-docs.ts";
import { reasonsDocs } from "../scripts/generate-reasons-docs.ts";
import { readConfig } from "../src/server/index.ts";
import { opa } from "./lab/opa.ts";
import { keyPair } from "./lab/sigstore/index.ts";

const docs = join(import.meta.dirname, "..", "docs");

interface Block {
  readonly language: string;
  /** `file=policy.yaml`, `run`, or nothing. */
  readonly role: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(docs, page), "utf8");
  return Array.from(
    text.matchAll(/^```(\w+) ?([^\n]*)\n(.*?)^```$/gms),
    ([, language = "", role = "", body = ""]) => ({
      language,
      role,
      text: body,
    }),
  );
}

/** Writes every block that is named as a file. */
function writeFiles(page: string, folder: string): void {
  for (const { role, text } of blocksOf(page)) {
    if (role.startsWith("file=")) writeFile(folder, role, text);
  }
}

function writeFile(folder: string, role: string, text: string): void {
  const path = join(folder, role.slice("file=".length));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe("the guides", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "assay-docs-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function writePolicy(): void {
    writeFiles("policy.md", folder);
    mkdirSync(join(folder, "trust"));
    writeFileSync(join(folder, "trust", "builder.pub"), keyPair().pem);
  }

  it("policy.md shows a policy that loads", async () => {
    writePolicy();
    const loaded = await loadPolicyFolder(folder);
    expect(loaded.ok ? [] : loaded.faults).to.deep.equal([]);
  });

  it("policy.md shows a rule that builds, and the command that builds it", async function () {
    const executable: string = opa ?? this.skip();
    writePolicy();
    const built = await buildPolicy(folder, { revision: "1", opa: executable });
    expect(built.ok ? [] : built.faults).to.deep.equal([]);
    const command = blocksOf("policy.md").find(({ role }) => role === "run");
    const [program, ...args] = (command?.text ?? "").trim().split(" ");
    expect(program).to.equal("assay");
    const main = join(docs, "..", "src", "cli", "main.ts");
    const run = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ASSAY_OPA: executable },
    });
    expect(run.stderr).to.equal("");
    expect(run.status).to.equal(0);
  });

  it("rules.md is what the rules say: run `node scripts/generate-rules-docs.ts`", () => {
    const page = readFileSync(join(docs, "rules.md"), "utf8");
    expect(page).to.equal(rulesDocs());
    const rules = readdirSync(join(docs, "..", "rego", "rules"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".rego") && !path.endsWith("_test.rego"))
      .map((path) => path.slice(0, -".rego".length).replace(sep, "."));
    expect(rules).to.include("provenance.present");
    expect(rules.filter((code) => !page.includes(`\`${code}\``))).to.deep.equal([]);
  });

  it("policy-yaml.md is what the schemas say: run `node scripts/generate-policy-yaml-docs.ts`", () => {
    expect(readFileSync(join(docs, "policy-yaml.md"), "utf8")).to.equal(currentPolicyYamlDocs());
  });

  it("first-rule.md shows a rule, and commands that all end well in the order of the page", function () {
    const executable: string = opa ?? this.skip();
    this.timeout(120_000);
    const main = join(docs, "..", "src", "cli", "main.ts");
    for (const { role, text } of blocksOf("first-rule.md")) {
      if (role.startsWith("file=")) writeFile(folder, role, text);
      for (const line of role === "run" ? text.trim().split("\n") : []) {
        const [program, ...args] = line.split(" ");
        expect(program).to.equal("assay");
        const run = spawnSync(process.execPath, [main, ...args], {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, ASSAY_OPA: executable },
        });
        const said = run.status === 0 ? "" : run.stdout;
        expect([line, run.status, run.stderr, said]).to.deep.equal([line, 0, "", ""]);
      }
    }
  });

  it("service.md shows policies that are read", async () => {
    const block = blocksOf("service.md").find(({ text }) => text.startsWith("policies:\n  - name: default "));
    const listeners = 'listeners: { metrics: { address: "127.0.0.1:0" } }\n';
    writeFileSync(join(folder, "assay.yaml"), `${listeners}${block?.text ?? ""}`);
    const config = await readConfig(join(folder, "assay.yaml"));
    const read = config.ok ? config.value.policies : config.reason.message;
    expect(read).to.have.length(2);
    expect(
      config.ok && config.value.policies.map(({ name, namespaces }) => [name, namespaces]),
    ).to.deep.equal([
      ["default", null],
      ["team-a", ["team-a", "team-a-*"]],
    ]);
  });

  it("service.md shows a configuration that is read", async () => {
    writeFiles("service.md", folder);
    const authority = keyPair().pem;
    for (const name of ["tls.crt", "tls.key", "gatekeeper-ca.crt", "registry-ca.crt"]) {
      writeFileSync(join(folder, name), authority);
    }
    const config = await readConfig(join(folder, "assay.yaml"));
    expect(config.ok ? "" : config.reason.message).to.equal("");
  });

  it("reasons.md is what the source says: run `node scripts/generate-reasons-docs.ts`", () => {
    expect(readFileSync(join(docs, "reasons.md"), "utf8")).to.equal(reasonsDocs());
  });
});
