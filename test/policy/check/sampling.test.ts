import { expect } from "chai";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { arrayAt, at, objectAt, stringAt, type JsonObject } from "../../../src/core/index.ts";
import { sampleExamples } from "../../../src/policy/check/dynamic/sample.ts";
import { NO_WORDS, otherMoments, wordsOf } from "../../../src/policy/check/dynamic/words.ts";
import { compileData } from "../../../src/policy/source/compile.ts";
import { libraryOf } from "../../../src/policy/source/library.ts";
import { defaultBundlePath, loadPolicyFolder, readBundle } from "../../../src/policy/index.ts";

const EVERYTHING = fileURLToPath(new URL("../library/everything", import.meta.url));

/** data.json of the policy that asks for everything, and the codes of the whole library. */
async function everything(): Promise<{ readonly data: JsonObject; readonly codes: readonly string[] }> {
  const bundle = readBundle(readFileSync(defaultBundlePath()));
  const loaded = await loadPolicyFolder(EVERYTHING);
  if (!bundle.ok || !loaded.ok) throw new Error("the policy cannot be loaded");
  const library = libraryOf(bundle.value.data);
  const data = compileData(loaded.value, library);
  if (!data.ok) throw new Error(data.faults.map(({ message }) => message).join("\n"));
  return { data: data.value, codes: Object.keys(library).sort() };
}

describe("documents that rules are tried on without examples", () => {
  let data: JsonObject;
  let codes: readonly string[];
  let document: JsonObject;
  before(async () => {
    ({ data, codes } = await everything());
    document = sampleExamples(data)[0]?.input ?? {};
  });

  it("are made for a policy that applies every rule of the library (npm run check:library)", () => {
    // What is left out needs base images or earlier decisions, and says "not evaluated" whatever the document.
    const rules = arrayAt(data, "policy", "images", 0, "rules") ?? [];
    const applied = new Set(rules.map((rule) => stringAt(rule, "code")));
    expect(codes.filter((code) => !applied.has(code))).to.deep.equal([]);
  });

  it("hold lists whose elements differ in kind: a base image among the dependencies", () => {
    const roles = (arrayAt(document, "provenance", 0, "dependencies") ?? []).map((one) =>
      stringAt(one, "role"),
    );
    expect(roles).to.include("base-image");
    expect(new Set(roles).size).to.equal(roles.length);
  });

  it("say of findings what their own VEX says, in a document that counts", () => {
    const vex = at(document, "vex", 0);
    expect(stringAt(document, "vulnerabilityReports", 0, "findings", 0, "vex", 0, "evidence")).to.equal(
      stringAt(vex, "evidence"),
    );
    expect([at(vex, "complete"), at(vex, "author")]).to.deep.equal([true, "security@acme.example"]);
  });

  it("are altered by the policy's own words, and not by its rules' names", () => {
    const { moments, names } = wordsOf(data);
    expect(names).to.include.members(["debug", "quay.expires-after"]);
    expect(new Set(names).intersection(new Set(codes)).size).to.equal(0);
    expect(moments).to.include("2026-12-24T12:00:00Z");
    expect(objectAt(document, "image", "annotations")).not.to.have.property("debug");
  });

  it("are decided at night, on every day of the week, and years later", () => {
    const time = new Date("2026-11-22T10:00:00Z");
    const days = otherMoments(time, NO_WORDS).map((moment) => moment.toISOString());
    expect(days[0]).to.equal("2036-11-19T10:00:00.000Z");
    expect(new Set(days.slice(1).map((day) => new Date(day).getUTCDay())).size).to.equal(7);
    expect(otherMoments(time, { moments: ["2026-12-24T12:00:00Z", "2026-13-99"], names: [] })).to.have.length(
      9,
    );
  });
});
