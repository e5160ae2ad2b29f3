import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import {
  createRegistry,
  type Credential,
  type Descriptor,
  type HostSettings,
  type Registry,
  type RegistrySettings,
  type RepositoryName,
} from "../../src/registry/index.ts";
import { startLabRegistry, type LabRegistry, type LabRegistryOptions } from "../lab/registry.ts";

export const REPOSITORY = "acme/app";

/** What one test starts; `close` ends it. */
export class Harness {
  readonly #ends: (() => unknown)[] = [];

  async lab(options: LabRegistryOptions = {}): Promise<LabRegistry> {
    const lab = await startLabRegistry(options);
    this.#ends.push(() => lab.close());
    return lab;
  }

  /** A client whose waits are short. */
  client(settings: RegistrySettings = {}): Registry {
    const limits = { backoffMs: 1, maxBackoffMs: 20, stallMs: 5000, ...settings.limits };
    const client = createRegistry({ ...settings, limits });
    this.#ends.push(() => client.close());
    return client;
  }

  /** A listener that nobody may speak to. */
  async canary(): Promise<Canary> {
    const canary = new Canary();
    await canary.listen();
    this.#ends.push(() => canary.close());
    return canary;
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}

/** Counts connections and bytes. */
export class Canary {
  connections = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => {
      this.connections++;
      socket.on("error", () => undefined);
      socket.destroy();
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((done) => {
      this.#server.listen(0, "127.0.0.1", done);
    });
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#server.close(() => done());
    });
  }
}

export function nameOf(lab: LabRegistry, repository: string = REPOSITORY): RepositoryName {
  return { registry: lab.host, repository };
}

export function soon(milliseconds = 10_000): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(milliseconds) };
}

/** `ok`, or the code of the failure. */
export function outcome(result: { ok: true } | { ok: false; reason: { code: string } }): string {
  return result.ok ? "ok" : result.reason.code;
}

export function blobAt(
  client: Registry,
  lab: LabRegistry,
  descriptor: Descriptor,
  limit = 1024 * 1024,
): ReturnType<Registry["blob"]> {
  return client.blob(nameOf(lab), descriptor, { ...soon(), limit });
}

export function withCredential(credential: Credential): RegistrySettings {
  return { credentials: async () => ({ ok: true, value: credential }) };
}

export function forHost(host: string, settings: HostSettings): RegistrySettings {
  return { registries: { [host]: settings } };
}

/** Every name lies on loopback. */
export const allOnLoopback: NonNullable<RegistrySettings["lookup"]> = (_, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};
