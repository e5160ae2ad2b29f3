import { median } from "../measure.ts";
import { startAssay } from "./assay.ts";
import { askOnce } from "./client.ts";
import { startConstant } from "./constant.ts";
import { callerOf, type Contestant } from "./contestant.ts";
import { startGenerator, type Generator } from "./generator.ts";
import type { LoadResult } from "./load.ts";
import { atLeast, atMost, type Row, type Section } from "./report.ts";
import { startRivals } from "./rivals.ts";
import type { Setting } from "./setting.ts";
import { admissionReview, decisionsRequest, providerRequest } from "./requests.ts";

export interface WarmOptions {
  readonly rounds: number;
  /** Of one measurement. */
  readonly durationMs: number;
}

/** What requests are compared with: no server answers faster; and none with the same metrics, request id and log line. */
const CONSTANT = "constant, node:https";
const SURFACE = "constant, own surface";
const CONNECTIONS = 8;
/** Of what the constant answers at most: a load under which all still keep up. */
const PART_OF_CAPACITY = 0.5;
const TEN = 10;

interface Measured {
  readonly capacity: LoadResult;
  readonly cpuMs: number;
  readonly scheduled: LoadResult;
}

/** Requests that are answered from memory: how many a second, how late, and what they cost; all contestants in turns. */
export async function warm(
  setting: Setting,
  { rounds, durationMs }: WarmOptions,
): Promise<readonly Section[]> {
  const assay = await startAssay(setting);
  const constant = await startConstant(setting);
  const rivals = await startRivals(setting);
  const generator = startGenerator();
  try {
    const target = { ...callerOf(setting), port: assay.port };
    const references = Array.from({ length: TEN }, (_, index) =>
      setting.push(`warm/app-${String(index)}`, 1),
    );
    const [one = ""] = references;
    const ours = (name: string, path: string, body: string, expected: string, keys = 1): Contestant => ({
      name,
      server: assay,
      target,
      path,
      bodies: [body],
      expected,
      keys,
    });
    const contestants: readonly Contestant[] = [
      ...constant.contestants,
      ours("Gatekeeper validate, 1 key", "/v1/gatekeeper/validate", providerRequest([one]), '"allow":true'),
      ours(
        "Gatekeeper validate, 10 keys",
        "/v1/gatekeeper/validate",
        providerRequest(references),
        '"allow":true',
        TEN,
      ),
      ours("/v1/decisions", "/v1/decisions", decisionsRequest([one]), '{"allow":true'),
      ours("AdmissionReview", "/v1/admission/validate", admissionReview(one), '"allowed":true'),
      ...rivals.map((rival) => rival.contestant(one)),
    ];
    for (const { target: asked, path, bodies, name } of contestants) {
      // The first answer is the cold one.
      const { status, body } = await askOnce(asked, path, bodies[0] ?? "");
      if (status !== 200) throw new Error(`${name}: ${String(status)} ${body.toString()}`);
    }
    const sections: Section[] = [];
    for (const handshakes of [false, true]) {
      const all = await measureAll(contestants, generator, { rounds, durationMs, handshakes });
      sections.push(sectionOf(contestants, all, handshakes));
    }
    return sections;
  } finally {
    generator.close();
    await Promise.all([assay.stop(), constant.server.stop(), ...rivals.map((rival) => rival.stop())]);
  }
}

async function measureAll(
  contestants: readonly Contestant[],
  generator: Generator,
  { rounds, durationMs, handshakes }: WarmOptions & { readonly handshakes: boolean },
): Promise<readonly (readonly Measured[])[]> {
  const measured = contestants.map((): Measured[] => []);
  const run = (contestant: Contestant, rate: number | null, milliseconds: number) => {
    const { target, path, bodies, expected } = contestant;
    const load = { target, path, bodies, expected, rate, handshakes, connections: CONNECTIONS };
    return generator.run({ ...load, durationMs: milliseconds });
  };
  // Until the compilers have settled.
  for (const contestant of contestants) await run(contestant, null, durationMs);
  for (let round = 0; round < rounds; round += 1) {
    let rate = Number.NaN;
    for (const [index, contestant] of contestants.entries()) {
      const { server, keys } = contestant;
      const before = server.cpuMs();
      const capacity = await run(contestant, null, durationMs);
      const cpuMs = (server.cpuMs() - before) / capacity.answered;
      if (index === 0) rate = (capacity.answered / capacity.elapsedMs) * 1000 * PART_OF_CAPACITY;
      // Ten keys are ten times the work of one where nothing is remembered.
      const scheduled = await run(contestant, keys === 1 ? rate : rate / 4, durationMs);
      measured[index]?.push({ capacity, cpuMs, scheduled });
      server.forgetLog();
    }
  }
  return measured;
}

function sectionOf(
  contestants: readonly Contestant[],
  all: readonly (readonly Measured[])[],
  handshakes: boolean,
): Section {
  const rows: Row[] = contestants.map(({ name, keys, server }, index) => {
    const rounds = all[index] ?? [];
    const middle = (of: (measured: Measured) => number) => median(rounds.map(of));
    const perSecond = middle(({ capacity }) => (capacity.answered / capacity.elapsedMs) * 1000);
    // Neighbours in time are compared, so that a machine that slows down slows both.
    const share = (base: number) =>
      median(rounds.map(({ capacity }, round) => rateOf(capacity) / rateOf(all[base]?.[round]?.capacity)));
    return {
      name,
      figures: {
        "requests/s": perSecond,
        "keys/s": perSecond * keys,
        "of bare": share(0),
        "of Express": share(1),
        "of surface": share(2),
        "CPU ms": middle(({ cpuMs }) => cpuMs),
        "p50 ms": middle(({ scheduled }) => scheduled.latency.p50),
        "p99 ms": middle(({ scheduled }) => scheduled.latency.p99),
        "RSS MiB": server.rssMiB(),
        wrong: rounds.reduce((sum, { capacity, scheduled }) => sum + capacity.wrong + scheduled.wrong, 0),
      },
    };
  });
  const figure = (name: string, key: string) =>
    rows.find((row) => row.name === name)?.figures[key] ?? Number.NaN;
  const validate = "Gatekeeper validate, 1 key";
  return {
    title: handshakes ? "Warm, a handshake per call" : "Warm, kept connections",
    rows,
    goals: [
      atLeast(`${validate}, of ${SURFACE}`, 0.9, figure(validate, "of surface")),
      atLeast(`${validate}, of ${CONSTANT}`, 0.9, figure(validate, "of bare")),
      atMost(`${validate}, CPU ms`, handshakes ? 1.25 : 0.12, figure(validate, "CPU ms")),
    ],
  };
}

function rateOf(result: LoadResult | undefined): number {
  return result === undefined ? Number.NaN : result.answered / result.elapsedMs;
}
