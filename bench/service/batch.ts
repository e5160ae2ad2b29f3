import { median } from "../measure.ts";
import { startAssay } from "./assay.ts";
import { askOnce } from "./client.ts";
import { callerOf } from "./contestant.ts";
import { atMost, type Section } from "./report.ts";
import { providerRequest } from "./requests.ts";
import type { Setting } from "./setting.ts";

const PATH = "/v1/gatekeeper/validate";
const LATENCY_MS = 20;
const TEN = 10;
const CALLERS = 50;
const BUNDLES = 5;
/** Requests for one such image: its own three, cosign's tags, and two a bundle. */
const ONE_SET = 6 + 2 * BUNDLES;

/** Ten cold images in one request, and fifty callers for one: what is shared is fetched once. */
export async function batch(
  setting: Setting,
  { rounds }: { readonly rounds: number },
): Promise<readonly Section[]> {
  const [ten, slowest, again, requests]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const references = Array.from({ length: TEN }, (_, index) =>
      setting.push(`batch/${String(round)}-${String(index)}`, 1),
    );
    const shared = setting.push(`shared/${String(round)}`, BUNDLES);
    const warmUp = setting.push(`warm-up/${String(round)}`, 1);
    const assay = await startAssay(setting);
    const ask = async (keys: readonly string[]): Promise<number> => {
      const began = performance.now();
      const { body } = await askOnce({ ...callerOf(setting), port: assay.port }, PATH, providerRequest(keys));
      const allowed = body.toString().split('"allow":true').length - 1;
      if (allowed !== keys.length) throw new Error(`${keys.join(" ")}: ${body.toString()}`);
      return performance.now() - began;
    };
    setting.latencyMs = LATENCY_MS;
    try {
      await ask([warmUp]);
      ten.push(await ask(references));
      setting.trips.length = 0;
      const slowestOfAll = async () =>
        Math.max(...(await Promise.all(Array.from({ length: CALLERS }, () => ask([shared])))));
      slowest.push(await slowestOfAll());
      requests.push(setting.trips.length);
      again.push(await slowestOfAll());
    } finally {
      setting.latencyMs = 0;
      await assay.stop();
    }
  }
  const asked = Math.max(...requests);
  return [
    {
      title: `Many at once, registry at ${String(LATENCY_MS)} ms`,
      rows: [
        { name: "10 cold images in one request", figures: { ms: median(ten) } },
        {
          name: `${String(CALLERS)} callers for one cold image of ${String(BUNDLES)} bundles`,
          figures: { ms: median(slowest), requests: asked },
        },
        // Each over a connection of its own: what so many handshakes take, in both processes, on this machine now.
        { name: "the same again, from memory", figures: { ms: median(again) } },
      ],
      goals: [
        atMost("ten keys in one request, ms", 200, median(ten)),
        atMost("slowest of fifty callers, ms", 150, median(slowest)),
        atMost("registry requests for fifty callers", ONE_SET, asked),
      ],
    },
  ];
}
