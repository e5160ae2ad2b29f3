import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { describeThrown } from "../core/index.ts";
import { answerMutate, answerValidate, openReader, type ReviewReader } from "./admission/index.ts";
import { answerDecisions, answerGatekeeper, answerGatekeeperMutate } from "./answer.ts";
import type { Authenticator, Refusal } from "./authentication/index.ts";
import { answerData, type DataSurface } from "./data-api/index.ts";
import type { HttpRequest } from "./exchange.ts";
import { fault } from "./fault.ts";
import { addHealth } from "./health.ts";
import { answerImageReview } from "./image-review.ts";
import { addOpenApi } from "./openapi/index.ts";
import { answerRefresh } from "./policies/refresh.ts";
import { pathOf } from "./query.ts";
import { sendFault } from "./send-fault.ts";
import { openSurface, type AnswerRequest, type Route, type Surface } from "./surface.ts";
import type { Service } from "./service-parts.ts";
import type { ListenerName } from "./types.ts";

/** Header lines of one request; Node's own parser stops at 16 KiB of them. */
export const MOST_HEADERS = 100;

/** Where a request goes. */
interface Routing {
  /** By their one path each, which is matched to the letter. */
  readonly surfaces: ReadonlyMap<string, Surface>;
  /** All routes, those of the surfaces too. */
  readonly routes: Express;
  /** Which route was taken, for metrics: a URL never is a label (A049). */
  readonly taken: WeakMap<ServerResponse, string>;
}

/**
 * The HTTP surfaces of one listener. Paths match to the letter: no case folding, no double or trailing slash. Surfaces of
 * one path, which is where admissions come in, are found by it at once: Express's way through its routes takes as long as
 * an answer from memory.
 */
export function createApp(service: Service, listener: ListenerName): RequestListener {
  const { metrics, authenticators } = service.operations;
  const { surfaces, routes, taken } = createRoutes(service, listener);
  const authenticator = authenticators.get(listener);
  const answer = async (surface: Surface, request: HttpRequest, response: ServerResponse) => {
    try {
      const refusal = authenticator === undefined ? undefined : await authenticator.refuse(request);
      if (refusal !== undefined) sendRefusal(refusal, request, response, service, listener);
      else await surface(request, response);
    } catch (thrown) {
      sendInternal(thrown, request, response, service, listener);
    }
  };
  return (request, response) => {
    const path = pathOf(request.url ?? "/");
    const surface = surfaces.get(path);
    if (metrics !== null) {
      const began = performance.now();
      const over = metrics.requestBegins();
      response.once("close", () => {
        const route = surface === undefined ? (taken.get(response) ?? "other") : path;
        const status = response.writableFinished ? response.statusCode : 0;
        over({ listener, route, status, seconds: (performance.now() - began) / 1000 });
      });
    }
    if (service.draining()) response.setHeader("connection", "close");
    if (request.rawHeaders.length / 2 > MOST_HEADERS) {
      const tooMany = fault("http.too_many_headers", "too many header lines");
      return sendFault(request, response, listener, tooMany);
    }
    if (surface !== undefined && isServed(request)) void answer(surface, request, response);
    else routes(request, response);
  };
}

/** What Node's server hands out has both. */
function isServed(request: IncomingMessage): request is HttpRequest {
  return request.url !== undefined && request.method !== undefined;
}

/** Those of one path each, by it. */
function openSurfaces(
  service: Service,
  listener: ListenerName,
  read: ReviewReader,
): ReadonlyMap<string, Surface> {
  const { gatekeeper, gatekeeperMutate, kyverno, admission } = service.budgets;
  const surface = listener === "kyverno" ? "kyverno" : "http";
  const routes: readonly (readonly [path: string, budget: number, answer: AnswerRequest])[] = [
    ["/v1/gatekeeper/validate", gatekeeper, (...asked) => answerGatekeeper(...asked, service)],
    ["/v1/gatekeeper/mutate", gatekeeperMutate, (...asked) => answerGatekeeperMutate(...asked, service)],
    ["/v1/decisions", kyverno, (...asked) => answerDecisions(...asked, surface, service)],
    ["/v1/admission/validate", admission, (...asked) => answerValidate(...asked, service, read)],
    ["/v1/admission/mutate", admission, (...asked) => answerMutate(...asked, service, read)],
    ["/v1/image-review", admission, (...asked) => answerImageReview(...asked, service, read)],
    ...refreshing(service, listener),
  ];
  return new Map(
    routes.map(([path, budget, answer]) => {
      const route: Route = { path, methods: ["POST"], budget };
      return [path, openSurface(route, answer, service, listener)];
    }),
  );
}

