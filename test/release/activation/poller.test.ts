import { expect } from "chai";
import { success } from "../../../src/core/index.ts";
import type { StoreSettings } from "../../../src/release/index.ts";
import {
  archiveFor,
  cleanUp,
  delivered,
  FakeClock,
  FakeSource,
  kinds,
  never,
  settle,
  world,
} from "./world.ts";

const MINUTE = 60_000;

/** When it was asked, in seconds from its first question. */
function timed(source: FakeSource, clock: FakeClock): number[] {
  const times: number[] = [];
  const fetch = source.fetch.bind(source);
  const begin = clock.elapsed();
  source.fetch = (options) => {
    times.push((clock.elapsed() - begin) / 1000);
    return fetch(options);
  };
  return times;
}

function asking(settings: Partial<StoreSettings<string>> = {}) {
  const [source, clock] = [new FakeSource(), new FakeClock()];
  const times = timed(source, clock);
  return { ...world({ limits: {}, ...settings }, { source, clock }), times };
}

describe("asking a source", () => {
  after(cleanUp);

  it("asks every so often, up to a fifth earlier by chance", async () => {
    for (const { chance, expected } of [
      { chance: 1, expected: [0, 60, 120, 180, 240] },
      { chance: 0, expected: [0, 48, 96, 144, 192, 240] },
    ]) {
      const { store, source, clock, times } = asking({ refreshMs: MINUTE, random: () => chance });
      source.give({});
      await store.start(never);
      await clock.pass(4 * MINUTE);
      expect(source.asked[1])
        .to.equal(source.asked[2])
        .and.to.match(/^sha256:/);
      expect(times).to.deep.equal(expected);
    }
  });

  it("asks by itself never where the interval is 0", async () => {
    const { store, source, clock, times } = asking({ refreshMs: 0 });
    source.fail();
    await store.start(never);
    await clock.pass(600 * MINUTE);
    expect(times).to.deep.equal([0]);
    source.give({});
    expect(await store.refresh()).to.have.property("kind", "activated");
  });

  describe("T190 a source that fails", () => {
    it("is asked at most nine times in ten minutes of 500, less and less often", async () => {
      for (const chance of [0, 0.5, 1]) {
        const { store, source, clock, times, events } = asking({ random: () => chance });
        source.fail();
        await store.start(never);
        await clock.pass(10 * MINUTE);
        expect(times.length, times.join()).to.be.within(6, 9);
        const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
        expect(waits).to.deep.equal(waits.toSorted((a, b) => a - b));
        expect(kinds(events)).to.deep.equal(["source_failed"]);
        expect(store.status).to.deep.include({ ready: false, failures: times.length });
        await clock.pass(60 * MINUTE);
        expect(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)))).to.be.at.most(300);
      }
    });

    it("is asked as before once it answers, and that is said", async () => {
      const { store, source, clock, times, events } = asking();
      source.give({});
      await store.start(never);
      source.fail();
      await clock.pass(10 * MINUTE);
      source.give({ version: "2.0.0" });
      await clock.pass(5 * MINUTE);
      expect(store.current?.bundle.revision).to.equal("2.0.0");
      expect(kinds(events)).to.deep.equal([
        "activated",
        "source_failed",
        "source_recovered",
        "activated",
        "retired",
      ]);
      const count = times.length;
      await clock.pass(3 * MINUTE);
      expect(times.length - count).to.equal(3);
    });

    it("is said anew where it fails in another way", async () => {
      const { store, source, events } = asking({ limits: { leastGapMs: 0 } });
      source.fail();
      await store.start(never);
      await store.refresh();
      source.fail("source.unauthorized");
      await store.refresh();
      await store.refresh();
      expect(events.map((event) => event.kind === "source_failed" && event.reason.code)).to.deep.equal([
        "source.unreachable",
        "source.unauthorized",
      ]);
    });

    it("is left alone for as long as it asks, but not for ever", async () => {
      const { store, source, clock, times } = asking();
      source.give({});
      await store.start(never);
      source.fail().retryAfterMs = 7 * MINUTE;
      await clock.pass(MINUTE);
      const outcome = await store.refresh();
      expect(outcome).to.deep.equal({
        kind: "failed",
        reason: { code: "source.unreachable", message: "the server asked to be left alone for 420 s more" },
      });
      source.retryAfterMs = 10 * 365 * 86_400_000;
      await clock.pass(7 * MINUTE);
      expect(times).to.deep.equal([0, 60, 480]);
      await clock.pass(60 * MINUTE);
      expect(times).to.deep.equal([0, 60, 480, 480 + 3600]);
    });
  });

  it("asks again at once where the server holds the question, but not where it does not", async () => {
    const { store, source, clock, times } = asking();
    source.give({}).holds = true;
    await store.start(never);
    source.answer(
      ({ known }) =>
        new Promise((resolve) =>
          clock.after(30_000, () =>
            resolve(success(known === null ? delivered(archiveFor({})) : "unchanged")),
          ),
        ),
    );
    await clock.pass(2 * MINUTE);
    expect(times).to.deep.equal([0, 1, 31, 61, 91]);
    // Held no longer: a server that answers at once is not asked in a tight loop.
    source.give({ version: "2.0.0" }).holds = true;
    await clock.pass(10_000);
    expect(times.length).to.be.at.most(16);
  });

  it("T190: asks one question at a time, and one more for however many triggers come meanwhile", async () => {
    const { store, source, clock, times } = asking({ refreshMs: 0 });
    source.give({});
    await store.start(never);
    let running = 0;
    let most = 0;
    source.answer(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => void clock.after(5000, resolve));
      running--;
      return success("unchanged");
    });
    await clock.pass(MINUTE);
    const burst = Promise.all(Array.from({ length: 1000 }, () => store.refresh()));
    await clock.pass(MINUTE);
    expect((await burst).every(({ kind }) => kind === "unchanged")).to.equal(true);
    expect(times).to.deep.equal([0, 60, 65]);
    expect(most).to.equal(1);
    // A steady stream of triggers, too, leaves the source a moment.
    source.answer(() => success("unchanged"));
    const count = times.length;
    for (let i = 0; i < 100; i++) {
      void store.refresh();
      await clock.pass(100);
    }
    expect(times.length - count).to.be.at.most(11);
  });

  it("asks when the source says that something may have changed, until it is closed", async () => {
    const { store, source, clock } = asking({ refreshMs: 0, limits: { leastGapMs: 0 } });
    const listeners = new Set<() => void>();
    Object.assign(source, {
      watch: (changed: () => void) => {
        listeners.add(changed);
        return () => listeners.delete(changed);
      },
    });
    source.give({});
    await store.start(never);
    source.give({ version: "2.0.0" });
    for (const changed of listeners) changed();
    await settle();
    await clock.pass(0);
    expect(store.current?.bundle.revision).to.equal("2.0.0");
    await store.close();
    expect(listeners.size).to.equal(0);
  });

  it("keeps its wits where whoever listens throws, and so does a source that cannot be watched or closed", async () => {
    const { store, source } = asking({
      report: () => {
        throw new Error("mine");
      },
    });
    const bad = () => {
      throw null;
    };
    Object.assign(source, { watch: bad, close: bad });
    source.give({});
    expect(await store.start(never)).to.have.property("ok", true);
    await store.close();
  });
});
