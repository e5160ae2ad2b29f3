export type * from "./types.ts";
export { NotReady, PolicyStore } from "./store.ts";
