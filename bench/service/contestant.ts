import type { Target } from "./client.ts";
import type { Server } from "./server.ts";
import type { Setting } from "./setting.ts";

/** One way to ask one server. */
export interface Contestant {
  readonly name: string;
  readonly server: Server;
  readonly target: Target;
  readonly path: string;
  /** Sent in turn. */
  readonly bodies: readonly string[];
  /** A text that every right answer holds. */
  readonly expected: string;
  /** Images that one request asks about. */
  readonly keys: number;
}

/** A caller as Gatekeeper is one: with a client certificate. */
export function callerOf({ ca, client }: Setting): Omit<Target, "port"> {
  return { host: "127.0.0.1", servername: "localhost", ca, ...client };
}
