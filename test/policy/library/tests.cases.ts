import type { InputDocument } from "../../../src/normalization/index.ts";
import type { TestResult } from "../../../src/normalization/others/types.ts";
import { TESTED } from "../source/records.ts";
import { ran } from "./builds.ts";
import { good, stating } from "./documents.ts";
import type { RuleCase } from "./library.ts";

const tested = (change: Partial<TestResult>): InputDocument =>
  stating("testResults", { ...TESTED, ...change });

const passes = tested({});

const inBuild = (field: string): string =>
  `provenance: { signers: [release] }\nbuild: { tests: { ${field}: true } }`;

export const TESTS: readonly RuleCase[] = [
  {
    rule: "tests.present",
    set: "tests: { signers: [release] }",
    passes,
    fails: good(),
    says: "0 test results by release do not cover the image",
    unstated: {},
  },
  {
    rule: "tests.result_known",
    set: "tests: { signers: [release] }",
    passes,
    fails: tested({ result: null }),
    says: "The test result says null; expected PASSED, WARNED or FAILED",
    unstated: tested({ result: null }),
  },
  {
    rule: "tests.all_passed",
    set: "tests: { signers: [release] }",
    passes,
    fails: tested({ result: "FAILED", failedTests: ["answers"] }),
    says: "Tests say FAILED with 1 failed and 0 warned; expected PASSED",
    unstated: stating("testResults", { ...TESTED, failedTests: undefined }),
  },
  {
    rule: "tests.required_tests",
    set: "tests: { signers: [release], required: [starts] }",
    passes,
    fails: tested({ passedTests: ["answers"] }),
    says: "The test starts is not reported as passed for the whole image; expected that it passed",
    unstated: tested({ passedTests: [] }),
  },
  {
    rule: "tests.required_configurations",
    set: "tests: { signers: [release], configurations: [integration] }",
    passes,
    fails: tested({ configuration: [{ name: "unit", uri: null, digest: {} }] }),
    says: "Tested with the configurations [unit]; expected integration for the whole image",
    unstated: tested({ configuration: [] }),
  },
  {
    rule: "tests.max_age",
    set: "tests: { signers: [release], maxAge: 7d }",
    passes,
    fails: stating("testResults", TESTED, { time: "2026-11-01T10:00:00Z" }),
    says: "The test result was signed 21 days ago; expected no longer than 7d ago",
    unstated: stating("testResults", TESTED, { time: null }),
  },
  {
    rule: "tests.no_failed",
    set: inBuild("noFailed"),
    passes: ran(),
    fails: ran({ tests: { result: "FAILED", passed: 2, warned: 0, failed: 0 } }),
    says: "Tests of the task git-clone say FAILED with 0 failed and 0 warned; expected none that failed",
    unstated: ran({ tests: null }),
  },
  {
    rule: "tests.no_erred",
    set: inBuild("noErred"),
    passes: ran(),
    fails: ran({ tests: { result: "ERRORED", passed: 2, warned: 0, failed: 0 } }),
    says: "Tests of the task git-clone say ERRORED with 0 failed and 0 warned; expected none that could not be run to an end",
    unstated: ran({ tests: null }),
  },
  {
    rule: "tests.no_skipped",
    set: inBuild("noSkipped"),
    passes: ran(),
    fails: ran({ tests: { result: "SKIPPED", passed: 2, warned: 0, failed: 0 } }),
    says: "Tests of the task git-clone say SKIPPED with 0 failed and 0 warned; expected none that were skipped",
    unstated: ran({ tests: null }),
  },
  {
    rule: "tests.no_warned",
    set: inBuild("noWarned"),
    passes: ran(),
    fails: ran({ tests: { result: "WARNED", passed: 2, warned: 0, failed: 0 } }),
    says: "Tests of the task git-clone say WARNED with 0 failed and 0 warned; expected none that warned",
    unstated: ran({ tests: null }),
  },
];
