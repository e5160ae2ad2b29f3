export { readConfig } from "./config.ts";
export type { ServiceConfig, ListenerSettings, PolicySettings, RegistryConfig, TlsFiles } from "./config.ts";
export { createLog, type Log, type LogFields } from "./log.ts";
export { startService, type RunningService, type ServiceOptions } from "./service.ts";
export type { Listener } from "./listener.ts";
export { DEFAULT_BUDGETS, DEFAULT_LIMITS } from "./types.ts";
export type { Budgets, Decider, Limits, ListenerName } from "./types.ts";
export type { KeyValue, ProviderItem, ProviderResponse } from "./gatekeeper.ts";
export type { DecisionsAnswer } from "./decisions.ts";
