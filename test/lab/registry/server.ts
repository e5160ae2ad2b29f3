import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../../src/core/index.ts";
import { Doorkeeper, type LabAuth, type TokenRequest } from "./auth.ts";
import { send, type LabRequest, type LabResponse, type Misbehave } from "./response.ts";
import { LabStore, OCI_INDEX } from "./store.ts";

export interface LabRegistryOptions {
  /** Given, the registry speaks TLS with this PEM key and certificate. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  readonly auth?: LabAuth;
  /** Default true. False: the API answers 404 and pushes write the fallback tag `sha256-<hex>`. */
  readonly referrersApi?: boolean;
  /** Whether `?artifactType=` is applied and `OCI-Filters-Applied` sent; default true. */
  readonly filtersReferrers?: boolean;
  /** Descriptors on one page of referrers; default: all on one. */
  readonly pageSize?: number;
  readonly misbehave?: Misbehave;
  /** Whether clients may push; default false. */
  readonly writable?: boolean;
  /** Default `127.0.0.1`. */
  readonly address?: string;
  /** Default: any free one. */
  readonly port?: number;
}

/** Starts the lab's registry on loopback. */
export async function startLabRegistry(options: LabRegistryOptions = {}): Promise<LabRegistry> {
  const registry = new LabRegistry(options);
  await registry.listen();
  return registry;
}

/** A running registry; the store's push functions fill it, `requests` tells what was asked of it. */
export class LabRegistry extends LabStore {
  /** Every request, also refused and misanswered ones, in order of arrival. */
  readonly requests: LabRequest[] = [];
  /** May be set at any time; also sees token requests. */
  misbehave: Misbehave | undefined;
  referrersApi: boolean;
  pageSize: number;
  readonly #options: LabRegistryOptions;
  readonly #server: Server;
  readonly #doorkeeper: Doorkeeper;
  #arrived = 0;

  constructor(options: LabRegistryOptions) {
    super();
    this.#options = options;
    this.misbehave = options.misbehave;
    this.referrersApi = options.referrersApi ?? true;
    this.writeFallbackTags = !this.referrersApi;
    this.pageSize = options.pageSize ?? Number.POSITIVE_INFINITY;
    this.#doorkeeper = new Doorkeeper(options.auth, () => this.origin);
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    this.#server =
      options.tls === undefined ? createHttp(listener) : createHttps({ ...options.tls }, listener);
    this.#server.on("clientError", (_, socket) => socket.destroy());
  }

  /** `127.0.0.1:43210`: the registry part of references. */
  get host(): string {
    const address = this.#options.address ?? "127.0.0.1";
    return `${address.includes(":") ? `[${address}]` : address}:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://${this.host}`;
  }

  get tokenRequests(): readonly TokenRequest[] {
    return this.#doorkeeper.tokenRequests;
  }

  /** Connections open right now. */
  connections(): Promise<number> {
    return new Promise((done, fail) => {
      this.#server.getConnections((error, count) => (error === null ? done(count) : fail(error)));
    });
  }

  revokeTokens(): void {
    this.#doorkeeper.revokeTokens();
  }

