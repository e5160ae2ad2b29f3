export { bundledExamples, packExamples } from "./bundled.ts";
export { codesOf, judgeExample } from "./judge.ts";
export { readExamples } from "./read.ts";
export type { Example, Examples, ExpectedDecision, Judgement } from "./types.ts";
