import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { expect } from "chai";
import type { JsonValue } from "../../../src/core/index.ts";
import { loadEngine, readBundle, type PolicyBundle, type PolicyEngine } from "../../../src/policy/index.ts";
import { opa, runOpa } from "../../lab/opa.ts";

const POLICY = `package assay

decision := answer if answer := cases[input.case]

cases.clock := time.now_ns()
cases.big := [input.number, input.number + 1, sprintf("%d", [input.number])]
cases.sets := {"set": {3, 1, 2}, "empty": set(), "nested": [{"b", "a"}], "keys": {1: "one"}}
cases.subset := object.subset({"a": {1, 2, 3}}, {"a": {x | some x in input.list}})
cases.data := data.policy
cases.input := input
cases.builtin_error := semver.compare(input.version, "1.0.0")
cases.not_error := true if not broken
cases.print := count([note | some i in numbers.range(1, 10000); note := trace(sprintf("line\\n\\u001b[31m%d", [i]))])
cases.doubled := strings.count(doubled, "x")
cases.slow := count([1 | some a in range; some b in range; some c in range; a == b; b == c; a == -1])
cases.regex := regex.split("^(a+)+$", input.text)
cases.conflict := conflict
cases.message := sprintf("%s is %v of %d: %q", [input.name, input.list, count(input.list), input.name])

range := numbers.range(1, 3000)

broken if time.parse_rfc3339_ns(input.version) > 0

conflict := 1 if input.list[0] > 0
conflict := 2 if input.list[1] > 0

doubled := d40 if input.case == "doubled"
d5 := concat("", [x | some _ in numbers.range(1, 32); x := "x"])
d10 := concat("", [d5 | some _ in numbers.range(1, 32)])
d15 := concat("", [d10 | some _ in numbers.range(1, 32)])
d20 := concat("", [d15 | some _ in numbers.range(1, 32)])
d25 := concat("", [d20 | some _ in numbers.range(1, 32)])
d30 := concat("", [d25 | some _ in numbers.range(1, 32)])
d40 := concat("", [d30 | some _ in numbers.range(1, 1024)])
`;

