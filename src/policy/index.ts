export type * from "./types.ts";
export * from "./source/index.ts";
