import { failure, oneLine, success, type Result } from "../core/index.ts";
import type { DecidingContext, DecisionContext } from "../decision/index.ts";
import { loadEngine, type PolicyBundle, type PolicyEngine, type RegoSource } from "../policy/index.ts";
import { createRegistry, dockerCredentials, openLayout, type LayoutSource } from "../registry/index.ts";
import {
  combineTrust,
  publicGoodRoot,
  trustFromFiles,
  trustOfPolicy,
  type TrustMaterial,
} from "../verification/index.ts";
import type { Io } from "./io.ts";
import type { PolicyDemand } from "./policy-demand.ts";
import { openAdHocPolicy, openPolicy, openPolicyWithSources, type OpenOptions } from "./policy.ts";
import { startTransfer } from "./progress.ts";
import type { DecisionSettings } from "./settings.ts";

/** The Rego of the policy that decides, for those who explain it. */
export interface WithRego {
  readonly rego: () => readonly RegoSource[];
}

/** Something opened; `close` ends its files, connections and threads. */
export type Opened<T> = T & { readonly close: () => Promise<void> };

const NOBODY_NAMED =
  "nobody is named whose word would count: give --policy, or --key, or --certificate-identity with --certificate-oidc-issuer or --certificate-authority";

/** Everything that gathering an image's evidence takes, without a policy that judges it. */
export async function openGathering(
  settings: DecisionSettings,
  io: Io,
): Promise<Result<Opened<{ readonly context: DecisionContext }>>> {
  const named = settings.policy;
  const policy = named === null ? success(null) : await openPolicy(named, opening(named, settings, io));
  if (!policy.ok) return policy;
  const trust = openTrust(settings, policy.value);
  return trust.ok ? openContext(settings, trust.value, io) : trust;
}

/**
 * … and the policy: the given one, or one that demands just the signer named by flags. Its module starts while
 * evidence is gathered; `loaded` tells whether it could, and must be asked before a decision is believed.
 */
export async function openDeciding(
  settings: DecisionSettings,
  io: Io,
): Promise<
  Result<
    Opened<WithRego & { readonly context: DecidingContext; readonly loaded: () => Promise<Result<unknown>> }>
  >
> {
  const { identity, own } = settings.signers;
  if (settings.policy === null && identity === null && own === null && settings.trust.keys.length === 0) {
    return failure("usage", NOBODY_NAMED);
  }
  const named = settings.policy;
  const given =
    named === null ? success(null) : await openPolicyWithSources(named, opening(named, settings, io));
  if (!given.ok) return given;
  const trust = openTrust(settings, given.value?.bundle ?? null);
  if (!trust.ok) return trust;
  const policy =
    given.value === null ? await openAdHocPolicy(settings.signers, trust.value) : success(given.value);
  if (!policy.ok) return policy;
  const { bundle, rego } = policy.value;
  const opened = await openContext(settings, trust.value, io);
  if (!opened.ok) return opened;
  const loading = loadEngine(bundle, { workers: 1 });
  const engine: PolicyEngine = {
    bundle,
    evaluate: async (...evaluation) => {
      const loaded = await loading;
      return loaded.ok
        ? loaded.value.evaluate(...evaluation)
        : failure("policy.closed", loaded.reason.message);
    },
    close: async () => {
      const loaded = await loading;
      if (loaded.ok) await loaded.value.close();
    },
  };
  return success({
    context: { ...opened.value.context, engine },
    rego,
    loaded: () => loading,
    close: async () => {
      await engine.close();
      await opened.value.close();
    },
  });
}

/** A policy alone, for input documents that are already there. */
export async function openEvaluating(
  policySource: string,
  policyDemand: PolicyDemand,
  io: Io,
): Promise<Result<Opened<WithRego & { readonly context: Pick<DecidingContext, "engine" | "trust"> }>>> {
  const policy = await openPolicyWithSources(
    policySource,
    opening(policySource, { policyDemand, at: null }, io),
  );
  if (!policy.ok) return policy;
  const { bundle, rego } = policy.value;
  const trust = trustOf(bundle);
  if (!trust.ok) return trust;
  const engine = await loadEngine(bundle, { workers: 1 });
  if (!engine.ok) return engine;
  return success({
    context: { engine: engine.value, trust: trust.value },
    rego,
    close: () => engine.value.close(),
  });
}

/** How a policy is opened, with a word to who waits for it. */
function opening(
  source: string,
  { policyDemand: demand, at }: Pick<DecisionSettings, "policyDemand" | "at">,
  io: Io,
): OpenOptions {
  const transfer = startTransfer(io, `fetching ${oneLine(source, 200)}`);
  return { demand, now: at ?? io.clock(), transfer };
}

/** Trust is the policy's own; flags name it only where no policy does. */
function openTrust(
  { trust: named, signers: { identity, own } }: DecisionSettings,
  policy: PolicyBundle | null,
): Result<TrustMaterial> {
  const isNamed = Object.values(named).some((files) => files.length > 0);
  if (policy !== null) {
    return isNamed || identity !== null || own !== null
      ? failure(
          "usage",
          "--trusted-root, --key, --notary-store and --certificate-… go without --policy: trust is the policy's own",
        )
      : trustOf(policy);
  }
  if (!isNamed) return success(publicGoodRoot());
  const trust = trustFromFiles(named);
  if (!trust.ok || identity === null || named.trustedRoots.length > 0) return trust;
  // Keys or authorities beside an identity: the identity is still proven by the public Sigstore.
  return combineTrust([publicGoodRoot(), trust.value]);
}

/** The trust that a bundle carries; the public Sigstore where it carries none. */
export function trustOf({ data }: PolicyBundle): Result<TrustMaterial> {
  return trustOfPolicy(data);
}

async function openContext(
  { evidence, at }: DecisionSettings,
  trust: TrustMaterial,
  io: Io,
): Promise<Result<Opened<{ readonly context: DecisionContext }>>> {
  const layouts: LayoutSource[] = [];
  const closeLayouts = () => Promise.all(layouts.map((layout) => layout.close()));
  for (const path of evidence.layouts) {
    const layout = await openLayout(path);
    if (!layout.ok) {
      await closeLayouts();
      return layout;
    }
    layouts.push(layout.value);
  }
  const registry = evidence.offline ? null : createRegistry({ credentials: dockerCredentials() });
  return success({
    context: {
      registry,
      layouts,
      files: evidence.files,
      trust,
      clock: at === null ? io.clock : () => at,
    },
    close: async () => {
      registry?.close();
      await closeLayouts();
    },
  });
}
