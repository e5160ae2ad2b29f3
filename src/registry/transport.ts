import { lookup as dnsLookup } from "node:dns";
import type { Agent as HttpAgent, ClientRequest, IncomingMessage } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { classifyAddress, reaches, type AddressClass, type Reach } from "./address.ts";
import { RegistryFault } from "./fault.ts";
import type { RegistryLimits } from "./settings.ts";
import { Slots } from "./slots.ts";

// Not by `import`: that evaluates every export, among them the getters which load Node's fetch, some 10 ms of each
// start of the command line.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly url: URL;
  /** Built anew for every attempt, so that nothing can be appended twice (A013). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How near the connection may end. */
  readonly reach: Reach;
  /** PEM roots that alone are accepted; absent: the platform's. */
  readonly ca?: string | Buffer | undefined;
  /** PEM: what we prove ourselves by. Its connections are never another's. */
  readonly client?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Bytes of a 200 answer's body. */
  readonly limit: number;
  /** What a 200 answer's `content-length`, where there is one, must say. */
  readonly expectedLength?: number;
  readonly signal: AbortSignal;
  /** Milliseconds without progress; absent: those of the limits. */
  readonly stallMs?: number;
  /** Bytes of the body so far, sent or received, and of all where that is known. */
  readonly progress?: ((bytes: number, all: number | null) => void) | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Empty for anything but a 200. */
  readonly body: Uint8Array;
  /** Of the peer that answered. */
  readonly peer: AddressClass;
}

/**
 * One HTTP/1.1 exchange over Node's own client: no redirect is followed, nothing is decompressed, no proxy variable
 * is read, the connected address is checked, and time without progress and bytes are bounded.
 */
export class Transport {
  readonly #limits: RegistryLimits;
  readonly #lookup: LookupFunction;
  readonly #slots: Slots;
  readonly #agents = new Map<string, HttpAgent | HttpsAgent>();

  constructor(limits: RegistryLimits, lookup: LookupFunction = dnsLookup) {
    this.#limits = limits;
    this.#lookup = lookup;
    this.#slots = new Slots(limits.connections);
  }

  /** Answers of any status; throws a `RegistryFault` where there is none or it breaks the protocol. */
  exchange(request: HttpRequest): Promise<HttpAnswer> {
    return this.#slots.run(request.url.origin, request.signal, () => this.#send(request));
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    const { url } = request;
    refuseLiteral(url, request.reach);
    try {
      return await this.#converse(request, this.#open(request));
    } catch (thrown) {
      throw request.signal.aborted ? deadline(url) : faultOf(thrown, url);
    }
  }

