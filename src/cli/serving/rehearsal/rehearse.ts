import { once } from "node:events";
import { request as ask, Agent, type Server } from "node:http";
import { availableParallelism } from "node:os";
import { setTimeout as after } from "node:timers/promises";
import { CachingDecider, DEFAULT_LOAD, RootMemory } from "../../../decision/index.ts";
import type { PolicyBundle, PolicyEngine } from "../../../policy/index.ts";
import { createRegistry, type ContentSource } from "../../../registry/index.ts";
import {
  createLog,
  DEFAULT_BUDGETS,
  ServiceMetrics,
  startService,
  type Decider,
  type HeldPolicy,
  type RunningService,
} from "../../../server/index.ts";
import { holdRevision, RESULT_FORM } from "../desk.ts";
import { PolicyTrust } from "../policy-trust.ts";
import { openRecordedRegistry } from "./recorded-registry.ts";
import recorded from "./recorded.json" with { type: "json" };

export type Rehearse = (bundle: PolicyBundle, engine: PolicyEngine) => Promise<void>;

/** Milliseconds: no policy waits longer for its rehearsal, and none begins a further round after so many. */
const LONGEST_MS = 1_000;
const ENOUGH_MS = 500;
const MOST_ROUNDS = 5;

const HERE = "127.0.0.1";
const PATH = "/v1/gatekeeper/validate";

/** So many at once that every worker thread of the policy is started, and evaluates. */
const IMAGES = Math.min(8, availableParallelism());

/**
 * Has a policy decide a recorded image again and again, over a service, a registry and a trust that are there for this
 * alone: what the first real request would otherwise wait for (threads, code that has never run) is done before the policy
 * counts. Nothing of it is remembered, logged or counted, and no answer is looked at. Never fails, and ends within a
 * second whatever happens.
 */
export async function rehearse(
  bundle: PolicyBundle,
  engine: PolicyEngine,
  { longestMs = LONGEST_MS } = {},
): Promise<void> {
  const ending = new AbortController();
  try {
    await Promise.race([play(bundle, engine, ending.signal), after(longestMs, undefined, { ref: false })]);
  } catch {
    // Without a rehearsal the first request takes longer: no reason to refuse a policy.
  } finally {
    ending.abort();
  }
}

async function play(bundle: PolicyBundle, engine: PolicyEngine, signal: AbortSignal): Promise<void> {
  await using stage = new AsyncDisposableStack();
  const images = openRecordedRegistry().listen(0, HERE);
  stage.defer(() => void images.close());
  await once(images, "listening", { signal });
  const overTls = `localhost:${portOf(images)}`;
  const registry = createRegistry({ registries: { [overTls]: { plainHTTP: false } } });
  stage.defer(() => registry.close());
  const policy = await openHeld(bundle, engine, registry);
  if (policy === undefined) return;
  const service = await openService(policy);
  if (service === undefined) return;
  stage.defer(() => service.close({ announceMs: 0 }));
  const caller = new Agent({ keepAlive: true });
  stage.defer(() => caller.destroy());

  const host = `${HERE}:${portOf(images)}`;
  const [{ port } = { port: 0 }] = service.listeners;
  const rounds = async () => {
    const began = performance.now();
    for (let round = 0; round < MOST_ROUNDS && performance.now() - began < ENOUGH_MS; round++) {
      const keys = Array.from({ length: IMAGES }, (_, index) => `${host}/image-${index}:${recorded.tag}`);
      await send(keys, { port, agent: caller, signal });
    }
  };
  // The registry speaks no TLS, but by the time this shows, all that connecting needs has been loaded.
  const connecting = registry.manifest({ registry: overTls, repository: "image-0" }, recorded.tag, {
    signal,
  });
  await Promise.all([rounds(), connecting]);
}

/** The policy as callers ask it, with the recorded signer's trust in place of its own, and a memory that keeps nothing. */
async function openHeld(
  bundle: PolicyBundle,
  engine: PolicyEngine,
  registry: ContentSource,
): Promise<HeldPolicy | undefined> {
  const { name } = bundle;
  const opened = await PolicyTrust.open(
    name,
    { data: { trust: recorded.trust } },
    {
      renewal: null,
      memory: new RootMemory(),
      clock,
      log: SILENT,
    },
  );
  if (!opened.ok) return undefined;
  const clocks = { now: clock, elapsed: () => performance.now() };
  const decider = new CachingDecider({ cache: FORGETTING, load: DEFAULT_LOAD, clocks });
  const source = decider.content(registry);
  return holdRevision(
    { bundle, engine, prepared: opened.value },
    {
      decider,
      content: { ask: (_request, _signal, work) => work(source) },
      context: { layouts: [], files: [], clock },
    },
  );
}

const clock = () => new Date(recorded.time);

const FORGETTING = { tags: 0, decisions: 0, denials: 0, bytes: 1024 * 1024 };

const SILENT = createLog(() => undefined);

/** The surfaces themselves, on a port that nobody knows. */
async function openService(policy: HeldPolicy): Promise<RunningService | undefined> {
  const decider: Decider = {
    ...policy,
    resolve: () => Promise.resolve(RESULT_FORM.because({ code: "internal", message: "a rehearsal" })),
    hold: (_namespace, work) => work(policy),
    ready: () => true,
  };
  const started = await startService(
    { listeners: [{ name: "api", host: HERE, port: 0, tls: null }], budgets: DEFAULT_BUDGETS },
    () => decider,
    { log: SILENT, operations: { metrics: new ServiceMetrics(() => decider) } },
  );
  return started.ok ? started.value : undefined;
}

async function send(
  keys: readonly string[],
  { port, agent, signal }: { readonly port: number; readonly agent: Agent; readonly signal: AbortSignal },
): Promise<void> {
  const body = JSON.stringify({
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "ProviderRequest",
    request: { keys },
  });
  const headers = { "content-type": "application/json" };
  await new Promise<void>((resolve, reject) => {
    ask({ host: HERE, port, path: PATH, method: "POST", headers, agent, signal }, (answer) =>
      answer.resume().on("close", resolve),
    )
      .on("error", reject)
      .end(body);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
