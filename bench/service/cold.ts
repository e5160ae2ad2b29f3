import { median } from "../measure.ts";
import { startAssay, type RunningAssay } from "./assay.ts";
import { askOnce } from "./client.ts";
import { callerOf } from "./contestant.ts";
import { atMost, type Row, type Section } from "./report.ts";
import { providerRequest } from "./requests.ts";
import { longestChain, type Setting } from "./setting.ts";

const BUNDLES = [1, 5, 20] as const;
const LATENCIES_MS = [0, 20, 100] as const;
const PATH = "/v1/gatekeeper/validate";

/** Milliseconds at most, by latency and bundles: what the field's best take, and a little more. */
const GOALS: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  20: { 1: 105, 5: 115, 20: 170 },
  100: { 1: 430, 5: 440, 20: 500 },
};
const LONGEST_CHAIN = 4;
/** The image's own three, and cosign's three tags, which are asked for beside the list of referrers. */
const REQUESTS_BESIDE_BUNDLES = 6;

interface Sample {
  readonly wallMs: number;
  /** Of the server. */
  readonly cpuMs: number;
  readonly requests: number;
  readonly chain: number;
}

/**
 * One image that nobody has asked about before, by its tag: as the first request of a fresh process, and of one that has
 * decided others and has connections to the registry.
 */
export async function cold(
  setting: Setting,
  { rounds }: { readonly rounds: number },
): Promise<readonly Section[]> {
  const rows: Row[] = [];
  const goals: Section["goals"][number][] = [];
  for (const latency of LATENCIES_MS) {
    for (const bundles of BUNDLES) {
      const fresh: Sample[] = [];
      const running: Sample[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const name = `cold/at-${String(latency)}-${String(bundles)}-${String(round)}`;
        const [first, ...others] = ["fresh", "warm-up", "running"].map((part) =>
          setting.push(`${name}-${part}`, bundles),
        );
        setting.latencyMs = latency;
        const assay = await startAssay(setting);
        try {
          fresh.push(await ask(setting, assay, first ?? ""));
          for (const reference of others.slice(0, -1)) await ask(setting, assay, reference);
          running.push(await ask(setting, assay, others.at(-1) ?? ""));
        } finally {
          await assay.stop();
          setting.latencyMs = 0;
        }
      }
      const middle = (samples: readonly Sample[], of: (sample: Sample) => number) => median(samples.map(of));
      const wallMs = middle(fresh, (sample) => sample.wallMs);
      const chain = Math.max(...[...fresh, ...running].map((sample) => sample.chain));
      const requests = Math.max(...[...fresh, ...running].map((sample) => sample.requests));
      rows.push({
        name: `${String(bundles)} ${bundles === 1 ? "bundle" : "bundles"}, registry at ${String(latency)} ms`,
        figures: {
          "goal ms": GOALS[latency]?.[bundles] ?? null,
          "fresh process ms": wallMs,
          "running process ms": middle(running, (sample) => sample.wallMs),
          "fresh CPU ms": middle(fresh, (sample) => sample.cpuMs),
          "running CPU ms": middle(running, (sample) => sample.cpuMs),
          requests,
          // Without a latency, whatever is answered at once seems to be a chain.
          "longest chain": latency === 0 ? null : chain,
        },
      });
      const limit = GOALS[latency]?.[bundles];
      if (limit === undefined) continue;
      const what = `${String(bundles)} at ${String(latency)} ms`;
      goals.push(atMost(`${what}, fresh process, ms`, limit, wallMs));
      goals.push(atMost(`${what}, longest chain`, LONGEST_CHAIN, chain));
      goals.push(atMost(`${what}, requests`, REQUESTS_BESIDE_BUNDLES + 2 * bundles, requests));
    }
  }
  return [{ title: "Cold, one image by its tag", rows, goals }];
}

async function ask(setting: Setting, { port, cpuMs }: RunningAssay, reference: string): Promise<Sample> {
  setting.trips.length = 0;
  const before = cpuMs();
  const began = performance.now();
  const { status, body } = await askOnce({ ...callerOf(setting), port }, PATH, providerRequest([reference]));
  const wallMs = performance.now() - began;
  if (status !== 200 || !body.includes('"allow":true')) {
    throw new Error(`${reference}: ${String(status)} ${body.toString()}`);
  }
  return {
    wallMs,
    cpuMs: cpuMs() - before,
    requests: setting.trips.length,
    chain: longestChain(setting.trips),
  };
}
