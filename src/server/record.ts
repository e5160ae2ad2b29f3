import type { Decision } from "../decision/index.ts";
import { faultBehind } from "./batch.ts";
import type { Exchange, HttpRequest } from "./exchange.ts";
import type { LogFields } from "./log.ts";
import type { RequestTrace } from "./operations/index.ts";
import type { Service } from "./service-parts.ts";

/**
 * Decisions that a request was answered with: into the service's log, the metrics, and the decision log where there is one.
 * What it returns belongs into the request's own line of the service's log: a single decision, which has no line of its own,
 * as most requests ask for one and a line costs as much as a fifth of an answer from memory.
 */
export function recordDecisions(
  decisions: readonly Decision[],
  request: HttpRequest,
  exchange: Exchange,
  { log, operations: { metrics, decisionLog } }: Service,
  trace: RequestTrace | null,
): LogFields {
  const nanoseconds = Math.round((performance.now() - exchange.started) * 1e6);
  const { remoteAddress = "unknown", remotePort = 0 } = request.socket;
  const distinct = new Set(decisions);
  let inRequestLine: LogFields = {};
  for (const decision of distinct) {
    if (distinct.size === 1) inRequestLine = fieldsOf(decision);
    else log.info("decision", { requestId: exchange.id, ...fieldsOf(decision) });
    const asked = exchange.asked.get(decision);
    if (asked === undefined) continue;
    metrics?.decision(asked.surface, decision.outcome);
    decisionLog?.add({
      decision,
      request: asked,
      requestedBy: `${remoteAddress}:${remotePort}`,
      requestId: exchange.id,
      nanoseconds,
      trace: trace?.context ?? null,
    });
  }
  return inRequestLine;
}

function fieldsOf(decision: Decision): LogFields {
  const { image, outcome, violations, reason, policy, decisionId } = decision;
  return {
    decisionId,
    reference: image.reference,
    digest: image.digest,
    outcome,
    codes: [...new Set(violations.map(({ code }) => code))].join(" "),
    reason: reason?.code,
    detail: reason?.message,
    thrown: faultBehind(decision),
    policy: policy.digest,
  };
}
