import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPolicy } from "../../../src/cli/policy.ts";
import type { Desk } from "../../../src/cli/serving/desk.ts";
import { openPolicies } from "../../../src/cli/serving/open-policies.ts";
import type { TrustWorld } from "../../../src/cli/serving/policy-trust.ts";
import {
  Appraiser,
  CachingDecider,
  DEFAULT_CACHE,
  DEFAULT_LOAD,
  RootMemory,
} from "../../../src/decision/index.ts";
import type { PolicyBundle } from "../../../src/policy/index.ts";
import { signOpaBundle } from "../../../src/release/index.ts";
import {
  createLog,
  decideByNamespace,
  differenceFields,
  ServiceMetrics,
  type Decider,
  type PolicySettings,
  type PolicyStatus,
  type ShadowDifference,
} from "../../../src/server/index.ts";
import { ConclusionCache } from "../../../src/verification/index.ts";
import { POLICY, valueOf, type World } from "../../decision/world.ts";
import { archiveOf } from "../../policy/forge/archive.ts";
import { startTestService, type TestService } from "../../server/harness.ts";

/** As `POLICY`, with a builder that nobody is: what it allows, this denies. */
export const DENYING = POLICY.replaceAll(
  'builders: ["https://github.com/acme/*/.github/workflows/release.yml"]',
  'builders: ["https://github.com/acme/*/.github/workflows/other.yml"]',
);

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
export const KEYS = { release: privateKey, stranger } as const;

/** Folders and files of one test, and the policies in them. */
export class Files {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-serving-"));
  readonly #world: World;
  readonly #bundles = new Map<string, Promise<PolicyBundle>>();

  constructor(world: World) {
    this.#world = world;
    writeFileSync(this.path("release.pub"), publicKey.export({ type: "spki", format: "pem" }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** As a release is put in place: at once. */
  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(`${name}.new`), content);
    renameSync(this.path(`${name}.new`), this.path(name));
    return this.path(name);
  }

  /** An archive of a policy.yaml, signed where a key is given. */
  async archive(
    text: string,
    {
      revision = "1",
      key = null,
      sequence,
    }: { revision?: string; key?: KeyObject | null; sequence?: number } = {},
  ): Promise<Uint8Array> {
    const bundle = await this.#bundleOf(text);
    const manifest = {
      revision,
      roots: bundle.roots ?? [""],
      wasm: bundle.entrypoints.map((entrypoint) => ({ entrypoint, module: "/policy.wasm" })),
      metadata: { assay: sequence === undefined ? {} : { sequence } },
    };
    const archive = archiveOf([
      { name: "/.manifest", content: JSON.stringify(manifest) },
      { name: "/data.json", content: JSON.stringify(bundle.data) },
      { name: "/policy.wasm", content: bundle.wasm },
    ]);
    return key === null ? archive : valueOf(signOpaBundle(archive, { key }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #bundleOf(text: string): Promise<PolicyBundle> {
    const known = this.#bundles.get(text) ?? this.#compile(text);
    this.#bundles.set(text, known);
    return known;
  }

  async #compile(text: string): Promise<PolicyBundle> {
    const folder = mkdtempSync(join(this.folder, "source-"));
    mkdirSync(join(folder, "trust"));
    writeFileSync(join(folder, "policy.yaml"), text);
    writeFileSync(join(folder, "trust", "lab.json"), JSON.stringify(this.#world.sigstore.trustedRoot));
    writeFileSync(join(folder, "trust", "release.pub"), this.#world.key.pem);
    return valueOf(await openPolicy(folder));
  }
}

export interface Serving {
  readonly decider: Decider;
  readonly service: TestService;
  readonly lines: () => readonly Record<string, unknown>[];
  /** Drops all lines of log so far: what a long test holds of them is no leak. */
  forgetLines(): void;
  readonly differences: readonly ShadowDifference[];
  readonly metrics: () => readonly string[];
  policy(name?: string): PolicyStatus;
  /** Asks the sources, and waits until `done`. */
  refreshUntil(done: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** The policies of a configuration as `assay serve` has them, over HTTP on loopback. */
export async function serve(
  world: World,
  policies: readonly PolicySettings[],
  { trust }: { readonly trust?: Partial<TrustWorld> } = {},
): Promise<Serving> {
  const clocks = { now: () => new Date(), elapsed: () => performance.now() };
  const caching = new CachingDecider({ cache: DEFAULT_CACHE, load: DEFAULT_LOAD, clocks });
  const { registry } = world.context;
  if (registry === null) throw new Error("a world has a registry");
  const content = caching.content(registry);
  const appraiser = new Appraiser();
  const desk: Desk = {
    decider: caching,
    content: { ask: (_request, _signal, work) => work(content) },
    context: {
      layouts: [],
      files: [],
      clock: clocks.now,
      appraiser,
      conclusions: new ConclusionCache({ bytes: 1024 * 1024, entries: 100 }),
    },
  };
  const texts: string[] = [];
  const differences: ShadowDifference[] = [];
  const log = createLog((line) => texts.push(line));
  const opened = await openPolicies(policies, {
    desk,
    trust: { renewal: null, memory: new RootMemory(), clock: clocks.now, log, ...trust },
    registries: {},
    log,
    clock: clocks.now,
    activated: () => undefined,
    differs: (difference) => {
      differences.push(difference);
      log.info("shadow differs", differenceFields(difference));
    },
    limits: { leastGapMs: 1 },
  });
  if (!opened.ok) {
    await appraiser.close();
    throw new Error(`${opened.reason.code}: ${opened.reason.message}`);
  }
  const decider = decideByNamespace(opened.value.policies, {
    resolve: () => Promise.reject(new Error("nothing is mutated here")),
    caching: () => caching.state,
  });
  const metrics = new ServiceMetrics(() => decider);
  const service = await startTestService({ listener: "metrics", decider, operations: { metrics } });
  const answering = await startTestService({ listener: "api", decider });
  const policy = (name = "default") => {
    const found = decider.status?.().policies.find(({ store }) => store.name === name);
    if (found === undefined) throw new Error(`there is no policy ${name}`);
    return found;
  };
  return {
    decider,
    service: { ...answering, close: () => service.close() },
    lines: () => texts.map((line) => JSON.parse(line) as Record<string, unknown>),
    forgetLines: () => {
      texts.length = 0;
      answering.logs.length = 0;
    },
    differences,
    metrics: () => metrics.registry.render().split("\n"),
    policy,
    refreshUntil: async (done) => {
      decider.refresh?.();
      for (let tries = 0; tries < 1000; tries++) {
        if (done()) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (tries % 100 === 99) decider.refresh?.();
      }
      throw new Error(`still ${JSON.stringify(policy().store)}`);
    },
    close: async () => {
      await answering.close();
      await service.close();
      await opened.value.close();
      await appraiser.close();
    },
  };
}
