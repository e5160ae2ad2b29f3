import { expect } from "chai";
import { success } from "../../../src/core/index.ts";
import type { StoreSettings } from "../../../src/release/index.ts";
import { cleanUp, FakeClock, kinds, never, NOW, privateFolder, world } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function started(settings: Partial<StoreSettings<string>>) {
  const all = world({ refreshMs: HOUR, ...settings });
  all.source.give({});
  const start = await all.store.start(never);
  if (!start.ok) throw new Error(start.reason.message);
  return all;
}

describe("T181 freeze", () => {
  after(cleanUp);

  it("raises an alarm once a policy has not been confirmed for too long, and stays ready unless told otherwise", async () => {
    for (const expire of [false, true]) {
      const { store, source, clock, events } = await started({ maxAgeMs: DAY, expire });
      await clock.pass(20 * HOUR);
      source.fail();
      await clock.pass(23 * HOUR);
      expect(store.status).to.deep.include({ ready: true, stale: false });
      await clock.pass(HOUR);
      expect(store.status).to.deep.include({ ready: !expire, stale: true });
      expect(store.current?.bundle.revision).to.equal("1.0.0");
      await clock.pass(5 * DAY);
      expect(events.filter(({ kind }) => kind === "stale")).to.deep.equal([
        {
          kind: "stale",
          policy: "default",
          why: "not_confirmed",
          since: new Date(NOW.getTime() + 20 * HOUR),
        },
      ]);
      // The same policy, confirmed again, is fresh again; and may become stale again.
      source.give({});
      await store.refresh();
      expect(store.status).to.deep.include({ ready: true, stale: false });
      source.fail();
      await clock.pass(2 * DAY);
      expect(events.filter(({ kind }) => kind === "stale")).to.have.length(2);
    }
  });

  it("does not take what is refused for a confirmation", async () => {
    const { store, source, clock } = await started({ maxAgeMs: DAY, expire: true });
    source.give({ policy: "other" });
    await clock.pass(DAY + HOUR);
    expect(store.status).to.deep.include({ ready: false, stale: true });
    expect(store.status.lastRefusal).to.have.property("code", "activation.name_changed");
  });

  it("raises it over a server that keeps saying 304 to an old release", async () => {
    const { store, source, clock, events } = await started({
      maxAgeMs: DAY,
      maxReleaseAgeMs: 30 * DAY,
      expire: true,
    });
    source.answer(() => success("unchanged"));
    await clock.pass(29 * DAY);
    expect(store.status).to.deep.include({ ready: true, stale: false, released: NOW });
    await clock.pass(2 * DAY);
    expect(store.status).to.deep.include({ ready: false, stale: true });
    expect(events.filter(({ kind }) => kind === "stale")).to.deep.equal([
      { kind: "stale", policy: "default", why: "old_release", since: NOW },
    ]);
    source.give({ version: "1.0.1" });
    await store.refresh();
    expect(store.status).to.deep.include({ ready: true, stale: false });
  });

  it("is not put off by setting the wall's clock back", async () => {
    const { store, source, clock } = await started({ maxAgeMs: DAY, maxReleaseAgeMs: 3 * DAY });
    source.fail();
    clock.setBack(365 * DAY);
    await clock.pass(DAY + HOUR);
    expect(store.status.stale).to.equal(true);
    source.answer(() => success("unchanged"));
    await store.refresh();
    expect(store.status.stale).to.equal(false);
    await clock.pass(2 * DAY);
    expect(store.status.stale).to.equal(true);
  });

  it("counts on after a restart, from when the source last had what is kept", async () => {
    const lastGood = privateFolder();
    const first = await started({ maxAgeMs: DAY, lastGood, refreshMs: 0 });
    // Noted now and then, not at every question.
    await first.clock.pass(3 * HOUR);
    await first.store.refresh();
    await first.clock.pass(60_000);
    await first.store.refresh();
    await first.store.close();
    for (const { wait, stale } of [
      { wait: 23 * HOUR, stale: false },
      { wait: 25 * HOUR, stale: true },
      // Who set the clock back: nobody knows how long ago that was.
      { wait: -10 * DAY, stale: true },
    ]) {
      const clock = new FakeClock();
      clock.setBack(-(3 * HOUR + wait));
      const { store, source, events } = world({ maxAgeMs: DAY, lastGood, expire: true }, { clock });
      source.fail();
      expect(await store.start(never)).to.have.nested.property("value.origin", "last-good");
      expect(store.status, `${wait}`).to.deep.include({ stale, ready: !stale });
      expect(kinds(events).includes("stale")).to.equal(stale);
    }
  });

  it("counts a release from when it was first active here, over restarts", async () => {
    const lastGood = privateFolder();
    await (await started({ lastGood })).store.close();
    const clock = new FakeClock();
    clock.setBack(-40 * DAY);
    const { store, source } = world({ maxReleaseAgeMs: 30 * DAY, lastGood }, { clock });
    source.give({});
    await store.start(never);
    expect(store.status).to.deep.include({ stale: true, released: NOW, origin: "source" });
  });
});
