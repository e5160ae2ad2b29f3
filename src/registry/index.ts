export type * from "./types.ts";
export { narrow, type Reach } from "./address.ts";
export { askThrough, type Between } from "./ask-through.ts";
export { createRegistry, type Registry } from "./client.ts";
export {
  type Credential,
  type CredentialCode,
  type CredentialOptions,
  type CredentialSource,
} from "./credential.ts";
export { dockerCredentials } from "./credentials.ts";
export { isLoopbackHost, parseUrl } from "./endpoint.ts";
export { createHttpClient, type HttpClient } from "./http-client.ts";
export type { HttpAnswer, HttpRequest } from "./transport.ts";
export { createPublisher, type Publisher } from "./publisher.ts";
export { retryAfterMs } from "./retry.ts";
export { foldedTwins, parseDescriptor } from "./descriptor.ts";
export { credentialsFor, readDockerAuths, type DockerAuths } from "./keyring.ts";
export { openLayout } from "./layout.ts";
export { MANIFEST_TYPES, OCI_INDEX, OCI_MANIFEST, parseManifest, type ManifestCode } from "./manifest.ts";
export { fallbackTag, isRegistryHost, isRepositoryName, isTag, MAX_NAME_LENGTH } from "./names.ts";
export {
  DEFAULT_REGISTRY_LIMITS,
  type HostSettings,
  type RegistryLimits,
  type RegistrySettings,
} from "./settings.ts";
export { REGISTRY_REASONS, type RegistryCode } from "./reasons.ts";
