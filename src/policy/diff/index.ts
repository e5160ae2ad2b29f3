export { diffPolicies } from "./diff.ts";
export type {
  Change,
  ChangedDecision,
  ComparedPolicy,
  Direction,
  PolicyDiff,
  PolicyName,
  Step,
  VersionJudgement,
} from "./types.ts";
