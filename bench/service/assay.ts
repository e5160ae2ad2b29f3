import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePort, startServer, type Server } from "./server.ts";
import type { Setting } from "./setting.ts";

const root = dirname(dirname(import.meta.dirname));
const BUILD = "assay-bench";
const built = join(root, "node_modules", ".cache", BUILD, "assay.mjs");

export interface RunningAssay extends Server {
  readonly port: number;
}

/** Bundles the command line as it is released, into a folder that nothing else uses. */
export async function buildAssay(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, "scripts", "build.mjs"), BUILD]);
}

/** `assay serve` as an operator runs it: mutual TLS, its log in a file. `flags` are Node's own. */
export async function startAssay(
  setting: Setting,
  { flags = [], cache = {} }: { readonly flags?: readonly string[]; readonly cache?: object } = {},
): Promise<RunningAssay> {
  const { folder, registry } = setting;
  const [port, metrics] = [await freePort(), await freePort()];
  const config = {
    listeners: {
      gatekeeper: {
        address: `127.0.0.1:${String(port)}`,
        tls: {
          cert: join(folder, "tls.crt"),
          key: join(folder, "tls.key"),
          clientCA: join(folder, "client-ca.crt"),
        },
      },
      metrics: { address: `127.0.0.1:${String(metrics)}` },
    },
    policies: [{ name: "bench", source: join(folder, "policy") }],
    registries: { [registry.host]: { ca: join(folder, "client-ca.crt"), plainHTTP: false } },
    budgets: { gatekeeper: "60s" },
    cache,
  };
  const run = await setting.newFolder();
  const file = join(run, "assay.yaml");
  await writeFile(file, JSON.stringify(config));
  const server = await startServer([process.execPath, ...flags, built, "serve", "--config", file], run, {
    ready: () =>
      fetch(`http://127.0.0.1:${String(metrics)}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    // Where compiled code is kept from one start to the next, as on an operator's machine.
    env: { XDG_CACHE_HOME: join(folder, "cache") },
  });
  return { ...server, port };
}
