import { expect } from "chai";
import { digestOf, type JsonObject, type JsonValue } from "../../../src/core/index.ts";
import { sbomFamily } from "../../../src/normalization/sbom/sbom.ts";
import type { Sbom } from "../../../src/normalization/sbom/types.ts";
import { documentOf, foundOf, verifiedOf, statementOf } from "../make.ts";
import { inputSchemaErrors } from "../schema.ts";
import { cyclonedx14, cyclonedx15, cyclonedx16 } from "./samples/cyclonedx.ts";
import { IMAGE_HEX, recordOf, sbomOf, type SbomSample } from "./samples/sample.ts";
import { spdx23, spdxTagValue } from "./samples/spdx2.ts";
import { spdx30 } from "./samples/spdx3.ts";

type Draft = Record<string, JsonValue>;

/** A copy that a spoiling may change. */
function copyOf(sample: SbomSample): Draft {
  return structuredClone(sample.predicate);
}

function list(value: JsonValue | undefined): Draft[] {
  return value as Draft[];
}

function draft(value: JsonValue | undefined): Draft {
  return value as Draft;
}

interface Spoiling {
  readonly name: string;
  readonly sample: SbomSample;
  readonly spoil: (predicate: Draft) => void;
  /** What else the record says; everything that is not named here stays as it was. */
  readonly change: (record: Sbom) => Partial<Sbom>;
}

const packages = (predicate: Draft) => list(predicate["packages"]);
const leftPad = (predicate: Draft) => packages(predicate)[1] ?? {};
const without = (record: Sbom, index: number, ...fields: readonly string[]): Pick<Sbom, "components"> => ({
  components: record.components.map((component, at) =>
    at === index
      ? (Object.fromEntries(
          Object.entries(component).filter(([key]) => !fields.includes(key)),
        ) as Sbom["components"][number])
      : component,
  ),
});
const changed = (record: Sbom, index: number, change: object): Pick<Sbom, "components"> => ({
  components: record.components.map((component, at) =>
    at === index ? { ...component, ...change } : component,
  ),
});

