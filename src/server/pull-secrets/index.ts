export { pullSecretsConfig, type PullSecretsConfig } from "./config.ts";
export { pullNamesOf } from "./names.ts";
export { PullSecretReader } from "./reader.ts";
export { PULL_SECRET_REASONS, type PullSecretCode } from "./reasons.ts";
export { TenantContent, type AnswerForm, type TenantRegistries } from "./tenant-content.ts";
