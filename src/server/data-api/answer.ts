import { oneLine, success, type JsonValue, type Reason, type Result } from "../../core/index.ts";
import packageJson from "../../../package.json" with { type: "json" };
import type { ReviewReader } from "../admission/index.ts";
import { notReady, type Answer } from "../answer.ts";
import { readRequest, type Exchange, type HttpRequest } from "../exchange.ts";
import type { FaultCode } from "../fault.ts";
import type { Service } from "../service-parts.ts";
import type { HeldPolicy } from "../types.ts";
import { findDocument, type Found } from "./document.ts";
import type { DataError } from "./errors.ts";
import { inputInBody, inputInUrl, namespaceOf, readInput } from "./request.ts";
import { readDataUrl, type DataUrl } from "./url.ts";

/** What a GET or POST of `/v1/data/{path}` is answered; without `result`, the document is undefined. */
export interface DataAnswer {
  readonly result?: JsonValue;
  readonly decision_id: string;
  readonly warning?: Reason;
  readonly provenance?: {
    readonly version: string;
    readonly bundles: Readonly<Record<string, { readonly revision: string }>>;
  };
  /** Nanoseconds. */
  readonly metrics?: Readonly<Record<`timer_${string}_ns`, number>>;
}

/** How a path of the Data API is answered. */
export interface DataSurface {
  readonly prefix: "/v1/data" | "/v0/data" | "/";
  /** Reads bodies that may be as large as an input document; `null` where callers bring none. */
  readonly readOwn: ReviewReader | null;
}

/** The document of `POST /` (`default_decision` of OPA). */
const DEFAULT_PATH = ["assay", "decision"];

/**
 * OPA's Data API over the policy's entrypoints. `assay/decision` and `assay/allow` are the same decision that every other surface
 * gives, and always defined; other entrypoints are evaluated over the image's input document.
 */
export async function answerData(
  request: HttpRequest,
  exchange: Exchange,
  service: Service,
  { prefix, readOwn }: DataSurface,
): Promise<Result<Answer, FaultCode>> {
  const url = readDataUrl(request.url, prefix);
  if (!url.ok) return url;
  const wanted = prefix === "/" ? { ...url.value, path: DEFAULT_PATH } : url.value;
  const decider = service.decider();
  if (decider === null) return notReady();

  const answer = async (input: Result<JsonValue, FaultCode>): Promise<Result<Answer, FaultCode>> => {
    if (!input.ok) return input;
    const read = readInput(input.value, service, { ownInput: readOwn !== null });
    if (!read.ok) return read;
    const parsed = performance.now();
    return decider.hold(namespaceOf(read.value), async (policy) => {
      const found = await findDocument(wanted.path, read.value, exchange, policy, service);
      const times = { parsed, evaluated: performance.now() };
      return success(
        prefix === "/v1/data" ? asV1(found, wanted, exchange, times, policy) : asV0(found, wanted),
      );
    });
  };
  const inBody = prefix === "/v1/data" ? inputInBody : success;
  if (request.method === "GET") return answer(inputInUrl(request, service));
  if (readOwn !== null) return readOwn(request, exchange, (body) => answer(inBody(body)));
  const body = await readRequest(request, exchange, service);
  return body.ok ? answer(inBody(body.value)) : body;
}

/** Moments, as `performance.now()` tells them. */
interface Times {
  readonly parsed: number;
  readonly evaluated: number;
}

function asV1(
  { outcome, decisionId, decisions, warning }: Found,
  { path, pretty, provenance, metrics }: DataUrl,
  { started }: Exchange,
  { parsed, evaluated }: Times,
  held: HeldPolicy,
): Answer {
  const { policy } = held.names(null);
  const log = { data: oneLine(path.join("/"), 200), decisionId };
  if (!outcome.ok) return { ...failed(outcome.reason, decisionId, pretty), log };
  const body: DataAnswer = {
    ...(outcome.value === undefined ? {} : { result: outcome.value }),
    decision_id: decisionId,
    ...(warning === undefined ? {} : { warning }),
    ...(provenance && {
      provenance: {
        version: packageJson.version,
        bundles: Object.fromEntries([[policy.name, { revision: policy.revision }]]),
      },
    }),
    ...(metrics && {
      metrics: {
        timer_rego_input_parse_ns: nanoseconds(started, parsed),
        timer_rego_query_eval_ns: nanoseconds(parsed, evaluated),
        timer_server_handler_ns: nanoseconds(started, performance.now()),
      },
    }),
  };
  return { status: 200, body: encode(body, pretty), decisions, log };
}

function nanoseconds(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) * 1e6));
}

/** The document itself, as OPA's webhook paths answer; one that is undefined is a 404. */
function asV0({ outcome, decisionId, decisions }: Found, { path, pretty }: DataUrl): Answer {
  const log = { data: oneLine(path.join("/"), 200), decisionId };
  if (!outcome.ok) return { ...failed(outcome.reason, decisionId, pretty), log };
  if (outcome.value !== undefined)
    return { status: 200, body: encode(outcome.value, pretty), decisions, log };
  const message = `document missing: data.${oneLine(path.join("."), 200)}`;
  const missing: DataError = { code: "undefined_document", message };
  return { status: 404, body: encode(missing, pretty), decisions, log };
}

function failed({ code, message }: Reason, decisionId: string, pretty: boolean): Answer {
  const theirs = code.startsWith("reference.");
  const text = oneLine(message);
  const body: DataError = {
    code: theirs ? "invalid_parameter" : "internal_error",
    message: theirs ? text : `the document could not be evaluated: ${text}`,
    errors: [{ code, message: text }],
    decision_id: decisionId,
  };
  return { status: theirs ? 400 : 500, body: encode(body, pretty), decisions: [] };
}

function encode(body: DataAnswer | DataError | JsonValue, pretty: boolean): Uint8Array {
  return Buffer.from(`${JSON.stringify(body, null, pretty ? 2 : 0)}\n`);
}