const SPOILINGS: readonly Spoiling[] = [
  {
    name: "SPDX of a version that nobody wrote",
    sample: spdx23,
    spoil: (predicate) => (predicate["spdxVersion"] = "SPDX-2.9"),
    change: () => ({ version: "2.9", faults: ["spdxVersion is none of SPDX-2.2 and SPDX-2.3: SPDX-2.9"] }),
  },
  {
    name: "SPDX without creation info",
    sample: spdx23,
    spoil: (predicate) => delete predicate["creationInfo"],
    change: ({ ntia }) => ({
      created: null,
      authors: [],
      tools: [],
      ntia: { ...ntia, author: false, timestamp: false },
      faults: ["creationInfo.created is no RFC 3339 time: not stated", "creationInfo names no creators"],
    }),
  },
  {
    name: "a time without zone",
    sample: spdx23,
    spoil: (predicate) => (draft(predicate["creationInfo"])["created"] = "2026-01-02T03:04:05"),
    change: ({ ntia }) => ({
      created: null,
      ntia: { ...ntia, timestamp: false },
      faults: ["creationInfo.created is no RFC 3339 time: 2026-01-02T03:04:05"],
    }),
  },
  {
    name: "a package without a name",
    sample: spdx23,
    spoil: (predicate) => delete leftPad(predicate)["name"],
    change: (record) => ({
      ...changed(record, 1, { name: "" }),
      ntia: { ...record.ntia, componentName: false },
      faults: ["a package has no name: SPDXRef-Package-npm-left-pad"],
    }),
  },
  {
    name: "a name that is a number",
    sample: spdx23,
    spoil: (predicate) => (leftPad(predicate)["name"] = 7),
    change: (record) => ({
      ...changed(record, 1, { name: "" }),
      ntia: { ...record.ntia, componentName: false },
      faults: ["a package has no name: SPDXRef-Package-npm-left-pad"],
      unknownFields: ["/packages/*/name", "/x-internal"],
    }),
  },
  {
    name: "a hash that is none",
    sample: spdx23,
    spoil: (predicate) => ((list(leftPad(predicate)["checksums"])[0] ?? {})["checksumValue"] = "5b5b5b5"),
    change: (record) => ({
      ...changed(record, 1, { hashes: { sha3256: "3c".repeat(32) } }),
      faults: ["a hash cannot be read: SHA1 5b5b5b5"],
    }),
  },
  {
    name: "a hash twice, another each time",
    sample: spdx23,
    spoil: (predicate) =>
      list(leftPad(predicate)["checksums"]).push({ algorithm: "SHA1", checksumValue: "6c".repeat(20) }),
    change: () => ({
      faults: [`a hash is stated twice with different values: sha1 ${"6c".repeat(20)}`],
    }),
  },
  {
    name: "a purl that is none",
    sample: spdx23,
    spoil: (predicate) =>
      ((list(leftPad(predicate)["externalRefs"])[0] ?? {})["referenceLocator"] = "npm:left-pad@1.3.0"),
    change: (record) => {
      const references = record.components[1]?.externalReferences ?? [];
      const [spoiled] = [
        changed(record, 1, {
          externalReferences: [{ type: "purl", url: "npm:left-pad@1.3.0" }, ...references],
        }),
      ];
      return {
        ...without({ ...record, ...spoiled }, 1, "purl", "originalPurl"),
        faults: ["a purl cannot be read: npm:left-pad@1.3.0"],
      };
    },
  },
  {
    name: "an SPDXID twice",
    sample: spdx23,
    spoil: (predicate) => packages(predicate).push({ SPDXID: "SPDXRef-image-parent", name: "again" }),
    change: (record) => ({
      components: [...record.components, { ref: "SPDXRef-image-parent", name: "again" }],
      faults: ["an SPDXID stands twice: SPDXRef-image-parent"],
    }),
  },
  {
    name: "a relationship into nowhere",
    sample: spdx23,
    spoil: (predicate) =>
      list(predicate["relationships"]).push({
        spdxElementId: "SPDXRef-gone",
        relatedSpdxElement: "NOASSERTION",
        relationshipType: "DEPENDS_ON",
      }),
    change: ({ relationships }) => ({
      relationships: relationships + 1,
      faults: ["a relationship names an element that is not there: SPDXRef-gone"],
    }),
  },
  {
    name: "a base that is a package's upstream",
    sample: spdx23,
    spoil: (predicate) =>
      list(predicate["relationships"]).push({
        spdxElementId: "SPDXRef-DocumentRoot-Image-app",
        relatedSpdxElement: "SPDXRef-Package-npm-left-pad",
        relationshipType: "DESCENDANT_OF",
      }),
    change: ({ relationships }) => ({ relationships: relationships + 1 }),
  },
  {
    name: "packages that are no list",
    sample: spdx23,
    spoil: (predicate) => {
      predicate["packages"] = { 0: "left-pad" };
      predicate["relationships"] = [];
    },
    change: ({ ntia }) => ({
      components: [],
      describes: [],
      builtFrom: [],
      relationships: 0,
      matchesImage: null,
      ntia: { ...ntia, componentName: false, dependencyRelationships: false },
      faults: ["it does not say what it describes"],
      unknownFields: ["/packages", "/x-internal"],
    }),
  },
  {
    name: "CycloneDX of a version that nobody wrote",
    sample: cyclonedx16,
    spoil: (predicate) => (predicate["specVersion"] = "2.0"),
    change: () => ({ version: "2.0", faults: ["specVersion is none of 1.2 to 1.7: 2.0"] }),
  },
  {
    name: "CycloneDX without metadata",
    sample: cyclonedx16,
    spoil: (predicate) => {
      delete predicate["metadata"];
      predicate["dependencies"] = [];
    },
    change: ({ ntia, components }) => ({
      created: null,
      authors: [],
      tools: [],
      describes: [],
      components: components.slice(1),
      relationships: 0,
      matchesImage: null,
      ntia: { ...ntia, author: false, timestamp: false, dependencyRelationships: false },
    }),
  },
  {
    name: "a dependency into nowhere",
    sample: cyclonedx16,
    spoil: (predicate) =>
      list(predicate["dependencies"]).push({ ref: "gone", dependsOn: ["left-pad", "gone"] }),
    change: ({ relationships }) => ({
      relationships: relationships + 2,
      faults: ["a dependency names an element that is not there: gone and 1 more"],
    }),
  },
  {
    name: "a dependency of a formula's component, of a tool and of another document's",
    sample: cyclonedx15,
    spoil: (predicate) => {
      const tools = draft(draft(predicate["metadata"])["tools"]);
      (list(tools["components"])[0] ?? {})["bom-ref"] = "tool";
      (list((list(predicate["formulation"])[0] ?? {})["components"])[0] ?? {})["bom-ref"] = "gcc";
      list(predicate["dependencies"]).push({ ref: "tool", dependsOn: ["gcc", "urn:cdx:1/1#a"] });
    },
    change: ({ relationships }) => ({ relationships: relationships + 2 }),
  },
  {
    name: "a bom-ref twice",
    sample: cyclonedx16,
    spoil: (predicate) =>
      list(predicate["components"]).push({ type: "file", "bom-ref": "left-pad", name: "x" }),
    change: () => ({ files: 1, faults: ["a bom-ref stands twice: left-pad"] }),
  },
  {
    name: "a licence without anything",
    sample: cyclonedx16,
    spoil: (predicate) => ((list(predicate["components"])[0] ?? {})["licenses"] = [{}, { license: {} }]),
    change: (record) => ({
      ...without(record, 1, "licenseDeclared", "licenseConcluded"),
      faults: ["a licence has neither id, name nor expression and 1 more"],
    }),
  },
  {
    name: "an SPDX 3 element twice",
    sample: spdx30,
    spoil: (predicate) =>
      list(predicate["@graph"]).push({
        type: "software_File",
        spdxId: "https://acme.example/spdx/app#image",
      }),
    change: () => ({ files: 2, faults: ["an spdxId stands twice: https://acme.example/spdx/app#image"] }),
  },
  {
    name: "SPDX 3 without its document",
    sample: spdx30,
    spoil: (predicate) => {
      predicate["@graph"] = list(predicate["@graph"]).filter(({ type }) => type !== "SpdxDocument");
    },
    change: (record) => ({
      ...without(record, 0, "described"),
      documentId: null,
      name: null,
      created: null,
      authors: [],
      tools: [],
      describes: [],
      ntia: { ...record.ntia, author: false, timestamp: false },
      faults: [
        "there is no SpdxDocument",
        "created is no RFC 3339 time: not stated",
        "it does not say what it describes",
      ],
    }),
  },
  {
    name: "cosign's Data cut short",
    sample: { ...cyclonedx16, predicate: { Data: JSON.stringify(cyclonedx16.predicate), Timestamp: "" } },
    spoil: (predicate) => (predicate["Data"] = '{"bomFormat":"CycloneDX",'),
    change: () =>
      empty(
        "the predicate's Data is not read: not JSON: Expected double-quoted property name in JSON at position 25 (line 1 column 26)",
      ),
  },
  {
    name: "cosign's Data with a key twice",
    sample: { ...cyclonedx16, predicate: { Data: JSON.stringify(cyclonedx16.predicate), Timestamp: "" } },
    spoil: (predicate) => (predicate["Data"] = '{"bomFormat":"CycloneDX","bomFormat":"CycloneDX"}'),
    change: () => empty('the predicate\'s Data is not read: the key "bomFormat" stands twice in one object'),
  },
  {
    name: "T143 XML with entities in cosign's Data",
    sample: { ...cyclonedx16, predicate: { Data: JSON.stringify(cyclonedx16.predicate), Timestamp: "" } },
    spoil: (predicate) =>
      (predicate["Data"] = '<?xml version="1.0"?><!DOCTYPE bom [<!ENTITY a "&b;&b;">]><bom>&a;</bom>'),
    change: () => empty("the predicate's Data is XML, which is not read: attest the SBOM's JSON"),
  },
];

