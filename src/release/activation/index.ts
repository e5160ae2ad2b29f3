export type * from "./types.ts";
export { SYSTEM_CLOCK } from "./clock.ts";
export { formatLock, lockedBundle, lockedDigest, lockedSigners, lockOf, parseLock } from "./lock.ts";
export { ACTIVATION_REASONS } from "./reasons.ts";
export { NotReady, PolicyStore } from "./store.ts";
