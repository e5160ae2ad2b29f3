import { expect } from "chai";
import { isNamespace, parseKey } from "../../src/server/key.ts";

describe("parseKey", () => {
  const good = [
    { key: "ghcr.io/acme/app:1.2", image: "ghcr.io/acme/app:1.2", namespace: null },
    { key: "[prod]ghcr.io/acme/app:1.2", image: "ghcr.io/acme/app:1.2", namespace: "prod" },
    { key: "[2001:db8::1]:5000/app", image: "[2001:db8::1]:5000/app", namespace: null },
    { key: "[prod][2001:db8::1]:5000/app", image: "[2001:db8::1]:5000/app", namespace: "prod" },
  ];
  for (const { key, ...expected } of good) {
    it(`reads ${key}`, () => {
      expect(parseKey(key)).to.deep.equal({ ok: true, value: expected });
    });
  }

  it("A082 takes the namespace only from the template's own brackets, never from the image's", () => {
    // What the template wrote stands first; the image's own brackets stay with the image, which is then no reference.
    expect(parseKey("[dev][kube-system]evil/img")).to.deep.equal({
      ok: true,
      value: { namespace: "dev", image: "[kube-system]evil/img" },
    });
    expect(parseKey("[a]b]c")).to.deep.equal({ ok: true, value: { namespace: "a", image: "b]c" } });
  });

  for (const key of [
    "[]x",
    "[",
    "[prod",
    "[Prod]x",
    "[-a]x",
    "[a b]x",
    "[prod]",
    `[${"a".repeat(64)}]x`,
    "[a.b]x",
  ]) {
    it(`A082 refuses ${JSON.stringify(key).slice(0, 40)}`, () => {
      const parsed = parseKey(key);
      expect(parsed.ok).to.equal(false);
      expect(!parsed.ok && parsed.reason.code).to.equal("key.invalid");
    });
  }

  it("knows a namespace's grammar", () => {
    expect(["a", "kube-system", "0", "a".repeat(63)].every(isNamespace)).to.equal(true);
    expect(["", "A", "a.", "-a", "a-", "a\n", "a".repeat(64)].some(isNamespace)).to.equal(false);
  });
});
