import { randomUUID } from "node:crypto";
import { describeThrown, type Reason } from "../core/index.ts";
import {
  NOTHING_SAID,
  type Decision,
  type DecisionRequest,
  type Lane,
  type StageObserver,
} from "../decision/index.ts";
import type { Decider, DecisionNames } from "./types.ts";

/** All policies, or one that is held. */
type Judge = Pick<Decider, "decide" | "names">;

export interface BatchOptions {
  /** Aborts when the answer must be written. */
  readonly signal: AbortSignal;
  /** Images decided at the same time. */
  readonly parallel: number;
  /** Default: `admission`. */
  readonly lane?: Lane;
  readonly watch?: BatchWatch | undefined;
}

/** Learns of decisions; it changes none. */
export interface BatchWatch {
  readonly stage: StageObserver;
  /** What was answered to each request. */
  readonly decided: (request: DecisionRequest, decision: Decision) => void;
}

/**
 * Decides every request of a batch and returns the decisions in the same order. What is asked twice is decided once;
 * another spelling of one image is asked by itself, for a rule may read the reference as it is written, and costs the
 * registry nothing (threat T009). Always as many decisions as requests, never later than the signal: what is not decided
 * by then, and what throws, is `undecided` (threats T204, T217, T223).
 */
export async function decideAll(
  requests: readonly DecisionRequest[],
  decider: Judge,
  { signal, parallel, lane = "admission", watch }: BatchOptions,
): Promise<readonly Decision[]> {
  const identified = requests.map((request) => [identityOf(request), request] as const);
  const distinct = new Map(identified);
  const decisions = new Map<string, Decision>();
  const waiting = distinct.entries();
  const work = async () => {
    for (const [identity, request] of waiting) {
      decisions.set(identity, await decideOne(request, decider, { signal, lane, watch }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, distinct.size) }, work));
  return identified.map(([identity, request]) => {
    const found = decisions.get(identity);
    const decision =
      found === undefined
        ? undecided(request, decider, { code: "internal", message: "the image was not decided" })
        : found;
    watch?.decided(request, decision);
    return decision;
  });
}

function identityOf({ reference, namespace, pull }: DecisionRequest): string {
  return JSON.stringify([reference, namespace, pull]);
}

async function decideOne(
  request: DecisionRequest,
  decider: Judge,
  { signal, lane = "admission", watch }: Omit<BatchOptions, "parallel">,
): Promise<Decision> {
  const late = () =>
    undecided(request, decider, {
      code: "deadline.exceeded",
      message: "the image could not be decided within the service's budget",
    });
  if (signal.aborted) return late();
  const { promise: deadline, resolve } = Promise.withResolvers<Decision>();
  const onAbort = () => resolve(late());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([decider.decide(request, { signal, lane, observer: watch?.stage }), deadline]);
  } catch (thrown) {
    // What was thrown may hold anything of the inside: the caller learns the code alone (threat T206).
    return undecided(request, decider, { code: "internal", message: "a fault inside the service" }, thrown);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The answer where no policy was asked. */
export function openDecision(
  { reference }: Pick<DecisionRequest, "reference">,
  { policy, trust }: DecisionNames,
  reason: Reason,
): Decision {
  return {
    allow: false,
    outcome: "undecided",
    image: { reference, digest: null },
    ...NOTHING_SAID,
    reason,
    policy,
    trust,
    time: new Date().toISOString(),
    validUntil: null,
    decisionId: randomUUID(),
  };
}

const faults = new WeakMap<Decision, string>();

/** For the log only: what was thrown where a decision's reason is `internal`. */
export function faultBehind(decision: Decision): string | undefined {
  return faults.get(decision);
}

function undecided(request: DecisionRequest, decider: Judge, reason: Reason, thrown?: unknown): Decision {
  const decision = openDecision(request, decider.names(request.namespace), reason);
  if (thrown !== undefined) faults.set(decision, describeThrown(thrown));
  return decision;
}
