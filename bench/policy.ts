import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { loadEngine, readBundle, type PolicyBundle } from "../src/policy/index.ts";
import { loadBuiltins } from "../src/policy/builtins/catalogue.ts";
import { toInt64 } from "../src/policy/builtins/operands.ts";
import { parseTime } from "../src/policy/builtins/go-time/parse.ts";
import { parseDuration } from "../src/policy/builtins/go-time/duration.ts";
import { RFC3339 } from "../src/policy/builtins/go-time/layout.ts";
import { RegoNumber } from "../src/policy/rego/value.ts";
import { PolicyInstance } from "../src/policy/wasm/instance.ts";
import { checkJson } from "../src/policy/wasm/json-input.ts";
import { compileModule } from "../src/policy/wasm/module.ts";
import { opa, runOpa } from "../test/lab/opa.ts";
import { sideBySide, table } from "./measure.ts";

const MIB = 1024 * 1024;
const SIZES = [
  { name: "2 KB", packages: 3, vulnerabilities: 2 },
  { name: "16 KB", packages: 90, vulnerabilities: 30 },
  { name: "220 KB", packages: 1400, vulnerabilities: 300 },
] as const;

const DATA = {
  policy: {
    builders: ["https://github.com/acme/*/.github/workflows/release.yml"],
    repositories: ["https://github.com/acme/"],
    buildTypes: ["https://actions.github.io/buildtypes/workflow/v1"],
    issuers: ["https://token.actions.githubusercontent.com"],
    forbidden: ["left-pad", "event-stream"],
    licences: { denied: ["AGPL-3.0-only", "SSPL-1.0"] },
    registries: ["ghcr.io"],
    labels: ["org.opencontainers.image.source"],
    exceptions: [{ id: "CVE-2026-7", until: "2027-01-01T00:00:00Z" }],
  },
};

/**
 * Evaluations of twenty-two rules over small, usual and large input documents: our host in this thread and through a
 * worker, the npm SDK, and OPA itself, as CPU per evaluation and as ratios within this run.
 */
