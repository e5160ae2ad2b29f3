import { expect } from "chai";
import type { EngineOptions } from "../../../src/policy/index.ts";
import { loadEngine, type PolicyEngine } from "../../../src/policy/index.ts";
import { ENDLESS, forgeBundle, HEAP_AT, HOG, RESULT_AT, TRAP, type Forged } from "../forge/policy.ts";
import { constant } from "../forge/wasm.ts";

const MIB = 1024 * 1024;
const input = Buffer.from('{"ok":true}');
const options = { now: new Date("2026-11-22T10:00:00Z"), timeoutMs: 10_000 };
const opened: PolicyEngine[] = [];

async function engineOf(forged: Forged, limits: EngineOptions = {}): Promise<PolicyEngine> {
  const loaded = await loadEngine(forgeBundle(forged), { workers: 1, ...limits });
  if (!loaded.ok) throw new Error(loaded.reason.message);
  opened.push(loaded.value);
  return loaded.value;
}

async function loadCode(forged: Forged, limits: EngineOptions = {}): Promise<string> {
  const loaded = await loadEngine(forgeBundle(forged), { workers: 1, ...limits });
  if (!loaded.ok) return loaded.reason.code;
  await loaded.value.close();
  return "loaded";
}

async function codeOf(
  engine: PolicyEngine,
  bytes: Uint8Array = input,
  entrypoint = "assay/decision",
): Promise<string> {
  const result = await engine.evaluate(bytes, entrypoint, options);
  return result.ok ? "value" : result.reason.code;
}

/** `eval` that misbehaves once: the first evaluation of each instance is told by a byte of its memory. */
const onlyWhenInputIs = (letter: string, misbehave: readonly number[]) => [
  // The first letter of the input's string, which lies at the start of the heap, behind the data.
  ...constant(HEAP_AT + 3),
  0x2d,
  0,
  0,
  ...constant(letter.charCodeAt(0)),
  0x46,
  0x04,
  0x7f,
  ...misbehave,
  0x05,
  ...constant(0),
  0x0b,
];