/** What is left of a CycloneDX document that could not be opened. */
function empty(fault: string): Partial<Sbom> {
  return {
    version: null,
    documentId: null,
    created: null,
    authors: [],
    tools: [],
    describes: [],
    matchesImage: null,
    components: [],
    relationships: 0,
    ntia: {
      supplier: false,
      componentName: false,
      componentVersion: false,
      uniqueIdentifiers: false,
      dependencyRelationships: false,
      author: false,
      timestamp: false,
    },
    faults: [fault, "bomFormat is not CycloneDX", "specVersion is none of 1.2 to 1.7: not stated"],
  };
}

describe("an SBOM that breaks its own format", () => {
  for (const { name, sample, spoil, change } of SPOILINGS) {
    it(name, () => {
      const good = recordOf(sample);
      const predicate = copyOf(sample);
      spoil(predicate);
      const record = recordOf(sample, predicate);
      expect(record).to.deep.equal({ ...good, ...change(good) });
      expect(inputSchemaErrors(record, "sbom")).to.deep.equal([]);
    });
  }

  it("names at most 20 faults, each on one line, and 200 unknown fields, the first in order", () => {
    const predicate = copyOf(spdx23);
    leftPad(predicate)["name"] = "";
    leftPad(predicate)["SPDXID"] = "a\nb\u202e";
    for (let n = 0; n < 5000; n++) predicate[`x${String(n).padStart(4, "0")}`] = n;
    predicate["x".repeat(5000)] = 1;
    const record = recordOf(spdx23, predicate);
    expect(record.faults.every((fault) => !fault.includes("\n") && fault.length < 300)).to.equal(true);
    expect(record.faults).to.include("a package has no name: a b");
    expect(record.unknownFields).to.have.length(200);
    expect(record.unknownFields.slice(0, 3)).to.deep.equal(["", "/x-internal", "/x0000"]);
  });
});

