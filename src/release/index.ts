export type * from "./types.ts";
export * from "./activation/index.ts";
