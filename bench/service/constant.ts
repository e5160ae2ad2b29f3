import { join } from "node:path";
import { callerOf, type Contestant } from "./contestant.ts";
import { startServer, type Server } from "./server.ts";
import type { Setting } from "./setting.ts";
import { providerRequest } from "./requests.ts";

/** The handlers that answer a constant, on the service's own listener: what a request costs at least. */
export async function startConstant(
  setting: Setting,
): Promise<{ readonly server: Server; readonly contestants: readonly Contestant[] }> {
  const command = [
    process.execPath,
    join(import.meta.dirname, "constant-server.ts"),
    setting.folder,
  ] as const;
  const server = await startServer(command, await setting.newFolder(), {
    ready: ({ output }) => output().endsWith("\n"),
  });
  const ports = JSON.parse(server.output()) as Readonly<Record<"bare" | "express" | "surface", number>>;
  const one = (name: string, port: number): Contestant => ({
    name,
    server,
    target: { ...callerOf(setting), port },
    path: "/v1/gatekeeper/validate",
    bodies: [providerRequest([`${setting.registry.host}/warm/app-0:1`])],
    expected: '"allow":true',
    keys: 1,
  });
  return {
    server,
    contestants: [
      one("constant, node:https", ports.bare),
      one("constant, Express", ports.express),
      one("constant, own surface", ports.surface),
    ],
  };
}
