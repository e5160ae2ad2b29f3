export { readConfig } from "./config.ts";
export type { ServiceConfig, ListenerSettings, RegistryConfig, TlsFiles } from "./config.ts";
export type { PolicyCredentials, PolicyRelease, PolicySettings } from "./policies-config.ts";
export { createLog, gatherLines, type Log, type LogFields } from "./log.ts";
export { startService, type RunningService, type ServiceOptions } from "./service.ts";
export type { Listener } from "./listener.ts";
export { DEFAULT_BUDGETS, DEFAULT_DATA_API, DEFAULT_LIMITS } from "./types.ts";
export type {
  ActivationResult,
  Budgets,
  DataApiSettings,
  DecideOptions,
  Decider,
  DeciderStatus,
  DecisionNames,
  HeldPolicy,
  Limits,
  ListenerName,
  PolicyStatus,
  ShadowResult,
  ShadowStatus,
} from "./types.ts";
export {
  decideByNamespace,
  type PolicyLease,
  type ServedPolicy,
  type UnavailableCode,
} from "./policies/decider.ts";
export type { MutationItem, MutationResponse } from "./gatekeeper-mutate.ts";
export type { ErrorItem } from "./provider-keys.ts";
export type { KeyValue, ProviderItem, ProviderResponse } from "./gatekeeper.ts";
export { DEFAULT_ADMISSION, type AdmissionReviewAnswer, type AdmissionSettings } from "./admission/index.ts";
export { ApiServer } from "./kubernetes/index.ts";
export {
  PULL_SECRET_REASONS,
  PullSecretReader,
  TenantContent,
  type AnswerForm,
  type PullSecretsConfig,
} from "./pull-secrets/index.ts";
export type { ImageReviewAnswer } from "./image-review.ts";
export type { DecisionsAnswer } from "./decisions.ts";
export type { DataAnswer, DataError } from "./data-api/index.ts";
export {
  DEFAULT_CACHE_CONFIG,
  type CacheConfig,
  type DiskConfig,
  type SharedConfig,
} from "./cache-config.ts";
export {
  createDecisionLog,
  httpSink,
  measuredContent,
  openLineSink,
  ServiceMetrics,
  Tracer,
  type DecisionLog,
  type Destination,
  type LineSink,
} from "./operations/index.ts";
export type { DecisionLogConfig, DestinationConfig, TracesConfig } from "./operations-config.ts";
export { differenceFields, Shadow, type ShadowDifference, type ShadowSettings } from "./policies/shadow.ts";
export { openDecision } from "./batch.ts";
