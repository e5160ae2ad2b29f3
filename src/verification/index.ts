export type * from "./types.ts";
export { REASONS, type ReasonCode } from "./reasons.ts";
