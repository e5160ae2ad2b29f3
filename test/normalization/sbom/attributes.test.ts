import { expect } from "chai";
import type { JsonObject, JsonValue } from "../../../src/core/index.ts";
import { readAttributes } from "../../../src/normalization/sbom/attributes.ts";
import { documentOf, foundOf, statementOf, verifiedOf } from "../make.ts";
import { inputSchemaErrors } from "../schema.ts";
import { cyclonedx15 } from "./samples/cyclonedx.ts";
import { spdxTagValue } from "./samples/spdx2.ts";

const CYCLONEDX = "https://cyclonedx.org/bom";
const SPDX = "https://spdx.dev/Document";

/** What a document says of attributes, and whether that is all. */
function attributesOf(predicateType: string, predicate: JsonObject) {
  const record = readAttributes(foundOf(predicateType, predicate));
  return {
    complete: record?.complete,
    attributes: record?.attributes.map(({ component, name, value }) => [component, name, value]),
  };
}

const cyclonedx = (...components: readonly JsonObject[]): JsonObject => ({
  bomFormat: "CycloneDX",
  components,
});
const spdx2 = (annotations: JsonValue): JsonObject => ({
  spdxVersion: "SPDX-2.3",
  packages: [{ name: "lodash", SPDXID: "SPDXRef-1", annotations }],
});
const spdx3 = (...elements: readonly JsonObject[]): JsonObject => ({
  "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
  "@graph": [{ type: "software_Package", spdxId: "urn:1", name: "lodash" }, ...elements],
});
const NOTE = '{"name": "cachi2:found_by", "value": "cachi2"}';

describe("attributes of components", () => {
  it("are CycloneDX properties, also of the image and of components inside of others", () => {
    const predicate: JsonObject = {
      ...cyclonedx({
        name: "lodash",
        purl: "pkg:npm/lodash@4.17.21",
        properties: [{ name: "a", value: "1" }, { name: "b" }],
        components: [{ name: "inner", properties: [{ name: "c", value: "3" }] }],
      }),
      metadata: { component: { name: "app", properties: [{ name: "root", value: "yes" }] } },
    };
    expect(attributesOf(CYCLONEDX, predicate)).to.deep.equal({
      complete: true,
      attributes: [
        ["app", "root", "yes"],
        ["pkg:npm/lodash@4.17.21", "a", "1"],
        ["pkg:npm/lodash@4.17.21", "b", null],
        ["inner", "c", "3"],
      ],
    });
  });

  it("are annotations of SPDX 2 packages that hold JSON; words for people are none", () => {
    const annotations = [
      { annotationType: "OTHER", comment: NOTE },
      { annotationType: "REVIEW", comment: "looks fine" },
      { annotationType: "OTHER", comment: '{"name": "count", "value": 3}' },
    ];
    expect(attributesOf(SPDX, spdx2(annotations))).to.deep.equal({
      complete: true,
      attributes: [
        ["lodash", "cachi2:found_by", "cachi2"],
        ["lodash", "count", "3"],
      ],
    });
  });

  it("are annotations and CycloneDX properties of SPDX 3 elements", () => {
    const predicate = spdx3(
      { type: "Annotation", spdxId: "urn:2", subject: "urn:1", statement: NOTE },
      {
        type: "software_Package",
        spdxId: "urn:3",
        name: "left-pad",
        extension: [
          {
            type: "extension_CdxPropertiesExtension",
            extension_cdxProperty: [{ extension_cdxPropName: "a", extension_cdxPropValue: "1" }],
          },
        ],
      },
    );
    expect(attributesOf(SPDX, predicate)).to.deep.equal({
      complete: true,
      attributes: [
        ["lodash", "cachi2:found_by", "cachi2"],
        ["left-pad", "a", "1"],
      ],
    });
  });

  it("stand in the document beside the SBOM, as the schema has it", () => {
    const { predicateType, predicate } = cyclonedx15;
    const document = documentOf([verifiedOf("x", statementOf(predicateType, predicate))]);
    expect(inputSchemaErrors(JSON.parse(JSON.stringify(document)))).to.deep.equal([]);
    expect(document.componentAttributes.map(({ evidence }) => evidence)).to.deep.equal(
      document.sboms.map(({ evidence }) => evidence),
    );
    expect(document.componentAttributes[0]?.complete).to.equal(true);
  });

  const unread: readonly { readonly name: string; readonly type: string; readonly predicate: JsonObject }[] =
    [
      {
        name: "a property without name",
        type: CYCLONEDX,
        predicate: cyclonedx({ name: "a", properties: [{ value: "1" }] }),
      },
      {
        name: "properties that are no list",
        type: CYCLONEDX,
        predicate: cyclonedx({ name: "a", properties: { a: "1" } }),
      },
      {
        name: "a property that is none",
        type: CYCLONEDX,
        predicate: cyclonedx({ name: "a", properties: ["a=1"] }),
      },
      {
        name: "components that are no list",
        type: CYCLONEDX,
        predicate: { bomFormat: "CycloneDX", components: {} },
      },
      {
        name: "an annotation that is broken JSON",
        type: SPDX,
        predicate: spdx2([{ comment: '{"name": "a"' }]),
      },
      {
        name: "an annotation whose name is no text",
        type: SPDX,
        predicate: spdx2([{ comment: '{"name": 1}' }]),
      },
      { name: "annotations that are no list", type: SPDX, predicate: spdx2(NOTE) },
      { name: "tag-value text", type: spdxTagValue.predicateType, predicate: spdxTagValue.predicate },
      { name: "a document that cannot be opened", type: CYCLONEDX, predicate: { Data: "<bom/>" } },
      {
        name: "more than are read",
        type: CYCLONEDX,
        predicate: cyclonedx({
          name: "a",
          properties: Array.from({ length: 200_001 }, () => ({ name: "b" })),
        }),
      },
    ];
  for (const { name, type, predicate } of unread) {
    it(`${name}: the record says that it may not be all`, () => {
      expect(attributesOf(type, predicate).complete).to.equal(false);
    });
  }

  it("of what is no SBOM there are none", () => {
    expect(readAttributes(foundOf("https://acme.example/custom", cyclonedx({ name: "a" })))).to.equal(
      undefined,
    );
  });
});
