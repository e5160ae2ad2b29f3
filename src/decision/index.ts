export type * from "./types.ts";
export { decide, evaluate, type DecideOptions } from "./decide.ts";
export { gather, type GatherOptions } from "./gather.ts";
