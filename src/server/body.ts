import type { IncomingMessage } from "node:http";
import { failure, parseStrictJson, success, type JsonValue, type Result } from "../core/index.ts";
import type { FaultCode } from "./fault.ts";

/** Most requests are flat; hostile depth ends here, long before any recursion (threats A144, T196). */
const DEPTH = 16;

/**
 * A request's body as strict JSON. No content type is needed (Kyverno sends none); one that says something else than
 * JSON in UTF-8 is refused, as is a compressed body. Codes: `http.media_type`, `http.too_large`, `http.timeout`,
 * `http.aborted`, `request.invalid`.
 */
export async function readJson(
  request: IncomingMessage,
  options: ReadOptions & { readonly depth?: number },
): Promise<Result<JsonValue, FaultCode>> {
  const type = checkType(request);
  if (type !== undefined) return type;
  const bytes = await readBody(request, options);
  if (!bytes.ok) return bytes;
  const json = parseStrictJson(bytes.value, { bytes: options.limit, depth: options.depth ?? DEPTH });
  return json.ok ? json : failure("request.invalid", json.reason.message);
}

function checkType(request: IncomingMessage) {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    return failure("http.media_type", "the body is compressed; send it as it is");
  }
  const type = request.headers["content-type"];
  if (type === undefined || /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type))
    return undefined;
  return failure("http.media_type", "the body must be application/json in UTF-8");
}

interface ReadOptions {
  readonly limit: number;
  readonly signal: AbortSignal;
}

async function readBody(
  request: IncomingMessage,
  options: ReadOptions,
): Promise<Result<Uint8Array, FaultCode>> {
  if (Number(request.headers["content-length"] ?? 0) > options.limit) return tooLarge(options);
  // A small body comes in one piece with its head and is whole once Node has parsed both, which is before this goes on.
  // To listen for its parts would cost a tenth of an answer from memory.
  await Promise.resolve();
  if (!request.complete) return listenForBody(request, options);
  const bytes: unknown = request.read();
  if (!(bytes instanceof Uint8Array)) return success(new Uint8Array());
  return bytes.length > options.limit ? tooLarge(options) : success(bytes);
}

function tooLarge({ limit }: ReadOptions) {
  return failure("http.too_large", `the body is larger than ${limit} bytes`);
}

function listenForBody(
  request: IncomingMessage,
  { limit, signal }: ReadOptions,
): Promise<Result<Uint8Array, FaultCode>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let settled = false;
    const finish = (result: Result<Uint8Array, FaultCode>) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", onAbort);
      // What else arrives goes nowhere: the connection is closed with the answer.
      if (!result.ok) request.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      if (settled) return;
      length += chunk.length;
      if (length > limit) finish(tooLarge({ limit, signal }));
      else chunks.push(chunk);
    };
    const onEnd = () => {
      const [only] = chunks;
      finish(success(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)));
    };
    const onClose = () => finish(failure("http.aborted", "the body ended before it was complete"));
    const onAbort = () => finish(failure("http.timeout", "the body did not arrive in time"));
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
