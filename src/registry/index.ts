export type * from "./types.ts";
export { askThrough, type Between } from "./ask-through.ts";
export { createRegistry, type Registry } from "./client.ts";
export {
  dockerCredentials,
  type Credential,
  type CredentialCode,
  type CredentialOptions,
  type CredentialSource,
} from "./credentials.ts";
export { foldedTwins, parseDescriptor } from "./descriptor.ts";
export { openLayout, type LayoutSource } from "./layout.ts";
export { MANIFEST_TYPES, parseManifest, type ManifestCode } from "./manifest.ts";
export { fallbackTag, isRegistryHost, isRepositoryName, isTag, MAX_NAME_LENGTH } from "./names.ts";
export {
  DEFAULT_REGISTRY_LIMITS,
  type HostSettings,
  type RegistryLimits,
  type RegistrySettings,
} from "./settings.ts";
export { REGISTRY_REASONS, type RegistryCode } from "./reasons.ts";
