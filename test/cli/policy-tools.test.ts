import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { opa } from "../lab/opa.ts";
import { assay } from "./harness.ts";
import { createWorld, type World } from "./world.ts";

describe("assay policy: tools for authors", () => {
  let world: World;
  let number = 0;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const fresh = () => join(world.folder, `policy-${++number}`);
  const text = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  const init = (folder: string, flags: string) => assay(`policy init ${folder} ${flags}`);
  const ACME = "--organization acme --registry ghcr.io/acme --no-rego";
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of every shape
  const json = (output: string): any => JSON.parse(output);

  describe("test", () => {
    it("tells which example is decided otherwise, and rewrites it only when asked", async () => {
      const folder = fresh();
      await init(folder, `${ACME} --ci github`);
      const file = join(folder, "examples", "denied-stranger.json");
      const wrong = { ...json(readFileSync(file, "utf8")), expect: { allow: true, violations: [] } };
      writeFileSync(file, JSON.stringify(wrong, null, 2));
      const failed = await assay(`policy test ${folder}`);
      expect(failed.code).to.equal(1);
      expect(failed.stdout).to.include("✘ examples/denied-stranger.json  expected allow, decided deny");
      const junit = await assay(`policy test ${folder} --output junit`);
      expect(junit.stdout).to.include('<testsuite name="examples" tests="2" failures="1" skipped="0">');
      const updated = await assay(`policy test ${folder} --update`);
      expect([updated.code, (await assay(`policy test ${folder}`)).code]).to.deep.equal([0, 0]);
      expect(updated.stderr).to.include("updated ").and.not.to.include("NOW ALLOWED");
    });

    it("fails where there is neither a test nor an example, and where an example cannot be read", async () => {
      const folder = fresh();
      await init(folder, `${ACME} --ci github`);
      for (const name of ["allowed", "denied-stranger"]) {
        writeFileSync(join(folder, "examples", `${name}.json`), "{}");
      }
      const unread = await assay(`policy test ${folder}`);
      expect(unread.code).to.equal(1);
      expect(unread.stdout).to.include("✘ examples/allowed.json: policy.example_invalid");
      const none = await assay(`policy test ${world.policy}`);
      expect(none.code).to.equal(1);
      expect(none.stdout).to.include("there is neither a test nor an example");
    });

    it("runs again when a file changes, until it is asked to end", async () => {
      const folder = fresh();
      await init(folder, `${ACME} --ci github`);
      const { promise, resolve } = Promise.withResolvers<"SIGINT">();
      let runs = 0;
      const ran = await assay(`policy test ${folder} --watch`, {
        untilAskedToEnd: () => promise,
        onStderr: (written) => {
          const waiting = written.split("waiting for changes").length - 1;
          if (waiting === runs) return;
          runs = waiting;
          if (runs === 1) writeFileSync(join(folder, "README.md"), "changed");
          else resolve("SIGINT");
        },
      });
      expect([ran.code, runs]).to.deep.equal([0, 2]);
      const refused = await assay(`policy test ${folder} --watch --update`);
      expect(refused.code).to.equal(2);
    });

    it("refuses what is no policy folder", async () => {
      for (const folder of [world.key, join(world.folder, "nowhere")]) {
        expect((await assay(`policy test ${folder}`)).code).to.equal(2);
      }
    });
  });

  describe("inspect and diff", () => {
    it("inspect tells sets, rules, signers, trust and sizes", async () => {
      const ran = await assay(`policy inspect ${world.policy}`);
      expect([ran.code, ran.stderr]).to.deep.equal([0, ""]);
      for (const words of [
        "acme 1.0.0",
        "assay/decision",
        "127.0.0.1:*/acme/**",
        "• source.ref_allowed",
        "provenance.refs refs/tags/v*",
        "root cli: ",
        "time.parse_rfc3339_ns",
      ]) {
        expect(ran.stdout).to.include(words);
      }
      const document = json((await assay(`policy inspect ${world.policy} --output json`)).stdout);
      expect(document).to.include({ name: "acme", version: "1.0.0", revision: "1.0.0" });
      expect(document.bytes.wasm).to.be.greaterThan(100_000);
      expect(document.reads).to.include("provenance");
      expect((await assay(`policy inspect ${world.key}`)).code).to.equal(2);
    });

    it("diff says what became looser, and ends with 1 only where it is asked to", async () => {
      const [from, to] = [fresh(), fresh()];
      await init(from, `${ACME} --ci github --branch release/2`);
      await init(to, `${ACME} --ci github --tags`);
      expect(text(from, "policy.yaml")).to.include('workflows/*@refs/heads/release/2"');
      expect(text(to, "policy.yaml")).to.include('refs: ["refs/tags/v*"]');
      const same = await assay(`policy diff ${from} ${from} --fail-on any`);
      expect([same.code, same.stderr]).to.deep.equal([0, ""]);
      expect(same.stdout).to.include("nothing changed");
      const ran = await assay(`policy diff ${from} ${to}`);
      expect(ran.code).to.equal(0);
      expect(ran.stdout).to.include("- looser    provenance.refs: refs/tags/v* is approved too");
      expect(ran.stdout).to.include("Decisions: 1 of 2 examples are decided otherwise");
      const looser = await assay(`policy diff ${from} ${to} --output json --fail-on looser`);
      expect(looser.code).to.equal(1);
      const document = json(looser.stdout);
      expect(document.decisions.changed).to.have.length(1);
      expect(document.decisions.changed[0]).to.include({
        file: "examples/allowed.json",
        direction: "looser",
      });
      const markdown = await assay(`policy diff ${from} ${to} --output markdown --examples ${from}/examples`);
      expect(markdown.stdout).to.match(
        /^## 0\.1\.0\n\nFrom `acme-images 0\.1\.0 \(sha256:\w+\)` to `acme-images 0\.1\.0/,
      );
      expect(markdown.stdout).to.match(/\n### Looser\n\nWhat was denied may be allowed\.\n\n- `[^`]+`: `/);
      expect(markdown.stdout).to.match(
        /\n### Decisions\n\n1 of 2 examples are decided otherwise\.\n\n- stricter: `allowed\.json: allowed → denied/,
      );
      for (const flags of [`--examples ${world.folder}/nowhere`, "--fail-on nothing"]) {
        expect((await assay(`policy diff ${from} ${to} ${flags}`)).code).to.equal(2);
      }
    });
  });

  describe("explanations", () => {
    const narrow = () => {
      const folder = fresh();
      for (const name of ["policy.yaml", "trust/cli.json"]) {
        const from = text(world.policy, name);
        world.path(`policy-${number}/${name}`, from.replace('"refs/tags/v*"]', '"refs/heads/main"]'));
      }
      world.path(
        `policy-${number}/exceptions.yaml`,
        'exceptions:\n  - { rule: source.ref_allowed, images: ["ghcr.io/acme/**"], owner: Ada, reason: old, until: 2027-01-01 }\n',
      );
      return folder;
    };

    it("each denial names its evidence by type, place and signer", async () => {
      const ran = await assay(`verify ${world.good} --policy ${narrow()}`);
      expect(ran.code).to.equal(1);
      expect(ran.stdout).to.match(
        /evidence sha256:[0-9a-f]+… https:\/\/slsa\.dev\/provenance\/v1 \(referrer\), by https:\/\/github\.com\/acme\/app\//,
      );
    });

    it("--explain tells rule, set, requirement, what was found, and the exceptions considered", async () => {
      const ran = await assay(`verify ${world.good} --policy ${narrow()} --explain`);
      expect(ran.code).to.equal(1);
      for (const words of [
        /rule +Source ref allowed \(rego\/rules\/source\/ref_allowed\.rego:\d+\)/,
        /images +127\.0\.0\.1:\*\/acme\/\*\*/,
        /asked +provenance\.refs = refs\/heads\/main/,
        /source\.ref = refs\/tags\/v1\.2\.3/,
        /exception +source\.ref_allowed for ghcr\.io\/acme\/\*\*, Ada, .*: it is for other images/,
      ]) {
        expect(ran.stdout).to.match(words);
      }
      const refused = await assay(`verify ${world.good} --policy ${world.policy} --explain --output json`);
      expect(refused.code).to.equal(2);
    });

    it("eval --trace follows one rule step by step", async function () {
      if (opa === undefined) this.skip();
      const folder = narrow();
      const recorded = await assay(`evidence ${world.good} --policy ${folder} --output json`);
      const input = world.path("recorded.json", recorded.stdout);
      const env = { ...process.env, ASSAY_OPA: opa } as Record<string, string>;
      const ran = await assay(
        `eval --input ${input} --policy ${folder} --explain --trace --rule source.ref_allowed`,
        { env },
      );
      expect(ran.code, ran.stderr).to.equal(1);
      expect(ran.stdout).to.match(/rego\/rules\/source\/ref_allowed\.rego:\d+ +\| Enter data\.assay\.rules/);
      const unknown = await assay(
        `eval --input ${input} --policy ${folder} --trace --rule source.ref_alowed`,
      );
      expect(unknown.code).to.equal(2);
      expect(unknown.stderr).to.include('did you mean "source.ref_allowed"?');
      const lonely = await assay(`eval --input ${input} --policy ${folder} --rule source.ref_allowed`);
      expect(lonely.code).to.equal(2);
    });
  });
});