  listen(): Promise<void> {
    return new Promise((done, fail) => {
      this.#server.once("error", fail);
      this.#server.listen(this.#options.port ?? 0, this.#options.address ?? "127.0.0.1", done);
    });
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#server.close(() => done());
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    const request = describe(incoming, ++this.#arrived);
    this.requests.push(request);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    request.body = Buffer.concat(chunks);
    const usual = this.#answer(request);
    await send(response, request.method, usual, await this.misbehave?.(request, usual));
  }

  #answer(request: LabRequest): LabResponse {
    const writes = request.method !== "GET" && request.method !== "HEAD";
    if (writes && this.#options.writable !== true) return fault(405, "UNSUPPORTED");
    if (request.kind === "token") return this.#doorkeeper.token(request);
    const refusal = this.#doorkeeper.refuse(request);
    if (refusal !== undefined) return refusal;
    if (writes) return this.#write(request);
    if (request.path === "/v2/") return { status: 200, headers: {}, body: Buffer.from("{}") };
    if (request.kind === "other" || !this.has(request.repository)) return fault(404, "NAME_UNKNOWN");
    if (request.kind === "blob") return this.#blob(request);
    return request.kind === "manifest" ? this.#manifest(request) : this.#referrers(request);
  }

  /** An upload in two requests, or a manifest; what it is, is not looked at. */
  #write({ method, kind, repository, reference, path, headers: given, body }: LabRequest): LabResponse {
    const empty = Buffer.alloc(0);
    if (kind === "upload" && method === "POST") {
      const location = `/v2/${repository}/blobs/uploads/${this.#arrived}?_state=a%2Bb`;
      return { status: 202, headers: { location }, body: empty };
    }
    if (kind === "upload" && method === "PUT") {
      const digest = new URL(path, "http://lab").searchParams.get("digest");
      if (digest !== digestOf(body)) return fault(400, "DIGEST_INVALID");
      this.pushBlob(repository, body);
      return { status: 201, headers: { "docker-content-digest": digest }, body: empty };
    }
    if (kind !== "manifest" || method !== "PUT") return fault(405, "UNSUPPORTED");
    const tag = reference.includes(":") ? undefined : reference;
    const { digest } = this.pushManifest(repository, body, String(given["content-type"]), tag);
    const subject = /"subject":\{[^}]*"digest":"(?<digest>[^"]+)"/.exec(Buffer.from(body).toString())
      ?.groups?.["digest"];
    const listed = subject !== undefined && this.referrersApi ? { "oci-subject": subject } : {};
    return { status: 201, headers: { "docker-content-digest": digest, ...listed }, body: empty };
  }

  #blob({ repository, reference }: LabRequest): LabResponse {
    const body = this.repository(repository).blobs.get(reference);
    if (body === undefined) return fault(404, "BLOB_UNKNOWN");
    const headers = { "content-type": "application/octet-stream", "docker-content-digest": reference };
    return { status: 200, headers, body };
  }

  #manifest({ repository, reference }: LabRequest): LabResponse {
    const store = this.repository(repository);
    const digest = store.tags.get(reference) ?? reference;
    const found = store.manifests.get(digest);
    if (found === undefined) return fault(404, "MANIFEST_UNKNOWN");
    const headers = { "content-type": found.mediaType, "docker-content-digest": digest };
    return { status: 200, headers, body: found.bytes };
  }

  #referrers({ repository, reference, path }: LabRequest): LabResponse {
    if (!this.referrersApi) return fault(404, "NOT_FOUND");
    const query = new URL(path, "http://lab").searchParams;
    const wanted = query.get("artifactType");
    const filtered = wanted !== null && (this.#options.filtersReferrers ?? true);
    let list = this.repository(repository).referrers.get(reference) ?? [];
    if (filtered) list = list.filter((entry) => Reflect.get(entry, "artifactType") === wanted);
    const from = Number(query.get("from") ?? 0);
    const page = list.slice(from, from + this.pageSize);
    const headers: Record<string, string> = { "content-type": OCI_INDEX };
    if (filtered) headers["oci-filters-applied"] = "artifactType";
    if (from + this.pageSize < list.length) {
      const next = `/v2/${repository}/referrers/${reference}?from=${from + this.pageSize}`;
      headers["link"] = `<${next}>; rel="next"`;
    }
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: page }));
    return { status: 200, headers, body };
  }
}

function describe(incoming: IncomingMessage, number: number): LabRequest & { body: Uint8Array } {
  const path = incoming.url ?? "/";
  const [pathname = ""] = path.split("?");
  const match = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|blobs|referrers)\/(?<reference>[^/]+)$/.exec(
    pathname,
  );
  const upload = /^\/v2\/(?<repository>.+)\/blobs\/uploads\//.exec(pathname)?.groups?.["repository"];
  const kinds = { manifests: "manifest", blobs: "blob", referrers: "referrers" } as const;
  const named = match?.groups?.["kind"] as keyof typeof kinds | undefined;
  return {
    number,
    method: incoming.method ?? "GET",
    path,
    headers: incoming.headers,
    headerNames: incoming.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
    kind:
      upload !== undefined
        ? "upload"
        : named === undefined
          ? pathname === "/token"
            ? "token"
            : "other"
          : kinds[named],
    repository: upload ?? match?.groups?.["repository"] ?? "",
    reference: match?.groups?.["reference"] ?? "",
    body: new Uint8Array(),
  };
}

function fault(status: number, code: string): LabResponse {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: code }] }));
  return { status, headers: { "content-type": "application/json" }, body };
}
