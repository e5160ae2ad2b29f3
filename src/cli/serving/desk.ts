import {
  describeInput,
  queryPolicy,
  type Appraisal,
  type CachingDecider,
  type DecidingContext,
  type Decision,
  type DecisionRequest,
} from "../../decision/index.ts";
import type { Reason } from "../../core/index.ts";
import type { Active } from "../../release/index.ts";
import type { ContentSource } from "../../registry/index.ts";
import { openDecision, type AnswerForm, type DecisionNames, type HeldPolicy } from "../../server/index.ts";
import type { PolicyTrust } from "./policy-trust.ts";

/** How content is asked for on behalf of a request: `work` may be done with one source after the other. */
export interface AskContent {
  ask<T>(
    request: DecisionRequest,
    signal: AbortSignal,
    work: (source: ContentSource) => Promise<T>,
    form: AnswerForm<T>,
  ): Promise<T>;
}

/** What all policies decide with. */
export interface Desk {
  readonly decider: CachingDecider;
  readonly content: AskContent;
  /** All that does not depend on the policy. */
  readonly context: Omit<DecidingContext, "registry" | "engine" | "trust">;
}

export type Revision = Active<PolicyTrust>;

/** One revision of a policy as the surfaces ask it. `decided` is told of the decisions that are made with it. */
export function holdRevision(
  { bundle, engine, prepared: trust }: Pick<Revision, "bundle" | "engine" | "prepared">,
  { decider, content, context }: Desk,
  decided?: (decision: Decision, evidence: Appraisal) => void,
): HeldPolicy {
  const { policy } = namesOf({ bundle, prepared: trust });
  const names = (): DecisionNames => ({ policy, trust: { digest: trust.current.digest } });
  const shared = { ...context, engine, ...(decided === undefined ? {} : { decided }) };
  return {
    decide: (request, { observer, ...options }) => {
      const now = { ...shared, trust: trust.current, ...(observer === undefined ? {} : { observer }) };
      return content.ask(
        request,
        options.signal,
        (registry) => decider.decide(request, { ...now, registry }, options),
        {
          reasonOf: ({ reason }) => reason,
          because: (reason) => openDecision(request, { policy, trust: { digest: now.trust.digest } }, reason),
        },
      );
    },
    describe: (request, options) =>
      content.ask(
        request,
        options.signal,
        (registry) => describeInput(request, { ...shared, registry, trust: trust.current }, options),
        RESULT_FORM,
      ),
    query: (input, entrypoint, options) => queryPolicy(input, entrypoint, engine, options),
    names,
    entrypoints: bundle.entrypoints,
    unavailable: null,
  };
}

/** What a decision that is made now with a revision names. */
export function namesOf({
  bundle: { name, revision, digest },
  prepared: { current },
}: Pick<Revision, "bundle" | "prepared">): DecisionNames {
  return { policy: { name, revision, digest }, trust: { digest: current.digest } };
}

/** Of answers that are results. */
export const RESULT_FORM = {
  reasonOf: (answer: { readonly ok: boolean; readonly reason?: Reason }): Reason | null =>
    answer.reason ?? null,
  because: (reason: Reason) => ({ ok: false, reason }) as const,
};
