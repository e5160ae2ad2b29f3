import type { ServerResponse } from "node:http";

/** One request as it arrived. */
export interface LabRequest {
  /** Counts from 1 over the registry's life. */
  readonly number: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names of the headers as they stood on the wire, one entry per occurrence, lowercase. */
  readonly headerNames: readonly string[];
  readonly kind: "manifest" | "blob" | "upload" | "referrers" | "token" | "other";
  /** Empty for `token` and `other`. */
  readonly repository: string;
  /** Tag or digest; empty for `token` and `other`. */
  readonly reference: string;
  /** Empty but for what is written. */
  readonly body: Uint8Array;
}

export interface LabResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What to answer otherwise than usual; what is not named stays as it would have been. */
export interface Override {
  readonly status?: number;
  /** Laid over the usual ones; `null` takes one away. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** The `content-length` follows it unless set by `contentLength`. */
  readonly body?: Uint8Array | string;
  /** `null`: none, the body comes chunked. */
  readonly contentLength?: number | null;
  /** Before the answer begins. */
  readonly delayMs?: number;
  /** Cut the connection without any answer. */
  readonly drop?: boolean;
  /** Read the request and never answer. */
  readonly silent?: boolean;
  /** Send so many bytes of the body, then cut the connection. */
  readonly truncateAfter?: number;
  /** Send so many bytes of the body, then nothing more. */
  readonly stallAfter?: number;
  /** One byte of the body every so often. */
  readonly trickleMs?: number;
  /** Repeat the body without end. */
  readonly endless?: boolean;
}

/** Asked for every request, after the usual answer is made and before it is sent. */
export type Misbehave = (
  request: LabRequest,
  usual: LabResponse,
) => Override | undefined | Promise<Override | undefined>;

/** Sends an answer, misbehaving where told so. */
export async function send(
  response: ServerResponse,
  method: string,
  usual: LabResponse,
  override: Override = {},
): Promise<void> {
  if (override.delayMs !== undefined) await sleep(response, override.delayMs);
  if (override.drop === true) {
    response.destroy();
    return;
  }
  if (override.silent === true || response.destroyed) return;
  const body = override.body === undefined ? usual.body : Buffer.from(override.body);
  response.statusCode = override.status ?? usual.status;
  for (const [name, value] of Object.entries({ ...usual.headers, ...override.headers })) {
    if (value !== null) response.setHeader(name, value);
  }
  const length = override.contentLength === undefined ? body.byteLength : override.contentLength;
  if (length !== null && override.endless !== true) response.setHeader("content-length", length);
  // Lets a body differ from its announced length, which Node would else refuse to send.
  (response as { strictContentLength?: boolean }).strictContentLength = false;
  // Once the head is out, Node cannot count the body itself.
  if (length === null) response.flushHeaders();
  if (method === "HEAD") {
    response.end();
    return;
  }
  await sendBody(response, body, override);
}

async function sendBody(response: ServerResponse, body: Uint8Array, override: Override): Promise<void> {
  if (override.stallAfter !== undefined) {
    response.flushHeaders();
    if (override.stallAfter > 0) response.write(body.subarray(0, override.stallAfter));
  } else if (override.truncateAfter !== undefined) {
    response.flushHeaders();
    response.write(body.subarray(0, override.truncateAfter), () => response.destroy());
  } else if (override.trickleMs !== undefined) {
    for (let i = 0; i < body.byteLength && !response.destroyed; i++) {
      response.write(body.subarray(i, i + 1));
      await sleep(response, override.trickleMs);
    }
    response.end();
  } else if (override.endless === true) {
    const piece = body.byteLength >= 65536 ? body : Buffer.alloc(65536, body.byteLength > 0 ? body : 0x20);
    while (!response.destroyed) {
      if (!response.write(piece)) await new Promise((done) => onceEither(response, done));
    }
  } else {
    response.end(body);
  }
}

function onceEither(response: ServerResponse, done: (value?: unknown) => void): void {
  const either = () => {
    response.off("drain", either);
    response.off("close", either);
    done();
  };
  response.on("drain", either);
  response.on("close", either);
}

function sleep(response: ServerResponse, milliseconds: number): Promise<void> {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      response.off("close", over);
      done();
    };
    const timer = setTimeout(over, milliseconds);
    response.once("close", over);
  });
}
