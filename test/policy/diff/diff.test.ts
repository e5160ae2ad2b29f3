import { expect } from "chai";
import type { JsonObject } from "../../../src/core/index.ts";
import { compareSections } from "../../../src/policy/diff/fields.ts";
import { meaningOf } from "../../../src/policy/diff/meanings.ts";
import {
  diffPolicies,
  readExamples,
  type Change,
  type PolicyBundle,
  type PolicyDiff,
} from "../../../src/policy/index.ts";
import { IMAGE_SET_SCHEMA, knownFields } from "../../../src/policy/source/schema-walk.ts";
import { asPattern, patternData } from "../../../src/policy/source/pattern.ts";
import { policyFolder, otherPublicKey, removeFolders } from "../source/policy-folder.ts";
import { good } from "../source/sample.ts";
import { baseBundle, bundleOf, changes, EXCEPTIONS, FILES, NOW, POLICY, yaml } from "./world.ts";

/** `looser images ghcr.io/acme/**: …`, a line each. */
function lines(found: readonly Change[]): readonly string[] {
  return found.map(({ direction, area, subject, message }) => `${direction} ${area} ${subject}: ${message}`);
}

describe("a policy compared with another", () => {
  after(removeFolders);

  it("that is the same has changed in nothing", async () => {
    expect(await changes(FILES)).to.deep.equal([]);
  });

  const cases: readonly {
    name: string;
    files: Readonly<Record<string, string>>;
    expected: readonly string[];
  }[] = [
    {
      name: "a ref approved too",
      files: yaml('"refs/tags/v*"]', '"refs/tags/v*", "refs/heads/main"]'),
      expected: ["looser images ghcr.io/acme/**: provenance.refs: refs/heads/main is approved too"],
    },
    {
      name: "a repository in place of all",
      files: yaml('"https://github.com/acme/*"', '"https://github.com/acme/app"'),
      expected: [
        "changed images ghcr.io/acme/**: provenance.repositories: https://github.com/acme/app added, which was covered",
        "stricter images ghcr.io/acme/**: provenance.repositories: https://github.com/acme/* is no longer approved",
      ],
    },
    {
      name: "a rule's data gone, and so the rule",
      files: yaml('      refs: ["refs/tags/v*"]\n', ""),
      expected: [
        "looser images ghcr.io/acme/**: rule source.ref_allowed (Source ref allowed) no longer applies",
        "looser images ghcr.io/acme/**: provenance.refs: no longer stated (refs/tags/v*)",
      ],
    },
    {
      name: "nothing is denied any more",
      files: yaml("    collections", "    mode: warn\n    collections"),
      expected: ["looser images ghcr.io/acme/**: mode: enforce → warn"],
    },
    {
      name: "a rule that warns from now on",
      files: yaml("    collections", "    rules: { source.ref_allowed: { action: warn } }\n    collections"),
      expected: ["looser images ghcr.io/acme/**: rule source.ref_allowed: as the rule says → warns"],
    },
    {
      name: "a rule that denies only later",
      files: yaml(
        "    collections",
        "    rules: { source.ref_allowed: { effectiveOn: 2027-01-01 } }\n    collections",
      ),
      expected: [
        "looser images ghcr.io/acme/**: rule source.ref_allowed: effective at once → effective on 2027-01-01T00:00:00Z",
      ],
    },
    {
      name: "a narrower identity",
      files: yaml("acme/*/.github", "acme/app/.github"),
      expected: [
        "stricter signers release: identity: https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v* → https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v*",
      ],
    },
    {
      name: "a key that ends",
      files: yaml("{ key: trust/scanner.pub }", "{ key: trust/scanner.pub, to: 2026-12-31 }"),
      expected: [
        "stricter signers scanner: to: not stated → 2026-12-31T23:59:59Z",
        "stricter trust scanner: the key: to: not stated → 2026-12-31T23:59:59Z",
      ],
    },
    {
      name: "images that no set matches any more",
      files: yaml("ghcr.io/acme/**", "ghcr.io/acme/app"),
      expected: [
        "stricter images ghcr.io/acme/**: no set of images matches them as a whole any more; what no narrower pattern matches is denied",
      ],
    },
    {
      name: "an exception that lasts longer",
      files: { ...FILES, "exceptions.yaml": EXCEPTIONS.replace("2026-12-31", "2027-06-30") },
      expected: [
        "looser exceptions source.ref_allowed for ghcr.io/acme/old: until 2026-12-31T23:59:59Z → until 2027-06-30T23:59:59Z",
      ],
    },
    {
      name: "no exception",
      files: { ...FILES, "exceptions.yaml": "exceptions: []\n" },
      expected: ["stricter exceptions source.ref_allowed for ghcr.io/acme/old: the exception is gone"],
    },
    {
      name: "levels of builders",
      files: yaml(
        "images:\n",
        "builders:\n  - { builder: https://tekton.dev/chains/v2, signers: [release], level: 3 }\nimages:\n",
      ),
      expected: [
        "looser builders https://tekton.dev/chains/v2 signed by release: SLSA build level: not stated → 3",
      ],
    },
  ];
  for (const { name, files, expected } of cases) {
    it(`tells ${name}`, async () => {
      expect(lines(await changes(files))).to.deep.equal(expected);
    });
  }

  it("tells another key under the same name as another key", async () => {
    const found = await changes({ ...FILES, "trust/scanner.pub": otherPublicKey });
    expect(lines(found).map((line) => line.replaceAll(/sha256:\w+/g, "…"))).to.deep.equal([
      "changed signers scanner: keyId: … → …",
      "changed trust scanner: the key: it is another key",
    ]);
  });

  it("tells a set that takes images out of another by what those images meet", async () => {
    const tools =
      '  - match: ["ghcr.io/acme/tools/*"]\n    collections: [minimal]\n    evidence: { signers: [release] }\n';
    const found = lines(await changes({ ...FILES, "policy.yaml": `${POLICY}${tools}` }));
    expect(found).to.include(
      "looser images ghcr.io/acme/tools/*: rule source.ref_allowed (Source ref allowed) no longer applies",
    );
    expect(found.every((line) => line.includes("ghcr.io/acme/tools/*"))).to.equal(true);
  });

  it("tells which examples are decided otherwise", async () => {
    const example = { input: good(), expect: { allow: true, violations: [] } };
    const folder = policyFolder({ "examples/good.json": JSON.stringify(example) });
    const { examples, faults } = await readExamples(folder);
    expect(faults).to.deep.equal([]);
    const [from, to] = [await baseBundle(), await bundleOf(yaml('"refs/tags/v*"]', '"refs/heads/main"]'))];
    const decided = async (one: PolicyBundle, other: PolicyBundle): Promise<PolicyDiff["decisions"]> => {
      const diff = await diffPolicies({ bundle: one, rego: [] }, { bundle: other, rego: [] }, examples, NOW);
      return diff.ok ? diff.value.decisions : null;
    };
    const message = "allowed → denied (source.ref_allowed)";
    expect(await decided(from, to)).to.deep.equal({
      examples: 1,
      changed: [{ file: "examples/good.json", direction: "stricter", step: "major", message }],
    });
    expect(await decided(from, from)).to.deep.equal({ examples: 1, changed: [] });
  });
});

