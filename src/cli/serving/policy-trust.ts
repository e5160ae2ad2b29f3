import {
  at,
  isObject,
  member,
  objectAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import { RenewingTrust, type RootMemory } from "../../decision/index.ts";
import type { PolicyBundle } from "../../policy/index.ts";
import type { Log, PolicyStatus, ServiceConfig } from "../../server/index.ts";
import {
  publicGoodTuf,
  trustFromData,
  trustOfPolicy,
  type TrustMaterial,
  type TufSource,
} from "../../verification/index.ts";

const PUBLIC_GOOD = "public-good";

export interface TrustWorld {
  /** How roots are renewed; `null`: they stay as the policy has them. */
  readonly renewal: ServiceConfig["trust"];
  /** What was proven for other revisions and policies. */
  readonly memory: RootMemory;
  readonly clock: () => Date;
  readonly log: Log;
}

/**
 * The trust of one revision of a policy, its Sigstore roots renewed where the configuration says so: the public-good one,
 * and those for which the policy itself names a TUF repository and pins its root (`trust.tuf` of data.json).
 */
export class PolicyTrust {
  readonly #trust: RenewingTrust;
  readonly #confirmed = new Map<string, Date | null>();

  /** `policy`: its name in the configuration, for the log. */
  static async open(
    policy: string,
    { data }: Pick<PolicyBundle, "data">,
    world: TrustWorld,
  ): Promise<Result<PolicyTrust>> {
    const initial = trustOfPolicy(data);
    if (!initial.ok) return initial;
    const opened = new PolicyTrust(policy, initial.value, objectAt(data, "trust"), world);
    await opened.#trust.start();
    return success(opened);
  }

  private constructor(
    policy: string,
    initial: TrustMaterial,
    own: JsonObject | undefined,
    { renewal, memory, clock, log }: TrustWorld,
  ) {
    const sources = renewal === null ? new Map<string, TufSource>() : renewable(own);
    for (const name of sources.keys()) this.#confirmed.set(name, null);
    this.#trust = new RenewingTrust(
      initial,
      sources,
      (roots) =>
        trustFromData({ ...own, roots: { ...objectAt(own, "roots"), ...Object.fromEntries(roots) } }),
      {
        cacheFolder: renewal?.cacheFolder ?? null,
        everyMs: renewal?.refreshEvery ?? 0,
        clock,
        memory,
        report: ({ faults, ...event }) => {
          // Infinite where the clock was set back: then nobody knows when.
          if (event.age !== null && Number.isFinite(event.age)) {
            this.#confirmed.set(event.root, new Date(clock().getTime() - event.age));
          }
          const said = { policy, ...event };
          if (faults.length > 0) log.error("trust root not renewed", { ...said, faults: faults.join("; ") });
          else log.info("trust root renewed", said);
        },
      },
    );
  }

  /** Whole; a decision takes it once. */
  get current(): TrustMaterial {
    return this.#trust.current;
  }

  get roots(): PolicyStatus["roots"] {
    return [...this.#confirmed].map(([name, confirmed]) => ({ name, confirmed }));
  }

  close(): void {
    this.#trust.close();
  }
}

/** Where each of the policy's roots comes from, as far as the policy says so. */
function renewable(trust: JsonValue | undefined): ReadonlyMap<string, TufSource> {
  const sources = new Map<string, TufSource>();
  const roots = objectAt(trust, "roots");
  if (trust === undefined || member(roots, PUBLIC_GOOD) !== undefined) {
    sources.set(PUBLIC_GOOD, publicGoodTuf());
  }
  for (const [name, tuf] of Object.entries(objectAt(trust, "tuf") ?? {})) {
    const [mirror, root] = [at(tuf, "mirror"), at(tuf, "root")];
    if (typeof mirror !== "string" || !isObject(root)) continue;
    sources.set(name, { mirror, initialRoot: Buffer.from(JSON.stringify(root)), seed: null });
  }
  return sources;
}
