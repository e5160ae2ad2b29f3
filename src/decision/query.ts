import { success, type Digest, type JsonValue, type Result } from "../core/index.ts";
import { parseReference } from "../image/index.ts";
import type { PolicyEngine } from "../policy/index.ts";
import { collect } from "./collect.ts";
import { beforeDeadline } from "./deadline.ts";
import { appraiseAll, EVALUATION_TIMEOUT_MS, type DecideOptions } from "./decide.ts";
import { locate } from "./locate.ts";
import type { DecidingContext, DecisionContext, DecisionRequest } from "./types.ts";

/**
 * The digest that a reference names now; nothing is judged. A reference that brings its digest is answered without asking
 * anybody.
 */
export async function resolveDigest(
  reference: string,
  context: Pick<DecisionContext, "registry" | "layouts">,
  { signal }: DecideOptions,
): Promise<Result<Digest>> {
  const parsed = parseReference(reference);
  if (!parsed.ok) return parsed;
  if (parsed.value.digest !== undefined) return success(parsed.value.digest);
  const located = await beforeDeadline(locate(parsed.value, context, signal), signal);
  return located.ok ? success(located.value.image.digest) : located;
}

/** An input document in JSON, and the moment that it speaks of: a rule's clock. */
export interface DescribedInput {
  readonly bytes: Uint8Array;
  readonly time: Date;
}

/** The whole input document of one image: what every rule would be shown, whether the policy reads it or not. */
export async function describeInput(
  request: DecisionRequest,
  context: DecidingContext,
  options: DecideOptions,
): Promise<Result<DescribedInput>> {
  const { signal } = options;
  const time = context.clock();
  const whole = { signal, time, reads: undefined };
  const collected = await beforeDeadline(collect(request, context, whole), signal);
  if (!collected.ok) return collected;
  const appraised = await beforeDeadline(appraiseAll(collected.value, context, options), signal);
  return appraised.ok ? success({ bytes: appraised.value.input.bytes, time }) : appraised;
}

/**
 * What one entrypoint of the policy says over a document, wherever it came from; `policy.undefined` where it says
 * nothing. It is the entrypoint's own value and no decision: only `decide` makes one.
 */
export async function queryPolicy(
  { bytes, time }: DescribedInput,
  entrypoint: string,
  engine: PolicyEngine,
  { signal }: DecideOptions,
): Promise<Result<JsonValue>> {
  const timeoutMs = EVALUATION_TIMEOUT_MS;
  return beforeDeadline(engine.evaluate(bytes, entrypoint, { now: time, timeoutMs }), signal);
}
