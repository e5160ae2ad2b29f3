import type { Express } from "express";
import { sendJson } from "../exchange.ts";
import type { ListenerName } from "../types.ts";
import type { OpenApiSettings } from "./paths.ts";

/**
 * `GET /openapi.json`. The document, and the schemas that it is made of, are read when they are asked for first.
 */
export function addOpenApi(app: Express, listener: ListenerName, settings: OpenApiSettings): void {
  let document: Promise<Uint8Array> | undefined;
  const make = async () => {
    const { openApiDocument } = await import("./document.ts");
    return Buffer.from(JSON.stringify(openApiDocument(listener, settings)));
  };
  app.get("/openapi.json", async (_request, response) => {
    document ??= make();
    sendJson(response, 200, await document);
  });
}
