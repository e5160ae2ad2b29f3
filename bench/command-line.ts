import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { provision, tools } from "../scripts/provision/index.ts";
import { attachBundle } from "../test/lab/images.ts";
import { startLabRegistry, type LabRegistry } from "../test/lab/registry.ts";
import {
  createSigstore,
  GITHUB_ISSUER,
  provenanceV1,
  signerWorkflow,
  githubRun,
} from "../test/lab/sigstore/index.ts";
import { median, table } from "./measure.ts";

const root = dirname(import.meta.dirname);
const BUILD = "assay-bench";
const built = join(root, "node_modules", ".cache", BUILD, "assay.mjs");
const BUNDLES = [1, 5, 20] as const;
const LATENCIES_MS = [0, 20] as const;
const ROUNDS = 7;

interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** `assay verify` as a whole process, policy and all, against a registry of this process; beside `node -e 0`. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
  await timed([join(root, "scripts", "build.mjs"), BUILD], folder);
  const registry = await startLabRegistry();
  try {
    const bundle = await buildPolicy(folder, registry);
    const rows: string[][] = [];
    const bare = await medianOf(() => timed(["-e", "0"], folder));
    rows.push(["node -e 0", "", shown(bare.wallMs), "", shown(bare.cpuMs), ""]);
    for (const latency of LATENCIES_MS) {
      registry.misbehave = latency === 0 ? undefined : () => ({ delayMs: latency });
      for (const count of BUNDLES) {
        const verify = [built, "verify", reference(registry, count), "--policy", bundle, "--output", "json"];
        registry.requests.length = 0;
        await timed(verify, folder);
        const requests = registry.requests.length;
        const taken = await medianOf(() => timed(verify, folder));
        rows.push([
          `assay verify, ${String(count)} ${count === 1 ? "bundle" : "bundles"}`,
          `${String(latency)} ms`,
          shown(taken.wallMs),
          `${(taken.wallMs / bare.wallMs).toFixed(1)} ×`,
          shown(taken.cpuMs),
          String(requests),
        ]);
      }
    }
    table(["whole process", "registry at", "wall ms", "of node", "CPU ms", "requests"], rows);
  } finally {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function shown(milliseconds: number): string {
  return milliseconds.toFixed(0);
}

function reference(registry: LabRegistry, bundles: number): string {
  return `${registry.host}/bench/app:${String(bundles)}`;
}

/** Pushes the images and compiles a policy that allows them; returns the bundle's path. */
async function buildPolicy(folder: string, registry: LabRegistry): Promise<string> {
  const sigstore = createSigstore();
  for (const count of BUNDLES) {
    const image = registry.pushImage("bench/app", { tag: String(count), seed: String(count) });
    for (let number = 0; number < count; number += 1) {
      const subject = { name: `app-${String(number)}`, digest: image.digest };
      const signed = sigstore.sign({ statement: provenanceV1({ subjects: [subject] }) });
      attachBundle(registry, "bench/app", image.descriptor, signed);
    }
  }
  const source = join(folder, "policy");
  await mkdir(join(source, "trust"), { recursive: true });
  await writeFile(join(source, "trust", "lab.json"), JSON.stringify(sigstore.trustedRoot));
  const identity = signerWorkflow(githubRun({}));
  const policy = {
    name: "bench",
    version: "1",
    signers: { release: { issuer: GITHUB_ISSUER, identity } },
    images: [
      { match: [`${registry.host}/bench/*`], collections: ["minimal"], provenance: { signers: ["release"] } },
    ],
  };
  // JSON is YAML.
  await writeFile(join(source, "policy.yaml"), JSON.stringify(policy));
  const opa = tools["opa"] === undefined ? undefined : await provision(tools["opa"]);
  if (opa?.ok !== true) throw new Error(opa?.reason.message ?? "there is no opa in the table of tools");
  const path = `${dirname(opa.value)}${delimiter}${process.env["PATH"] ?? ""}`;
  const bundle = join(folder, "bench.tar.gz");
  await timed([built, "policy", "build", source, "--out", bundle, "--revision", "1"], folder, {
    PATH: path,
  });
  return bundle;
}

async function medianOf(take: () => Promise<Taken>): Promise<Taken> {
  const all: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await take());
  return { wallMs: median(all.map((each) => each.wallMs)), cpuMs: median(all.map((each) => each.cpuMs)) };
}

/** Runs Node.js with these arguments to a good end. The shell's `time` counts what the process used, all threads. */
function timed(args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<Taken> {
  return new Promise((resolve, reject) => {
    execFile(
      "bash",
      ["-c", 'time "$@"', "bench", process.execPath, ...args],
      { cwd: folder, env: { ...process.env, ...env, TIMEFORMAT: "%R %U %S" }, timeout: 120_000 },
      (error, stdout, stderr) => {
        const times = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
        const [wall, user, system] = times;
        if (error !== null || wall === undefined || user === undefined || system === undefined) {
          reject(new Error(`${args.join(" ")}: ${stderr}${stdout}`.slice(0, 2000)));
          return;
        }
        resolve({ wallMs: wall * 1000, cpuMs: (user + system) * 1000 });
      },
    );
  });
}
