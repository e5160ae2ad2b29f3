import { expect } from "chai";
import { parseArguments, type Flags } from "../../src/cli/arguments.ts";

const FLAGS = {
  policy: { value: "FILE", help: "" },
  output: { value: "FORMAT", choices: ["text", "json"], help: "" },
  key: { value: "FILE", repeatable: true, help: "" },
  offline: { help: "" },
} satisfies Flags;

const parse = (...args: string[]) => parseArguments(args, FLAGS);

describe("parseArguments", () => {
  it("reads flags in every order and spelling", () => {
    const parsed = parse(
      "a",
      "--key",
      "k1",
      "--policy=p",
      "b",
      "--key=k2",
      "--offline",
      "--",
      "--policy",
      "-x",
    );
    if (!parsed.ok) throw new Error(parsed.reason.message);
    const { value } = parsed;
    expect(value.positionals).to.deep.equal(["a", "b", "--policy", "-x"]);
    expect(value.text("policy")).to.equal("p");
    expect(value.texts("key")).to.deep.equal(["k1", "k2"]);
    expect([value.has("offline"), value.has("output"), value.text("output")]).to.deep.equal([
      true,
      false,
      undefined,
    ]);
    expect(() => value.has("nothing")).to.throw(TypeError);
  });

  const refused: { args: string[]; message: string }[] = [
    { args: ["--polcy", "a"], message: "unknown flag --polcy: did you mean --policy?" },
    { args: ["--zzzzzzzz"], message: "unknown flag --zzzzzzzz: --help lists the known ones" },
    { args: ["-p"], message: "unknown flag -p: --help lists the known ones" },
    { args: ["--no-offline"], message: "unknown flag --no-offline: did you mean --offline?" },
    { args: ["--__proto__", "a"], message: "unknown flag --__proto__: --help lists the known ones" },
    { args: ["--constructor=a"], message: "unknown flag --constructor: --help lists the known ones" },
    { args: ["--policy"], message: "--policy needs a value: --policy FILE" },
    { args: ["--policy="], message: "--policy needs a value: --policy FILE" },
    { args: ["--policy", ""], message: "--policy needs a value: --policy FILE" },
    { args: ["--policy", "--offline"], message: "--policy needs a value: --policy FILE" },
    { args: ["--policy", "a", "--policy", "b"], message: "--policy is given twice; it takes one value" },
    { args: ["--offline", "--offline"], message: "--offline is given twice; it takes one value" },
    { args: ["--offline=true"], message: "--offline takes no value" },
    { args: ["--output", "yaml"], message: "--output yaml: expected one of text, json" },
    { args: ["--output", "j\u001b[31m\nx"], message: "--output j [31m x: expected one of text, json" },
  ];
  for (const { args, message } of refused) {
    it(`refuses ${JSON.stringify(args)}`, () => {
      expect(parse(...args)).to.deep.equal({ ok: false, reason: { code: "usage", message } });
    });
  }

  it("takes a value that begins with a dash where it cannot be a flag", () => {
    const parsed = parse("--policy=-x", "--key", "-");
    expect(parsed.ok && [parsed.value.text("policy"), parsed.value.texts("key")]).to.deep.equal([
      "-x",
      ["-"],
    ]);
  });
});
