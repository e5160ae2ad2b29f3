import { Agent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { TlsIdentity } from "../lab/tls.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape are looked into
export type Json = any;

export interface JsonAnswer {
  readonly status: number;
  readonly json: Json;
}

/** A request that no server took: nobody listened, or hung up before it had shown its certificate. */
export class NotTaken extends Error {}

export interface JsonClient {
  /** Throws `NotTaken`, or another error where a request that was taken has no answer in JSON. */
  post(port: number, path: string, body: unknown): Promise<JsonAnswer>;
  /** New connections from now on; what is under way is answered over the old ones. */
  reconnect(): void;
  close(): void;
}

/** Far beyond every budget: whoever waits so long has not been answered. */
const UNANSWERED_MS = 30_000;

/**
 * A client over TLS as Go's is one: connections are kept, and where a kept one turns out to have been closed in the
 * meantime, the request is sent again.
 */
export function createClient(
  tls: TlsIdentity & { readonly ca: string; readonly servername: string },
): JsonClient {
  const open = () => new Agent({ keepAlive: true, maxSockets: 16, ...tls });
  let agent = open();
  let retired: Agent | undefined;

  const send = (port: number, path: string, text: string): Promise<JsonAnswer | "closed before"> =>
    new Promise((resolve, reject) => {
      let taken = false;
      const options = { agent, host: "127.0.0.1", port, path, method: "POST", timeout: UNANSWERED_MS };
      const outgoing = httpsRequest(options, (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("error", (error) => reject(new Error(`${path}: ${error.message}`)));
        response.on("end", () => {
          const json = parse(received);
          if (json === undefined) reject(new Error(`${path}: no JSON: ${received.slice(0, 200)}`));
          else resolve({ status: response.statusCode ?? 0, json });
        });
      });
      outgoing.on("socket", (socket: Socket) => {
        if (outgoing.reusedSocket) taken = true;
        else socket.once("secureConnect", () => (taken = true));
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer")));
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve("closed before");
        else
          reject(taken ? new Error(`${path}: ${error.message}`) : new NotTaken(`${path}: ${error.message}`));
      });
      outgoing.end(text);
    });

  return {
    post: async (port, path, body) => {
      const text = JSON.stringify(body);
      for (;;) {
        const answer = await send(port, path, text);
        if (answer !== "closed before") return answer;
      }
    },
    reconnect: () => {
      retired?.destroy();
      retired = agent;
      agent = open();
    },
    close: () => {
      retired?.destroy();
      agent.destroy();
    },
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
