// node bench/service/constant-server.ts FOLDER: answers a constant to whatever it is sent, over the service's own TLS
// listener: bare, through an Express application with one route, and as one more of the service's own surfaces, with all
// that belongs to every answer of it: metrics, request id, deadline, the body as strict JSON, a line of log on standard
// error. Prints its ports as JSON.
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import express from "express";
import { success } from "../../src/core/index.ts";
import { readRequest, type HttpRequest } from "../../src/server/exchange.ts";
import {
  createLog,
  DEFAULT_ADMISSION,
  DEFAULT_BUDGETS,
  DEFAULT_DATA_API,
  DEFAULT_LIMITS,
  gatherLines,
  ServiceMetrics,
} from "../../src/server/index.ts";
import { startListener } from "../../src/server/listener.ts";
import { NO_OPERATIONS } from "../../src/server/operations/index.ts";
import { openSurface } from "../../src/server/surface.ts";
import type { Service } from "../../src/server/service-parts.ts";

const [folder = "."] = process.argv.slice(2);

const ANSWER = Buffer.from(
  JSON.stringify({
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "ProviderResponse",
    response: { idempotent: false, items: [{ key: "registry.example/acme/app:1", value: { allow: true } }] },
  }),
);

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on("end", () => {
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-length": ANSWER.length,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(ANSWER);
  });
}

const app = express();
app.disable("x-powered-by").disable("etag").set("query parser", false);
app.all("/v1/gatekeeper/validate", answer);

const metrics = new ServiceMetrics(() => null);
const service: Service = {
  decider: () => null,
  draining: () => false,
  budgets: DEFAULT_BUDGETS,
  limits: DEFAULT_LIMITS,
  admission: DEFAULT_ADMISSION,
  dataApi: DEFAULT_DATA_API,
  log: createLog(gatherLines((text) => process.stderr.write(text)).write),
  operations: { ...NO_OPERATIONS, metrics },
};
const [path, listener] = ["/v1/gatekeeper/validate", "gatekeeper"] as const;
const constant = openSurface(
  { path, methods: ["POST"], budget: DEFAULT_BUDGETS.gatekeeper },
  async (request, exchange) => {
    const body = await readRequest(request, exchange, service);
    return body.ok ? success({ status: 200, body: ANSWER, decisions: [] }) : body;
  },
  service,
  listener,
);

/** What `createApp` does around each surface, without its routes. */
function surface(request: IncomingMessage, response: ServerResponse): void {
  const began = performance.now();
  const over = metrics.requestBegins();
  response.once("close", () => {
    const seconds = (performance.now() - began) / 1000;
    over({ listener, route: path, status: response.statusCode, seconds });
  });
  void constant(request as HttpRequest, response);
}

const ports: Record<string, number> = {};
for (const [name, handler] of Object.entries({ bare: answer, express: app, surface })) {
  const tls = {
    cert: join(folder, "tls.crt"),
    key: join(folder, "tls.key"),
    clientCA: join(folder, "client-ca.crt"),
  };
  const settings = { name: "gatekeeper", host: "127.0.0.1", port: 0, tls } as const;
  const started = await startListener(settings, handler, { info: () => undefined, error: () => undefined });
  if (!started.ok) throw new Error(started.reason.message);
  ports[name] = started.value.port;
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