/** Real policies, built by OPA, in the engine. */
describe("policies built by OPA", () => {
  let bundle: PolicyBundle;
  let engine: PolicyEngine;
  let folder = "";
  const now = new Date("2026-11-22T10:00:00.123Z");

  before(async function () {
    this.timeout(60_000);
    if (opa === undefined) {
      this.skip();
      return;
    }
    folder = mkdtempSync(join(tmpdir(), "assay-policies-"));
    writeFileSync(join(folder, "policy.rego"), POLICY);
    writeFileSync(join(folder, "data.json"), '{"policy":{"name":"acme","max":7}}');
    runOpa(
      opa,
      [
        "build",
        "-t",
        "wasm",
        "-e",
        "assay/decision",
        "-r",
        "r1",
        "-o",
        "bundle.tar.gz",
        "policy.rego",
        "data.json",
      ],
      folder,
    );
    const read = readBundle(readFileSync(join(folder, "bundle.tar.gz")));
    if (!read.ok) throw new Error(read.reason.message);
    bundle = read.value;
    const loaded = await loadEngine(bundle, { workers: 1, memoryBytes: 128 * 1024 * 1024 });
    if (!loaded.ok) throw new Error(loaded.reason.message);
    engine = loaded.value;
  });

  after(async () => {
    await engine?.close();
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  async function ask(document: string, timeoutMs = 20_000): Promise<JsonValue | { readonly failed: string }> {
    const result = await engine.evaluate(Buffer.from(document), "assay/decision", { now, timeoutMs });
    return result.ok ? result.value : { failed: result.reason.code };
  }

  it("name, revision and data come out of the bundle", async () => {
    expect({ name: bundle.name, revision: bundle.revision }).to.deep.equal({ name: "acme", revision: "r1" });
    expect(await ask('{"case":"data"}')).to.deep.equal({ name: "acme", max: 7 });
  });

  it("T169 the clock is the decision's time, and the same input gives the same answer a hundred times", async () => {
    expect(await ask('{"case":"clock"}')).to.equal(1795341600123000000);
    const document = '{"case":"message","name":"app","list":[3,1,2]}';
    const answers = new Set<string>();
    for (let i = 0; i < 100; i++) answers.add(JSON.stringify(await ask(document)));
    expect([...answers]).to.deep.equal([JSON.stringify('app is [3, 1, 2] of 3: "app"')]);
  });

  it("sets come out sorted, as OPA answers them", async () => {
    expect(await ask('{"case":"sets"}')).to.deep.equal({
      set: [1, 2, 3],
      empty: [],
      nested: [["a", "b"]],
      keys: { "1": "one" },
    });
  });

  it("sets and big numbers survive builtin calls", async () => {
    expect(await ask('{"case":"subset","list":[1,3]}')).to.equal(true);
    const big = await ask('{"case":"big","number":123456789012345678901234567890}');
    expect(Array.isArray(big) ? big[2] : big).to.equal("123456789012345678901234567890");
  });

  it("T154 an error of a builtin fails the decision; under `not` it is no truth", async () => {
    expect(await ask('{"case":"builtin_error","version":"1.0.0"}')).to.equal(0);
    expect(await ask('{"case":"builtin_error","version":"latest"}')).to.deep.equal({
      failed: "policy.builtin_error",
    });
    expect(await ask('{"case":"not_error","version":"never"}')).to.deep.equal({
      failed: "policy.builtin_error",
    });
    expect(await ask('{"case":"builtin_error","version":"1.0.0"}')).to.equal(0);
  });

  it("T151 an entrypoint that yields nothing is undefined, not an answer", async () => {
    expect(await ask('{"case":"nothing"}')).to.deep.equal({ failed: "policy.undefined" });
    expect(await ask("null")).to.deep.equal({ failed: "policy.undefined" });
  });

  it("T156 two answers conflict", async () => {
    expect(await ask('{"case":"conflict","list":[1,0]}')).to.equal(1);
    expect(await ask('{"case":"conflict","list":[1,1]}')).to.deep.equal({ failed: "policy.conflict" });
    expect(await ask('{"case":"conflict","list":[0,1]}')).to.equal(2);
  });

  it("T170 what a policy prints is dropped", async () => {
    expect(await ask('{"case":"print"}')).to.equal(10_000);
  });

  it("A062 T161 a text doubled forty times meets the memory's limit; the next evaluation is answered", async () => {
    expect(await ask('{"case":"doubled"}')).to.deep.equal({ failed: "policy.memory" });
    expect(await ask('{"case":"data"}')).to.deep.equal({ name: "acme", max: 7 });
  });

  it("T160 a search through everything meets the deadline; the next evaluation is answered", async () => {
    expect(await ask('{"case":"slow"}', 300)).to.deep.equal({ failed: "policy.timeout" });
    expect(await ask('{"case":"data"}')).to.deep.equal({ name: "acme", max: 7 });
  });

  it("T158 a pattern that stalls JavaScript's engine does not stall", async () => {
    expect(await ask(`{"case":"regex","text":"${"a".repeat(5000)}!"}`)).to.deep.equal([
      `${"a".repeat(5000)}!`,
    ]);
  });

  it("T067 the input arrives as it was, numbers to the last digit", async () => {
    const document = '{"case":"input","__proto__":{"x":1},"é":"\\u00e9\\n","n":[0.1,1e3,-0],"e":{}}';
    expect(await ask(document)).to.deep.equal(JSON.parse(document));
  });

  it("answers as the npm SDK does where the SDK is right", async () => {
    const sdk = await loadPolicy(bundle.wasm.slice(), 64, {
      "semver.compare": () => 0,
      "time.now_ns": () => 0,
      "time.parse_rfc3339_ns": () => 0,
      "object.subset": () => true,
      "strings.count": () => 0,
      trace: () => true,
    });
    sdk.setData(bundle.data);
    for (const document of [
      '{"case":"data"}',
      '{"case":"input","list":[1,{"a":null}]}',
      '{"case":"conflict","list":[0,5]}',
      '{"case":"nothing"}',
    ]) {
      const theirs: readonly { readonly result: JsonValue }[] = sdk.evaluate(JSON.parse(document));
      const ours = await ask(document);
      expect(ours, document).to.deep.equal(theirs[0]?.result ?? { failed: "policy.undefined" });
    }
  });
});
