import type { Decision } from "../decision/index.ts";
import { faultBehind } from "./batch.ts";
import type { Exchange, HttpRequest } from "./exchange.ts";
import type { RequestTrace } from "./operations/index.ts";
import type { Service } from "./types.ts";

/** Decisions that a request was answered with: into the service's log, the metrics, and the decision log where there is one. */
export function recordDecisions(
  decisions: readonly Decision[],
  request: HttpRequest,
  exchange: Exchange,
  { log, operations: { metrics, decisionLog } }: Service,
  trace: RequestTrace | null,
): void {
  const nanoseconds = Math.round((performance.now() - exchange.started) * 1e6);
  const { remoteAddress = "unknown", remotePort = 0 } = request.socket;
  for (const decision of new Set(decisions)) {
    const { image, outcome, violations, reason, policy, decisionId } = decision;
    log.info("decision", {
      requestId: exchange.id,
      decisionId,
      reference: image.reference,
      digest: image.digest,
      outcome,
      codes: [...new Set(violations.map(({ code }) => code))].join(" "),
      reason: reason?.code,
      detail: reason?.message,
      thrown: faultBehind(decision),
      policy: policy.digest,
    });
    const asked = exchange.asked.get(decision);
    if (asked === undefined) continue;
    metrics?.decision(asked.surface, outcome);
    decisionLog?.add({
      decision,
      request: asked,
      requestedBy: `${remoteAddress}:${remotePort}`,
      requestId: exchange.id,
      nanoseconds,
      trace: trace?.context ?? null,
    });
  }
}