describe("which statements are SBOMs", () => {
  const recognised = (predicateType: string, predicate: JsonObject = {}) =>
    sbomFamily.recognises(predicateType, predicate);

  it("those of the predicate types, in any version", () => {
    for (const type of [
      "https://spdx.dev/Document",
      "https://spdx.dev/Document/v2.2",
      "https://spdx.dev/Document/v2.3",
      "https://spdx.dev/Document/v3",
      "https://spdx.dev/Document/v3.0.1",
      "https://cyclonedx.org/bom",
      "https://cyclonedx.org/bom/v1.4",
      "https://cyclonedx.org/bom/1.6",
    ]) {
      expect(recognised(type), type).to.equal(true);
    }
  });

  it("no custom type, whatever the predicate looks like", () => {
    for (const type of [
      "https://cosign.sigstore.dev/attestation/v1",
      "https://acme.example/sbom",
      "https://spdx.dev/Document.evil/v2.3",
      "https://cyclonedx.org/bom/v1.6/extra",
      "https://cyclonedx.org/vex",
      "text/plain",
      "",
    ]) {
      for (const { predicate } of [spdx23, spdx30, cyclonedx16]) {
        expect(recognised(type, predicate), type).to.equal(false);
      }
    }
  });

  it("documents without a statement by media type and shape together", () => {
    expect(recognised("application/spdx+json", spdx23.predicate)).to.equal(true);
    expect(recognised("text/spdx+json", spdx30.predicate)).to.equal(true);
    expect(recognised("application/vnd.cyclonedx+json; version=1.6", cyclonedx16.predicate)).to.equal(true);
    expect(recognised("application/json", cyclonedx16.predicate)).to.equal(true);
    expect(recognised("application/json", { "@context": "https://openvex.dev/ns/v0.2.0" })).to.equal(false);
    expect(recognised("application/spdx+json", cyclonedx16.predicate)).to.equal(false);
    expect(recognised("application/vnd.cyclonedx+json", spdx23.predicate)).to.equal(false);
    expect(recognised("application/spdx+json", {})).to.equal(false);
  });

  it("cosign's wrapping gives the record of what is wrapped, pointers aside", () => {
    for (const sample of [spdx23, spdx30, cyclonedx15]) {
      const plain = recordOf(sample);
      const text = recordOf(sample, { Data: JSON.stringify(sample.predicate), Timestamp: "now" });
      const object = recordOf(sample, { Data: sample.predicate, Timestamp: "now" });
      expect(object).to.deep.equal(text);
      expect(text).to.deep.equal({
        ...plain,
        unknownFields: plain.unknownFields.map((pointer) => `/Data${pointer}`),
      });
    }
  });
});

