import {
  dockerCredentials,
  type ContentSource,
  type CredentialSource,
  type Registry,
} from "../registry/index.ts";
import {
  ApiServer,
  PullSecretReader,
  TenantContent,
  type ListenerSettings,
  type Log,
  type ServiceConfig,
} from "../server/index.ts";

/** Asks for images with the credentials that may be used for each. */
export type ImageSources = Pick<TenantContent, "ask">;

export interface SourcesOptions {
  readonly registry: Registry;
  /** Gives a source bounds and a memory: of one scope, or, without any, the service's own. */
  readonly remembering: (source: ContentSource, scope?: string) => ContentSource;
  readonly ownCredentials: CredentialSource;
  readonly log: Log;
}

/** The service's own source for all, or, where it is configured, with the pull secrets of the pods that images are for. */
export function openImageSources(
  { pullSecrets, listeners }: Pick<ServiceConfig, "pullSecrets" | "listeners">,
  { registry, remembering, ownCredentials, log }: SourcesOptions,
): ImageSources {
  const own = remembering(registry);
  if (pullSecrets === null) return { ask: (_request, _signal, work) => work(own) };
  for (const { name } of listeners.filter(isOpenToAll)) {
    log.error("pull secrets are used for whoever asks: let only known callers in", { listener: name });
  }
  return new TenantContent(pullSecrets, new PullSecretReader(new ApiServer(pullSecrets.api)), {
    own,
    ownCredentials,
    open: (credentials, scope) => remembering(registry.withCredentials(credentials), scope),
  });
}

type WithSecrets = Pick<ServiceConfig, "cache" | "decisionLog" | "traces">;

/** The service's own credentials; helpers that it runs do not see what the configuration says is a secret of assay's. */
export function serviceCredentials(config: WithSecrets): CredentialSource {
  return dockerCredentials(undefined, { withoutVariables: secretVariables(config) });
}

/** Names of environment variables that hold secrets. */
function secretVariables({ cache: { shared }, decisionLog, traces }: WithSecrets): readonly string[] {
  const log = decisionLog?.to.kind === "http" ? decisionLog.to.tokenEnv : null;
  return [shared?.secretEnv, shared?.usernameEnv, shared?.passwordEnv, log, traces?.tokenEnv].filter(
    (name) => typeof name === "string",
  );
}

/**
 * Whether anybody in the network may say on a listener of what namespace a pod is. Every path is on every listener but that of
 * metrics.
 */
function isOpenToAll({ name, host, tls, auth = null }: ListenerSettings): boolean {
  const isHere = host === "localhost" || host === "::1" || host.startsWith("127.");
  return name !== "metrics" && !isHere && auth === null && (tls === null || tls.clientCA === null);
}
