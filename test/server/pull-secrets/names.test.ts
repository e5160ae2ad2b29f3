import { expect } from "chai";
import type { JsonValue } from "../../../src/core/index.ts";
import { isObjectName } from "../../../src/server/kubernetes/index.ts";
import { pullNamesOf } from "../../../src/server/pull-secrets/index.ts";

const pod = (serviceAccount: string, secrets: readonly string[] = []) => ({ serviceAccount, secrets });
const named = (...names: readonly JsonValue[]) => ({ imagePullSecrets: names.map((name) => ({ name })) });

describe("pullNamesOf", () => {
  const cases: readonly (readonly [string, JsonValue, unknown])[] = [
    ["nothing", {}, undefined],
    ["the default account", { serviceAccountName: "default" }, undefined],
    ["an account", { serviceAccountName: "builder" }, pod("builder")],
    ["an account under its former name", { serviceAccount: "builder" }, pod("builder")],
    ["both names", { serviceAccountName: "new", serviceAccount: "old" }, pod("new")],
    ["no account's name", { serviceAccountName: "" }, undefined],
    ["secrets", named("a", "b.c"), pod("default", ["a", "b.c"])],
    ["a secret twice", named("a", "a"), pod("default", ["a"])],
    ["both", { serviceAccountName: "builder", ...named("a") }, pod("builder", ["a"])],
    ["an account that is no text", { serviceAccountName: 1 }, undefined],
    ["secrets that are no list", { imagePullSecrets: { name: "a" } }, undefined],
    ["secrets that are no objects", { imagePullSecrets: ["a", null, []] }, undefined],
    ["a pod that is none", null, undefined],
  ];
  for (const [name, spec, expected] of cases) {
    it(name, () => expect(pullNamesOf(spec)).to.deep.equal(expected));
  }

  for (const name of [
    "../b",
    "..",
    ".",
    "a/b",
    "a%2Fb",
    "a?b",
    "a#b",
    "A",
    "a_b",
    "-a",
    "a-",
    "",
    "a\n",
    "ä",
  ]) {
    it(`A063 no secret is called ${JSON.stringify(name)}`, () => {
      expect(pullNamesOf(named(name))).to.equal(undefined);
      expect(isObjectName(name)).to.equal(false);
    });
  }

  it("A063 a name has 253 characters at most", () => {
    expect([isObjectName("a".repeat(253)), isObjectName("a".repeat(254))]).to.deep.equal([true, false]);
  });

  it("of very many secrets only one more is taken than may be read", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `s${index}`);
    expect(pullNamesOf(named(...many))?.secrets).to.have.length(33);
  });
});
