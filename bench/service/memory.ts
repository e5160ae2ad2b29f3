import { startAssay } from "./assay.ts";
import { callerOf } from "./contestant.ts";
import { startGenerator } from "./generator.ts";
import { atMost, type Section } from "./report.ts";
import { providerRequest } from "./requests.ts";
import type { Setting } from "./setting.ts";

const PATH = "/v1/gatekeeper/validate";
const KEYS_A_REQUEST = 10;

/** Resident memory of a process that has decided so many different images, each with a bundle of its own. */
export async function memory(
  setting: Setting,
  { images }: { readonly images: number },
): Promise<readonly Section[]> {
  const bodies: string[] = [];
  for (let first = 0; first < images; first += KEYS_A_REQUEST) {
    const references = Array.from({ length: KEYS_A_REQUEST }, (_, index) =>
      setting.push(`memory/${String(first + index)}`, 1),
    );
    bodies.push(providerRequest(references));
  }
  const assay = await startAssay(setting);
  const generator = startGenerator();
  try {
    const idle = assay.rssMiB();
    const began = performance.now();
    const { answered, wrong } = await generator.run({
      target: { ...callerOf(setting), port: assay.port },
      path: PATH,
      bodies,
      // All of them, once.
      requests: bodies.length,
      rate: null,
      durationMs: 600_000,
      connections: 4,
      handshakes: false,
      expected: '"allow":true',
      // Nobody is denied, and nothing is a system error.
      unexpected: ['"allow":false', "systemError"],
    });
    const seconds = (performance.now() - began) / 1000;
    const rss = assay.rssMiB();
    return [
      {
        title: "Memory",
        rows: [
          {
            name: `${String(images)} distinct images`,
            figures: {
              "idle MiB": idle,
              "RSS MiB": rss,
              "images/s": images / seconds,
              wrong: wrong + bodies.length - answered,
            },
          },
        ],
        goals: [
          atMost("idle RSS, MiB", 160, idle),
          atMost(`RSS at ${String(images)} distinct images, MiB`, 512, rss),
          atMost("wrong answers", 0, wrong + bodies.length - answered),
        ],
      },
    ];
  } finally {
    generator.close();
    await assay.stop();
  }
}
