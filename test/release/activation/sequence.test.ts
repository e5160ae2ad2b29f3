import { expect } from "chai";
import type { StoreSettings } from "../../../src/release/index.ts";
import {
  cleanUp,
  delivered,
  archiveFor,
  FakeClock,
  KEYS,
  never,
  privateFolder,
  signerOf,
  world,
  type Release,
} from "./world.ts";

const release = (sequence: number | undefined, more: Release = {}): Release => ({
  version: `1.${sequence ?? 0}.0`,
  key: KEYS.release.privateKey,
  ...(sequence === undefined ? {} : { sequence }),
  ...more,
});
const signers = [signerOf()];

describe("T180 rollback", () => {
  after(cleanUp);

  async function replica(
    first: Release,
    settings: Partial<StoreSettings<string>> = {},
    clock = new FakeClock(),
  ) {
    const all = world({ signers, ...settings }, { clock });
    all.source.give(first);
    const start = await all.store.start(never);
    return { ...all, start };
  }

  async function codeOf({ store }: Awaited<ReturnType<typeof replica>>): Promise<string> {
    const outcome = await store.refresh();
    return "reason" in outcome ? outcome.reason.code : outcome.kind;
  }

  it("refuses every earlier release, replayed in any order", async () => {
    const releases = [1, 2, 3, 4, 5].map((sequence) => release(sequence));
    const all = await replica(release(3));
    const outcomes: [number, string][] = [];
    for (const index of [1, 4, 3, 0, 2, 4]) {
      const next = releases[index];
      if (next === undefined) throw new Error("no such release");
      all.source.give(next);
      outcomes.push([index + 1, await codeOf(all)]);
    }
    expect(outcomes).to.deep.equal([
      [2, "activation.sequence_not_higher"],
      [5, "activated"],
      [4, "activation.sequence_not_higher"],
      [1, "activation.sequence_not_higher"],
      [3, "activation.sequence_not_higher"],
      [5, "unchanged"],
    ]);
    expect(all.store.status).to.deep.include({ sequence: 5, highestSequence: 5 });
  });

  it("refuses it after a restart, and uses the last good one instead", async () => {
    const lastGood = privateFolder();
    const first = await replica(release(7), { lastGood });
    await first.store.close();
    const again = await replica(release(6), { lastGood });
    expect(again.start).to.have.nested.property("value.bundle.revision", "1.7.0");
    expect(again.start).to.have.nested.property("value.origin", "last-good");
    expect(again.store.status.lastRefusal).to.have.property("code", "activation.sequence_not_higher");
    expect(again.events[0]).to.deep.include({ kind: "refused", origin: "source" });
    again.source.give(release(8));
    expect(await codeOf(again)).to.equal("activated");
  });

  it("a sequence that is demanded from now on is demanded of what was active as well", async () => {
    const lastGood = privateFolder();
    const same = release(undefined);
    await (await replica(same, { lastGood })).store.close();
    const again = await replica(same, { lastGood, requireSequence: true });
    expect(again.start).to.have.nested.property("reason.code", "activation.sequence_missing");
    expect(again.store.status).to.include({ ready: false, digest: null });
  });

  it("takes the same release again after a restart", async () => {
    const lastGood = privateFolder();
    const same = release(7);
    await (await replica(same, { lastGood })).store.close();
    const again = await replica(same, { lastGood });
    expect(again.start).to.have.nested.property("value.origin", "source");
    expect(again.store.status).to.deep.include({ sequence: 7, kept: true, lastRefusal: null });
  });

  it("refuses it though the clock is set back, and though the bundle is signed anew", async () => {
    const lastGood = privateFolder();
    await (await replica(release(7), { lastGood })).store.close();
    const clock = new FakeClock();
    clock.setBack(365 * 86_400_000);
    const again = await replica({ ...release(7), revision: "another 7" }, { lastGood }, clock);
    expect(again.start).to.have.nested.property("value.bundle.revision", "1.7.0");
    expect(again.store.status.lastRefusal?.message).to.match(/another bundle with that sequence was active/);
  });

  it("refuses it at a second replica that has not seen the later one itself", async () => {
    const lastGood = privateFolder();
    const one = await replica(release(1), { lastGood });
    const other = await replica(release(1), { lastGood });
    one.source.give(release(3));
    expect(await codeOf(one)).to.equal("activated");
    other.source.give(release(2));
    expect(await codeOf(other)).to.equal("activation.sequence_not_higher");
    expect(other.store.status).to.deep.include({ sequence: 1, highestSequence: 3 });
    // What the slower one notes afterwards sets nothing back.
    other.source.give(release(1));
    await other.clock.pass(3_600_000);
    await codeOf(other);
    const third = world({ signers, lastGood });
    third.source.fail();
    expect(await third.store.start(never)).to.have.nested.property("value.bundle.revision", "1.3.0");
    expect(third.store.status.highestSequence).to.equal(3);
  });

  it("keeps the sequences of policies of one folder apart", async () => {
    const lastGood = privateFolder();
    await replica(release(9), { lastGood, name: "team-a" });
    const other = await replica(release(1), { lastGood, name: "../team-a" });
    expect(other.start).to.have.property("ok", true);
    expect(other.store.status.kept).to.equal(true);
  });

  it("refuses a bundle without sequence from the first on, where the configuration demands one", async () => {
    const all = await replica(release(undefined), { requireSequence: true });
    expect(all.start).to.have.nested.property("reason.code", "activation.sequence_missing");
    expect(all.start)
      .to.have.nested.property("reason.message")
      .that.match(/the configuration demands one/);
  });

  it("compares only versions that are semantic ones, whatever the sequence", async () => {
    const all = await replica(release(1, { version: "spring" }));
    all.source.give(release(2, { version: "1.0.0" }));
    expect(await codeOf(all)).to.equal("activated");
    all.source.give(release(3, { version: "1.0.0-rc.1" }));
    expect(await codeOf(all)).to.equal("activation.version_lower");
    all.source.give(delivered(archiveFor(release(4, { version: "autumn" }))));
    expect(await codeOf(all)).to.equal("activated");
  });

  it("refuses to start where nobody can tell what was active before", async () => {
    const lastGood = `${privateFolder()}/not/there`;
    const all = await replica(release(1), { lastGood });
    expect(all.start).to.have.nested.property("reason.code", "activation.kept_invalid");
    expect(all.source.asked).to.deep.equal([]);
    expect(all.engines.opened).to.equal(0);
  });
});
