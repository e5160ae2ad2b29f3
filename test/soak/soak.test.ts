import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCallers, type Callers, type Surface } from "./callers.ts";
import { NotTaken } from "./client.ts";
import { createSoakLab, type KnownImage, type SoakLab } from "./lab.ts";
import type { Held } from "./probe.ts";
import { startSoakService, type SoakService } from "./service.ts";
import { troublesOf, type Trouble } from "./troubles.ts";

const MIB = 1024 * 1024;
const MINUTES = Number(process.env["ASSAY_SOAK_MINUTES"] ?? 2);
/** So much of the time goes by before anything is compared: caches are full and code is compiled by then. */
const WARM_UP = 0.35;

const TROUBLE_MS = 1500;
const CALLERS = 8;
const MOST_IMAGES = 6;

/** What the service may hold more at the end than after its warm-up, however long it ran. */
const GROWTH = {
  heap: 8 * MIB,
  external: 8 * MIB,
  // What the process does not give back to the system at once is no leak.
  resident: 128 * MIB,
  // Connections to the registry are kept, 32 at most, and come and go.
  descriptors: 40,
  resources: 40,
} as const;

/** Tries at which all answers are right again after a trouble, and milliseconds between them. */
const TRIES = 60;
const TRY_EVERY_MS = 250;

interface Tally {
  asked: number;
  keys: number;
  open: number;
  readonly faults: string[];
}

