import { expect } from "chai";
import { bundledExamples, packExamples, readBundle, type Example } from "../../../src/policy/index.ts";
import { examplesIn, readReleaseData, releaseDataJson } from "../../../src/policy/bundle/release-data.ts";
import { archiveOf, bundleEntries, MANIFEST } from "../forge/archive.ts";

const EXAMPLE: Example = {
  file: "examples/a.yaml",
  input: { time: "2026-11-22T10:00:00Z", image: { z: 1, a: 2 } },
  time: new Date("2026-11-22T10:00:00Z"),
  expect: { allow: true, violations: [], warnings: ["x.y"] },
};

function bundleWith(assay: object, files: Readonly<Record<string, string>>) {
  const manifest = JSON.stringify({ ...MANIFEST, metadata: { assay } });
  return readBundle(archiveOf(bundleEntries({ "/.manifest": manifest, ...files })));
}

describe("what a bundle says of itself as a release", () => {
  it("is written as it is read", () => {
    const data = { sequence: 7, rollback: { to: "1.0.0", reason: "why" }, examples: 2 };
    expect(readReleaseData({ metadata: { assay: releaseDataJson(data) } })).to.deep.equal(data);
    expect(readReleaseData({})).to.deep.equal({});
  });

  it("brings examples back as they were packed, in canonical JSON", () => {
    const packed = packExamples([EXAMPLE]);
    if (!packed.ok) throw new Error(packed.reason.message);
    const [first] = packed.value;
    expect(first?.name).to.equal("examples/001.json");
    const text = Buffer.from(first?.bytes ?? "").toString();
    expect(text).to.equal(
      '{"expect":{"allow":true,"violations":[],"warnings":["x.y"]},"file":"examples/a.yaml","input":{"image":{"a":2,"z":1},"time":"2026-11-22T10:00:00Z"}}',
    );
    const read = bundleWith({ examples: 1 }, { "/examples/001.json": text });
    expect(read.ok && bundledExamples(read.value)).to.deep.equal({ ok: true, value: [EXAMPLE] });
  });

  it("leaves files in examples/ alone where the manifest states none", () => {
    const read = bundleWith({}, { "/examples/001.json": "somebody else's" });
    expect(read.ok && [read.value.examples, bundledExamples(read.value)]).to.deep.equal([
      undefined,
      { ok: true, value: [] },
    ]);
  });

  for (const { name, text } of [
    { name: "no JSON", text: "{" },
    { name: "a key twice", text: '{"file":"a","file":"b"}' },
    { name: "no input", text: '{"file":"a","expect":{"allow":true,"violations":[]}}' },
    { name: "no time", text: '{"file":"a","input":{"time":"now"},"expect":{"allow":true,"violations":[]}}' },
    {
      name: "an allow that is a text",
      text: '{"file":"a","input":{"time":"2026-11-22T10:00:00Z"},"expect":{"allow":"true","violations":[]}}',
    },
    {
      name: "no violations",
      text: '{"file":"a","input":{"time":"2026-11-22T10:00:00Z"},"expect":{"allow":true}}',
    },
    {
      name: "warnings that are no texts",
      text: '{"file":"a","input":{"time":"2026-11-22T10:00:00Z"},"expect":{"allow":true,"violations":[],"warnings":[1]}}',
    },
  ]) {
    it(`refuses an example: ${name}`, () => {
      const read = bundleWith({ examples: 1 }, { "/examples/001.json": text });
      expect(read.ok && bundledExamples(read.value)).to.have.nested.property(
        "reason.code",
        "policy.example_invalid",
      );
    });
  }

  for (const { name, assay } of [
    { name: "more examples than a bundle may bring", assay: { examples: 501 } },
    { name: "a negative number of examples", assay: { examples: -1 } },
    { name: "a rollback without sequence", assay: { rollback: { to: "1", reason: "why" } } },
    { name: "a rollback without reason", assay: { sequence: 1, rollback: { to: "1", reason: "" } } },
    { name: "a reason of two lines", assay: { sequence: 1, rollback: { to: "1", reason: "a\nb" } } },
    {
      name: "a reason beyond bounds",
      assay: { sequence: 1, rollback: { to: "1", reason: "a".repeat(501) } },
    },
    { name: "a sequence of null", assay: { sequence: null } },
  ]) {
    it(`refuses ${name}`, () => {
      expect(bundleWith(assay, {})).to.have.nested.property("reason.code", "bundle.invalid");
    });
  }

  it("T184: bounds examples in number and bytes, when they are packed and when they are read", () => {
    const many = Array.from({ length: 501 }, () => EXAMPLE);
    expect(packExamples(many))
      .to.have.nested.property("reason.message")
      .that.match(/501 examples; .*--no-examples/);
    const large = { ...EXAMPLE, input: { ...EXAMPLE.input, text: "x".repeat(6 * 1024 * 1024) } };
    expect(packExamples([large, large])).to.have.property("ok", true);
    expect(packExamples([large, large, large])).to.have.nested.property(
      "reason.code",
      "policy.limit_exceeded",
    );
    const bytes = new Uint8Array(6 * 1024 * 1024);
    const files = new Map([1, 2, 3].map((i) => [`examples/00${i}.json`, bytes]));
    expect(examplesIn(files, 2)).to.have.length(2);
    expect(() => examplesIn(files, 3)).to.throw(/more than 16777216 bytes/);
  });
});
