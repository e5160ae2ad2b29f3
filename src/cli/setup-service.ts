import { at, isObject, member, objectAt, success, type JsonValue, type Result } from "../core/index.ts";
import {
  Appraiser,
  describeInput,
  queryPolicy,
  RenewingTrust,
  resolveDigest,
  type DecidingContext,
} from "../decision/index.ts";
import { loadEngine, type PolicyBundle } from "../policy/index.ts";
import { createRegistry, dockerCredentials, type HostSettings } from "../registry/index.ts";
import {
  measuredContent,
  type Decider,
  type Log,
  type ServiceConfig,
  type ServiceMetrics,
} from "../server/index.ts";
import { publicGoodTuf, trustFromData, type TrustMaterial, type TufSource } from "../verification/index.ts";
import { readInputFile } from "./files.ts";
import type { Io } from "./io.ts";
import { openPolicy } from "./policy.ts";
import { openCaching } from "./setup-caches.ts";
import { trustOf, type Opened } from "./setup.ts";

/** Bytes of a registry's CA file. */
const LARGEST_CA = 1024 * 1024;

/** What the service decides with. */
export async function openService(
  config: ServiceConfig,
  io: Io,
  log: Log,
  metrics: ServiceMetrics | null = null,
): Promise<Result<Opened<{ readonly decider: Decider }>>> {
  const hosts = await hostSettings(config);
  if (!hosts.ok) return hosts;
  const policy = await openPolicy(config.policy.source);
  if (!policy.ok) return policy;
  const initial = trustOf(policy.value);
  if (!initial.ok) return initial;
  const engine = await loadEngine(policy.value);
  if (!engine.ok) return engine;
  const caching = await openCaching(config, io, log);
  if (!caching.ok) {
    await engine.value.close();
    return caching;
  }
  const { decider, conclusions } = caching.value;
  const registry = createRegistry({ registries: hosts.value, credentials: dockerCredentials() });
  const confirmed = new Map<string, Date | null>();
  const trust = renewing(initial.value, policy.value, config, io, log, confirmed);
  const policyLoaded = io.clock();
  await trust.start();
  const appraiser = new Appraiser();
  const context: Omit<DecidingContext, "trust"> = {
    registry: decider.content(
      metrics === null ? registry : measuredContent(registry, metrics, config.registries.keys()),
    ),
    layouts: [],
    files: [],
    conclusions,
    appraiser,
    engine: engine.value,
    clock: io.clock,
  };
  const { name, revision, digest } = policy.value;
  return success({
    decider: {
      decide: (request, { observer, ...options }) => {
        const watched = observer === undefined ? context : { ...context, observer };
        return decider.decide(request, { ...watched, trust: trust.current }, options);
      },
      resolve: ({ reference }, options) =>
        resolveDigest(reference, { ...context, trust: trust.current }, options),
      describe: (request, options) => describeInput(request, { ...context, trust: trust.current }, options),
      query: (input, entrypoint, options) => queryPolicy(input, entrypoint, engine.value, options),
      entrypoints: policy.value.entrypoints,
      policy: { name, revision, digest },
      trust: () => ({ digest: trust.current.digest }),
      status: () => ({
        policyLoaded,
        roots: [...confirmed].map(([name, when]) => ({ name, confirmed: when })),
        caching: decider.state,
      }),
    },
    close: async () => {
      trust.close();
      await appraiser.close();
      registry.close();
      await caching.value.close();
      await engine.value.close();
    },
  });
}

const PUBLIC_GOOD = "public-good";

/**
 * The policy's trust, its Sigstore roots renewed where the configuration says so: the public-good one, and those for
 * which the policy itself names a TUF repository and pins its root (`trust.tuf` of data.json).
 */
function renewing(
  initial: TrustMaterial,
  { data }: PolicyBundle,
  { trust }: ServiceConfig,
  { clock }: Io,
  log: Log,
  confirmed: Map<string, Date | null>,
): RenewingTrust {
  const own = objectAt(data, "trust");
  const sources = trust === null ? new Map<string, TufSource>() : renewable(own);
  for (const name of sources.keys()) confirmed.set(name, null);
  return new RenewingTrust(
    initial,
    sources,
    (roots) => trustFromData({ ...own, roots: { ...objectAt(own, "roots"), ...Object.fromEntries(roots) } }),
    {
      cacheFolder: trust?.cacheFolder ?? null,
      everyMs: trust?.refreshEvery ?? 0,
      clock,
      report: ({ faults, ...event }) => {
        if (event.age !== null) confirmed.set(event.root, new Date(clock().getTime() - event.age));
        if (faults.length > 0) log.error("trust root not renewed", { ...event, faults: faults.join("; ") });
        else log.info("trust root renewed", { ...event });
      },
    },
  );
}

/** Where each of the policy's roots comes from, as far as the policy says so. */
function renewable(trust: JsonValue | undefined): ReadonlyMap<string, TufSource> {
  const sources = new Map<string, TufSource>();
  const roots = objectAt(trust, "roots");
  if (trust === undefined || member(roots, PUBLIC_GOOD) !== undefined)
    sources.set(PUBLIC_GOOD, publicGoodTuf());
  for (const [name, tuf] of Object.entries(objectAt(trust, "tuf") ?? {})) {
    const [mirror, root] = [at(tuf, "mirror"), at(tuf, "root")];
    if (typeof mirror !== "string" || !isObject(root)) continue;
    sources.set(name, { mirror, initialRoot: Buffer.from(JSON.stringify(root)), seed: null });
  }
  return sources;
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
