import { dockerCredentials, type ContentSource, type Registry } from "../registry/index.ts";
import {
  ApiServer,
  PullSecretReader,
  TenantContent,
  type ListenerSettings,
  type Log,
  type PullSecretsConfig,
  type ServiceConfig,
} from "../server/index.ts";

/** Asks for images with the credentials that may be used for each. */
export type ImageSources = Pick<TenantContent, "ask">;

export interface SourcesOptions {
  readonly registry: Registry;
  /** Gives a source bounds and a memory: of one scope, or, without any, the service's own. */
  readonly remembering: (source: ContentSource, scope?: string) => ContentSource;
  readonly ownCredentials: ReturnType<typeof dockerCredentials>;
  readonly log: Log;
}

/** The service's own source for all, or, where it is configured, with the pull secrets of the pods that images are for. */
export function openImageSources(
  { pullSecrets, listeners }: Pick<ServiceConfig, "pullSecrets" | "listeners">,
  { registry, remembering, ownCredentials, log }: SourcesOptions,
): ImageSources {
  const own = remembering(registry);
  if (pullSecrets === null) return { ask: (_request, _signal, work) => work(own) };
  for (const { name } of listeners.filter((listener) => isOpenToAll(listener, pullSecrets))) {
    log.error("pull secrets are used for whoever asks: let only known callers in", { listener: name });
  }
  const elapsed = () => performance.now();
  return new TenantContent(
    pullSecrets,
    new PullSecretReader(new ApiServer(pullSecrets.api), elapsed),
    {
      own,
      ownCredentials,
      open: (credentials, scope) => remembering(registry.withCredentials(credentials), scope),
    },
    elapsed,
  );
}

/** The service's own credentials; helpers that it runs do not see what the configuration says is a secret of assay's. */
export function serviceCredentials(config: Parameters<typeof secretVariables>[0]) {
  return dockerCredentials(undefined, { withoutVariables: secretVariables(config) });
}

/** Names of environment variables that hold secrets. */
function secretVariables({
  cache: { shared },
  decisionLog,
  traces,
}: Pick<ServiceConfig, "cache" | "decisionLog" | "traces">): readonly string[] {
  const log = decisionLog?.to.kind === "http" ? decisionLog.to.tokenEnv : null;
  return [shared?.secretEnv, shared?.usernameEnv, shared?.passwordEnv, log, traces?.tokenEnv].filter(
    (name) => typeof name === "string",
  );
}

/** Whether anybody may say on a listener of what namespace a pod is. Every path is on every listener but that of metrics. */
function isOpenToAll({ name, tls, auth = null }: ListenerSettings, { surfaces }: PullSecretsConfig): boolean {
  return name !== "metrics" && surfaces.size > 0 && auth === null && (tls === null || tls.clientCA === null);
}
