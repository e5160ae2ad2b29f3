import { success, type Result } from "../../core/index.ts";
import { notReady, type Answer } from "../answer.ts";
import type { FaultCode } from "../fault.ts";
import type { Service } from "../service-parts.ts";

/**
 * `POST /v1/policies/refresh`: the sources of all policies are asked now, as a registry's or a repository's webhook wants
 * it. What the caller sends is not read: it chooses neither source nor policy. However many call, a source is asked once
 * more after the question that is under way (T190); what comes of it is in the log, the metrics and `/readyz`.
 */
export function answerRefresh({ decider }: Service): Result<Answer, FaultCode> {
  const policies = decider();
  if (policies?.refresh === undefined) return notReady();
  policies.refresh();
  const refreshing = (policies.status?.().policies ?? []).map(({ store }) => store.name);
  return success({
    status: 202,
    body: Buffer.from(JSON.stringify({ refreshing })),
    decisions: [],
    log: { refreshing: refreshing.length },
  });
}
