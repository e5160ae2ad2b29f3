import type { ServerResponse } from "node:http";
import { describeThrown, type Result } from "../core/index.ts";
import type { StageObserver } from "../decision/index.ts";
import type { Answer } from "./answer.ts";
import { openExchange, sendJson, type Exchange, type HttpRequest } from "./exchange.ts";
import { fault, type FaultCode } from "./fault.ts";
import type { LogFields } from "./log.ts";
import { recordDecisions } from "./record.ts";
import { sendFault } from "./send-fault.ts";
import { timeoutAsked } from "./timeout-asked.ts";
import type { Service } from "./service-parts.ts";
import type { ListenerName } from "./types.ts";

export type AnswerRequest = (request: HttpRequest, exchange: Exchange) => Promise<Result<Answer, FaultCode>>;

export interface Route {
  /** As log and metrics name it. */
  readonly path: string;
  readonly methods: readonly ("GET" | "POST")[];
  /** Milliseconds within which it answers. */
  readonly budget: number;
}

export type Surface = (request: HttpRequest, response: ServerResponse) => Promise<void>;

/** A route that takes JSON and answers within its budget, whatever happens inside. */
export function openSurface(
  { path, methods, budget }: Route,
  answer: AnswerRequest,
  service: Service,
  listener: ListenerName,
): Surface {
  const { metrics, tracer } = service.operations;
  let running = 0;
  return async (request, response) => {
    if (!methods.some((method) => method === request.method)) {
      response.setHeader("allow", methods.join(", "));
      const wrong = fault("http.method", `only ${methods.join(" and ")} is answered here`);
      return sendFault(request, response, listener, wrong);
    }
    if (running >= service.limits.parallelRequests) {
      const busy = fault("service.overloaded", "too many requests at once: try again");
      metrics?.fault(busy.code);
      return sendFault(request, response, listener, busy);
    }
    running++;
    const trace = tracer?.begin(`${request.method} ${path}`, headerOf(request, "traceparent")) ?? null;
    const stage: StageObserver = (name, began, duration) => {
      metrics?.stage(name, duration);
      trace?.stage(name, began, duration);
    };
    const within = Math.min(budget, timeoutAsked(request.url) ?? budget);
    const exchange = openExchange(request, response, within, stage);
    let outcome: Result<Answer, FaultCode>;
    let thrownText: string | undefined;
    try {
      outcome = await answer(request, exchange);
    } catch (thrown) {
      thrownText = describeThrown(thrown);
      outcome = { ok: false, reason: fault("internal", "a fault inside the service") };
    } finally {
      running--;
      exchange.close();
    }
    let status: number;
    let said: LogFields;
    if (outcome.ok) {
      status = outcome.value.status;
      const decided = recordDecisions(outcome.value.decisions, request, exchange, service, trace);
      said = { images: outcome.value.decisions.length, ...decided, ...outcome.value.log };
      sendJson(response, status, outcome.value.body, exchange.id);
    } else {
      const { code, message } = outcome.reason;
      const failed = fault(code, message);
      status = failed.status;
      said = { code, thrown: thrownText };
      metrics?.fault(code);
      sendFault(request, response, listener, failed, exchange.id);
    }
    trace?.end(status, { "http.route": path, "assay.listener": listener, "assay.request_id": exchange.id });
    service.log[status >= 500 ? "error" : "info"]("request", {
      requestId: exchange.id,
      listener,
      path,
      status,
      ...said,
      durationMs: Math.round(performance.now() - exchange.started),
    });
  };
}

/** A header's first value; repeated ones are joined by Node or refused by whoever reads them. */
function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
