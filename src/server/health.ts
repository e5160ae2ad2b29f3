import type { Express, Request, Response } from "express";
import type { StoreStatus } from "../release/index.ts";
import { sendJson } from "./exchange.ts";
import type { Service } from "./service-parts.ts";
import type { DecisionNames, ListenerName, PolicyStatus } from "./types.ts";

interface Health {
  readonly well: () => boolean;
  readonly unwell: number;
  readonly say: (ok: boolean) => object;
}

type Refuse = (request: Request, response: Response) => void;

/**
 * `/healthz`: the process answers. `/readyz`: policy and trust are loaded and the service does not end (T255); on the
 * listener `metrics` it says with what. `/health` is the same in OPA's words. `/metrics` is on that listener alone (T215).
 */
export function addHealth(app: Express, service: Service, listener: ListenerName, wrongMethod: Refuse): void {
  const get = (path: string, answer: (response: Response) => void) => {
    app.all(path, (request, response) => {
      if (request.method === "GET" || request.method === "HEAD") return answer(response);
      response.setHeader("allow", "GET, HEAD");
      return wrongMethod(request, response);
    });
  };
  const health = (path: string, { well, unwell, say }: Health) => {
    get(path, (response) => {
      const ok = well();
      sendJson(response, ok ? 200 : unwell, say(ok));
    });
  };
  const ready = () => service.decider()?.ready() === true && !service.draining();
  const detail = listener === "metrics" ? () => readiness(service) : () => ({});
  health("/healthz", { well: () => true, unwell: 503, say: (ok) => ({ ok }) });
  health("/readyz", { well: ready, unwell: 503, say: (ok) => ({ ok, ...detail() }) });
  // What clients of OPA ask.
  const error = { error: "the service is not ready" };
  health("/health", { well: ready, unwell: 500, say: (ok) => (ok ? {} : error) });

  const { metrics } = service.operations;
  if (listener !== "metrics" || metrics === null) return;
  get("/metrics", (response) => {
    const text = metrics.registry.render();
    response.writeHead(200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    });
    response.end(response.req.method === "HEAD" ? undefined : text);
  });
}

/** What is loaded, and since when: for people who compare replicas (T258). */
function readiness(service: Service): object {
  const status = service.decider()?.status?.();
  return { draining: service.draining(), policies: (status?.policies ?? []).map(policyDetail) };
}

function policyDetail({ store, names, roots, shadow }: PolicyStatus): object {
  return {
    ...releaseDetail(store, names),
    trust: names === null ? null : { ...names.trust, roots: roots.map(rootDetail) },
    shadow:
      shadow === null ? null : { ...releaseDetail(shadow.store, shadow.names), decisions: shadow.decisions },
  };
}

/** Of the source there is nothing but its name, which holds no credentials. */
function releaseDetail(store: StoreStatus, names: DecisionNames | null): object {
  const { name, ready, source, sequence, origin, stale, lastRefusal } = store;
  return {
    name,
    ready,
    source,
    policy: names === null ? null : names.policy,
    sequence,
    signers: store.signedBy.map(({ signer, form, identity, issuer }) => ({ signer, form, identity, issuer })),
    origin,
    loaded: timeText(store.activated),
    confirmed: timeText(store.confirmed),
    stale,
    refusal: lastRefusal === null ? null : { ...lastRefusal, time: lastRefusal.time.toISOString() },
  };
}

function rootDetail({ name, confirmed }: PolicyStatus["roots"][number]): object {
  return { name, confirmed: timeText(confirmed) };
}

function timeText(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
