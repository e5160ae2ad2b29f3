import { expect } from "chai";
import { readFileSync } from "node:fs";
import { at, isObject, stringAt, type JsonObject, type JsonValue } from "../../src/core/index.ts";
import { inputDocs } from "../../scripts/generate-input-docs.ts";
import { documentOf, verifiedOf, statementOf } from "./make.ts";
import { githubAttest } from "./samples/github.ts";
import { INPUT_SCHEMA, inputSchemaErrors } from "./schema.ts";

/** Every schema inside the schema, with where it stands. */
function* shapesOf(shape: JsonValue, where: string): Generator<readonly [string, JsonObject]> {
  if (!isObject(shape)) return;
  yield [where, shape];
  for (const group of ["properties", "definitions"]) {
    for (const [name, inner] of Object.entries(at(shape, group) ?? {}))
      yield* shapesOf(inner, `${where}/${name}`);
  }
  yield* shapesOf(at(shape, "items") ?? null, `${where}[]`);
}

describe("schemas/input.schema.json", () => {
  const shapes = [...shapesOf(INPUT_SCHEMA, "")];

  it("titles and describes every field and definition", () => {
    const bare = shapes
      .filter(([where]) => !where.endsWith("[]"))
      .filter(
        ([, shape]) =>
          (stringAt(shape, "title") ?? "") === "" || (stringAt(shape, "description") ?? "") === "",
      );
    expect(bare.map(([where]) => where)).to.deep.equal([]);
  });

  it("closes every object whose shape is ours", () => {
    const open = shapes.filter(
      ([, shape]) => isObject(shape["properties"]) && shape["additionalProperties"] !== false,
    );
    expect(open.map(([where]) => where)).to.deep.equal([]);
  });

  it("keeps to what OPA's type checker understands: local references, unions only in definitions", () => {
    const text = JSON.stringify(INPUT_SCHEMA);
    expect(text).not.to.match(/"(?:\$dynamicRef|\$defs|oneOf|allOf|if|prefixItems|type":\[)/);
    const unions = shapes.filter(([, shape]) => shape["anyOf"] !== undefined).map(([where]) => where);
    expect(unions.filter((where) => !where.startsWith("/nullable"))).to.deep.equal(["/evidence/signers[]"]);
  });

  it("every example fits its own field", () => {
    for (const [where, shape] of shapes) {
      const example = at(shape, "examples", 0);
      const reference = stringAt(shape, "$ref")?.replace("#/definitions/", "");
      if (example !== undefined && reference !== undefined) {
        expect(inputSchemaErrors(example, reference), where).to.deep.equal([]);
      }
    }
  });

  const good = documentOf([
    verifiedOf("x", statementOf(githubAttest.predicateType, githubAttest.predicate), githubAttest.signers),
  ]);
  const spoilings: readonly (readonly [string, (document: Record<string, unknown>) => unknown, string])[] = [
    ["an unknown field", (document) => ({ ...document, extra: 1 }), " must NOT have additional properties"],
    ["a field missing", ({ time: _time, ...document }) => document, " must have required property 'time'"],
    [
      "a wrong version",
      (document) => ({ ...document, schemaVersion: "2" }),
      "/schemaVersion must be equal to one of the allowed values",
    ],
    [
      "a local time",
      (document) => ({ ...document, time: "2026-11-22T10:00:00+01:00" }),
      "/time must match pattern",
    ],
  ];
  it("accepts a whole document", () => expect(inputSchemaErrors(good)).to.deep.equal([]));
  for (const [name, spoil, error] of spoilings) {
    it(`refuses ${name}`, () => {
      const errors = inputSchemaErrors(spoil(JSON.parse(JSON.stringify(good)) as Record<string, unknown>));
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include(error);
    });
  }
});

it("docs/input.md is what the schema says: run `node scripts/generate-input-docs.ts`", () => {
  const page = readFileSync(new URL("../../docs/input.md", import.meta.url), "utf8");
  expect(page).to.equal(inputDocs(INPUT_SCHEMA));
});
