import { expect } from "chai";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../../src/core/index.ts";
import { encodeValue } from "../../../src/normalization/encode.ts";
import { pathsOf, REMOVED, replaceAt, valueAt } from "../places.ts";
import { inputSchemaErrors } from "../schema.ts";
import { SBOM_SAMPLES } from "./samples/index.ts";
import { recordOf, type SbomSample } from "./samples/sample.ts";

/** The samples, those that cosign wraps as text unwrapped as well, so that there is something to change inside. */
const DOCUMENTS: readonly SbomSample[] = SBOM_SAMPLES.map((sample) => {
  const data = sample.predicate["Data"];
  const isJson = typeof data === "string" && data.startsWith("{");
  return isJson ? { ...sample, predicate: JSON.parse(data) as JsonObject } : sample;
});

const samples = fc.constantFrom(...DOCUMENTS);
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    REMOVED,
    null,
    true,
    0,
    1e308,
    "",
    "NOASSERTION",
    "SPDXRef-DOCUMENT",
    "pkg:oci/%",
    "pkg:",
    "\u0000\ud800",
    "x".repeat(100_000),
    "(".repeat(50_000),
    "a AND ".repeat(20_000),
    "-1.".repeat(30_000),
    "<text>".repeat(20_000),
    [],
    [[]],
    [null, 7, {}],
    {},
    JSON.parse('{"__proto__":{"name":"x"},"constructor":{"prototype":1}}'),
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

const spoiled = samples.chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    changes: fc.array(fc.tuple(fc.constantFrom(...pathsOf(sample.predicate)), hostile), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

/** The same value with the keys of every object in another order. */
function permuted(value: JsonValue, seed: number): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => permuted(element, seed));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(
    ([key, member]) => [key, permuted(member, seed)] as const,
  );
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].toReversed());
}

describe("SBOMs of whatever anybody may sign", () => {
  it("T143 never fails and always fits the schema", () => {
    fc.assert(
      fc.property(spoiled, ({ sample, changes }) => {
        const predicate = changes.reduce(
          (whole, [path, value]) => replaceAt(whole, path, value),
          sample.predicate,
        );
        const record = recordOf(sample, predicate);
        expect(inputSchemaErrors(JSON.parse(encodeValue(record)), "sbom")).to.deep.equal([]);
        expect(record.faults.length).to.be.at.most(20);
        expect(record.unknownFields.length).to.be.at.most(200);
      }),
      { numRuns: 400 },
    );
  });

  it("T067 every single place of every sample, gone or of the wrong type", () => {
    for (const sample of DOCUMENTS) {
      for (const path of pathsOf(sample.predicate)) {
        for (const value of [REMOVED, null, 7, "", [7], { x: 7 }]) {
          const record = recordOf(sample, replaceAt(sample.predicate, path, value));
          expect(record.format, `${sample.name} ${path.join("/")}`).to.be.oneOf(["spdx", "cyclonedx"]);
        }
      }
    }
  });

  it("a document with its keys in another order gives the same bytes", () => {
    fc.assert(
      fc.property(spoiled, fc.nat(), ({ sample, changes }, seed) => {
        const predicate = changes.reduce(
          (whole, [path, value]) => replaceAt(whole, path, value),
          sample.predicate,
        );
        const other = permuted(predicate, seed) as JsonObject;
        expect(encodeValue(recordOf(sample, other))).to.equal(encodeValue(recordOf(sample, predicate)));
      }),
      { numRuns: 200 },
    );
  });

  it("T068 unknown fields change only the list of unknown fields", () => {
    const places = samples.chain((sample) =>
      fc.record({
        sample: fc.constant(sample),
        path: fc.constantFrom(
          ...pathsOf(sample.predicate).filter((path) => {
            const value = valueAt(sample.predicate, path);
            return typeof value === "object" && value !== null && !Array.isArray(value);
          }),
        ),
        name: fc.constantFrom("x/~y", "Data2", "__proto__", "constructor", "toString"),
        value: fc.jsonValue({ maxDepth: 2 }),
      }),
    );
    fc.assert(
      fc.property(places, ({ sample, path, name, value }) => {
        const { unknownFields: before, ...plain } = recordOf(sample);
        const { unknownFields: after, ...record } = recordOf(
          sample,
          replaceAt(sample.predicate, [...path, name], value),
        );
        expect(record).to.deep.equal(plain);
        expect(after).to.include.members([...before]);
        // What the record does not carry is not looked into.
        expect(after.length - before.length).to.be.oneOf([0, 1]);
      }),
      { numRuns: 300 },
    );
  });

  it("what the document reader looks into is told by kind", () => {
    for (const [name, path, pointer] of [
      ["spdx-2.3", ["packages", 2], "/packages/*/x~1~0y"],
      ["spdx-2.3", ["packages", 1, "checksums", 1], "/packages/*/checksums/*/x~1~0y"],
      ["spdx-2.3", ["relationships", 0], "/relationships/*/x~1~0y"],
      ["spdx-3.0", ["@graph", 7], "/@graph/*/x~1~0y"],
      ["cyclonedx-1.5", ["components", 0, "components", 0], "/components/*/components/*/x~1~0y"],
      ["cyclonedx-1.5", ["formulation", 0, "components", 0], "/formulation/*/components/*/x~1~0y"],
    ] as const) {
      const sample = DOCUMENTS.find((one) => one.name === name);
      if (sample === undefined) throw new TypeError(name);
      const record = recordOf(sample, replaceAt(sample.predicate, [...path, "x/~y"], 1));
      expect(record.unknownFields, pointer).to.include(pointer);
    }
  });
});
