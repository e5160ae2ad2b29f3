import { Ajv } from "ajv";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import inputSchema from "../../../schemas/input.schema.json" with { type: "json" };
import type { InputDocument, InputEvidence } from "../../../src/normalization/index.ts";
import {
  asVerdict,
  composeBundle,
  composeFromDefault,
  defaultBundlePath,
  loadEngine,
  loadPolicyFolder,
  readBundle,
  type PolicyVerdict,
} from "../../../src/policy/index.ts";
import type { Signer } from "../../../src/verification/index.ts";
import { policyFolder, publicKey, removeFolders } from "./policy-folder.ts";
import { evidence, good, IMAGE, input, provenance, RELEASE, STRANGER } from "./sample.ts";
import { SBOM, SCAN_REPORT, SOURCE_SUMMARY, SUMMARY, TESTED } from "./records.ts";

const HEAD = `name: acme
version: "1"
signers:
  release:
    issuer: https://token.actions.githubusercontent.com
    identity: "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*"
  other:
    issuer: https://token.actions.githubusercontent.com
    identity: "https://github.com/acme/other/.github/workflows/check.yml@refs/tags/v*"
builders:
  - { builder: "https://github.com/acme/builder/.github/workflows/build.yml", signers: [release], level: 2 }
images:
`;
const OTHER: Signer = {
  ...RELEASE,
  identity: "https://github.com/acme/other/.github/workflows/check.yml@refs/tags/v1",
};

/** A set of images for acme with these lines. */
const set = (...lines: string[]) =>
  ['  - match: ["ghcr.io/acme/**"]', ...lines.map((line) => `    ${line}`)].join("\n");
const SIGNED = "provenance: { signers: [release] }";

interface Listed {
  readonly list: "sboms" | "vulnerabilityReports" | "verificationSummaries" | "testResults";
  readonly record: { readonly predicateType: string; readonly subject: InputEvidence["subject"] };
}

/** The good document with one record more, stated by evidence of this signer. */
function stating({ list, record }: Listed, signer: Signer = RELEASE): InputDocument {
  const { predicateType, subject } = record;
  const entry = evidence(`record by ${JSON.stringify(signer)}`, signer, { predicateType, subject });
  const first = evidence("good", RELEASE);
  return input([first, entry], [provenance(first.id)], {
    [list]: [{ ...record, evidence: entry.id }],
  });
}

const sbom: Listed = { list: "sboms", record: SBOM };
const scan: Listed = { list: "vulnerabilityReports", record: SCAN_REPORT };
const tested: Listed = { list: "testResults", record: TESTED };
const summary: Listed = { list: "verificationSummaries", record: SUMMARY };
const source: Listed = { list: "verificationSummaries", record: SOURCE_SUMMARY };
const flags = (hermetic: boolean | null) => {
  const first = evidence("good", RELEASE);
  return input([first], [provenance(first.id, { flags: { ...provenance(first.id).flags, hermetic } })]);
};
const parameters = (values: Record<string, string>) => {
  const first = evidence("good", RELEASE);
  return input([first], [provenance(first.id, { parameters: values })]);
};
const inNamespace = (namespace: string | null): InputDocument => {
  const document = good();
  return { ...document, request: { ...document.request, namespace } };
};

interface Case {
  readonly name: string;
  readonly images: string;
  readonly exceptions?: string;
  readonly input: InputDocument;
  readonly codes: readonly string[];
  readonly warnings?: readonly string[];
  readonly notEvaluated?: readonly string[];
  readonly mode?: string;
}

const SECTIONS = [
  { section: "sbom", code: "sbom.present", listed: sbom },
  { section: "vulnerabilities", code: "vulnerabilities.scan_present", listed: scan },
  { section: "tests", code: "tests.present", listed: tested },
  { section: "vsa", code: "vsa.present", listed: summary },
] as const;

