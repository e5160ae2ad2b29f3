export type * from "./types.ts";
export * from "./activation/index.ts";
export { compileFolder, faultLines, type CompiledFolder } from "./sources/compile-folder.ts";
export { openSource, schemeOf } from "./sources/open.ts";
export type { HttpCredentials, SourceSettings } from "./sources/settings.ts";
