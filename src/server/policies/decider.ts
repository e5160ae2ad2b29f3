import { digestOf, failure, type Reason } from "../../core/index.ts";
import type { CachingState } from "../../decision/index.ts";
import { openDecision } from "../batch.ts";
import type { Decider, DecisionNames, HeldPolicy, PolicyStatus } from "../types.ts";
import { NamespaceMap, type ByNamespace } from "./namespaces.ts";

/** One of the policies that decide, whatever revision of it is current. */
export interface ServedPolicy extends ByNamespace {
  /** The current revision, which stays as it is until it is released; or why there is none. */
  acquire(): PolicyLease | Reason<UnavailableCode>;
  /** Of the current revision; `null` where there is none. */
  names(): DecisionNames | null;
  /** Whether it can decide. */
  ready(): boolean;
  status(): PolicyStatus;
  /** Asks its source now, and its shadow's. */
  refresh(): void;
}

export interface PolicyLease {
  readonly policy: HeldPolicy;
  release(): void;
}

/**
 * Why no policy decides. `policy.not_assigned` lasts as long as the configuration; with the others, another try may
 * succeed.
 */
export type UnavailableCode = "policy.not_assigned" | "policy.not_loaded" | "policy.expired";

export interface ByNamespaceSettings extends Pick<Decider, "resolve"> {
  readonly caching: () => CachingState;
}

/** Of nothing: an answer that no policy gave must name one nevertheless. */
const NOTHING = digestOf(Buffer.alloc(0));

/**
 * Decides each request by the policy of its namespace: whoever asks can choose another one by nothing else. What no
 * policy is for is undecided, which allows nothing.
 */
export function decideByNamespace(
  policies: readonly ServedPolicy[],
  { resolve, caching }: ByNamespaceSettings,
): Decider {
  const map = new NamespaceMap(policies);
  const hold: Decider["hold"] = async (namespace, work) => {
    const served = map.find(namespace);
    const lease = served?.acquire() ?? notAssigned(namespace);
    if ("code" in lease) return work(unavailable(served?.name ?? "none", lease));
    try {
      return await work(lease.policy);
    } finally {
      lease.release();
    }
  };
  return {
    decide: (request, options) => hold(request.namespace, (policy) => policy.decide(request, options)),
    describe: (request, options) => hold(request.namespace, (policy) => policy.describe(request, options)),
    resolve,
    hold,
    names: (namespace) => {
      const served = map.find(namespace);
      return served?.names() ?? namesOfNobody(served?.name ?? "none");
    },
    ready: () => policies.every((policy) => policy.ready()),
    status: () => ({ policies: policies.map((policy) => policy.status()), caching: caching() }),
    refresh: () => {
      for (const policy of policies) policy.refresh();
    },
  };
}

function notAssigned(namespace: string | null): Reason<UnavailableCode> {
  const whose = namespace === null ? "requests without a namespace" : `the namespace ${namespace}`;
  return {
    code: "policy.not_assigned",
    message: `no policy is for ${whose}: name it in \`namespaces\` of one, or have one policy without \`namespaces\` for all the rest`,
  };
}

/** Decides nothing: whatever it is asked, it says why. */
function unavailable(name: string, reason: Reason<UnavailableCode>): HeldPolicy {
  const names = () => namesOfNobody(name);
  const refuse = () => Promise.resolve(failure(reason.code, reason.message));
  return {
    decide: (request) => Promise.resolve(openDecision(request, names(), reason)),
    describe: refuse,
    query: refuse,
    names,
    entrypoints: ["assay/decision", "assay/allow"],
    unavailable: reason,
  };
}

function namesOfNobody(name: string): DecisionNames {
  return { policy: { name, revision: "none", digest: NOTHING }, trust: { digest: NOTHING } };
}