  /** Throws at once where a header or a root is malformed. */
  #open({ method, url, headers, reach, ca, client, signal }: HttpRequest): ClientRequest {
    const secure = url.protocol === "https:";
    const options = {
      method,
      // Brackets are part of a URL's IPv6 host, not of the address.
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...headers },
      agent: this.#agent(secure, reach),
      lookup: checkedLookup(this.#lookup, reach),
      maxHeaderSize: this.#limits.headerBytes,
      insecureHTTPParser: false,
      signal,
    };
    if (!secure) return http.request(options);
    const tls = { rejectUnauthorized: true, minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) } as const;
    return https.request({ ...options, ...tls, ...client });
  }

  #converse(request: HttpRequest, outgoing: ClientRequest): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const stallMs = request.stallMs ?? this.#limits.stallMs;
    const timer = setTimeout(() => {
      const message = `${request.url.host} made no progress for ${stallMs} ms`;
      reject(new RegistryFault("registry.timeout", message, {}));
    }, stallMs);
    let answered = false;
    outgoing.on("response", (incoming) => {
      answered = true;
      timer.refresh();
      readAnswer(incoming, request, timer).then(resolve, reject);
    });
    outgoing.on("error", reject);
    // Some ends, such as an upgrade that nobody asked for, come without an error.
    outgoing.on("close", () => {
      if (!answered) reject(new RegistryFault("registry.unavailable", cutShort(request.url), {}));
    });
    send(outgoing, request, timer);
    return promise
      .catch((thrown: unknown) => {
        outgoing.destroy();
        throw thrown;
      })
      .finally(() => clearTimeout(timer));
  }

  /** Connections opened under one reach are never reused under another. */
  #agent(secure: boolean, reach: Reach): HttpAgent | HttpsAgent {
    const key = `${secure ? "https" : "http"} ${reach}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      const options = { keepAlive: true, maxFreeSockets: this.#limits.connections, timeout: 60_000 };
      agent = secure ? new https.Agent(options) : new http.Agent(options);
      this.#agents.set(key, agent);
    }
    return agent;
  }
}

/** Bytes that are handed to the connection at once. */
const PIECE = 256 * 1024;

/** A long body goes piece by piece, so that its progress shows and one that stalls is given up. */
function send(outgoing: ClientRequest, { body, progress }: HttpRequest, timer: NodeJS.Timeout): void {
  if (body === undefined || typeof body === "string" || body.byteLength <= PIECE) {
    outgoing.end(body);
    return;
  }
  const all = body.byteLength;
  const next = (from: number) => {
    if (from >= all) {
      outgoing.end();
      return;
    }
    const to = Math.min(from + PIECE, all);
    outgoing.write(body.subarray(from, to), (error) => {
      if (error !== null && error !== undefined) return;
      timer.refresh();
      progress?.(to, all);
      next(to);
    });
  };
  next(0);
}

async function readAnswer(
  incoming: IncomingMessage,
  request: HttpRequest,
  timer: NodeJS.Timeout,
): Promise<HttpAnswer> {
  const { remoteAddress } = incoming.socket;
  if (remoteAddress === undefined) {
    throw new RegistryFault("registry.unavailable", cutShort(request.url), {});
  }
  const peer = classifyAddress(remoteAddress);
  if (!reaches(request.reach, peer)) throw unreachable(request.url.host);
  const { statusCode: status = 0, headers } = incoming;
  if (status !== 200) {
    await discard(incoming);
    return { status, headers, body: new Uint8Array(), peer };
  }
  checkHead(headers, request);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    timer.refresh();
    length += chunk.byteLength;
    if (length > request.limit) throw tooLong(request);
    chunks.push(chunk);
    request.progress?.(length, announced(headers));
  }
  return { status, headers, body: Buffer.concat(chunks, length), peer };
}

function announced(headers: IncomingMessage["headers"]): number | null {
  const length = Number(headers["content-length"] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}

/** What the head of a 200 answer already tells against its body. */
function checkHead(headers: IncomingMessage["headers"], request: HttpRequest): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw new RegistryFault(
      "registry.protocol",
      `${request.url.host} sent an encoded body where identity was asked`,
    );
  }
  if (headers["content-length"] === undefined) return;
  const length = Number(headers["content-length"]);
  if (request.expectedLength !== undefined && length !== request.expectedLength) {
    const message = `${request.url.host} announces ${length} bytes; the descriptor says ${request.expectedLength}`;
    throw new RegistryFault("registry.size_mismatch", message);
  }
  if (length > request.limit) throw tooLong(request);
}

/** A short body is read so that its connection can be kept; a long one costs the connection. */
async function discard(incoming: IncomingMessage): Promise<void> {
  let left = 16 * 1024;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    left -= chunk.byteLength;
    if (left < 0) break;
  }
}

function tooLong(request: HttpRequest): RegistryFault {
  const { host } = request.url;
  return request.expectedLength === undefined
    ? new RegistryFault("registry.limit_exceeded", `${host} sends more than ${request.limit} bytes`)
    : new RegistryFault(
        "registry.size_mismatch",
        `${host} sends more than the ${request.expectedLength} bytes of the descriptor`,
      );
}

function refuseLiteral(url: URL, reach: Reach): void {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const literal = /^[0-9.]+$/.test(hostname) || hostname.includes(":");
  if (literal && !reaches(reach, classifyAddress(hostname))) throw unreachable(url.host);
}

/** Looks a name up and refuses it where any of its addresses lies out of reach (A112: names that rebind). */
function checkedLookup(lookup: LookupFunction, reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === "string" ? [{ address: found, family: 4 }] : found;
      if (error !== null) return callback(error, []);
      if (!addresses.every(({ address }) => reaches(reach, classifyAddress(address)))) {
        return callback(unreachable(hostname), []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    });
  };
}

function unreachable(host: string): RegistryFault {
  return new RegistryFault(
    "registry.not_allowed",
    `${host} lies at an address that may not be connected to from here`,
  );
}

function deadline(url: URL): RegistryFault {
  return new RegistryFault("registry.timeout", `${url.host} did not answer before the deadline`);
}

function cutShort(url: URL): string {
  return `${url.host} ended the connection in the middle of its answer`;
}

const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|HOSTNAME_|INVALID_|PATH_LENGTH_|SELF_SIGNED_|UNABLE_TO_)/;

function faultOf(thrown: unknown, url: URL): RegistryFault {
  if (thrown instanceof RegistryFault) return thrown;
  const code =
    typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string"
      ? thrown.code
      : "unknown error";
  if (TLS_CODES.test(code)) {
    return new RegistryFault("registry.tls", `TLS with ${url.host} failed: ${code}; check its certificate`);
  }
  if (code.startsWith("HPE_")) {
    return new RegistryFault("registry.protocol", `${url.host} does not speak HTTP as it should: ${code}`);
  }
  const message = code === "ECONNRESET" ? cutShort(url) : `${url.host} could not be reached: ${code}`;
  return new RegistryFault("registry.unavailable", message, {});
}
