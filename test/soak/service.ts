import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SoakLab } from "./lab.ts";
import type { Held } from "./probe.ts";

const root = join(import.meta.dirname, "..", "..");

const LISTENERS = ["gatekeeper", "kyverno", "admission", "metrics"] as const;
export type ListenerName = (typeof LISTENERS)[number];

/** Milliseconds of every surface's budget. */
export const BUDGET_MS = 2000;

export interface SoakService {
  readonly ports: Readonly<Record<ListenerName, number>>;
  /** What it holds once all garbage is collected. */
  measure(): Promise<Held>;
  reload(): void;
  isRunning(): boolean;
  forgetLog(): void;
  /** The last errors of its log. */
  log(): string;
  /** Asks it to end; its exit code. */
  end(): Promise<number | null>;
  kill(): void;
}

/** `assay serve` with mutual TLS and all caches, which are small and forget soon: all there is to do is done again and again. */
export async function startSoakService({ folder, registry, redis }: SoakLab): Promise<SoakService> {
  const ports = await freePorts();
  const at = (name: ListenerName): string => `127.0.0.1:${String(ports[name])}`;
  const tls = { cert: "tls.crt", key: "tls.key" };
  const budget = `${String(BUDGET_MS)}ms`;
  const config = {
    listeners: {
      gatekeeper: { address: at("gatekeeper"), tls: { ...tls, clientCA: "ca.crt" } },
      kyverno: { address: at("kyverno"), tls },
      admission: { address: at("admission"), tls: { ...tls, clientCA: "ca.crt" } },
      metrics: { address: at("metrics") },
    },
    policies: [{ name: "default", source: "policy" }],
    registries: { [registry.host]: { ca: "ca.crt", plainHTTP: false } },
    budgets: {
      gatekeeper: budget,
      gatekeeperMutate: budget,
      kyverno: budget,
      admission: budget,
      dataApi: budget,
    },
    cache: {
      tags: "500ms",
      decisions: "1s",
      denials: "500ms",
      bytes: "16MiB",
      disk: { folder: "disk", bytes: "4MiB" },
      shared: { url: `redis://127.0.0.1:${String(redis.port)}`, secretEnv: "SOAK_SECRET", timeout: "20ms" },
    },
    load: { registryPause: "500ms" },
    decisionLog: { file: "decisions.log" },
  };
  writeFileSync(join(folder, "assay.yaml"), JSON.stringify(config));
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const probe = join(import.meta.dirname, "probe.ts");
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--import", probe, join(root, "bin", "assay.mjs"), "serve", "--config", "assay.yaml"],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", log, "ipc"],
      env: { PATH: process.env["PATH"], HOME: folder, SOAK_SECRET: "0123456789abcdef0123456789abcdef" },
    },
  );
  closeSync(log);
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  const service: SoakService = {
    ports,
    measure: async () => {
      child.send("measure");
      const [held] = (await once(child, "message")) as [Held];
      return held;
    },
    reload: () => void child.kill("SIGHUP"),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    forgetLog: () => {
      truncateSync(logFile, 0);
      truncateSync(join(folder, "decisions.log"), 0);
    },
    log: () =>
      readFileSync(logFile, "utf8")
        .split("\n")
        .filter((line) => !line.includes('"level":"info"'))
        .slice(-20)
        .join("\n"),
    end: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      process.off("exit", kill);
      return code;
    },
    kill,
  };
  await ready(service);
  return service;
}

async function ready(service: SoakService): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && service.isRunning(); await sleep(100)) {
    const ok = await fetch(`http://127.0.0.1:${String(service.ports.metrics)}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
  }
  service.kill();
  throw new Error(`assay did not start: ${service.log()}`);
}

async function freePorts(): Promise<SoakService["ports"]> {
  const servers = LISTENERS.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [gatekeeper = 0, kyverno = 0, admission = 0, metrics = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, "close")));
  return { gatekeeper, kyverno, admission, metrics };
}
