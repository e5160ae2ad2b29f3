import { failure, success, type Result } from "../../core/index.ts";
import type { RegistrySettings } from "../../registry/index.ts";
import {
  openSigners,
  openSource,
  PolicyStore,
  SYSTEM_CLOCK,
  type HttpCredentials,
  type StoreLimits,
  type StoreSettings,
} from "../../release/index.ts";
import type { Log, PolicyRelease, PolicySettings, ShadowDifference } from "../../server/index.ts";
import type { Desk } from "./desk.ts";
import { PolicyTrust, type TrustWorld } from "./policy-trust.ts";
import type { Rehearse } from "./rehearsal/rehearse.ts";

/** Milliseconds for which a source may send, besides those for which it may hold a question. */
const FETCH_MS = 120_000;

/** What the policies of one service share. */
export interface PoliciesWorld {
  readonly desk: Desk;
  readonly trust: TrustWorld;
  /** How registries are spoken to, for policies as for images. */
  readonly registries: RegistrySettings;
  readonly log: Log;
  readonly clock: () => Date;
  readonly differs: (difference: ShadowDifference) => void;
  /** Told when a policy has begun to decide. */
  readonly activated: () => void;
  /** What each policy does before it counts, so that nobody waits for what happens only once; absent: nothing. */
  readonly rehearse?: Rehearse | undefined;
  /** Where they are not the usual ones. */
  readonly limits?: Partial<StoreLimits>;
}

/** A store of a release, the policy's own or its shadow's, with who may have signed it and where it is asked for. */
export async function openStore(
  settings: PolicySettings,
  release: PolicyRelease,
  world: PoliciesWorld,
  rest: Partial<StoreSettings<PolicyTrust>>,
): Promise<Result<PolicyStore<PolicyTrust>>> {
  const { name, longPoll, refresh } = settings;
  const credentials = credentialsFor(settings, release);
  const signers = await openSigners(release.signers);
  if (!signers.ok) return failure(signers.reason.code, `policy ${name}: ${signers.reason.message}`);
  const source = await openSource(release.source, {
    registries: world.registries,
    ...(longPoll === null ? {} : { longPollSeconds: Math.ceil(longPoll / 1000) }),
    ...(credentials === null ? {} : { credentials: httpCredentials(credentials) }),
  });
  if (!source.ok) return failure(source.reason.code, `policy ${name}: ${source.reason.message}`);
  const store = new PolicyStore<PolicyTrust>({
    name,
    source: source.value,
    signers: signers.value,
    refreshMs: refresh,
    limits: { ...(longPoll === null ? {} : { fetchMs: longPoll + FETCH_MS }), ...world.limits },
    clock: { ...SYSTEM_CLOCK, now: world.clock },
    prepare: async (bundle, engine) => {
      const opening = PolicyTrust.open(name, bundle, world.trust);
      const [trust] = await Promise.all([opening, world.rehearse?.(bundle, engine)]);
      return trust;
    },
    dispose: (trust) => trust.close(),
    ...rest,
  });
  return success(store);
}

/** They are for the server of the policy's own source: a shadow that lies elsewhere is asked without (threat T186). */
function credentialsFor(
  { source, credentials }: PolicySettings,
  release: PolicyRelease,
): PolicySettings["credentials"] {
  const origin = URL.parse(source)?.origin;
  return origin !== undefined && URL.parse(release.source)?.origin === origin ? credentials : null;
}

function httpCredentials({
  tokenFile,
  clientCert,
  clientKey,
  ca,
}: NonNullable<PolicySettings["credentials"]>): HttpCredentials {
  return {
    ...(tokenFile === null ? {} : { tokenFile }),
    ...(clientCert === null ? {} : { clientCert }),
    ...(clientKey === null ? {} : { clientKey }),
    ...(ca === null ? {} : { ca }),
  };
}
