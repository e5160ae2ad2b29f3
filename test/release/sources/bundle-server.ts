import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../../src/core/index.ts";
import { send, type LabResponse, type Override } from "../../lab/registry/response.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** Whether the caller has proven itself by a certificate. */
  readonly client: string | null;
}

export interface BundleServerOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** PEM: who issues certificates of callers, who must have one. */
  readonly clientAuthority?: string;
}

/** A server of bundles on loopback that answers conditional requests, takes PUT, and misbehaves as it is told. */
export class BundleServer {
  /** By path: `/acme.tar.gz`. */
  readonly files = new Map<
    string,
    { readonly bytes: Uint8Array; readonly type?: string; readonly etag?: string }
  >();
  readonly asked: Asked[] = [];
  misbehave: ((asked: Asked, usual: LabResponse) => Override | undefined) | undefined;
  readonly #server: Server;
  readonly #scheme: string;

  constructor({ tls, clientAuthority }: BundleServerOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    const callers =
      clientAuthority === undefined
        ? {}
        : { ca: clientAuthority, requestCert: true, rejectUnauthorized: false };
    this.#server = tls === undefined ? createHttp(listener) : createHttps({ ...tls, ...callers }, listener);
    this.#scheme = tls === undefined ? "http" : "https";
  }

  static async start(options: BundleServerOptions = {}): Promise<BundleServer> {
    const server = new BundleServer(options);
    await new Promise<void>((done) => {
      server.#server.listen(0, "127.0.0.1", done);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** By name, as certificates go. */
  url(path = "/acme.tar.gz"): string {
    return `${this.#scheme}://localhost:${this.port}${path}`;
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#server.close(() => done());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "", url = "", headers, socket } = request;
    const body = Buffer.concat(chunks);
    const peer = (
      socket as { getPeerCertificate?: () => { subject?: { CN?: string } } }
    ).getPeerCertificate?.();
    const asked: Asked = { method, path: url, headers, body, client: peer?.subject?.CN ?? null };
    this.asked.push(asked);
    const usual = this.#answer(asked);
    await send(response, method, usual, this.misbehave?.(asked, usual));
  }

  #answer({ method, path, headers, body }: Asked): LabResponse {
    if (method === "PUT") {
      this.files.set(path, { bytes: body });
      return { status: 201, headers: {}, body: Buffer.alloc(0) };
    }
    const file = this.files.get(path);
    if (file === undefined)
      return { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("none") };
    const etag = file.etag ?? `"${digestOf(file.bytes)}"`;
    if (headers["if-none-match"] === etag) return { status: 304, headers: { etag }, body: Buffer.alloc(0) };
    return {
      status: 200,
      headers: { etag, "content-type": file.type ?? "application/gzip" },
      body: file.bytes,
    };
  }
}
