export type * from "./types.ts";
export { normalize, type NormalizationInput } from "./normalize.ts";
export { encodeInput } from "./encode.ts";
export { NORMALIZATION_REASONS, type NormalizationCode } from "./reasons.ts";
