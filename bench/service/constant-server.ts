// node bench/service/constant-server.ts FOLDER: answers a constant to whatever it is sent, over the service's own TLS
// listener: bare, and through an Express application with one route. Prints its ports as JSON.
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import express from "express";
import { startListener } from "../../src/server/listener.ts";

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

const ports: Record<string, number> = {};
for (const [name, handler] of Object.entries({ bare: answer, express: app })) {
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