describe("T136 whether an SBOM is about this image, by digest alone", () => {
  const OTHER = "99".repeat(32);
  const root = (component: JsonObject, components: readonly JsonObject[] = []): JsonObject => ({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { component: { type: "container", name: "app", ...component } },
    components,
  });
  const hashes = (hex: string) => [{ alg: "SHA-256", content: hex }];
  const matches = (predicate: JsonObject) => sbomOf("https://cyclonedx.org/bom", predicate).matchesImage;

  const CASES: readonly (readonly [string, JsonObject, boolean | null])[] = [
    ["T136 by the hash of what it describes", root({ hashes: hashes(IMAGE_HEX) }), true],
    ["T136 by a platform's digest", root({ hashes: hashes("cd".repeat(32)) }), true],
    ["T136 by its version", root({ version: `sha256:${IMAGE_HEX}` }), true],
    ["T136 by its purl", root({ purl: `pkg:oci/app@sha256%3A${IMAGE_HEX}` }), true],
    ["T136 by its name", root({ name: `ghcr.io/acme/app@sha256:${IMAGE_HEX}` }), true],
    ["T136 another image's", root({ hashes: hashes(OTHER) }), false],
    [
      "T136 another image's that lists this one",
      root({ hashes: hashes(OTHER) }, [{ type: "container", name: "app", hashes: hashes(IMAGE_HEX) }]),
      false,
    ],
    [
      "by an image among the components where what it describes states none",
      root({}, [{ type: "container", name: "app", hashes: hashes(IMAGE_HEX) }]),
      true,
    ],
    [
      "packages' hashes are no image's",
      root({}, [{ type: "library", name: "app", hashes: hashes(IMAGE_HEX) }]),
      null,
    ],
    ["T136 the same name, no digest", root({ name: "ghcr.io/acme/app", version: "1.2.0" }), null],
    ["T136 the digest inside of another word", root({ name: `app-sha256:${IMAGE_HEX}` }), null],
    [
      "T136 the same digits by another algorithm",
      root({ hashes: [{ alg: "SHA3-256", content: IMAGE_HEX }] }),
      false,
    ],
  ];
  for (const [name, predicate, expected] of CASES) {
    it(name, () => expect(matches(predicate)).to.equal(expected));
  }

  it("T136 one attached without a statement is unverified, and nowhere else", () => {
    const bytes = Buffer.from(JSON.stringify(spdx23.predicate));
    const document = documentOf([
      verifiedOf("signed", statementOf(cyclonedx14.predicateType, cyclonedx14.predicate)),
      {
        artifact: {
          id: digestOf(bytes),
          source: "referrer",
          location: "referrer sbom",
          mediaType: "application/spdx+json",
          attachedTo: null,
          content: { kind: "document", bytes },
        },
        conclusion: {
          status: "unsigned",
          reason: { code: "signature.absent", message: "the document stands without an envelope" },
          statement: null,
          subject: null,
        },
      },
    ]);
    expect(document.sboms.map(({ format, subject }) => [format, subject?.matches])).to.deep.equal([
      ["cyclonedx", "image"],
    ]);
    expect(document.unverified.sboms.map(({ format, subject }) => [format, subject])).to.deep.equal([
      ["spdx", null],
    ]);
    expect(inputSchemaErrors(document)).to.deep.equal([]);
  });
});

