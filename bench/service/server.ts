import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, truncateSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

/** A server process that is measured: ours, or anybody's. */
export interface Server {
  readonly pid: number;
  /** Of its standard output so far. */
  readonly output: () => string;
  /** CPU of all its threads since it began, user and system, milliseconds in steps of ten. */
  readonly cpuMs: () => number;
  /** Resident memory, MiB. */
  readonly rssMiB: () => number;
  /** Empties the file that its standard error goes to. */
  readonly forgetLog: () => void;
  readonly log: () => string;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 60_000;

/** `_SC_CLK_TCK` of every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Starts a program, its log in a file of `folder`, and waits until `ready` says so: it is asked again and again. Figures
 * come from `/proc`, alike for whatever the program is written in.
 */
export async function startServer(
  command: readonly [file: string, ...args: string[]],
  folder: string,
  options: {
    readonly ready: (server: Server) => Promise<boolean> | boolean;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Server> {
  const [file, ...args] = command;
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const child = spawn(file, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", log],
    env: { PATH: process.env["PATH"], HOME: folder, ...options.env },
  });
  closeSync(log);
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const server: Server = {
    pid: child.pid ?? 0,
    output: () => output,
    cpuMs: () => cpuOf(child),
    rssMiB: () => rssOf(child),
    forgetLog: () => truncateSync(logFile, 0),
    log: () => readFileSync(logFile, "utf8").slice(-4000),
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      kill();
      await ended;
    },
  };
  const deadline = performance.now() + START_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    if (await options.ready(server)) return server;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await server.stop();
  throw new Error(`${command.join(" ")} did not start: ${server.log()}${output}`);
}

function cpuOf({ pid }: ChildProcess): number {
  // The second field, the program's name, is in parentheses and may hold anything.
  const fields = procFile(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function rssOf({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(procFile(pid, "status"))?.[1]) / 1024;
}

function procFile(pid: number | undefined, name: string): string {
  return readFileSync(`/proc/${String(pid)}/${name}`, "utf8");
}

/** A port on loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