export async function run(): Promise<void> {
  if (opa === undefined) {
    process.stdout.write("  left out: OPA v1.22.2 is not there (npm test provisions it)\n");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    const bundle = build(opa, folder);
    const rows: string[][] = [];
    for (const size of SIZES) rows.push(await measure(opa, folder, bundle, size));
    table(
      [
        "input",
        "host µs",
        "worker µs",
        "SDK µs",
        "SDK raw µs",
        "OPA eval µs",
        "OPA server µs",
        "host/s",
        "SDK ÷ host",
        "OPA ÷ host",
        "WASM MB",
        "RSS MB",
      ],
      rows,
    );
    process.stdout.write(
      "  CPU per evaluation, from bytes. SDK raw: bytes that nobody has checked. OPA eval: `opa bench`, input parsed beforehand; OPA server: CPU of the process per request.\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function build(executable: string, folder: string): PolicyBundle {
  writeFileSync(join(folder, "data.json"), JSON.stringify(DATA));
  writeFileSync(
    join(folder, "policy.rego"),
    readFileSync(new URL("policy-engine/policy.rego", import.meta.url)),
  );
  runOpa(
    executable,
    ["build", "-t", "wasm", "-e", "assay/decision", "-o", "bundle.tar.gz", "policy.rego", "data.json"],
    folder,
  );
  const read = readBundle(readFileSync(join(folder, "bundle.tar.gz")));
  if (!read.ok) throw new Error(read.reason.message);
  return read.value;
}

async function measure(
  executable: string,
  folder: string,
  bundle: PolicyBundle,
  size: (typeof SIZES)[number],
): Promise<string[]> {
  const document = Buffer.from(JSON.stringify(inputOf(size)));
  writeFileSync(join(folder, "input.json"), document);
  const host = await hostOf(bundle);
  const sdk = await sdkOf(bundle);
  const loaded = await loadEngine(bundle, { workers: 1 });
  if (!loaded.ok) throw new Error(loaded.reason.message);
  const options = { now: new Date("2026-11-22T10:00:00Z"), timeoutMs: 60_000 };
  const exact = document.buffer.slice(document.byteOffset, document.byteOffset + document.byteLength);
  const [ours, worker, theirs, unchecked] = await sideBySide([
    { name: "host", run: () => host.evaluate(document) },
    { name: "worker", run: () => loaded.value.evaluate(document, "assay/decision", options) },
    { name: "SDK", run: () => sdk.evaluate(JSON.parse(document.toString())) },
    { name: "SDK, bytes unchecked", run: () => sdk.evaluate(exact) },
  ]);
  const rss = process.memoryUsage.rss();
  await loaded.value.close();
  const micros = [ours, worker, theirs, unchecked].map((measured) => (measured?.cpuMs ?? Number.NaN) * 1000);
  const evaluation = benchOpa(executable, folder);
  const server = await serverCpu(executable, folder, document);
  const [hostUs = Number.NaN, , sdkUs = Number.NaN] = micros;
  return [
    `${size.name} (${document.length})`,
    ...[...micros, evaluation, server].map((value) => value.toFixed(0)),
    (1e6 / hostUs).toFixed(0),
    (sdkUs / hostUs).toFixed(1),
    `${(evaluation / hostUs).toFixed(1)} to ${(server / hostUs).toFixed(1)}`,
    (host.memoryBytes() / MIB).toFixed(0),
    (rss / MIB).toFixed(0),
  ];
}

/** Our host without thread and queue, from bytes to JSON text. */
async function hostOf(bundle: PolicyBundle) {
  const limits = { memoryBytes: 1024 * MIB, resultBytes: 16 * MIB };
  const instance = new PolicyInstance(await compileModule(bundle.wasm), bundle.wasm.length, limits);
  instance.start(
    await loadBuiltins([...instance.builtinNames.values()]),
    Buffer.from(JSON.stringify(bundle.data)),
  );
  const context = { nowNs: 0n };
  return {
    evaluate: (document: Uint8Array): unknown => {
      checkJson(document);
      return JSON.parse(instance.evaluate(document, "assay/decision", context));
    },
    memoryBytes: () => instance.memoryBytes,
  };
}

async function sdkOf(bundle: PolicyBundle) {
  const exact = (ns: bigint) => toInt64(RegoNumber.of(ns))?.toString();
  const raw = (text: string | undefined): unknown => Reflect.get(JSON, "rawJSON")(text ?? "0");
  const sdk = await loadPolicy(bundle.wasm.slice(), 64, {
    "time.parse_rfc3339_ns": (text: string) => raw(exact(parseTime(RFC3339, text))),
    "time.parse_duration_ns": (text: string) => raw(exact(parseDuration(text))),
  });
  sdk.setData(bundle.data);
  return sdk;
}

function benchOpa(executable: string, folder: string): number {
  const printed = runOpa(
    executable,
    [
      "bench",
      "-d",
      "policy.rego",
      "-d",
      "data.json",
      "-i",
      "input.json",
      "--format",
      "json",
      "--metrics=false",
      "data.assay.decision",
    ],
    folder,
  );
  const result: { readonly N?: number; readonly T?: number } = JSON.parse(printed);
  return (result.T ?? Number.NaN) / (result.N ?? Number.NaN) / 1000;
}

/** CPU of `opa run --server` per request, user and system; only where /proc tells it. */
async function serverCpu(executable: string, folder: string, document: Buffer): Promise<number> {
  if (process.platform !== "linux") return Number.NaN;
  const port = await freePort();
  const server = spawn(
    executable,
    ["run", "--server", "--addr", `127.0.0.1:${port}`, "--log-level", "error", "policy.rego", "data.json"],
    { cwd: folder, stdio: "ignore" },
  );
  try {
    const body = `{"input":${document.toString()}}`;
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/data/assay/decision`, {
        method: "POST",
        body,
      });
      await response.text();
    };
    for (let i = 0; i < 100; i++) {
      try {
        await ask();
        break;
      } catch {
        await sleep(50);
      }
    }
    for (let i = 0; i < 20; i++) await ask();
    const before = cpuTicks(server.pid);
    const started = performance.now();
    let requests = 0;
    for (; performance.now() - started < 1500; requests++) await ask();
    return ((cpuTicks(server.pid) - before) * 1e6) / ticksPerSecond() / requests;
  } finally {
    server.kill();
  }
}

function cpuTicks(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}

function inputOf(size: (typeof SIZES)[number]): object {
  const evidence = Array.from({ length: 3 }, (_, i) => ({
    id: `sha256:${String(i).repeat(64)}`,
    status: "verified",
    reason: "",
    time: "2026-11-21T10:00:00Z",
    signers: [
      { issuer: "https://token.actions.githubusercontent.com", identity: `https://github.com/acme/app-${i}` },
    ],
  }));
  return {
    time: "2026-11-22T10:00:00Z",
    image: {
      registry: "ghcr.io",
      user: "app",
      labels: { "org.opencontainers.image.source": "https://github.com/acme/app" },
    },
    evidence,
    provenance: [
      {
        builder: "https://github.com/acme/app/.github/workflows/release.yml",
        repository: "https://github.com/acme/app",
        ref: "refs/tags/v1.2.3",
        commit: "0123456789abcdef0123456789abcdef01234567",
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        materials: [
          { uri: "git+https://github.com/acme/app@refs/tags/v1.2.3", digest: { gitCommit: "01234567" } },
        ],
      },
    ],
    sboms: [
      {
        packages: Array.from({ length: size.packages }, (_, i) => ({
          name: `package-${i}`,
          version: `1.${i}.0`,
          licence: i % 7 === 0 ? "MIT" : "Apache-2.0",
          supplier: "Organization: Example",
          purl: `pkg:npm/package-${i}@1.${i}.0`,
        })),
      },
    ],
    scans: [
      {
        time: "2026-11-21T10:00:00Z",
        vulnerabilities: Array.from({ length: size.vulnerabilities }, (_, i) => ({
          id: `CVE-2026-${i}`,
          severity: i % 10 === 7 ? "critical" : "medium",
          package: `package-${i}`,
          fixed: i % 2 === 0 ? `1.${i}.1` : "",
        })),
      },
    ],
  };
}
