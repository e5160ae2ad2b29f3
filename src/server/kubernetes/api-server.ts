import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parseStrictJson, type JsonValue } from "../../core/index.ts";

/** How the API server is asked. */
export interface ApiServerSettings {
  readonly server: URL;
  /** Files: PEM, and the service account's own token; both are read anew for each question, for they are renewed. */
  readonly ca: string;
  readonly token: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** `null` where the answer is no JSON. */
  readonly body: JsonValue;
}

/** Steps of a path below the server: names that came from elsewhere are checked by whoever puts them here. */
export type ApiPath = readonly string[];

const TIMEOUT_MS = 2_000;
const DEPTH = 32;

/** Connections, kept; who finds none waits for one, within the same time. */
const CONNECTIONS = 16;

/** Milliseconds after which an idle one is given up, before whoever stands in between does. */
const IDLE_MS = 10_000;

/**
 * Asks Kubernetes' API server, and nobody else: over TLS with the configured CA, without following redirects, within two
 * seconds and the given bytes. Rejects where there is no whole answer; what was thrown holds no token.
 */
export class ApiServer {
  readonly #settings: ApiServerSettings;
  readonly #agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS,
    maxFreeSockets: 2,
    timeout: IDLE_MS,
  });

  constructor(settings: ApiServerSettings) {
    this.#settings = settings;
  }

  get(path: ApiPath, limit: number): Promise<ApiAnswer> {
    return this.#ask("GET", path, undefined, limit);
  }

  post(path: ApiPath, body: JsonValue, limit: number): Promise<ApiAnswer> {
    return this.#ask("POST", path, JSON.stringify(body), limit);
  }

  async #ask(
    method: "GET" | "POST",
    path: ApiPath,
    body: string | undefined,
    limit: number,
  ): Promise<ApiAnswer> {
    const { server, ca, token } = this.#settings;
    const [root, own] = await Promise.all([readFile(ca), readFile(token, "utf8")]);
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    const asking = request(
      new URL(`/${path.map(encodeURIComponent).join("/")}`, server),
      {
        method,
        ca: root,
        agent: this.#agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          accept: "application/json",
          authorization: `Bearer ${own.trim()}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("error", reject);
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > limit) response.destroy(new Error("the API server's answer is too large"));
          else chunks.push(chunk);
        });
        response.on("end", () => {
          const json = parseStrictJson(Buffer.concat(chunks), { bytes: limit, depth: DEPTH });
          resolve({ status: response.statusCode ?? 0, body: json.ok ? json.value : null });
        });
      },
    );
    asking.on("error", reject);
    asking.end(body);
    return promise;
  }
}
