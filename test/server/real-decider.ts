import {
  decide,
  describeInput,
  queryPolicy,
  resolveDigest,
  type DecidingContext,
} from "../../src/decision/index.ts";
import type { Decider, HeldPolicy } from "../../src/server/index.ts";

/** What decides in the service, without what renews and remembers. */
export function realDecider(context: DecidingContext): Decider {
  const { engine, trust } = context;
  const { name, revision, digest } = engine.bundle;
  const policy: HeldPolicy = {
    decide: async (request, options) => (await decide(request, context, options)).decision,
    describe: (request, options) => describeInput(request, context, options),
    query: (input, entrypoint, options) => queryPolicy(input, entrypoint, engine, options),
    entrypoints: engine.bundle.entrypoints,
    names: () => ({ policy: { name, revision, digest }, trust: { digest: trust.digest } }),
    unavailable: null,
  };
  return {
    ...policy,
    resolve: ({ reference }, options) => resolveDigest(reference, context, options),
    hold: (_namespace, work) => work(policy),
    ready: () => true,
  };
}
