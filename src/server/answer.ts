import { failure, success, type Result } from "../core/index.ts";
import type { Decision, DecisionRequest } from "../decision/index.ts";
import type { AdmissionReviewAnswer } from "./admission/index.ts";
import { decideAll } from "./batch.ts";
import { decisionsAnswer, parseDecisionsRequest, type DecisionsAnswer } from "./decisions.ts";
import { readRequest, type Exchange, type HttpRequest } from "./exchange.ts";
import type { FaultCode } from "./fault.ts";
import { parseProviderRequest, prepareKey, providerResponse, type ProviderResponse } from "./gatekeeper.ts";
import { describeKeys } from "./gatekeeper-input.ts";
import { mutateKeys, type MutationResponse } from "./gatekeeper-mutate.ts";
import type { ImageReviewAnswer } from "./image-review.ts";
import type { LogFields } from "./log.ts";
import { queryOf } from "./query.ts";
import type { Service } from "./service-parts.ts";
import type { Decider } from "./types.ts";

export interface Answer {
  readonly status: number;
  /** Bytes are JSON as it is to be sent. */
  readonly body:
    | ProviderResponse
    | MutationResponse
    | DecisionsAnswer
    | AdmissionReviewAnswer
    | ImageReviewAnswer
    | Uint8Array;
  /** For the log. */
  readonly decisions: readonly Decision[];
  /** What the request's line in the log says besides. */
  readonly log?: LogFields;
}

/**
 * `POST /v1/gatekeeper/validate`: a decision per key, with `?value=input` an input document; or one `systemError` (status
 * 503).
 */
export async function answerGatekeeper(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  const [wanted = "decision", ...more] = queryOf(request.url).getAll("value");
  if (more.length > 0 || (wanted !== "decision" && wanted !== "input")) {
    return failure("request.invalid", "the URL's parameter value must be decision or input");
  }
  return withKeys(request, exchange, service, wanted === "input" ? describeKeys : decideKeys);
}

/** `POST /v1/gatekeeper/mutate`: a reference with digest per key, or one `systemError` (status 503). */
export function answerGatekeeperMutate(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  return withKeys(request, exchange, service, mutateKeys);
}

async function withKeys(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
  answer: typeof mutateKeys,
): Promise<Result<Answer, FaultCode>> {
  const decider = service.decider();
  if (decider === null) return notReady();
  const body = await readRequest(request, exchange, service);
  if (!body.ok) return body;
  const keys = parseProviderRequest(body.value, service);
  return keys.ok ? answer(keys.value, exchange, decider, service) : keys;
}

async function decideKeys(
  keys: readonly string[],
  exchange: Exchange,
  decider: Decider,
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  const prepared = keys.map(prepareKey);
  const open = prepared.flatMap((entry) => ("request" in entry ? [entry] : []));
  const decisions = await decideBatch(
    open.map((entry) => entry.request),
    exchange,
    decider,
    service,
  );
  const byKey = new Map(
    open.flatMap((entry, index) => {
      const decision = decisions[index];
      return decision === undefined ? [] : [[entry, decision] as const];
    }),
  );
  const answer = providerResponse(prepared, byKey);
  return success({ status: answer.response.systemError === undefined ? 200 : 503, body: answer, decisions });
}

/** `POST /v1/decisions`: 200 whatever was decided; for Kyverno another status is an error of the rule. */
export async function answerDecisions(
  request: HttpRequest,
  exchange: Exchange,
  surface: DecisionRequest["surface"],
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  const decider = service.decider();
  if (decider === null) return notReady();
  const body = await readRequest(request, exchange, service);
  if (!body.ok) return body;
  const requests = parseDecisionsRequest(body.value, surface, service);
  if (!requests.ok) return requests;
  const decisions = await decideBatch(requests.value, exchange, decider, service);
  return success({ status: 200, body: decisionsAnswer(requests.value, decisions), decisions });
}

function decideBatch(
  requests: readonly DecisionRequest[],
  { signal, lane, watch }: Exchange,
  decider: Decider,
  { limits }: Service,
): Promise<readonly Decision[]> {
  return decideAll(requests, decider, { signal, lane, watch, parallel: limits.parallelImages });
}

export function notReady() {
  return failure("service.not_ready", "policy and trust are not loaded yet: try again");
}
