import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { failure, isArray, success, type JsonValue, type Result } from "../core/index.ts";
import type { Decision, DecisionRequest, Lane } from "../decision/index.ts";
import type { BatchWatch } from "./batch.ts";
import { readJson } from "./body.ts";
import type { FaultCode } from "./fault.ts";
import { queryOf } from "./query.ts";
import type { Service } from "./service-parts.ts";

/** A request to this server: all of them have a URL and a method. */
export interface HttpRequest extends IncomingMessage {
  url: string;
  method: string;
}

/** Milliseconds between the last moment for a decision and the last moment for the answer's bytes. */
const ANSWER_RESERVE_MS = 200;

/** One request with its deadline. `close` must be called when it is answered. */
export interface Exchange {
  readonly id: string;
  readonly started: number;
  /** Aborts when the answer must be written, or when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** `audit` where the URL says so (`?lane=audit`): whoever scans what runs already lets admissions go first (T224). */
  readonly lane: Lane;
  readonly watch: BatchWatch;
  /** What was asked about each image that was decided. */
  readonly asked: ReadonlyMap<Decision, DecisionRequest>;
  readonly close: () => void;
}

/** `budget`: milliseconds from now within which the caller must have its answer. */
export function openExchange(
  request: HttpRequest,
  response: ServerResponse,
  budget: number,
  stage: BatchWatch["stage"],
): Exchange {
  const controller = new AbortController();
  const reserve = Math.min(ANSWER_RESERVE_MS, budget / 5);
  const timer = setTimeout(() => controller.abort(), budget - reserve);
  const onClose = () => controller.abort();
  response.once("close", onClose);
  const id = randomUUID();
  const asked = new Map<Decision, DecisionRequest>();
  return {
    id,
    watch: { stage, decided: (request, decision) => void asked.set(decision, request) },
    asked,
    started: performance.now(),
    signal: controller.signal,
    lane: queryOf(request.url).get("lane") === "audit" ? "audit" : "admission",
    close: () => {
      clearTimeout(timer);
      response.off("close", onClose);
    },
  };
}

/** The request's JSON. Only what is neither too large nor too slow nor malformed comes through. */
export function readRequest(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
): Promise<Result<JsonValue, FaultCode>> {
  return readJson(request, { limit: service.limits.bodyBytes, signal: exchange.signal });
}

/** Checks a list of images: strings, not too many, none too long. */
export function imageList(
  value: JsonValue | undefined,
  name: string,
  service: Service,
): Result<readonly string[], FaultCode> {
  const { keys, keyLength } = service.limits;
  if (!isArray(value)) return failure("request.invalid", `${name} must be a list of strings`);
  if (value.length > keys) {
    return failure("http.too_large", `${name} holds ${value.length} entries; at most ${keys} are answered`);
  }
  const images: string[] = [];
  for (const entry of value) {
    if (typeof entry !== "string") return failure("request.invalid", `${name} must be a list of strings`);
    if (entry.length > keyLength) {
      return failure("http.too_large", `${name} holds an entry of more than ${keyLength} characters`);
    }
    images.push(entry);
  }
  return success(images);
}

/**
 * Every answer is JSON that nobody keeps and nobody reads as anything else. Bytes are JSON already. `id`: the exchange's,
 * by which a caller's complaint finds its lines in the log.
 */
export function sendJson(response: ServerResponse, status: number, body: object, id?: string): void {
  if (response.headersSent || response.destroyed) return;
  const content = body instanceof Uint8Array ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(id !== undefined && { "x-request-id": id }),
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(content),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : content);
}
