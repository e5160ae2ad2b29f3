import { connect } from "node:net";
import { callerOf, type Contestant } from "./contestant.ts";
import { providerRequest } from "./requests.ts";
import { freePort, startServer, type Server } from "./server.ts";
import type { Setting } from "./setting.ts";

/**
 * A server of somebody else that answers the same question: one entry here, and it is measured beside ours in the same run.
 * It takes part where its environment variable is set: to a command line, in which `{folder}` stands for a folder with
 * tls.crt, tls.key, client-ca.crt (the registry's CA too) and policy/trust/lab.json (the Sigstore root of the images),
 * `{port}` for the port to listen on with TLS, and `{registry}` for the registry's host and port; or to the `https://` URL
 * of one that runs already, with a certificate of the same authority.
 */
export interface Rival {
  readonly name: string;
  readonly variable: string;
  readonly path: string;
  readonly body: (references: readonly string[]) => string;
  /** A text that an answer to a good image holds. */
  readonly expected: string;
}

export const RIVALS: readonly Rival[] = [
  {
    // aaop -certs {folder} -port {port} -no-public-good -tuf-repo URL -tuf-root FILE: a TUF repository that serves
    // {folder}/policy/trust/lab.json as trusted_root.json must run beside it; SSL_CERT_FILE={folder}/client-ca.crt.
    name: "GitHub's provider",
    variable: "BENCH_GITHUB_PROVIDER",
    path: "/",
    body: providerRequest,
    expected: '"items":[{',
  },
  {
    // ratify-gatekeeper-provider -address 127.0.0.1:{port} -cert-file {folder}/tls.crt -key-file {folder}/tls.key
    // -gatekeeper-ca-cert-file {folder}/client-ca.crt -disable-cert-rotation -disable-crd-manager -config FILE
    name: "Ratify 2",
    variable: "BENCH_RATIFY_2",
    path: "/ratify/gatekeeper/v2/verify",
    body: providerRequest,
    expected: '"items":[{',
  },
  {
    // ratify serve --http :{port} --cert-dir {folder} --ca-cert-file {folder}/client-ca.crt --config FILE
    name: "Ratify 1",
    variable: "BENCH_RATIFY_1",
    path: "/ratify/gatekeeper/v1/verify",
    body: providerRequest,
    expected: '"items":[{',
  },
];

export interface RunningRival {
  readonly contestant: (reference: string) => Contestant;
  stop(): Promise<void>;
}

/** Those of the table that are on this machine. */
export async function startRivals(setting: Setting): Promise<readonly RunningRival[]> {
  const running: RunningRival[] = [];
  for (const rival of RIVALS) {
    const where = process.env[rival.variable];
    if (where !== undefined && where !== "") running.push(await start(rival, where, setting));
  }
  return running;
}

async function start(rival: Rival, where: string, setting: Setting): Promise<RunningRival> {
  const url = URL.parse(where);
  const isRunning = url?.protocol === "https:";
  const port = isRunning ? Number(url.port) : await freePort();
  const server = isRunning ? UNKNOWN : await startProgram(where, port, setting);
  return {
    contestant: (reference) => ({
      name: rival.name,
      server,
      target: { ...callerOf(setting), ...(isRunning ? { host: url.hostname } : {}), port },
      path: rival.path,
      bodies: [rival.body([reference])],
      expected: rival.expected,
      keys: 1,
    }),
    stop: () => server.stop(),
  };
}

async function startProgram(line: string, port: number, setting: Setting): Promise<Server> {
  const values: Readonly<Record<string, string>> = {
    "{folder}": setting.folder,
    "{port}": String(port),
    "{registry}": setting.registry.host,
  };
  const [file = "", ...args] = line
    .split(/\s+/u)
    .map((word) => word.replaceAll(/\{\w+\}/gu, (name) => values[name] ?? name));
  return startServer([file, ...args], await setting.newFolder(), {
    ready: () => accepts(port),
    env: { SSL_CERT_FILE: `${setting.folder}/client-ca.crt` },
  });
}

/** Of a process that somebody else started, nothing is known. */
const UNKNOWN: Server = {
  pid: 0,
  output: () => "",
  cpuMs: () => Number.NaN,
  rssMiB: () => Number.NaN,
  forgetLog: () => undefined,
  log: () => "",
  stop: () => Promise.resolve(),
};

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.unref();
    socket.once("connect", () => socket.destroy());
  });
}
