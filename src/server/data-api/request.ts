import {
  failure,
  isObject,
  member,
  oneLine,
  parseStrictJson,
  stringAt,
  success,
  type JsonObject,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import type { DecisionRequest, DescribedInput } from "../../decision/index.ts";
import type { HttpRequest } from "../exchange.ts";
import type { FaultCode } from "../fault.ts";
import { isNamespace } from "../key.ts";
import { queryOf } from "../query.ts";
import type { Service } from "../service-parts.ts";

/** Of an input in a URL; bodies are bounded where they are read. */
const DEPTH = 16;

/** What a request that can say nothing of an image is told. */
const EXPECTED = 'expected {"image": "REFERENCE"}, with namespace and parameters where wanted';

/** The `input` of a GET: the URL's parameter of that name. */
export function inputInUrl(request: HttpRequest, { limits }: Service): Result<JsonValue, FaultCode> {
  const { "content-length": length = "0", "transfer-encoding": coding } = request.headers;
  if (length !== "0" || coding !== undefined) {
    return failure("request.invalid", "a GET has no body: the input goes into the URL's parameter input");
  }
  const [text, ...more] = queryOf(request.url).getAll("input");
  if (text === undefined)
    return failure("request.invalid", `the URL's parameter input is missing; ${EXPECTED}`);
  if (more.length > 0) return failure("request.invalid", "the URL's parameter input stands there twice");
  const json = parseStrictJson(Buffer.from(text), { bytes: limits.bodyBytes, depth: DEPTH });
  return json.ok ? json : failure("request.invalid", `the URL's parameter input: ${json.reason.message}`);
}

/** The one member of a v1 body. Another one is refused rather than ignored, as is a body without it. */
export function inputInBody(body: JsonValue): Result<JsonValue, FaultCode> {
  if (!isObject(body)) return failure("request.invalid", 'the body must be {"input": …}');
  const unknown = Object.keys(body).find((name) => name !== "input");
  if (unknown !== undefined) {
    const name = JSON.stringify(oneLine(unknown, 100));
    return failure("request.invalid", `unknown member ${name}; the body is {"input": …}`);
  }
  const input = member(body, "input");
  if (input === undefined) return failure("request.invalid", `the member input is missing; ${EXPECTED}`);
  return success(input);
}

const MEMBERS = new Set(["image", "namespace", "parameters"]);

/** What the input asks for: an image to be judged, or a document of the caller's own to be evaluated. */
export type DataInput =
  | { readonly kind: "image"; readonly request: DecisionRequest }
  | { readonly kind: "own"; readonly input: DescribedInput; readonly namespace: string | null };

/**
 * Reads an input. What names an image in `image` may say nothing else about it: evidence, and the time, are not the
 * caller's to bring (threat A134). Any other object is a document of the caller's own, refused where these are not evaluated.
 */
export function readInput(
  input: JsonValue,
  { limits }: Service,
  { ownInput }: { readonly ownInput: boolean },
): Result<DataInput, FaultCode> {
  const image = member(input, "image");
  if (typeof image !== "string") {
    if (ownInput && isObject(input)) return ownDocument(input);
    const off = isObject(image)
      ? "; documents of one's own are evaluated only where dataApi.ownInput says so"
      : "";
    return failure("request.invalid", `the input's image must be a reference; ${EXPECTED}${off}`);
  }
  const unknown = Object.keys(input ?? {}).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) {
    const name = JSON.stringify(oneLine(unknown, 100));
    return failure(
      "request.invalid",
      `unknown member ${name} in the input; known are ${[...MEMBERS].join(", ")}`,
    );
  }
  if (image.length > limits.keyLength) {
    return failure("http.too_large", `the input's image has more than ${limits.keyLength} characters`);
  }
  const namespace = member(input, "namespace") ?? null;
  if (namespace !== null && (typeof namespace !== "string" || !isNamespace(namespace))) {
    return failure("request.invalid", "the input's namespace must be the name of a Kubernetes namespace");
  }
  const parameters = member(input, "parameters") ?? {};
  if (!isObject(parameters)) return failure("request.invalid", "the input's parameters must be an object");
  return success({
    kind: "image",
    request: { reference: image, surface: "data-api", namespace, parameters, platform: null },
  });
}

/** Whose policy is asked: a document of one's own has the namespace where every input document has it. */
export function namespaceOf(input: DataInput): string | null {
  return input.kind === "image" ? input.request.namespace : input.namespace;
}

/** Its own `time` is the rules' clock, as in `assay eval`. */
function ownDocument(document: JsonObject): Result<DataInput, FaultCode> {
  const stated = member(document, "time");
  const time = typeof stated === "string" ? new Date(stated) : new Date();
  if (Number.isNaN(time.getTime()))
    return failure("request.invalid", "the input's time is no time of RFC 3339");
  const stating = stringAt(document, "request", "namespace");
  const namespace = stating !== undefined && isNamespace(stating) ? stating : null;
  return success({ kind: "own", input: { bytes: Buffer.from(JSON.stringify(document)), time }, namespace });
}