const CASES: readonly Case[] = [
  ...SECTIONS.flatMap(({ section, code, listed }): Case[] => {
    const images = set(SIGNED, `${section}: { signers: [other] }`);
    return [
      { name: `${section} by its signer`, images, input: stating(listed, OTHER), codes: [] },
      { name: `T135 T137: ${section} by another signer`, images, input: stating(listed), codes: [code] },
      { name: `${section} by a stranger`, images, input: stating(listed, STRANGER), codes: [code] },
      { name: `${section} by nobody`, images, input: good(), codes: [code] },
      {
        name: `T136: ${section} that nobody signed`,
        images,
        input: { ...good(), unverified: { ...good().unverified, [listed.list]: [listed.record] } },
        codes: [code],
      },
    ];
  }),
  {
    name: "a source of the level",
    images: set(SIGNED, "source: { signers: [release], level: 3 }"),
    input: stating(source),
    codes: [],
  },
  {
    name: "T128: a source of a lower level",
    images: set(SIGNED, "source: { signers: [release], level: 4 }"),
    input: stating(source),
    codes: ["source.level"],
  },
  {
    name: "a source without a summary",
    images: set(SIGNED, "source: { signers: [release], level: 1 }"),
    input: good(),
    codes: ["source.verified"],
  },
  {
    name: "a builder of the level",
    images: set("provenance: { signers: [release], level: 2 }"),
    input: good(),
    codes: [],
  },
  {
    name: "T125 T127: a builder of a lower level",
    images: set("provenance: { signers: [release], level: 3 }"),
    input: good(),
    codes: ["builder.level"],
  },
  {
    name: "a hermetic build",
    images: set(SIGNED, "build: { hermetic: true }"),
    input: flags(true),
    codes: [],
  },
  {
    name: "a build that does not say whether it is hermetic",
    images: set(SIGNED, "build: { hermetic: true }"),
    input: flags(null),
    codes: ["build.hermetic"],
  },
  {
    name: "parameters that are approved",
    images: set("provenance: { signers: [release], parameters: { allowed: [workflow] } }"),
    input: parameters({ workflow: "x" }),
    codes: [],
  },
  {
    name: "T122: a parameter that nobody approved",
    images: set("provenance: { signers: [release], parameters: { allowed: [workflow] } }"),
    input: parameters({ workflow: "x", image: "evil" }),
    codes: ["parameters.allowed"],
  },
  {
    name: "a provenance of one signer where two are asked for",
    images: set("provenance: { signers: [release, other], minSigners: 2 }"),
    input: good(),
    codes: ["identity.minimum_signers"],
  },
  {
    name: "a provenance of two signers",
    images: set("provenance: { signers: [release, other], minSigners: 2 }"),
    input: input(
      [evidence("good", RELEASE, { signers: [RELEASE, OTHER] })],
      [provenance(evidence("good", RELEASE).id)],
    ),
    codes: [],
  },
  {
    name: "the platforms that are asked for",
    images: set(SIGNED, "image: { platforms: [linux/amd64, linux/arm64] }"),
    input: good(),
    codes: [],
  },
  {
    name: "a platform that is not there",
    images: set(SIGNED, "image: { platforms: [linux/s390x] }"),
    input: good(),
    codes: ["image.platforms_complete"],
  },
  {
    name: "dependencies that are not listed",
    images: set(SIGNED, "dependencies: { pinned: true }"),
    input: good(),
    codes: ["dependencies.pinned"],
  },
  {
    name: "a day that is allowed",
    images: set(SIGNED, "schedule: { weekdays: [sunday] }"),
    input: good(),
    codes: [],
  },
  {
    name: "a day that is not",
    images: set(SIGNED, "schedule: { weekdays: [monday], timezone: Europe/Berlin }"),
    input: good(),
    codes: ["schedule.weekday"],
  },
  {
    name: "T147: base images, which are not found yet, where the set itself asks for them",
    images: set(SIGNED, "baseImages: { known: true }"),
    input: good(),
    codes: ["base_images.known"],
  },
  {
    name: "drift, of which nothing is remembered, where the set itself asks for it",
    images: set(SIGNED, "drift: { repository: true }"),
    input: good(),
    codes: ["drift.source_unchanged"],
  },
  {
    name: "rules that cannot be evaluated and that nobody asked for by name",
    images: set(SIGNED, "include: [base_images.*, drift.*]", "exclude: [sbom, base_images.registry_allowed]"),
    input: good(),
    codes: [],
    notEvaluated: [
      ...["known", "level", "max_age", "no_builder_image", "pinned", "signed", "trusted"].map(
        (name) => `base_images.${name}`,
      ),
      ...["builder_unchanged", "new_parameter", "source_unchanged", "workflow_unchanged"].map(
        (name) => `drift.${name}`,
      ),
    ],
  },
  ...["warn", "audit"].map((mode): Case => ({
    name: `what would be denied, in the mode ${mode}`,
    images: set(`mode: ${mode}`, SIGNED, "build: { hermetic: true }"),
    input: good(),
    codes: [],
    warnings: ["build.hermetic"],
    mode,
  })),
  {
    name: "an image that nothing matches, beside a set that only warns",
    images: set("mode: audit", SIGNED).replace("ghcr.io/acme/**", "ghcr.io/acme/other"),
    input: good(),
    codes: ["policy.image_matched"],
  },
  {
    name: "a rule that is not in effect yet",
    images: set(
      SIGNED,
      "build: { hermetic: true }",
      "rules: { build.hermetic: { effectiveOn: 2026-11-23 } }",
    ),
    input: good(),
    codes: [],
    warnings: ["build.hermetic"],
  },
  {
    name: "a rule that is in effect since today",
    images: set(
      SIGNED,
      "build: { hermetic: true }",
      "rules: { build.hermetic: { effectiveOn: 2026-11-22 } }",
    ),
    input: good(),
    codes: ["build.hermetic"],
  },
  {
    name: "a rule that is to warn",
    images: set(SIGNED, "build: { hermetic: true }", "rules: { build.hermetic: { action: warn } }"),
    input: good(),
    codes: [],
    warnings: ["build.hermetic"],
  },
  ...(["prod", "test", null] as const).map((namespace): Case => ({
    name: `an image for ${namespace ?? "no namespace"}, where prod asks for more`,
    images: `${set(SIGNED)}\n${set("namespaces: [prod]", SIGNED, "build: { hermetic: true }")}`,
    input: inNamespace(namespace),
    codes: namespace === "prod" ? ["build.hermetic"] : [],
  })),
  {
    name: "an image in a namespace that no set is for",
    images: set("namespaces: [prod]", SIGNED),
    input: inNamespace("test"),
    codes: ["policy.image_matched"],
  },
  {
    name: "anything, where the set says why",
    images: set("allowAll: samples"),
    input: input([], []),
    codes: [],
    warnings: ["policy.allow_all"],
  },
  {
    name: "one provenance where any will do, beside one that states less",
    images: set(SIGNED, "build: { hermetic: true }"),
    input: twoBuilds(),
    codes: [],
    warnings: ["build.hermetic"],
  },
  {
    name: "the same where all must",
    images: set("provenance: { signers: [release], require: all }", "build: { hermetic: true }"),
    input: twoBuilds(),
    codes: ["build.hermetic"],
  },
  {
    name: "an exception of this image",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: `digests: ["${IMAGE}"], until: 2027-12-31`,
    input: good(),
    codes: [],
  },
  {
    name: "an exception of another digest",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: `digests: ["sha256:${"0".repeat(64)}"], until: 2027-12-31`,
    input: good(),
    codes: ["build.hermetic"],
  },
  {
    name: "an exception of another namespace",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "namespaces: [legacy-*], until: 2027-12-31",
    input: inNamespace("prod"),
    codes: ["build.hermetic"],
  },
  {
    name: "an exception of this namespace",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "namespaces: [legacy-*], until: 2027-12-31",
    input: inNamespace("legacy-1"),
    codes: [],
  },
  {
    name: "an exception that ends soon",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "until: 2026-12-01",
    input: good(),
    codes: [],
    warnings: ["exceptions.ending_soon"],
  },
  {
    name: "an exception without end",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "unbounded: the vendor is gone",
    input: good(),
    codes: [],
    warnings: ["exceptions.unbounded"],
  },
  {
    name: "A060: an exception that has ended",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "until: 2026-11-21",
    input: good(),
    codes: ["build.hermetic"],
    warnings: ["exceptions.expired"],
  },
  {
    name: "an exception that has not begun",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "from: 2026-12-01, until: 2027-12-31",
    input: good(),
    codes: ["build.hermetic"],
    warnings: ["exceptions.pending"],
  },
  {
    name: "an exception that excuses nothing",
    images: set(SIGNED, "build: { hermetic: true }"),
    exceptions: "until: 2027-12-31",
    input: flags(true),
    codes: [],
    warnings: ["exceptions.unused"],
  },
];