/** Nobody has sources asked who is not known, or on this host. */
function refreshing(service: Service, listener: ListenerName): [string, number, AnswerRequest][] {
  if (service.guarded?.has(listener) !== true) return [];
  return [["/v1/policies/refresh", service.budgets.dataApi, () => Promise.resolve(answerRefresh(service))]];
}

/** Of OPA's Data API. The patterns have no groups, so that nothing but its own reader decodes the path. */
const DATA_ROUTES: readonly (Pick<DataSurface, "prefix"> &
  Pick<Route, "methods"> & { readonly pattern: RegExp })[] = [
  { prefix: "/v1/data", pattern: /^\/v1\/data(?:\/|$)/, methods: ["GET", "POST"] },
  { prefix: "/v0/data", pattern: /^\/v0\/data(?:\/|$)/, methods: ["POST"] },
  { prefix: "/", pattern: /^\/$/, methods: ["POST"] },
];

export function createRoutes(service: Service, listener: ListenerName): Routing {
  const read = openReader(service.limits);
  const surfaces =
    listener === "metrics" ? new Map<string, Surface>() : openSurfaces(service, listener, read);
  const taken: Routing["taken"] = new WeakMap();
  const app = express();
  app.disable("x-powered-by").disable("etag");
  app.enable("case sensitive routing").enable("strict routing");
  app.set("query parser", false);
  addHealth(app, service, listener, (request, response) =>
    sendFault(request, response, listener, fault("http.method", "only GET is answered here")),
  );
  const authenticator = service.operations.authenticators.get(listener);
  if (authenticator !== undefined) app.use(authenticating(authenticator, service, listener));
  const add = (path: string | RegExp, label: string, surface: Surface) =>
    app.all(path, (request, response) => {
      taken.set(response, label);
      return surface(request, response);
    });
  // Asked for by a whole URL, as of a proxy (RFC 9112, 3.2.2).
  for (const [path, surface] of surfaces) add(path, path, surface);
  if (listener !== "metrics") {
    const readOwn = listener === "api" && service.dataApi.ownInput ? read : null;
    for (const { pattern, prefix, methods } of DATA_ROUTES) {
      const route: Route = { path: prefix, methods, budget: service.budgets.dataApi };
      const answer: AnswerRequest = (request, exchange) =>
        answerData(request, exchange, service, { prefix, readOwn });
      add(pattern, prefix, openSurface(route, answer, service, listener));
    }
    const refresh = service.guarded?.has(listener) === true;
    addOpenApi(app, listener, { ...service.dataApi, refresh });
  }
  app.use((request, response) => {
    sendFault(request, response, listener, fault("http.not_found", "there is nothing at this path"));
  });
  app.use(lastResort(service, listener));
  return { surfaces, routes: app, taken };
}

/** Nothing of a request is looked at before it is known who asks. */
function authenticating(
  authenticator: Authenticator,
  service: Service,
  listener: ListenerName,
): RequestHandler {
  return async (request, response, next) => {
    const refusal = await authenticator.refuse(request);
    if (refusal === undefined) return next();
    return sendRefusal(refusal, request, response, service, listener);
  };
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  "http.unauthorized":
    "the caller is not known here: a token or a certificate that this listener takes is missing",
  "service.overloaded": "the caller's token could not be reviewed: try again",
};

function sendRefusal(
  refusal: Refusal,
  request: IncomingMessage,
  response: ServerResponse,
  { operations: { metrics } }: Service,
  listener: ListenerName,
): void {
  metrics?.fault(refusal);
  if (refusal === "http.unauthorized") response.setHeader("www-authenticate", "Bearer");
  sendFault(request, response, listener, fault(refusal, REFUSALS[refusal]));
}

/** For what surfaces and routes do not catch themselves: Express's own refusals and bugs. */
function sendInternal(
  thrown: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { log }: Service,
  listener: ListenerName,
): void {
  log.error("fault", { listener, thrown: describeThrown(thrown) });
  sendFault(request, response, listener, fault("internal", "a fault inside the service"));
}

function lastResort(service: Service, listener: ListenerName): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown: unknown, request, response, _next) =>
    sendInternal(thrown, request, response, service, listener);
}
