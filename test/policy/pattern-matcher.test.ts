import { expect } from "chai";
import { patternMatcher } from "../../src/policy/index.ts";

describe("patternMatcher", () => {
  const matched = (pattern: string, value: string): boolean | string => {
    const matcher = patternMatcher(pattern);
    return matcher.ok ? matcher.value(value) : matcher.reason.code;
  };

  it("matches whole values, as a policy's patterns do", () => {
    const workflow = "https://github.com/acme/policies/.github/workflows/release.yml@refs/tags/v1";
    for (const pattern of [
      workflow,
      "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*",
      "https://github.com/acme/**@refs/tags/v1",
    ]) {
      expect(matched(pattern, workflow), pattern).to.equal(true);
      expect(matched(pattern, `${workflow}\n`), pattern).to.equal(false);
      expect(matched(pattern, `x${workflow}`), pattern).to.equal(false);
    }
    expect(matched("https://github.com/acme/*", workflow)).to.equal(false);
    expect(matched(workflow.toUpperCase(), workflow)).to.equal(false);
  });

  it("is none where the pattern is none", () => {
    for (const pattern of ["", "a?*", "**/**", "../x"]) {
      expect(matched(pattern, pattern)).to.equal("policy.pattern_invalid");
    }
  });
});
