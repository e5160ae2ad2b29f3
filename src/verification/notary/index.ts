export { concludeNotary } from "./conclude.ts";
export { storeFromData, type NotaryStore } from "./store.ts";
