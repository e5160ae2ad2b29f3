import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildDefaultBundle,
  bundleFiles,
  bundledExamples,
  buildPolicy,
  composeFromDefault,
  DEFAULT_REVISION,
  defaultBundlePath,
  inspectBundle,
  loadPolicyFolder,
  readBundle,
} from "../../../src/policy/index.ts";
import { opa, runOpa } from "../../lab/opa.ts";
import { archiveOf } from "../forge/archive.ts";
import { GOOD, OWN_RULE, policyFolder, POLICY, removeFolders } from "./policy-folder.ts";

interface Spoiling {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  readonly place: string;
  readonly says: RegExp;
}

const own = (text: string) => ({ "rules/tagged.rego": text });
const policy = (from: string, to: string) => ({ "policy.yaml": POLICY.replace(from, to) });

const SPOILINGS: readonly Spoiling[] = [
  {
    name: "Rego that does not parse",
    files: own("package assay.rules.acme.tagged\n\ndeny contains if {\n"),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:3",
    says: /rego_parse_error/,
  },
  {
    name: "T172: Rego of version 0",
    files: own('package assay.rules.acme.tagged\n\ndeny[msg] { msg := "x" }\n'),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:3",
    says: /./,
  },
  {
    name: "a builtin that reaches the network",
    files: own(`${OWN_RULE}\nx := http.send({"method": "get", "url": input.image.reference})\n`),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:13",
    says: /http\.send/,
  },
  {
    name: "a package that the decision never evaluates",
    files: own(OWN_RULE.replace("assay.rules.acme.tagged", "assay.rules.tagged")),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:1",
    says: /assay\.rules\.<area>\.<name>/,
  },
  {
    name: "a package of assay's own",
    files: own('package policy.extra\n\nx := "y"\n'),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:1",
    says: /assay's own/,
  },
  {
    name: "an area of assay's own",
    files: own(OWN_RULE.replace("acme.tagged", "policy.tagged")),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:1",
    says: /the area policy/,
  },
  {
    name: "a builtin that the engine does not have",
    files: own(OWN_RULE.replace("not input.image.tag", 'graphql.is_valid("{}", input.image.reference)')),
    code: "bundle.builtin_refused",
    place: "rules",
    says: /graphql/,
  },
  {
    name: "a rule that has the name of a standard rule",
    files: own(
      OWN_RULE.replace("acme.tagged", "provenance.present").replace(
        "short_name: tagged",
        "short_name: present",
      ),
    ),
    code: "policy.rego_invalid",
    place: "rules",
    says: /standard library's/,
  },
  {
    name: "T154: a deny that is no set",
    files: own("package assay.rules.acme.tagged\n\ndeny if not input.image.tag\n"),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:3",
    says: /deny is no set/,
  },
  {
    name: "a rule that could never say anything",
    files: own('package assay.rules.acme.tagged\n\nreject contains "x" if not input.image.tag\n'),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:1",
    says: /neither deny nor warn/,
  },
  {
    name: "a short_name that is another",
    files: own(OWN_RULE.replace("short_name: tagged", "short_name: untagged")),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:8",
    says: /short_name/,
  },
  {
    name: "a date that is none",
    files: own(OWN_RULE.replace("solution: Deploy by tag.", "effective_on: soon")),
    code: "policy.rego_invalid",
    place: "rules/tagged.rego:8",
    says: /effective_on/,
  },
  {
    name: "a rule that depends on itself",
    files: own(OWN_RULE.replace("solution: Deploy by tag.", "depends_on: [acme.tagged]")),
    code: "policy.rego_invalid",
    place: "rules",
    says: /circle/,
  },
  {
    name: "a collection that does not exist",
    files: policy("collections: [slsa-build-l3, github]", "collections: [slsa-build-l4]"),
    code: "policy.collection_unknown",
    place: "policy.yaml:10:19",
    says: /did you mean "slsa-build-l[123]"\?/,
  },
  {
    name: "a rule that does not exist",
    files: policy("    signature:", "    exclude: [provenance.biulder_allowed]\n    signature:"),
    code: "policy.rule_unknown",
    place: "policy.yaml:22:15",
    says: /did you mean "provenance\.builder_allowed"\?/,
  },
  {
    name: "a collection whose data is missing",
    files: policy(
      '      builders: ["https://github.com/acme/builder/.github/workflows/build.yml@v2.1.0"]\n',
      "",
    ),
    code: "policy.data_missing",
    place: "policy.yaml:9",
    says: /provenance\.builder_allowed needs provenance\.builders/,
  },
  {
    name: "A074: a set of images that asks for nothing signed",
    files: policy(
      "    collections: [minimal]\n    signature: { signers: [scanner] }",
      "    evidence: { complete: true }",
    ),
    code: "policy.nothing_applies",
    place: "policy.yaml:20",
    says: /no rule/,
  },
  {
    name: "an exception from a rule that does not exist",
    files: {
      "exceptions.yaml": (GOOD["exceptions.yaml"] ?? "").replace(
        "provenance.builder_allowed",
        "provenance.any",
      ),
    },
    code: "policy.rule_unknown",
    place: "exceptions.yaml:2:11",
    says: /does not exist/,
  },
];

