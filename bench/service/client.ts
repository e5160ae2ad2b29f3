import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";

/** Where and how requests are sent. PEM texts; TLS 1.3 only. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  readonly ca: string;
  /** A client's certificate and key; absent: none is shown. */
  readonly cert?: string;
  readonly key?: string;
}

/** What came of one request; `status` is 0 where the connection broke before there was an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const BROKEN: HttpAnswer = { status: 0, body: Buffer.alloc(0) };

/** The bytes of one HTTP/1.1 request with a JSON body. */
export function requestBytes(target: Target, path: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${target.servername}:${String(target.port)}`,
    "content-type: application/json",
    `content-length: ${String(Buffer.byteLength(body))}`,
    "accept: application/json",
    "user-agent: bench",
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/**
 * One connection that asks one request at a time. `node:https` as a client costs as much CPU as a server does, and would be
 * what is measured; this reads no more of HTTP than status and content-length, which all contestants send.
 */
export class Connection {
  readonly #socket: TLSSocket;
  #waiting: ((answer: HttpAnswer) => void) | undefined;
  #received: Buffer = Buffer.alloc(0);
  #over = false;

  constructor(target: Target, context: SecureContext) {
    const { host, port, servername } = target;
    this.#socket = connect({ host, port, servername, secureContext: context, minVersion: "TLSv1.3" });
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => {
      this.#over = true;
      this.#settle(BROKEN);
    });
  }

  /** Whether nothing can be asked here any more. */
  get over(): boolean {
    return this.#over;
  }

  ask(request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      if (this.#over) return resolve(BROKEN);
      this.#waiting = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return this.close();
    const body = this.#received.subarray(end + 4);
    if (body.length < length) return;
    this.#received = body.subarray(length);
    if (/\r\nconnection: *close/i.test(head)) this.#over = true;
    this.#settle({ status: Number(head.slice(9, 12)), body: body.subarray(0, length) });
  }

  #settle(answer: HttpAnswer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}

export function contextOf({ ca, cert, key }: Target): SecureContext {
  return createSecureContext({
    ca,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

/** One request over a connection of its own. */
export async function askOnce(target: Target, path: string, body: string): Promise<HttpAnswer> {
  const connection = new Connection(target, contextOf(target));
  const answer = await connection.ask(requestBytes(target, path, body));
  connection.close();
  return answer;
}