function twoBuilds(): InputDocument {
  const [first, second] = [evidence("good", RELEASE), evidence("second", RELEASE)];
  const stated = provenance(first.id);
  return input(
    [first, second],
    [provenance(first.id, { flags: { ...stated.flags, hermetic: true } }), provenance(second.id)],
  );
}

const library = readBundle(readFileSync(defaultBundlePath()));

describe("sections of policy.yaml", () => {
  after(removeFolders);

  const validate = new Ajv({ strict: false, formats: { "date-time": true } }).compile(inputSchema);

  for (const { name, images, exceptions, input: document, ...wanted } of CASES) {
    it(`${wanted.codes.length === 0 ? "allow" : "deny"} ${name}`, async () => {
      expect(validate(document), JSON.stringify(validate.errors)).to.equal(true);
      const verdict = await decided(images, exceptions, document);
      expect({
        allow: verdict.allow,
        codes: verdict.violations.map(({ code }) => code),
        warnings: verdict.warnings.map(({ code }) => code),
        notEvaluated: verdict.notEvaluated.map(({ code }) => code),
        mode: verdict.mode,
      }).to.deep.equal({
        allow: wanted.codes.length === 0,
        codes: wanted.codes,
        warnings: wanted.warnings ?? [],
        notEvaluated: wanted.notEvaluated ?? [],
        mode: wanted.mode ?? "enforce",
      });
      const silent = new Set([...wanted.codes, ...(wanted.notEvaluated ?? [])]);
      expect(verdict.passed.filter((code) => silent.has(code))).to.deep.equal([]);
    });
  }
});

