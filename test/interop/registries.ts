import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientName } from "../../scripts/provision/index.ts";
import type { Clients } from "./clients.ts";

/** A kind of registry that exists in the field. */
export interface RegistryKind {
  readonly name: string;
  readonly client: ClientName;
  readonly arguments: (folder: string) => readonly string[];
}

/** `host:port` on loopback, without TLS. */
export interface RunningRegistry {
  readonly host: string;
  close(): Promise<void>;
}

/** With the referrers API, without it, and with one that errs. Each keeps what it is given in memory. */
export const REGISTRIES: readonly RegistryKind[] = [
  { name: "a registry with the referrers API", client: "conforming", arguments: () => [] },
  {
    name: "CNCF distribution, which has no referrers API",
    client: "distribution",
    arguments: (folder) => ["serve", distributionConfig(folder)],
  },
  { name: "a registry that misreports artifact types", client: "misreporting", arguments: () => [] },
];

const START_MS = 20_000;
const STOP_MS = 5_000;
/** Of those that end a process, the ones that mocha leaves alone. */
const SIGNALS = ["SIGTERM", "SIGHUP"] as const;
const LISTENING = /listening(?: on)? (127\.0\.0\.1:\d+)/;

/** Starts a registry on a free port; it ends with this process at the latest. */
export async function startRegistry(kind: RegistryKind, clients: Clients): Promise<RunningRegistry> {
  const child = spawn(clients.path(kind.client), kind.arguments(clients.folder), {
    env: clients.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  const leave = (): void => {
    kill();
    process.exit(130);
  };
  process.on("exit", kill);
  for (const signal of SIGNALS) process.on(signal, leave);
  const ended = new Promise<void>((resolve) => {
    child.on("close", resolve);
    child.on("error", () => {
      resolve();
    });
  });
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    const last = setTimeout(kill, STOP_MS);
    await ended;
    clearTimeout(last);
    process.off("exit", kill);
    for (const signal of SIGNALS) process.off(signal, leave);
  };
  try {
    return { host: await address(child), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** What it says first: where it listens. */
function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`${child.spawnfile} ${why}: ${said.slice(-2000)}`));
    };
    const timer = setTimeout(() => {
      fail(`says no address within ${String(START_MS)} ms`);
    }, START_MS);
    const listen = (text: string): void => {
      if (said.length < 65_536) said += text;
      const found = LISTENING.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.setEncoding("utf8").on("data", listen);
    child.stderr?.setEncoding("utf8").on("data", listen);
    child.on("error", (error) => {
      fail(error.message);
    });
    child.on("close", () => {
      fail("ended");
    });
  });
}

function distributionConfig(folder: string): string {
  const file = join(folder, "distribution.yml");
  writeFileSync(
    file,
    [
      'version: "0.1"',
      "log: { level: info, accesslog: { disabled: true } }",
      "storage: { inmemory: {}, delete: { enabled: true } }",
      "http: { addr: 127.0.0.1:0 }",
      "",
    ].join("\n"),
  );
  return file;
}