describe("loadEngine", () => {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()));
  });

  it("evaluates an entrypoint in a worker", async () => {
    const engine = await engineOf({ result: '{{"result": {"allow": true, "ids": {2, 1}, "none": set()}}}' });
    const result = await engine.evaluate(input, "assay/decision", options);
    expect(result).to.deep.equal({ ok: true, value: { allow: true, ids: [1, 2], none: [] } });
  });

  describe("refuses a module that it cannot trust to be OPA's", () => {
    const cases: readonly { readonly name: string; readonly forged: Forged; readonly code: string }[] = [
      { name: "an older ABI", forged: { minor: 1 }, code: "bundle.module_invalid" },
      { name: "a missing export", forged: { without: "eval" }, code: "bundle.module_invalid" },
      {
        name: "an import from elsewhere",
        forged: { parts: { imports: [{ name: "fetch", from: "wasi", parameters: 1 }] } },
        code: "bundle.module_invalid",
      },
      {
        name: "an import that OPA does not have",
        forged: { parts: { imports: [{ name: "opa_exec", parameters: 1 }] } },
        code: "bundle.module_invalid",
      },
      { name: "entrypoints that are no table", forged: { entrypoints: "[]" }, code: "bundle.module_invalid" },
      {
        name: "entrypoints without numbers",
        forged: { entrypoints: '{"assay/decision":"0"}' },
        code: "bundle.module_invalid",
      },
      {
        name: "T151 without the manifest's entrypoint",
        forged: { entrypoints: '{"assay/decisions":0}' },
        code: "bundle.entrypoint_missing",
      },
      {
        name: "T166 with an entrypoint that the manifest lacks",
        forged: { entrypoints: '{"other":0,"assay/decision":1}' },
        code: "bundle.module_invalid",
      },
      {
        name: "T162 with a listing outside of its memory",
        forged: { listing: constant(0x7fffffff) },
        code: "bundle.module_invalid",
      },
      { name: "with a listing that is no JSON", forged: { builtins: "x" }, code: "bundle.module_invalid" },
      { name: "that traps at once", forged: { listing: TRAP }, code: "bundle.module_invalid" },
    ];
    for (const { name, forged, code } of cases) {
      it(name, async () => expect(await loadCode(forged)).to.equal(code));
    }

    it("one that is no module at all", async () => {
      const loaded = await loadEngine({ ...forgeBundle(), wasm: Buffer.from("no module") });
      expect(loaded.ok ? "loaded" : loaded.reason.code).to.equal("bundle.module_invalid");
    });

    it("T160 one that does not start in time", async () => {
      expect(await loadCode({ listing: ENDLESS }, { loadTimeoutMs: 1000 })).to.equal("bundle.module_invalid");
    });
  });

  describe("T157 A090 A096 refuses builtins that are not on the list, by name", () => {
    const names = [
      "http.send",
      "opa.runtime",
      "rego.parse_module",
      "net.lookup_ip_addr",
      "rand.intn",
      "uuid.rfc4122",
      "providers.aws.sign_req",
      "custom.func",
      "constructor",
      "__proto__",
      "toString",
      "io.jwt.verify_hs256",
      "",
    ];
    for (const name of names) {
      it(JSON.stringify(name), async () => {
        const loaded = await loadEngine(
          forgeBundle({ builtins: JSON.stringify({ sprintf: 1 }).replace("sprintf", name) }),
          { workers: 1 },
        );
        expect(loaded.ok ? "loaded" : loaded.reason.code).to.equal("bundle.builtin_refused");
        expect(loaded.ok ? "" : loaded.reason.message).to.include(name);
      });
    }
  });

  it("A094 T166 finds entrypoints by their whole name only", async () => {
    const engine = await engineOf({});
    for (const name of [
      "",
      "assay",
      "assay/decision/",
      "__proto__",
      "constructor",
      'assay/decision"]; true',
      "0",
    ]) {
      expect(await codeOf(engine, input, name), name).to.equal("policy.entrypoint_unknown");
    }
  });

  describe("T151 T153 takes nothing for an answer that is none", () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["an empty set", "set()", "policy.undefined"],
      ["two elements", '{{"result": true}, {"result": false}}', "policy.bad_result"],
      ["no set", "true", "policy.bad_result"],
      ["an element without result", '{{"answer": true}}', "policy.bad_result"],
      ["no value at all", "{{", "policy.runtime_error"],
    ];
    for (const [name, result, code] of cases) {
      it(name, async () => expect(await codeOf(await engineOf({ result }))).to.equal(code));
    }
  });

  describe("T165 never evaluates without the input", () => {
    const cases = [
      "",
      " ",
      '{"a":1}x',
      "[1,]",
      "{'a':1}",
      "undefined",
      '{"a":1,}',
      "\ufeff{}",
      '"\u0001"',
      "01",
      "nul",
      '{"a" 1}',
    ];
    for (const text of cases) {
      it(JSON.stringify(text), async () =>
        expect(await codeOf(await engineOf({}), Buffer.from(text))).to.equal("policy.input_invalid"),
      );
    }

    it("and takes false, null, 0 and the empty string for what they are", async () => {
      const engine = await engineOf({});
      for (const text of ["false", "null", "0", '""'])
        expect(await codeOf(engine, Buffer.from(text)), text).to.equal("value");
    });

    it("nor over an input too large, or at no time", async () => {
      const engine = await engineOf({}, { inputBytes: 10 });
      expect(await codeOf(engine)).to.equal("policy.input_invalid");
      const never = await engine.evaluate(Buffer.from("1"), "assay/decision", {
        now: new Date(Number.NaN),
        timeoutMs: 1000,
      });
      expect(never.ok ? "value" : never.reason.code).to.equal("policy.input_invalid");
    });

    it("and leaves the caller's bytes as they were", async () => {
      const engine = await engineOf({});
      const bytes = Buffer.from('["\\ud800"]');
      await codeOf(engine, bytes);
      expect(bytes.toString()).to.equal('["\\ud800"]');
    });
  });

  describe("ends what does not end", () => {
    it("T160 kills an endless evaluation; the next one is answered", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", ENDLESS) });
      const stuck = await engine.evaluate(Buffer.from('"x"'), "assay/decision", {
        ...options,
        timeoutMs: 200,
      });
      expect(stuck.ok ? "value" : stuck.reason.code).to.equal("policy.timeout");
      expect(await codeOf(engine, Buffer.from('"y"'))).to.equal("value");
    });

    it("T160 fails those who wait behind it when their own time is over", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", ENDLESS) });
      const times = [400, 100].map((timeoutMs) =>
        engine.evaluate(Buffer.from('"x"'), "assay/decision", { ...options, timeoutMs }),
      );
      const results = await Promise.all(times);
      expect(results.map((result) => (result.ok ? "value" : result.reason.code))).to.deep.equal([
        "policy.timeout",
        "policy.timeout",
      ]);
      expect(await codeOf(engine, Buffer.from('"y"'))).to.equal("value");
    });

    it("T162 a text that is never ended fails, in time", async () => {
      const filler = "{".repeat(200);
      const engine = await engineOf({ dump: constant(RESULT_AT), result: filler }, { resultBytes: 100 });
      expect(await codeOf(engine)).to.equal("policy.bad_result");
    });

    it("T162 an address outside of the memory fails", async () => {
      const engine = await engineOf({ evaluation: constant(0), dump: constant(0x7fffffff) });
      expect(await codeOf(engine)).to.equal("policy.runtime_error");
    });

    it("T161 memory stops at its maximum; the next evaluation is answered", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", HOG) }, { memoryBytes: 64 * MIB });
      expect(await codeOf(engine, Buffer.from('"x"'))).to.equal("policy.runtime_error");
      expect(await codeOf(engine, Buffer.from('"y"'))).to.equal("value");
    });

    it("T164 T155 a trap costs the instance; the next evaluation is answered", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", TRAP) });
      expect(await codeOf(engine, Buffer.from('"x"'))).to.equal("policy.runtime_error");
      expect(await codeOf(engine, Buffer.from('"y"'))).to.equal("value");
    });

    it("an evaluation that reports failure is one", async () => {
      expect(await codeOf(await engineOf({ evaluation: constant(1) }))).to.equal("policy.runtime_error");
    });
  });

  it("T163 nothing of one evaluation is there in the next", async () => {
    // Answers the text that lies where the end of the first input was.
    const engine = await engineOf({ dump: constant(HEAP_AT + 30) });
    const canary = `${" ".repeat(28)}[{"result": "tenant A"}]`;
    const first = await engine.evaluate(Buffer.from(canary), "assay/decision", options);
    expect(first).to.deep.equal({ ok: true, value: "tenant A" });
    expect(await codeOf(engine, Buffer.from("1"))).to.equal("policy.runtime_error");
  });

  describe("T170 T157 builtins that are allowed", () => {
    it("are called with Rego values, and errors fail the decision naming the builtin", async () => {
      const engine = await engineOf({
        builtins: '{"semver.compare":7}',
        // Calls builtin 7 with the input twice; the result goes nowhere.
        parts: { imports: [{ name: "opa_builtin2", parameters: 4 }] },
        evaluation: [
          ...constant(7),
          ...constant(0),
          ...constant(HEAP_AT + 2),
          ...constant(HEAP_AT + 2),
          0x10,
          0,
          0x1a,
          ...constant(0),
        ],
        dump: [0x20, 0],
      });
      const good = await engine.evaluate(Buffer.from('"1.0.0"'), "assay/decision", options);
      expect(good).to.deep.equal({ ok: true, value: true });
      const bad = await engine.evaluate(Buffer.from('"nope"'), "assay/decision", options);
      expect(bad.ok ? "" : bad.reason.code).to.equal("policy.builtin_error");
      expect(bad.ok ? "" : bad.reason.message).to.match(/^semver\.compare: /);
    });
  });

  describe("queue", () => {
    it("is bounded", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", ENDLESS) }, { queueLength: 1 });
      const evaluate = () =>
        engine.evaluate(Buffer.from('"x"'), "assay/decision", { ...options, timeoutMs: 300 });
      const results = await Promise.all([evaluate(), evaluate(), evaluate()]);
      const codes = results.map((result) => (result.ok ? "value" : result.reason.code));
      expect(codes).to.deep.equal(["policy.timeout", "policy.timeout", "policy.overloaded"]);
    });

    it("is answered in full when the engine closes", async () => {
      const engine = await engineOf({ evaluation: onlyWhenInputIs("x", ENDLESS) });
      const pending = [codeOf(engine, Buffer.from('"x"')), codeOf(engine)];
      await engine.close();
      expect(await Promise.all(pending)).to.deep.equal(["policy.closed", "policy.closed"]);
      expect(await codeOf(engine)).to.equal("policy.closed");
    });

    it("is served by more workers, up to the number allowed", async () => {
      const engine = await engineOf({}, { workers: 3 });
      const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(engine)));
      expect(new Set(codes)).to.deep.equal(new Set(["value"]));
    });
  });
});