async function decided(
  images: string,
  exceptions: string | undefined,
  document: InputDocument,
): Promise<PolicyVerdict> {
  const rule = `rule: build.hermetic, images: ["ghcr.io/acme/**"], owner: Ada, reason: later`;
  const folder = policyFolder({
    "policy.yaml": `${HEAD}${images}\n`,
    "trust/x.pub": publicKey,
    ...(exceptions === undefined
      ? {}
      : { "exceptions.yaml": `exceptions:\n  - { ${rule}, ${exceptions} }\n` }),
  });
  const loaded = await loadPolicyFolder(folder);
  if (!loaded.ok) throw new Error(loaded.faults[0].message);
  if (!library.ok) throw new Error(library.reason.message);
  const data = composeFromDefault(loaded.value, library.value);
  if (!data.ok) throw new Error(data.faults[0].message);
  const bundle = composeBundle(library.value, { name: "acme", revision: "1", data: data.value });
  if (!bundle.ok) throw new Error(bundle.reason.message);
  const engine = await loadEngine(bundle.value, { workers: 1 });
  if (!engine.ok) throw new Error(engine.reason.message);
  try {
    const result = await engine.value.evaluate(Buffer.from(JSON.stringify(document)), "assay/decision", {
      now: new Date(document.time),
      timeoutMs: 10_000,
    });
    if (!result.ok) throw new Error(result.reason.message);
    const verdict = asVerdict(result.value);
    if (!verdict.ok) throw new Error(verdict.reason.message);
    return verdict.value;
  } finally {
    await engine.value.close();
  }
}
