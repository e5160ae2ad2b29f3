import { narrow, parseUrl, type HttpAnswer, type HttpClient, type Reach } from "../../../registry/index.ts";
import { SourceFault } from "../fault.ts";
import { SOURCE_LIMITS } from "../limits.ts";
import { fromRegistry } from "../registry-reason.ts";
import type { Proof } from "./credentials.ts";
import type { Origin } from "./origin.ts";

export interface Get {
  readonly url: URL;
  readonly origin: Origin;
  readonly proof: Proof;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of a 200 answer. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly stallMs: number;
  readonly progress?: ((bytes: number, all: number | null) => void) | undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets what lies at a URL of the origin, or where it redirects to: over TLS only. Once another origin was entered
 * neither token nor client certificate is sent any more, also not on the way back, the origin's own roots do not count,
 * and no hop leads further inside than the one before it (T186).
 */
export async function get(client: HttpClient, request: Get): Promise<HttpAnswer> {
  const { origin, proof, headers } = request;
  let { url } = request;
  let reach: Reach = origin.reach;
  let left = false;
  for (let hops = 0; hops <= SOURCE_LIMITS.redirects; hops++) {
    const { authorization } = proof;
    const answer = fromRegistry(
      await client.exchange({
        method: "GET",
        url,
        headers: {
          ...headers,
          "accept-encoding": "identity",
          "user-agent": "assay",
          ...(!left && authorization !== undefined && { authorization }),
        },
        reach,
        ca: left ? undefined : proof.ca,
        client: left ? undefined : proof.client,
        limit: request.limit,
        signal: request.signal,
        stallMs: request.stallMs,
        progress: request.progress,
      }),
    );
    if (!REDIRECTS.has(answer.status)) return answer;
    const next = redirectOf(url, answer.headers.location);
    if (next.origin !== origin.url.origin) left = true;
    if (left) reach = narrow(reach, answer.peer);
    url = next;
  }
  throw new SourceFault("source.invalid", `redirects more than ${SOURCE_LIMITS.redirects} times`);
}

function redirectOf(from: URL, location: string | undefined): URL {
  const next = location === undefined || location.length > 8192 ? undefined : parseUrl(location, from);
  if (next === undefined) {
    throw new SourceFault("source.invalid", `${from.host} redirects without a valid location`);
  }
  if (next.protocol !== "https:" && next.origin !== from.origin) {
    throw new SourceFault("source.invalid", `${from.host} redirects to ${next.host} without TLS`);
  }
  return next;
}
