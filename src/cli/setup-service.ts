import { success, type Result } from "../core/index.ts";
import { Appraiser, resolveDigest, RootMemory } from "../decision/index.ts";
import { createRegistry, type ContentSource, type HostSettings } from "../registry/index.ts";
import {
  decideByNamespace,
  differenceFields,
  measuredContent,
  type Decider,
  type DecisionLog,
  type Log,
  type ServiceConfig,
  type ServiceMetrics,
} from "../server/index.ts";
import { readInputFile } from "./files.ts";
import type { Io } from "./io.ts";
import { RESULT_FORM, type Desk } from "./serving/desk.ts";
import { openPolicies } from "./serving/open-policies.ts";
import type { Rehearse } from "./serving/rehearsal/rehearse.ts";
import { openCaching } from "./setup-caches.ts";
import { openImageSources, serviceCredentials } from "./setup-pull-secrets.ts";
import type { Opened } from "./setup.ts";

/** Bytes of a registry's CA file. */
const LARGEST_CA = 1024 * 1024;

/** Who watches what the service decides; `null` is nobody. */
export interface Watching {
  readonly metrics?: ServiceMetrics | null;
  readonly decisionLog?: Pick<DecisionLog, "addDifference"> | null;
  /** Told when a policy has begun to decide. */
  readonly activated?: () => void;
  /** What each policy does before it begins to. */
  readonly rehearse?: Rehearse;
}

/** What the service decides with: all its policies, and what they share. */
export async function openService(
  config: ServiceConfig,
  io: Io,
  log: Log,
  { metrics = null, decisionLog = null, activated = () => undefined, rehearse }: Watching = {},
): Promise<Result<Opened<{ readonly decider: Decider }>>> {
  const hosts = await hostSettings(config);
  if (!hosts.ok) return hosts;
  const caching = await openCaching(config, io, log);
  if (!caching.ok) return caching;
  const { decider: cachingDecider, conclusions } = caching.value;
  const credentials = serviceCredentials(config);
  const registries = { registries: hosts.value, credentials };
  const registry = createRegistry(registries);
  const known = [...config.registries.keys()];
  const measured = (source: ContentSource) =>
    metrics === null ? source : measuredContent(source, metrics, known);
  const content = openImageSources(config, {
    registry,
    remembering: (source, scope) => cachingDecider.content(measured(source), scope),
    ownCredentials: credentials,
    log,
  });
  const appraiser = new Appraiser();
  const context: Desk["context"] = { layouts: [], files: [], conclusions, appraiser, clock: io.clock };
  const closeShared = async () => {
    await appraiser.close();
    registry.close();
    await caching.value.close();
  };
  const opened = await openPolicies(config.policies, {
    desk: { decider: cachingDecider, content, context },
    trust: { renewal: config.trust, memory: new RootMemory(), clock: io.clock, log },
    registries,
    log,
    clock: io.clock,
    activated,
    rehearse,
    differs: (difference) => {
      log.info("shadow differs", differenceFields(difference));
      decisionLog?.addDifference(difference);
    },
  });
  if (!opened.ok) {
    await closeShared();
    return opened;
  }
  const decider = decideByNamespace(opened.value.policies, {
    resolve: (request, { signal }) =>
      content.ask(
        request,
        signal,
        (registry) => resolveDigest(request.reference, { registry, layouts: [] }, { signal }),
        RESULT_FORM,
      ),
    caching: () => cachingDecider.state,
  });
  return success({
    decider,
    close: async () => {
      await opened.value.close();
      await closeShared();
    },
  });
}

async function hostSettings({
  registries,
}: ServiceConfig): Promise<Result<Readonly<Record<string, HostSettings>>>> {
  const hosts: [string, HostSettings][] = [];
  for (const [host, { ca, mirrors, tokenHosts, plainHTTP }] of registries) {
    const pem = ca === null ? success(null) : await readInputFile(ca, LARGEST_CA);
    if (!pem.ok) return pem;
    hosts.push([
      host,
      {
        mirrors,
        tokenHosts,
        ...(pem.value === null ? {} : { ca: pem.value }),
        ...(plainHTTP === null ? {} : { plainHTTP }),
      },
    ]);
  }
  return success(Object.fromEntries(hosts));
}
