export * from "./base64.ts";
export * from "./digest.ts";
export * from "./edit-distance.ts";
export * from "./distinguished-name.ts";
export * from "./json.ts";
export * from "./result.ts";
export * from "./strict-json.ts";
export * from "./watch.ts";
