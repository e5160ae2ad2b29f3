import { success, type Result } from "../../core/index.ts";
import {
  Appraiser,
  decideAgain,
  type Appraisal,
  type DecidingContext,
  type Decision,
} from "../../decision/index.ts";
import { Shadow, type PolicyRelease, type PolicySettings } from "../../server/index.ts";
import { ConclusionCache } from "../../verification/index.ts";
import type { Opened } from "../setup.ts";
import { namesOf } from "./desk.ts";
import { openStore, type PoliciesWorld } from "./open-store.ts";
import { Activations, type Beside } from "./stored-policy.ts";

/** Of conclusions that the shadow's own trust has drawn: apart from those that callers are answered with. */
const CONCLUSIONS = { bytes: 8 * 1024 * 1024, entries: 2_000 } as const;

/**
 * Opens what is decided beside a policy. It never keeps the service from beginning: a shadow that cannot be loaded counts
 * its decisions as failed until it is.
 */
export async function openShadow(
  settings: PolicySettings,
  release: PolicyRelease,
  world: PoliciesWorld,
): Promise<Result<Opened<Beside & { offer(decision: Decision, evidence: Appraisal): void }>>> {
  const { desk, log, differs } = world;
  const name = `${settings.name}.shadow`;
  const activations = new Activations(log);
  const opened = await openStore({ ...settings, name }, release, world, { report: activations.report });
  if (!opened.ok) return opened;
  activations.speak();
  const store = opened.value;
  void store.start(new AbortController().signal);
  // Large evidence is judged in a thread of the shadow's own: callers never wait for it.
  const appraiser = new Appraiser();
  const ownConclusions = new ConclusionCache(CONCLUSIONS);
  const judge = async (evidence: Appraisal, signal: AbortSignal, enforced: Decision) => {
    const lease = store.acquire();
    if (lease === undefined) return undefined;
    try {
      const { engine, prepared } = lease.active;
      const trust = prepared.current;
      const isSameTrust = trust.digest === enforced.trust.digest;
      const context: DecidingContext = {
        ...desk.context,
        registry: null,
        engine,
        trust,
        appraiser,
        // What was verified for the answer counts here as well, where the same trust verified it.
        conclusions: (isSameTrust ? desk.context.conclusions : undefined) ?? ownConclusions,
      };
      return await decideAgain(evidence, context, { signal });
    } finally {
      lease.release();
    }
  };
  const shadow = new Shadow({
    name: settings.name,
    judge,
    busy: () => desk.decider.state.queue.waiting > 0,
    report: differs,
  });
  return success({
    offer: (decision, evidence) => shadow.offer(decision, evidence),
    status: () => ({
      store: store.status,
      names: store.current === undefined ? null : namesOf(store.current),
      decisions: shadow.counts,
    }),
    refresh: () => void store.refresh(),
    close: async () => {
      await shadow.close();
      await Promise.all([store.close(), appraiser.close()]);
    },
  });
}
