import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileSync } from "node:fs";
import { createTlsAuthority, type TlsIdentity } from "../test/lab/tls.ts";
import { launcher } from "./launcher.ts";

export interface DemoService {
  /** Asks as Gatekeeper asks: one POST over mutual TLS, the image references as keys. */
  validate(keys: readonly string[]): Promise<ProviderResponse>;
  stop(): Promise<void>;
}

export interface ProviderResponse {
  readonly response: {
    readonly items?: readonly { readonly key: string; readonly value?: ItemValue; readonly error?: string }[];
    readonly systemError?: string;
  };
}

export interface ItemValue {
  readonly allow: boolean;
  readonly digest: string | null;
  readonly reasons: readonly string[];
}

const START_WITHIN_MS = 20_000;

/** `assay serve` as an operator runs it, with certificates of the demo's own. */
export async function startService(folder: string, policyFolder: string): Promise<DemoService> {
  const authority = createTlsAuthority("demo");
  const server = authority.server();
  const gatekeeper = authority.client({ name: "gatekeeper-webhook-service.gatekeeper-system.svc" });
  writeFileSync(join(folder, "tls.crt"), server.cert);
  writeFileSync(join(folder, "tls.key"), server.key);
  writeFileSync(join(folder, "ca.crt"), authority.cert);
  const port = await freePort();
  writeFileSync(
    join(folder, "assay.yaml"),
    [
      "listeners:",
      `  gatekeeper: { address: "127.0.0.1:${port}", tls: { cert: tls.crt, key: tls.key, clientCA: ca.crt } }`,
      "policies:",
      `  - { name: demo, source: ${JSON.stringify(policyFolder)} }`,
      "",
    ].join("\n"),
  );
  const child = spawn(process.execPath, [launcher, "serve", "--config", join(folder, "assay.yaml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ask = (path: string, body?: string) => call(port, path, { ca: authority.cert, ...gatekeeper }, body);
  try {
    await ready(child, ask);
  } catch (thrown) {
    child.kill("SIGKILL");
    throw new Error(`the service did not start: ${log.trim()}`, { cause: thrown });
  }
  return {
    validate: async (keys) => {
      const question = {
        apiVersion: "externaldata.gatekeeper.sh/v1beta1",
        kind: "ProviderRequest",
        request: { keys },
      };
      const { body } = await ask("/v1/gatekeeper/validate", JSON.stringify(question));
      return JSON.parse(body) as ProviderResponse;
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGINT");
      await ended;
    },
  };
}

async function ready(child: ChildProcess, ask: (path: string) => Promise<{ status: number }>): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const status = await ask("/readyz").then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(50);
  }
  throw new Error("it was not ready in time");
}

function call(
  port: number,
  path: string,
  tls: TlsIdentity & { readonly ca: string },
  body?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const outgoing = request(
      { host: "127.0.0.1", servername: "localhost", port, path, method, ...tls },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