describe("T143 SBOMs made to exhaust", () => {
  it("T143 relationships and dependencies in circles are counted, not followed", () => {
    const refs = Array.from({ length: 2000 }, (_, n) => `c${n}`);
    const next = (n: number) => refs[(n + 1) % refs.length] ?? "";
    const cyclonedx = sbomOf("https://cyclonedx.org/bom", {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      components: refs.map((ref) => ({ "bom-ref": ref, type: "library", name: ref })),
      dependencies: refs.map((ref, n) => ({ ref, dependsOn: [next(n), ref] })),
    });
    expect(cyclonedx).to.deep.include({ relationships: 4000, faults: [] });
    const predicate = copyOf(spdx23);
    predicate["packages"] = refs.map((ref) => ({ SPDXID: `SPDXRef-${ref}`, name: ref }));
    predicate["relationships"] = refs.flatMap((ref, n) =>
      ["DESCENDANT_OF", "CONTAINS"].map((relationshipType) => ({
        spdxElementId: `SPDXRef-${ref}`,
        relatedSpdxElement: `SPDXRef-${next(n)}`,
        relationshipType,
      })),
    );
    expect(recordOf(spdx23, predicate)).to.deep.include({ relationships: 4000, builtFrom: [] });
  });

  it("T143 components inside each other, deeper than calls can be", () => {
    let inside: JsonObject = { type: "library", name: "innermost" };
    for (let n = 0; n < 20_000; n++) inside = { type: "library", name: "c", components: [inside], extra: n };
    const record = sbomOf("https://cyclonedx.org/bom", {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      components: [inside],
    });
    expect(record.components).to.have.length(20_001);
    expect(record.unknownFields).to.deep.equal(["/components/*/components/*/extra", "/components/*/extra"]);
  });

  it("T143 licences that are sets of themselves", () => {
    const set = (name: string) => ({
      type: "expandedlicensing_ConjunctiveLicenseSet",
      spdxId: name,
      expandedlicensing_member: Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? "a" : "b")),
    });
    const record = sbomOf("https://spdx.dev/Document", {
      "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
      "@graph": [
        { type: "software_Package", spdxId: "p", name: "p" },
        set("a"),
        set("b"),
        { type: "Relationship", spdxId: "r", from: "p", to: ["a"], relationshipType: "hasDeclaredLicense" },
      ],
    });
    expect(record.components).to.deep.equal([{ ref: "p", name: "p" }]);
  });

  it("T143 tag-value text whose end is missing, and lines without end", () => {
    const record = recordOf(spdxTagValue, {
      Data: `SPDXVersion: SPDX-2.3\nPackageName: a\nDocumentComment: <text>${"<text>PackageName: b\n".repeat(100_000)}`,
    });
    expect(record.components.map(({ name }) => name)).to.deep.equal(["a"]);
  });
});

describe("T144 names that mean something to a program", () => {
  const NAMES = ["__proto__", "constructor", "toString", "(a+)+$", ".*", "\\", "$&", "<script>"];

  it("T144 components of such names, references and licences are data", () => {
    const record = sbomOf("https://cyclonedx.org/bom", {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      metadata: { component: { type: "container", name: "app", "bom-ref": "app" } },
      components: NAMES.map((name) => ({
        type: "library",
        name,
        "bom-ref": name,
        licenses: [{ license: { name } }],
        hashes: [{ alg: name, content: "00".repeat(32) }],
      })),
      dependencies: NAMES.map((ref) => ({ ref, dependsOn: NAMES })),
    });
    expect(record.components.slice(1).map(({ name, ref }) => [name, ref])).to.deep.equal(
      NAMES.map((name) => [name, name]),
    );
    expect(record.components.slice(1).map(({ licenseDeclared }) => licenseDeclared)).to.deep.equal([
      "LicenseRef-proto",
      "constructor",
      "toString",
      "LicenseRef-a",
      "LicenseRef-.",
      undefined,
      undefined,
      "LicenseRef-script",
    ]);
    expect(record.relationships).to.equal(NAMES.length ** 2);
    expect(record.faults).to.deep.equal([`a hash cannot be read: (a+)+$ ${"00".repeat(32)} and 4 more`]);
    expect(({} as Record<string, unknown>)["sha256"]).to.equal(undefined);
    expect(inputSchemaErrors(record, "sbom")).to.deep.equal([]);
  });

  it("T144 the same in SPDX, with the members of its own prototype", () => {
    const predicate = JSON.parse(
      `{"spdxVersion":"SPDX-2.3","__proto__":{"packages":[{"name":"inherited"}]},"packages":[${NAMES.map(
        (name) => JSON.stringify({ SPDXID: name, name, versionInfo: name }),
      ).join(",")}]}`,
    ) as JsonObject;
    const record = sbomOf("https://spdx.dev/Document", predicate);
    expect(record.components).to.deep.equal(NAMES.map((name) => ({ ref: name, name, version: name })));
    expect(record.unknownFields).to.deep.equal(["/__proto__"]);
    const inherited = sbomOf("https://spdx.dev/Document", Object.create(spdx23.predicate) as JsonObject);
    expect(inherited.components).to.deep.equal([]);
  });
});

describe("what a statement of another kind gives", () => {
  it("no SBOM", () => {
    expect(sbomFamily.read(foundOf("https://slsa.dev/provenance/v1", spdx23.predicate))).to.deep.equal({});
  });
});
