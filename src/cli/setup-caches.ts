import packageJson from "../../package.json" with { type: "json" };
import { failure, success, type Result } from "../core/index.ts";
import {
  CachingDecider,
  DiskTier,
  SharedTier,
  type CacheTiers,
  type SharedCacheSettings,
} from "../decision/index.ts";
import type { Log, ServiceConfig, SharedConfig } from "../server/index.ts";
import { ConclusionCache } from "../verification/index.ts";
import { readInputFile } from "./files.ts";
import type { Io } from "./io.ts";
import type { Opened } from "./setup.ts";

/** Bytes of a CA file. */
const LARGEST_CA = 1024 * 1024;

/** Bytes of the secret that entries of a shared cache are sealed with. */
const SHORTEST_SECRET = 32;

/** What of the memory for caches is for verified conclusions; the rest is for decisions and content. */
const CONCLUSIONS_SHARE = 1 / 4;

/** Bytes that a small conclusion takes: their number is bounded by memory alone. */
const SMALL_CONCLUSION = 4096;

export interface Caching {
  readonly decider: CachingDecider;
  readonly conclusions: ConclusionCache;
}

/** All that the service remembers, and what bounds its load, as the configuration says. */
export async function openCaching(
  { cache, load }: Pick<ServiceConfig, "cache" | "load">,
  io: Io,
  log: Log,
): Promise<Result<Opened<Caching>>> {
  const clocks = { now: io.clock, elapsed: () => performance.now() };
  const settings = cache.shared === null ? success(null) : await sharedSettings(cache.shared, io, log);
  if (!settings.ok) return settings;
  const disk =
    cache.disk === null ? success(null) : await DiskTier.open({ ...cache.disk, report: say(log, "disk") });
  if (!disk.ok) return disk;
  const shared = settings.value === null ? null : new SharedTier(settings.value, clocks);
  const tiers: CacheTiers = {
    ...(disk.value !== null && { disk: disk.value }),
    ...(shared !== null && { shared }),
  };
  const forConclusions = Math.floor(cache.memory.bytes * CONCLUSIONS_SHARE);
  return success({
    decider: new CachingDecider({
      cache: { ...cache.memory, bytes: cache.memory.bytes - forConclusions },
      load,
      clocks,
      tiers,
    }),
    conclusions: new ConclusionCache({
      bytes: forConclusions,
      entries: Math.ceil(forConclusions / SMALL_CONCLUSION),
    }),
    close: async () => {
      await Promise.all([disk.value?.close(), shared?.close()]);
    },
  });
}

/** Secrets are in the environment, never in the file. `config.invalid`: they are not, or are too short. */
async function sharedSettings(
  { host, port, database, tls, ca, timeout, ...named }: SharedConfig,
  { env }: Io,
  log: Log,
): Promise<Result<SharedCacheSettings>> {
  const secret = Buffer.from(env[named.secretEnv] ?? "");
  if (secret.byteLength < SHORTEST_SECRET) {
    return failure(
      "config.invalid",
      `cache.shared.secretEnv: the environment variable ${named.secretEnv} must hold at least ${SHORTEST_SECRET} bytes, the same for all replicas`,
    );
  }
  for (const name of [named.usernameEnv, named.passwordEnv]) {
    if (name === null || (env[name] ?? "") !== "") continue;
    return failure("config.invalid", `cache.shared: the environment variable ${name} is not set`);
  }
  const pem = ca === null ? success(null) : await readInputFile(ca, LARGEST_CA);
  if (!pem.ok) return pem;
  const read = (name: string | null) => (name === null ? null : (env[name] ?? null));
  return success({
    server: {
      host,
      port,
      database,
      tls: tls ? { ...(pem.value !== null && { ca: pem.value }) } : null,
      username: read(named.usernameEnv),
      password: read(named.passwordEnv),
    },
    secret,
    version: packageJson.version,
    timeout,
    report: say(log, "shared"),
  });
}

function say(log: Log, cache: string): (message: string) => void {
  return (message) => log.error("cache not available", { cache, detail: message });
}
