import type { IncomingMessage, ServerResponse } from "node:http";
import { dataFault, isDataPath } from "./data-api/index.ts";
import { sendJson } from "./exchange.ts";
import type { Fault } from "./fault.ts";
import { systemError } from "./gatekeeper.ts";
import { pathOf } from "./query.ts";
import type { ListenerName } from "./types.ts";

/**
 * A fault in the shape of the surface. Gatekeeper's client looks at no status and takes a JSON without items and
 * without `systemError` for an answer with nothing wrong in it, so on its listener, and wherever a path speaks of it,
 * also a 404 says `systemError` (threats T216, T217). `id`: the exchange's, where there is one.
 */
export function sendFault(
  request: IncomingMessage,
  response: ServerResponse,
  listener: ListenerName,
  failed: Fault,
  id?: string,
): void {
  const { status, code, message } = failed;
  const { url = "/" } = request;
  // What of the body was not read is not read any more.
  if (!request.complete) response.setHeader("connection", "close");
  const gatekeeper = listener === "gatekeeper" || /gatekeeper/i.test(url);
  if (gatekeeper) return sendJson(response, status, systemError(message), id);
  if (isDataPath(pathOf(url))) return sendJson(response, status, dataFault(failed), id);
  sendJson(response, status, { allow: false, error: { code, message } }, id);
}
