import { expect } from "chai";
import { judgeVersions } from "../../../src/policy/diff/versions.ts";
import type { Step, VersionJudgement } from "../../../src/policy/index.ts";

type Row = readonly [
  from: string | null,
  to: string | null,
  needed: Step | null,
  verdict: VersionJudgement["verdict"],
  taken: Step | null,
  message: RegExp,
];

describe("judgeVersions", () => {
  const rows: readonly Row[] = [
    [
      "1.2.3",
      "2.0.0",
      "major",
      "enough",
      "major",
      /^the changes ask for a major step; 1\.2\.3 → 2\.0\.0 is a/,
    ],
    ["1.2.3", "1.3.0", "major", "too_small", "minor", /is a minor one: expected 2\.0\.0 or higher$/],
    ["1.2.3", "1.2.4", "minor", "too_small", "patch", /is a patch one: expected 1\.3\.0 or higher$/],
    ["1.2.3", "1.2.4", "patch", "enough", "patch", /is a patch one$/],
    ["1.2.3", "3.1.4", "patch", "enough", "major", /is a major one$/],
    ["1.2.3", "1.2.3", "patch", "not_higher", null, /is not higher: expected 1\.2\.4 or higher$/],
    ["1.2.3", "1.2.3+b", "minor", "not_higher", null, /expected 1\.3\.0 or higher$/],
    ["1.2.3", "0.9.0", "major", "not_higher", null, /expected 2\.0\.0 or higher$/],
    ["1.2.3", "1.2.3", null, "enough", null, /^nothing changed; no new version is needed$/],
    ["1.2.3+a", "1.2.3+b", null, "enough", null, /is the same version$/],
    ["1.2.3", "1.3.0", null, "enough", "minor", /^nothing changed; 1\.2\.3 → 1\.3\.0 is a minor one$/],
    ["1.2.3", "1.2.2", null, "not_higher", null, /expected the same version or a higher one$/],
    // Before 1.0.0.
    ["0.4.1", "0.5.0", "major", "enough", "minor", /is a minor one, which is enough before 1\.0\.0$/],
    ["0.4.1", "0.4.2", "major", "too_small", "patch", /expected 0\.5\.0 or higher$/],
    ["0.4.1", "1.0.0", "major", "enough", "major", /is a major one$/],
    // Prereleases.
    ["1.2.3", "2.0.0-rc.1", "major", "enough", "major", /→ 2\.0\.0-rc\.1 is a major one$/],
    ["1.2.3", "1.3.0-rc.1", "major", "too_small", "minor", /expected 2\.0\.0 or higher$/],
    ["2.0.0-rc.1", "2.0.0-rc.2", "major", "enough", "major", /is a major one$/],
    ["2.0.0-rc.1", "2.0.0", "major", "enough", "major", /is a major one$/],
    ["1.3.0-rc.1", "1.3.0", "major", "too_small", "minor", /expected 2\.0\.0 or higher$/],
    ["1.3.0-rc.1", "1.3.0", "minor", "enough", "minor", /is a minor one$/],
    ["1.3.0-rc.2", "1.3.0-rc.1", "minor", "not_higher", null, /expected 1\.3\.0 or higher$/],
    // No semantic versions.
    ["7", "8", "patch", "unknown", null, /OLD states "7", which is no semantic version, so that no step/],
    ["7.0.0", "8", "patch", "unknown", null, /NEW states "8", which is no semantic version/],
    [null, "1.0.0", "major", "unknown", null, /OLD states no version/],
    [null, null, null, "unknown", null, /OLD states no version/],
    ["7", "7", null, "enough", null, /no new version is needed$/],
    ["7", "7", "patch", "unknown", null, /OLD states "7"/],
  ];
  for (const [from, to, needed, verdict, taken, message] of rows) {
    it(`${from ?? "none"} → ${to ?? "none"} for ${needed ?? "nothing"} is ${verdict}`, () => {
      const judged = judgeVersions({ version: from }, { version: to }, needed);
      expect({ ...judged, message: "" }).to.deep.equal({ needed, taken, verdict, message: "" });
      expect(judged.message).to.match(message);
    });
  }

  it("T180 takes a lower version only for a release that says it goes back", () => {
    const rollback = { to: "1.0.1", reason: "2.0.0 denies base images" };
    const back = judgeVersions({ version: "2.0.0" }, { version: "1.0.1" }, "minor", rollback);
    expect([back.verdict, back.message]).to.deep.equal([
      "rollback",
      "the changes ask for a minor step; 2.0.0 → 1.0.1 goes back on purpose: 2.0.0 denies base images",
    ]);
    const forth = judgeVersions({ version: "2.0.0" }, { version: "2.0.1" }, "minor", rollback);
    expect(forth.verdict).to.equal("too_small");
    expect(judgeVersions({ version: "2.0.0" }, { version: "1.0.1" }, "minor").verdict).to.equal("not_higher");
  });
});
