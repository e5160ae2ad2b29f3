import { expect } from "chai";
import { findTie, NamespaceMap } from "../../../src/server/policies/namespaces.ts";

const policy = (name: string, namespaces: readonly string[] | null) => ({ name, namespaces });

describe("which policy decides for a namespace", () => {
  const map = new NamespaceMap([
    policy("rest", null),
    policy("all-teams", ["team-*"]),
    policy("team-a", ["team-a", "team-a-*"]),
    policy("team-a-prod", ["team-a-prod*", "team-a-*-prod-eu"]),
    policy("single", ["team-a-prod-1"]),
    policy("inner", ["*x*y*"]),
    policy("innermost", ["a*x*y*"]),
  ]);
  for (const [namespace, expected] of [
    ["default", "rest"],
    ["team", "rest"],
    ["team-", "all-teams"],
    ["team-b", "all-teams"],
    ["ateam-b", "rest"],
    ["team-a", "team-a"],
    ["team-a-dev", "team-a"],
    ["team-ab", "all-teams"],
    ["team-a-prod", "team-a-prod"],
    ["team-a-prod-2", "team-a-prod"],
    ["team-a-prod-1", "single"],
    ["team-a-db-prod-eu", "team-a-prod"],
    ["team-a-db-prod-us", "team-a"],
    ["bxcyd", "inner"],
    ["abxcyd", "innermost"],
    [null, "rest"],
  ] as const) {
    it(`${namespace ?? "none named"}: ${expected}`, () => {
      expect(map.find(namespace)?.name).to.equal(expected);
    });
  }

  it("is none where no policy is for all the rest", () => {
    const strict = new NamespaceMap([policy("a", ["a-*"]), policy("everything", ["*"])]);
    expect(strict.find("a-1")?.name).to.equal("a");
    expect(strict.find("b")?.name).to.equal("everything");
    // Not even a pattern that takes every name is for requests without one.
    expect(strict.find(null)).to.equal(undefined);
    expect(new NamespaceMap([policy("a", ["a-*"])]).find("b")).to.equal(undefined);
  });

  it("does not depend on the order in which the policies stand", () => {
    const policies = [
      policy("w", ["*"]),
      policy("m", ["a*b*"]),
      policy("n", ["a-*b*"]),
      policy("x", ["a-b"]),
    ];
    for (const order of [policies, policies.toReversed()]) {
      const map = new NamespaceMap(order);
      expect(["a-b", "a-bb", "abb", "ba"].map((name) => map.find(name)?.name)).to.deep.equal([
        "x",
        "n",
        "m",
        "w",
      ]);
    }
  });

  it("takes no longer with many stars", () => {
    const map = new NamespaceMap([policy("stars", [`${"a*".repeat(30)}b`])]);
    expect(map.find("a".repeat(63))).to.equal(undefined);
  });
});

describe("patterns of which neither is the more specific one", () => {
  for (const [one, other, tie] of [
    ["team-a", "team-a", true],
    ["team-*", "team-*", true],
    ["a*", "a**", true],
    ["team-*", "*-prod", true],
    ["a*c*", "*b*c", true],
    ["team-*", "team-a-*", false],
    ["team-*", "team-a", false],
    ["*", "*-prod", false],
    ["a-*", "b-*", false],
    ["*-a", "*-b", false],
    ["a*b", "a*c", false],
    ["team-a", "team-b", false],
  ] as const) {
    it(`${one} and ${other}: ${tie ? "leave it open" : "do not"}`, () => {
      const found = { policy: 1, pattern: 0, other: 0, otherPattern: 1 };
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        const policies = [policy("one", ["zzz", first]), policy("other", [second])];
        expect(findTie(policies)).to.deep.equal(tie ? found : undefined);
      }
    });
  }

  it("may be one policy's own", () => {
    expect(findTie([policy("a", ["team-*", "*-prod", "team-*"]), policy("b", null)])).to.equal(undefined);
  });
});
