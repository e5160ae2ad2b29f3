export type * from "./types.ts";
export { describeImage, type DescribeOptions } from "./describe.ts";
export { parseReference } from "./reference.ts";
export { offlineImage, resolveImage } from "./resolve.ts";
