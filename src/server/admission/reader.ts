import { failure, type JsonValue, type Result } from "../../core/index.ts";
import type { Answer } from "../answer.ts";
import { readJson } from "../body.ts";
import type { Exchange, HttpRequest } from "../exchange.ts";
import type { FaultCode } from "../fault.ts";
import type { Limits } from "../types.ts";

type Answered = Result<Answer, FaultCode>;

/** Reads the body of one review and answers from it. */
export type ReviewReader = (
  request: HttpRequest,
  exchange: Exchange,
  answer: (body: JsonValue) => Answered | Promise<Answered>,
) => Promise<Answered>;

/** Objects nest deeper than other requests: what `managedFields` holds of a CronJob alone is 20 levels. */
const DEPTH = 100;

/**
 * A reader for all review routes of a listener. A review holds an object and its former state, each up to what the
 * API server takes, so its body may be larger than others; how much of such bodies is in hand at the same time is
 * bounded, and who comes when it is too much is told `service.overloaded` at once (threats T195, T249).
 */
export function openReader({ reviewBytes, reviewBytesInHand }: Limits): ReviewReader {
  let inHand = 0;
  return async (request, exchange, answer) => {
    const length = request.headers["content-length"];
    const size = length === undefined ? reviewBytes : Math.min(Number(length), reviewBytes);
    if (inHand > 0 && inHand + size > reviewBytesInHand) {
      return failure("service.overloaded", "too many large reviews at once: try again");
    }
    inHand += size;
    try {
      const body = await readJson(request, { limit: reviewBytes, depth: DEPTH, signal: exchange.signal });
      return body.ok ? await answer(body.value) : body;
    } finally {
      inHand -= size;
    }
  };
}