/** `npm run test:soak -- --minutes 30`; `.ci/run` takes two. */
describe(`a soak of ${String(MINUTES)} minutes`, function () {
  this.timeout((MINUTES + 5) * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "assay-soak-"));
  const tally: Tally = { asked: 0, keys: 0, open: 0, faults: [] };
  const measures: Held[] = [];
  let [lab, service, callers]: [SoakLab?, SoakService?, Callers?] = [];
  let unhealed: readonly string[] = [];
  let [exitCode, lateFaults]: [number | null | undefined, readonly string[]] = [undefined, []];

  before(async () => {
    lab = await createSoakLab(folder);
    service = await startSoakService(lab);
    callers = createCallers(lab, service);
    const run = new Run(lab, service, callers, tally);
    const began = performance.now();
    const spent = () => (performance.now() - began) / (MINUTES * 60_000);
    while (spent() < 1 && unhealed.length === 0 && service.isRunning()) {
      unhealed = await run.round();
      if (spent() < WARM_UP) continue;
      callers.disconnect();
      measures.push(await service.measure());
    }
    // Ends while all are asking.
    const late = run.storm();
    await sleep(200);
    exitCode = await service.end();
    lateFaults = await late;
  });
  after(async () => {
    service?.kill();
    callers?.disconnect();
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("T217 answers every key of every request, through all troubles", () => {
    expect(tally.faults.slice(0, 10), service?.log()).to.deep.equal([]);
    expect(tally.asked).to.be.greaterThan(100);
    const decided = tally.keys - tally.open;
    process.stdout.write(
      `      ${String(tally.asked)} requests, ${String(tally.keys)} keys, ${String(decided)} of them decided\n`,
    );
    expect(decided).to.be.greaterThan(tally.keys / 4);
  });

  it("T208 answers all images rightly again after each trouble", () => {
    expect(unhealed, service?.log()).to.deep.equal([]);
  });

  it("decides with every good revision of the policy that is put in place, and never with a broken one", () => {
    // A broken one decides nothing, so that images would not be judged rightly again.
    expect(callers?.policies.size).to.be.greaterThan(1);
  });

  it("T252 holds no more memory, descriptors, sockets or timers at the end than after its warm-up", () => {
    const [first, last] = [measures[0], measures.at(-1)];
    if (first === undefined || last === undefined) throw new Error("nothing was measured");
    expect(measures.length).to.be.greaterThan(1);
    process.stdout.write(`      after the warm-up ${shown(first)}\n      at the end        ${shown(last)}\n`);
    for (const name of ["heap", "external", "resident", "descriptors"] as const) {
      expect(last[name] - first[name], name).to.be.at.most(GROWTH[name]);
    }
    const sum = ({ resources }: Held) => Object.values(resources).reduce((all, count) => all + count, 0);
    expect(sum(last) - sum(first), JSON.stringify([first.resources, last.resources])).to.be.at.most(
      GROWTH.resources,
    );
  });

  it("T251 ends when it is asked to, with everybody answered", () => {
    expect(lateFaults).to.deep.equal([]);
    expect(exitCode).to.equal(0);
  });
});

function shown({ heap, external, resident, descriptors, resources }: Held): string {
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
  return `heap ${mib(heap)}, external ${mib(external)}, resident ${mib(resident)}, ${String(descriptors)} descriptors, ${JSON.stringify(resources)}`;
}

/** Callers that ask while things go wrong, and what they make of the answers. */
class Run {
  readonly #lab: SoakLab;
  readonly #service: SoakService;
  readonly #callers: Callers;
  readonly #tally: Tally;
  readonly #troubles: readonly Trouble[];
  #number = 0;
  /** Whether the registry lies now, or has until so lately that a denial of it may be remembered. */
  #lies = false;

  constructor(lab: SoakLab, service: SoakService, callers: Callers, tally: Tally) {
    this.#lab = lab;
    this.#service = service;
    this.#callers = callers;
    this.#tally = tally;
    this.#troubles = troublesOf(lab, service, callers);
  }

  /** One trouble, with everybody asking; then quiet, until all is right again. What is not, by then, is told. */
  async round(): Promise<readonly string[]> {
    const trouble = this.#troubles[this.#number++ % this.#troubles.length];
    if (trouble === undefined) return ["there is no trouble"];
    this.#lies = trouble.lies === true;
    let over = false;
    const asking = this.#ask(() => over);
    trouble.begin();
    await sleep(TROUBLE_MS);
    trouble.end?.();
    over = true;
    await asking;
    const wrong = await this.#heal();
    this.#lies = false;
    this.#service.forgetLog();
    this.#lab.registry.requests.length = 0;
    this.#lab.redis.commands.length = 0;
    this.#lab.redis.kept.clear();
    return wrong.map((what) => `after: ${trouble.name}: ${what}`);
  }

  /** Asks until the service does not take connections any more; what was not answered that had been taken. */
  async storm(): Promise<readonly string[]> {
    const { faults } = this.#tally;
    const before = faults.length;
    let refused = false;
    await this.#ask(
      () => refused,
      (thrown) => {
        refused ||= thrown instanceof NotTaken;
        return thrown instanceof NotTaken;
      },
    );
    return faults.slice(before);
  }

  async #ask(isOver: () => boolean, isExpected: (thrown: unknown) => boolean = () => false): Promise<void> {
    const caller = async (number: number): Promise<void> => {
      for (let turn = number; !isOver(); turn += CALLERS) {
        const surface = this.#callers.surfaces[turn % this.#callers.surfaces.length];
        if (surface === undefined) return;
        await this.#askOne(surface, this.#someImages(turn), isExpected);
        await sleep(5);
      }
    };
    const leaver = async (): Promise<void> => {
      const ways = ["in the head", "in the body", "before the answer"] as const;
      for (let turn = 0; !isOver(); turn += 1) {
        const [image] = this.#someImages(turn * 7);
        const way = ways[turn % ways.length];
        if (image !== undefined && way !== undefined) await this.#callers.hangUp(image, way);
        await sleep(50);
      }
    };
    await Promise.all([leaver(), ...Array.from({ length: CALLERS }, (_, number) => caller(number))]);
  }

  async #askOne(
    surface: Surface,
    images: readonly KnownImage[],
    isExpected: (thrown: unknown) => boolean,
  ): Promise<void> {
    const tally = this.#tally;
    try {
      const said = await surface.ask(images);
      tally.asked += 1;
      tally.keys += images.length;
      for (const [index, { allowed, reference }] of images.entries()) {
        if (said[index] === "open") tally.open += 1;
        const isWrong = allowed ? said[index] === "deny" && !this.#lies : said[index] === "allow";
        if (isWrong) tally.faults.push(`${surface.name}: ${reference}: ${String(said[index])}`);
      }
    } catch (thrown) {
      if (!isExpected(thrown)) tally.faults.push(`${surface.name}: ${String(thrown)}`);
    }
  }

  /** Asks about every image on every surface until each says what is true. */
  async #heal(): Promise<readonly string[]> {
    let wrong: string[] = [];
    // An image that is new every time: nothing of it is remembered.
    const all = [...this.#lab.images, this.#lab.pushNew()];
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      wrong = [];
      for (const surface of this.#callers.surfaces) {
        for (const group of groups(all)) wrong.push(...(await this.#wrongOf(surface, group)));
      }
      if (wrong.length === 0) return [];
      await sleep(TRY_EVERY_MS);
    }
    return wrong;
  }

  async #wrongOf(surface: Surface, images: readonly KnownImage[]): Promise<readonly string[]> {
    const said = await surface.ask(images).catch((thrown: unknown) => [String(thrown)]);
    return images.flatMap(({ reference, allowed }, index) =>
      said[index] === (allowed ? "allow" : "deny")
        ? []
        : [`${surface.name}: ${reference}: ${String(said[index] ?? said[0])}`],
    );
  }

  #someImages(turn: number): readonly KnownImage[] {
    const { images } = this.#lab;
    return Array.from({ length: 1 + (turn % MOST_IMAGES) }, (_, index) => {
      const image = images[(turn * 5 + index * 7) % images.length];
      if (image === undefined) throw new Error("there are no images");
      return image;
    });
  }
}

/** Good and bad ones apart, a few in each: an AdmissionReview speaks of all together. */
function groups(images: readonly KnownImage[]): readonly (readonly KnownImage[])[] {
  const size = 8;
  return [true, false].flatMap((allowed) => {
    const some = images.filter((image) => image.allowed === allowed);
    return Array.from({ length: Math.ceil(some.length / size) }, (_, index) =>
      some.slice(index * size, (index + 1) * size),
    );
  });
}
