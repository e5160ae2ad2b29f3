import { spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createTlsAuthority, type TlsAuthority } from "../lab/tls.ts";
import { mountFolder, textsOf } from "./mounted-folder.ts";

const root = join(import.meta.dirname, "..", "..");

/** `assay serve` in a process of its own, as an operator runs it, on ports that it keeps over restarts. */
export interface AssayService {
  /** Of each listener, on loopback; its certificate is for `localhost`. */
  readonly ports: Readonly<Record<ListenerName, number>>;
  /** Ends the process if it runs; with a signal that it cannot ignore. */
  stop(): Promise<void>;
  /** Starts it anew, and waits until it is ready. */
  start(): Promise<void>;
  /** Stops it where it is, with its sockets open; `resume` goes on. */
  hang(): void;
  resume(): void;
  /** Puts a certificate of another authority, and the CA whose client certificates are taken, under a running service. */
  certify(server: TlsAuthority, clients: TlsAuthority): void;
  /** Puts another policy.yaml under a running service, as a kubelet does when a ConfigMap has changed. */
  rule(policyYaml: string): void;
  /** Why it does not take what was put there; `null` where it has. */
  refusal(): Promise<string | null>;
}

const LISTENERS = ["gatekeeper", "kyverno", "admission", "metrics"] as const;
export type ListenerName = (typeof LISTENERS)[number];

const START_WITHIN_MS = 60_000;

export interface AssayServiceOptions {
  /** An empty folder that outlives the service. */
  readonly folder: string;
  /** A policy folder, mounted as a ConfigMap's is, with `trust` beside it. */
  readonly policy: string;
  /** A policy.yaml for some namespaces alone, with the same `trust`. */
  readonly apart?: { readonly namespaces: readonly string[]; readonly policyYaml: string };
  /** Files below `trust/`. */
  readonly trust: Readonly<Record<string, object>>;
  readonly server: TlsAuthority;
  /** Who issues Gatekeeper's certificate. */
  readonly clients: TlsAuthority;
  /** `auth` of the listener `kyverno`. */
  readonly auth?: object;
  /** More lines of assay.yaml. */
  readonly more?: string;
}

export async function startAssayService(options: AssayServiceOptions): Promise<AssayService> {
  const { folder, policy, apart, trust, server, clients, more = "" } = options;
  const write = (name: string, text: string): void => {
    // In one step, as a kubelet does it: nobody reads half a file.
    writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 });
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  const certify = (by: TlsAuthority, callers: TlsAuthority): void => {
    const { cert, key } = by.server();
    write("tls.key", key);
    write("tls.crt", cert);
    write("client-ca.crt", callers.cert);
  };
  const files = {
    ...textsOf(policy),
    ...Object.fromEntries(
      Object.entries(trust).map(([name, value]) => [`trust/${name}`, JSON.stringify(value)]),
    ),
  };
  const mounted = mountFolder(join(folder, "policy"), files);
  if (apart !== undefined) {
    mountFolder(join(folder, "apart"), { ...files, "policy.yaml": apart.policyYaml });
  }
  certify(server, clients);
  const ports = await freePorts();
  write("assay.yaml", `${configuration(ports, options)}${more}`);

  let child: ReturnType<typeof spawnAssay> | undefined;
  const kill = (): void => void child?.process.kill("SIGKILL");
  process.on("exit", kill);
  const stop = async (): Promise<void> => {
    if (child === undefined) return;
    const ended = child.ended;
    kill();
    await ended;
    child = undefined;
  };
  const start = async (): Promise<void> => {
    await stop();
    child = spawnAssay(folder);
    await ready(ports.metrics, child);
  };
  await start();
  return {
    ports,
    stop,
    start,
    hang: () => void child?.process.kill("SIGSTOP"),
    resume: () => void child?.process.kill("SIGCONT"),
    certify,
    rule: (policyYaml) => mounted.put({ ...files, "policy.yaml": policyYaml }),
    refusal: async () => {
      const answer = await fetch(`http://127.0.0.1:${String(ports.metrics)}/readyz`);
      const said = (await answer.json()) as { policies: readonly { refusal: { code: string } | null }[] };
      return said.policies[0]?.refusal?.code ?? null;
    },
  };
}

function configuration(ports: AssayService["ports"], { apart, auth }: AssayServiceOptions): string {
  const at = (name: ListenerName): string => `"127.0.0.1:${String(ports[name])}"`;
  const tls = "cert: tls.crt, key: tls.key";
  const tokens = auth === undefined ? "" : `, auth: ${JSON.stringify(auth)}`;
  return [
    "listeners:",
    `  gatekeeper: { address: ${at("gatekeeper")}, tls: { ${tls}, clientCA: client-ca.crt } }`,
    `  kyverno: { address: ${at("kyverno")}, tls: { ${tls} }${tokens} }`,
    `  admission: { address: ${at("admission")}, tls: { ${tls} } }`,
    `  metrics: { address: ${at("metrics")} }`,
    "policies:",
    "  - { name: default, source: policy }",
    ...(apart === undefined
      ? []
      : [`  - { name: apart, source: apart, namespaces: ${JSON.stringify(apart.namespaces)} }`]),
    "",
  ].join("\n");
}

function spawnAssay(folder: string) {
  const child = spawn(
    process.execPath,
    [join(root, "bin", "assay.mjs"), "serve", "--config", join(folder, "assay.yaml")],
    { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env["PATH"], HOME: folder } },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-20_000)));
  return { process: child, ended: once(child, "exit"), log: () => log };
}

async function ready(port: number, child: ReturnType<typeof spawnAssay>): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadline && child.process.exitCode === null) {
    const ok = await fetch(`http://127.0.0.1:${String(port)}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await sleep(50);
  }
  child.process.kill("SIGKILL");
  throw new Error(`assay did not start: ${child.log()}`);
}

async function freePorts(): Promise<AssayService["ports"]> {
  const servers = LISTENERS.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [gatekeeper = 0, kyverno = 0, admission = 0, metrics = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, "close")));
  return { gatekeeper, kyverno, admission, metrics };
}

/** Two authorities: of assay's own certificate, and of Gatekeeper's. */
export function authorities(): { readonly server: TlsAuthority; readonly clients: TlsAuthority } {
  return { server: createTlsAuthority("assay interop"), clients: createTlsAuthority("gatekeeper interop") };
}
