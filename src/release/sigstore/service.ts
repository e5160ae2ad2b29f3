import { describeThrown, oneLine, parseStrictJson, type JsonValue } from "../../core/index.ts";
import { refuseSigning, SigningFault } from "./fault.ts";

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Milliseconds before each further attempt. */
const PAUSES = [200, 1_000] as const;
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

export interface ServiceRequest {
  /** For messages: `Fulcio`, `Rekor`. */
  readonly service: string;
  /** Named by configuration, never by an answer. */
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * Asks one of Sigstore's services, up to three times where it fails to answer. A redirect is a failure, because tokens
 * travel in requests; answers are bounded in bytes and time. Throws `signing.service_failed`.
 */
export async function askService(request: ServiceRequest): Promise<ServiceAnswer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await askOnce(request);
    const pause = PAUSES[attempt];
    const settled = !("thrown" in answer) && answer.status < 500 && !AGAIN.has(answer.status);
    if (settled || pause === undefined || request.signal.aborted) {
      return "thrown" in answer
        ? refuseSigning(
            "signing.service_failed",
            `${request.service} at ${request.url.host} did not answer: ${describeThrown(answer.thrown)}`,
          )
        : answer;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function askOnce({
  service,
  url,
  method = "POST",
  headers,
  body,
  signal,
}: ServiceRequest): Promise<ServiceAnswer | { readonly thrown: unknown }> {
  try {
    const response = await fetch(url, {
      method,
      headers: { "user-agent": "assay", ...headers },
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, body: await bounded(response, service) };
  } catch (thrown) {
    if (thrown instanceof SigningFault) throw thrown;
    // fetch says "fetch failed"; what failed is its cause.
    return { thrown: thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown };
  }
}

async function bounded(response: Response, service: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      refuseSigning(
        "signing.service_failed",
        `${service} at ${new URL(response.url).host} answered more than ${MAX_ANSWER_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The answer's JSON, where its status is a success; else throws `signing.service_failed` with what the service says. */
export function jsonOf({ service, url }: ServiceRequest, { status, body }: ServiceAnswer): JsonValue {
  requireSuccess({ service, url }, { status, body });
  const parsed = parseStrictJson(body);
  return parsed.ok
    ? parsed.value
    : refuseSigning(
        "signing.service_failed",
        `${service} at ${url.host} answered no JSON: ${parsed.reason.message}`,
      );
}

export function requireSuccess(
  { service, url }: Pick<ServiceRequest, "service" | "url">,
  { status, body }: Pick<ServiceAnswer, "status" | "body">,
): void {
  if (status >= 200 && status < 300) return;
  const said = oneLine(body.toString("utf8", 0, 1000), 200);
  refuseSigning(
    "signing.service_failed",
    `${service} at ${url.host} answered ${status}${said === "" ? "" : `: ${said}`}`,
  );
}

/** An address of a service, from configuration: HTTP(S), nothing in it but host and path. */
export function serviceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username + url.password + url.search + url.hash === "";
  return plain
    ? url
    : refuseSigning(
        "signing.config_invalid",
        `${text}: expected the URL of a service, as https://fulcio.example`,
      );
}

/** The address of an endpoint below a service's own, whatever path that has. */
export function endpointOf(base: URL, path: string): URL {
  return new URL(`${base.href.replace(/\/+$/, "")}${path}`);
}

/** Whoever is sent a token must be reached by TLS, or be on this machine. */
export function requireConfidential(url: URL, service: string): void {
  const isLocal =
    url.hostname === "localhost" || url.hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLocal)) return;
  refuseSigning("signing.config_invalid", `${service} at ${url.host} is sent an identity token: use https`);
}