describe("assay policy build", function () {
  before(function () {
    if (opa === undefined) {
      process.stderr.write("      skipped: OPA 1.22.2 is not here; node scripts/provision.ts opa\n");
      this.skip();
    }
  });
  after(removeFolders);

  it("bundles/default.tar.gz is what rego/ compiles to, byte for byte", async () => {
    const built = await buildDefaultBundle({ revision: DEFAULT_REVISION });
    if (!built.ok) throw new Error(built.faults[0].message);
    const committed = readFileSync(defaultBundlePath());
    expect(Buffer.from(built.value.bytes).equals(committed), "run npm run build:bundles").to.equal(true);
    expect(committed.byteLength).to.be.lessThan(1_000_000);
  });

  it("writes the same bytes for the same folder and revision, others for another revision", async () => {
    const one = await buildPolicy(policyFolder(GOOD), { revision: "1" });
    const two = await buildPolicy(policyFolder(GOOD), { revision: "1" });
    const other = await buildPolicy(policyFolder(GOOD), { revision: "2" });
    if (!one.ok || !two.ok || !other.ok) throw new Error("not built");
    expect(one.value.digest).to.equal(two.value.digest);
    expect(one.value.digest).not.to.equal(other.value.digest);
    expect(one.value.entrypoints).to.deep.equal(["assay/allow", "assay/decision"]);
  });

  describe("a release", () => {
    const deny = (time = "2026-11-22T10:00:00Z") =>
      `input: { schemaVersion: "1", time: "${time}" }\nexpect: { allow: false, violations: [policy.image_matched] }\n`;
    const examples = {
      "examples/data.json":
        '{"input":{"time":"2026-11-22T10:00:00Z"},"expect":{"violations":["policy.image_matched","policy.input_supported"],"allow":false}}',
    };

    it("carries sequence, rollback and the folder's examples, the same bytes every time", async () => {
      const files = { ...GOOD, ...examples, "examples/deep/er.yaml": deny() };
      const options = { revision: "r2", sequence: 12, rollback: "3.2.0 denied base images", examples: true };
      const one = await buildPolicy(policyFolder(files), options);
      const two = await buildPolicy(
        policyFolder({ ...files, "examples/deep/er.yaml": `# the same\n${deny()}` }),
        options,
      );
      if (!one.ok) throw new Error(one.faults[0].message);
      if (!two.ok) throw new Error(two.faults[0].message);
      expect(one.value.digest).to.equal(two.value.digest);
      const read = readBundle(one.value.bytes);
      if (!read.ok) throw new Error(read.reason.message);
      expect(read.value.sequence).to.equal(12);
      expect(read.value.rollback).to.deep.equal({ to: "3.1.0", reason: "3.2.0 denied base images" });
      expect(
        read.value.examples?.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
      ).to.deep.equal([
        [
          "examples/001.json",
          '{"expect":{"allow":false,"violations":["policy.image_matched","policy.input_supported"]},"file":"examples/data.json","input":{"time":"2026-11-22T10:00:00Z"}}',
        ],
        [
          "examples/002.json",
          '{"expect":{"allow":false,"violations":["policy.image_matched"]},"file":"examples/deep/er.yaml","input":{"schemaVersion":"1","time":"2026-11-22T10:00:00Z"}}',
        ],
      ]);
      expect(bundledExamples(read.value)).to.deep.include({ ok: true });
      const inspected = await inspectBundle(read.value, new Date());
      if (!inspected.ok) throw new Error(inspected.reason.message);
      expect(inspected.value).to.deep.include({ sequence: 12, examples: 2 });
      const plain = await buildPolicy(policyFolder(files), { revision: "r2" });
      expect(plain.ok && readBundle(plain.value.bytes)).not.to.have.nested.property("value.examples");
    });

    it("brings examples that are no data to OPA, as an archive or unpacked", async () => {
      const folder = policyFolder({ ...GOOD, ...examples });
      const built = await buildPolicy(folder, { revision: "r3", sequence: 1, examples: true });
      if (!built.ok) throw new Error(built.faults[0].message);
      const files = bundleFiles(built.value.bytes);
      if (!files.ok) throw new Error(files.reason.message);
      // OPA without WebAssembly reads the same Rego and data, where the manifest names no module.
      const manifest: object = JSON.parse(
        Buffer.from(files.value.find(({ name }) => name === ".manifest")?.bytes ?? "").toString(),
      );
      const entries = files.value
        .filter(({ name }) => name !== "policy.wasm" && name !== ".manifest")
        .map(({ name, bytes }) => ({ name: `/${name}`, content: bytes }));
      expect(entries.map(({ name }) => name)).to.include("/examples/001.json");
      const rest = JSON.stringify({ ...manifest, wasm: undefined });
      const archive = join(folder, "opa.tar.gz");
      writeFileSync(archive, archiveOf([{ name: "/.manifest", content: rest }, ...entries]));
      const unpacked = policyFolder({
        ".manifest": rest,
        ...Object.fromEntries(entries.map(({ name, content }) => [name, Buffer.from(content).toString()])),
      });
      for (const path of [archive, unpacked]) {
        const said = runOpa(opa ?? "", ["eval", "--format", "raw", "--bundle", path, "object.keys(data)"]);
        expect(JSON.parse(said)).to.deep.equal(["assay", "exceptions", "library", "policy", "trust"]);
        const decided = runOpa(opa ?? "", [
          "eval",
          "--format",
          "raw",
          "--bundle",
          path,
          "data.assay.decision.allow",
        ]);
        expect(decided.trim()).to.equal("false");
      }
    });

    const REFUSED = [
      {
        name: "T189: an example that is decided otherwise",
        files: { "examples/a.yaml": deny().replace("policy.image_matched", "made.up") },
        options: {},
        code: "policy.example_failed",
        place: "examples/a.yaml",
      },
      {
        name: "an example that is none",
        files: { "examples/a.yaml": deny().replace("allow: false, ", "") },
        options: {},
        code: "policy.example_invalid",
        place: "examples/a.yaml",
      },
      {
        name: "a rollback without sequence",
        files: {},
        options: { rollback: "why" },
        code: "policy.release_invalid",
        place: "",
      },
      {
        name: "a rollback without reason",
        files: {},
        options: { rollback: "", sequence: 2 },
        code: "policy.release_invalid",
        place: "",
      },
      {
        name: "a sequence that is no whole number",
        files: {},
        options: { sequence: 1.5 },
        code: "policy.release_invalid",
        place: "",
      },
    ];
    for (const { name, files, options, code, place } of REFUSED) {
      it(`refuses ${name}`, async () => {
        const built = await buildPolicy(policyFolder({ ...GOOD, ...files }), {
          revision: "1",
          examples: true,
          ...options,
        });
        if (built.ok) throw new Error("built");
        expect(built.faults.map((fault) => [fault.code, fault.file])).to.deep.equal([[code, place]]);
      });
    }
  });

  it("writes what OPA itself reads", async () => {
    const folder = policyFolder({
      ...GOOD,
      "rules/tagged.rego": OWN_RULE,
      "rules/tagged_test.rego": "no rego",
    });
    const built = await buildPolicy(folder, { revision: "r7" });
    if (!built.ok) throw new Error(built.faults[0].message);
    const path = join(folder, "bundle.tar.gz");
    writeFileSync(path, built.value.bytes);
    const inspected: { manifest: unknown } = JSON.parse(
      runOpa(opa ?? "", ["inspect", "--format", "json", path]),
    );
    expect(inspected.manifest).to.deep.include({
      revision: "r7",
      roots: ["assay", "exceptions", "library", "policy", "trust"],
    });
    const read = readBundle(built.value.bytes);
    expect(read.ok && read.value.name).to.equal("acme-images");
  });

  it("an own rule without collections applies to every set of images", async () => {
    const built = await buildPolicy(policyFolder({ ...GOOD, "rules/tagged.rego": OWN_RULE }), {
      revision: "1",
    });
    if (!built.ok) throw new Error(built.faults[0].message);
    const { policy: compiled } = built.value.data as { policy: { images: { rules: { code: string }[] }[] } };
    for (const set of compiled.images) expect(set.rules.map((rule) => rule.code)).to.include("acme.tagged");
  });

  it("helpers of own rules live outside assay, and add a root", async () => {
    const files = {
      ...GOOD,
      "rules/tagged.rego": OWN_RULE.replace("not input.image.tag", "not data.acme.lib.tagged"),
      "rules/lib/lib.rego": "package acme.lib\n\ntagged if input.image.tag\n",
    };
    const folder = policyFolder(files);
    const built = await buildPolicy(folder, { revision: "1" });
    if (!built.ok) throw new Error(built.faults[0].message);
    const path = join(folder, "bundle.tar.gz");
    writeFileSync(path, built.value.bytes);
    const inspected: { manifest: { roots: string[] } } = JSON.parse(
      runOpa(opa ?? "", ["inspect", "--format", "json", path]),
    );
    expect(inspected.manifest.roots).to.include("acme");
  });

  it("a folder with rules of its own is not composed without them", async () => {
    const loaded = await loadPolicyFolder(policyFolder({ ...GOOD, "rules/tagged.rego": OWN_RULE }));
    const library = readBundle(readFileSync(defaultBundlePath()));
    if (!loaded.ok || !library.ok) throw new Error("not loaded");
    const data = composeFromDefault(loaded.value, library.value);
    expect(data.ok ? "" : data.faults[0].code).to.equal("policy.needs_build");
  });

  for (const { name, files, code, place, says } of SPOILINGS) {
    it(`refuses ${name}`, async () => {
      const built = await buildPolicy(policyFolder({ ...GOOD, ...files }), { revision: "1" });
      expect(built.ok).to.equal(false);
      if (built.ok) return;
      const [fault] = built.faults;
      expect(fault.code, fault.message).to.equal(code);
      const found = [fault.file, fault.line, fault.column].filter((part) => part !== null).join(":");
      expect(found.startsWith(place), `${found} ${fault.message}`).to.equal(true);
      expect(fault.message).to.match(says);
      expect(fault.message).not.to.match(/\n|\/tmp\//);
    });
  }

  it("without OPA says in one line what to install", async () => {
    const { findOpa } = await import("../../../src/policy/index.ts");
    const missing = await findOpa({ PATH: "", XDG_CACHE_HOME: "/nonexistent" });
    expect(missing.ok ? "" : missing.reason.code).to.equal("policy.opa_missing");
    expect(missing.ok ? "" : missing.reason.message).to.match(/^OPA 1\.22\.2 .*provision/);
  });
});
