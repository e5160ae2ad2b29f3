import { success, type Result } from "../core/index.ts";
import { createApp } from "./app.ts";
import { DEFAULT_ADMISSION } from "./admission/index.ts";
import { isLoopback, type ListenerSettings, type ServiceConfig } from "./config.ts";
import { startListener, type Listener } from "./listener.ts";
import { openAuthenticator, type Authenticator } from "./authentication/index.ts";
import type { Log } from "./log.ts";
import { NO_OPERATIONS, type Operations } from "./operations/index.ts";
import { watchFiles } from "./watch-files.ts";
import type { Service } from "./service-parts.ts";
import { DEFAULT_DATA_API, DEFAULT_LIMITS, type Decider, type Limits, type ListenerName } from "./types.ts";

export interface ServiceOptions {
  readonly log: Log;
  readonly limits?: Limits;
  /** Where decisions and traces go, and what counts; absent: nowhere, and metrics of the service's own. */
  readonly operations?: Partial<Pick<Operations, "decisionLog" | "tracer" | "metrics">>;
}

export interface RunningService {
  readonly listeners: readonly Listener[];
  /**
   * Ends gracefully: `/readyz` says so at once; after `announceMs`, in which callers learn of it and are still
   * answered, no new connection is taken and running requests finish.
   */
  close(options: { readonly announceMs: number }): Promise<void>;
  /** Takes changed certificates, client CAs and tokens into use now. */
  refresh(): Promise<void>;
}

/**
 * Starts all listeners of a configuration, or none: where one cannot start, those before it are closed again and the
 * failure says why (threat T254).
 */
export async function startService(
  config: Pick<ServiceConfig, "listeners" | "budgets"> &
    Partial<Pick<ServiceConfig, "admission" | "dataApi">>,
  decider: () => Decider | null,
  { log, limits = DEFAULT_LIMITS, operations: given }: ServiceOptions,
): Promise<Result<RunningService, "config.tls" | "config.auth" | "listener.failed">> {
  let draining = false;
  const { budgets, admission = DEFAULT_ADMISSION, dataApi = DEFAULT_DATA_API } = config;
  const authenticators = await openAuthenticators(config.listeners, log);
  if (!authenticators.ok) return authenticators;
  const operations = { ...NO_OPERATIONS, ...given, authenticators: authenticators.value };
  const service: Service = {
    decider,
    draining: () => draining,
    budgets,
    limits,
    admission,
    dataApi,
    log,
    operations,
    guarded: guardedListeners(config.listeners),
  };
  const longest = Math.max(...Object.values(budgets));
  const listeners: Listener[] = [];
  const closeAll = (graceMs: number) => Promise.all(listeners.map((listener) => listener.close(graceMs)));

  for (const settings of config.listeners) {
    const started = await startListener(settings, createApp(service, settings.name), log);
    if (!started.ok) {
      await closeAll(0);
      return started;
    }
    listeners.push(started.value);
    log.info("listening", {
      listener: settings.name,
      host: settings.host,
      port: started.value.port,
      tls: settings.tls !== null,
      clientCertificates: settings.tls !== null && settings.tls.clientCA !== null,
    });
  }
  operations.metrics?.watchListeners(() =>
    listeners.map(({ name, certificateEnds }) => ({ name, certificateEnds: certificateEnds() })),
  );
  const renewed = [...authenticators.value.values()];
  const refreshTokens = () => Promise.all(renewed.map((one) => one.refresh()));
  const unwatch = watchFiles(tokenFiles(config.listeners), () => void refreshTokens());
  return success({
    listeners,
    refresh: async () => {
      await Promise.all([refreshTokens(), ...listeners.map((listener) => listener.refreshTls())]);
    },
    close: async ({ announceMs }) => {
      draining = true;
      unwatch();
      log.info("draining", { announceMs });
      await new Promise((resolve) => setTimeout(resolve, announceMs));
      await closeAll(longest);
      log.info("ended");
    },
  });
}

/** For listeners on which callers must show who they are; codes: `config.auth`. */
async function openAuthenticators(
  listeners: readonly ListenerSettings[],
  log: Log,
): Promise<Result<ReadonlyMap<ListenerName, Authenticator>, "config.auth">> {
  const opened = new Map<ListenerName, Authenticator>();
  for (const { name, tls, auth = null } of listeners) {
    const allowedNames = tls?.allowedNames ?? [];
    if (auth === null && allowedNames.length === 0) continue;
    const authenticator = await openAuthenticator(name, auth, allowedNames, { log });
    if (!authenticator.ok) return authenticator;
    opened.set(name, authenticator.value);
  }
  return success(opened);
}

/** The listener `api`, where each of its callers is known, or on this host: nobody else has sources asked. */
function guardedListeners(listeners: readonly ListenerSettings[]): ReadonlySet<ListenerName> {
  const guarded = listeners.filter(({ name, host, tls, auth = null }) => {
    const asksWho = auth !== null || (tls !== null && tls.clientCA !== null);
    return name === "api" && (asksWho || isLoopback(host));
  });
  return new Set(guarded.map(({ name }) => name));
}

function tokenFiles(listeners: readonly ListenerSettings[]): readonly string[] {
  return listeners.flatMap(({ auth }) =>
    auth === undefined || auth === null
      ? []
      : [...auth.tokens, ...(auth.jwt === null ? [] : [auth.jwt.keys])],
  );
}
