import { success, type Result } from "../core/index.ts";
import { decide, type DecidingContext } from "../decision/index.ts";
import { loadEngine } from "../policy/index.ts";
import { createRegistry, dockerCredentials, type HostSettings } from "../registry/index.ts";
import type { Decider, ServiceConfig } from "../server/index.ts";
import { ConclusionCache } from "../verification/index.ts";
import { readInputFile } from "./files.ts";
import type { Io } from "./io.ts";
import { openPolicy } from "./policy.ts";
import { trustOf, type Opened } from "./setup.ts";

/** Bytes of a registry's CA file. */
const LARGEST_CA = 1024 * 1024;

/** What the service decides with. */
export async function openService(
  config: ServiceConfig,
  io: Io,
): Promise<Result<Opened<{ readonly decider: Decider }>>> {
  const hosts = await hostSettings(config);
  if (!hosts.ok) return hosts;
  const policy = await openPolicy(config.policy.source);
  if (!policy.ok) return policy;
  const trust = trustOf(policy.value);
  if (!trust.ok) return trust;
  const engine = await loadEngine(policy.value);
  if (!engine.ok) return engine;
  const registry = createRegistry({ registries: hosts.value, credentials: dockerCredentials() });
  const context: DecidingContext = {
    registry,
    layouts: [],
    files: [],
    trust: trust.value,
    conclusions: new ConclusionCache(),
    engine: engine.value,
    clock: io.clock,
  };
  const { name, revision, digest } = policy.value;
  return success({
    decider: {
      decide: async (request, options) => (await decide(request, context, options)).decision,
      policy: { name, revision, digest },
      trust: { digest: trust.value.digest },
    },
    close: async () => {
      registry.close();
      await engine.value.close();
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