describe("fields compared", () => {
  const refs = (...texts: string[]) => texts.map((text) => patternData(asPattern(text)));
  const days = (count: number) => ({ text: `${count}d`, seconds: count * 86_400 });
  const table: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    ["a shorter age", { sbom: { maxAge: days(30) } }, { sbom: { maxAge: days(7) } }, "stricter"],
    ["an age at last", { sbom: {} }, { sbom: { maxAge: days(7) } }, "stricter"],
    ["no age any more", { sbom: { maxAge: days(7) } }, { sbom: {} }, "looser"],
    [
      "a longer grace",
      { vulnerabilities: { grace: days(3) } },
      { vulnerabilities: { grace: days(9) } },
      "looser",
    ],
    [
      "a lower limit",
      { vulnerabilities: { failOn: "critical" } },
      { vulnerabilities: { failOn: "high" } },
      "stricter",
    ],
    ["no limit", { vulnerabilities: { failOn: "critical" } }, { vulnerabilities: {} }, "looser"],
    [
      "a milder limit of what nothing mends",
      { vulnerabilities: { failOn: "high" } },
      { vulnerabilities: { failOn: "high", unpatched: "critical" } },
      "looser",
    ],
    ["a milder guess", { vulnerabilities: {} }, { vulnerabilities: { unknownSeverity: "low" } }, "looser"],
    ["a flag", { image: {} }, { image: { nonRoot: true } }, "stricter"],
    [
      "pull requests",
      { provenance: { allowPullRequests: false } },
      { provenance: { allowPullRequests: true } },
      "looser",
    ],
    ["more signers needed", { signature: { minSigners: 2 } }, { signature: { minSigners: 3 } }, "stricter"],
    ["all, not any", { provenance: {} }, { provenance: { require: "all" } }, "stricter"],
    ["the newest, not any", { provenance: {} }, { provenance: { require: "newest" } }, "changed"],
    ["somebody who excuses", { vex: {} }, { vex: { signers: ["a"] } }, "looser"],
    [
      "a licence denied too",
      { sbom: { licenses: { deny: refs("a") } } },
      { sbom: { licenses: { deny: refs("a", "b") } } },
      "stricter",
    ],
    [
      "a label wanted",
      { image: { labels: { required: {} } } },
      { image: { labels: { required: { a: true } } } },
      "stricter",
    ],
    [
      "fewer entries of a log",
      { traces: { maxEntries: { network: 5 } } },
      { traces: { maxEntries: { network: 0 } } },
      "stricter",
    ],
    ["a log limited", { traces: { maxEntries: {} } }, { traces: { maxEntries: { network: 0 } } }, "stricter"],
    [
      "a tag released too",
      { releases: { tags: refs("v1") } },
      { releases: { tags: refs("v1", "v2") } },
      "looser",
    ],
    ["what is not known", { sbom: { novel: 1 } }, { sbom: { novel: 2 } }, "changed"],
    [
      "an attestation's further signer",
      { attestations: [{ predicateType: "t", signers: ["a"] }] },
      { attestations: [{ predicateType: "t", signers: ["a", "b"] }] },
      "looser",
    ],
  ];
  for (const [name, before, after, direction] of table) {
    it(`tells ${name} as ${direction}, and the way back as the contrary`, () => {
      const opposite: Readonly<Record<string, string>> = {
        stricter: "looser",
        looser: "stricter",
        changed: "changed",
      };
      const directions = (from: JsonObject, to: JsonObject) =>
        compareSections(from, to).map((one) => one.direction);
      expect(directions(before, after)).to.deep.equal([direction]);
      expect(directions(after, before)).to.deep.equal([opposite[direction]]);
      expect(directions(after, after)).to.deep.equal([]);
    });
  }

  it("know the meaning of every field that policy.yaml can state", () => {
    const frame =
      /^(?:match|namespaces|mode|collections|include|exclude|rules|allowAll|data)\b|\.deny\.(?:purl|versions)$/;
    const fields = knownFields(IMAGE_SET_SCHEMA).filter((field) => !frame.test(field));
    const leaves = fields.filter((field) => !fields.some((other) => other.startsWith(`${field}.`)));
    expect(leaves.length).to.be.greaterThan(80);
    expect(leaves.filter((field) => meaningOf(field.split(".")) === undefined)).to.deep.equal([]);
  });
});
