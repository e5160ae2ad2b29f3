import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { digestOf, failure, success } from "../../../src/core/index.ts";
import { loadEngine, type PolicyBundle } from "../../../src/policy/index.ts";
import { PolicyStore, type DeliveredFolder } from "../../../src/release/index.ts";
import { forgeModule } from "../../policy/forge/policy.ts";
import { archiveFor, cleanUp, delivered, FakeSource, KEYS, never, NOW, signerOf, world } from "./world.ts";

const SWAPS = 10_000;

/** A policy as if compiled from a folder: nothing to unpack, so that ten thousand of them take seconds. */
function folder(revision: number, changes: Partial<PolicyBundle> = {}): DeliveredFolder {
  const bundle: PolicyBundle = {
    name: "acme",
    revision: String(revision),
    digest: digestOf(Buffer.from(`${revision}`)),
    entrypoints: ["assay/decision"],
    wasm: new Uint8Array(),
    data: { policy: { name: "acme", version: "1.0.0", allow: true } },
    sequence: revision,
    ...changes,
  };
  return { kind: "folder", bundle, version: `${revision}` };
}

const FAILING = {
  name: "examples/001.json",
  bytes: Buffer.from(
    JSON.stringify({
      file: "no",
      input: { time: NOW.toISOString() },
      expect: { allow: false, violations: [] },
    }),
  ),
};
const GARBAGE = delivered(Buffer.from("no bundle"));

describe("T188 swaps under load", () => {
  after(cleanUp);

  it(`${SWAPS} good and bad ones: no use fails, each sees one revision throughout, everything retired is closed`, async () => {
    const all = world({ refreshMs: 0 });
    const { store, source, engines, events, open, settings } = all;
    source.give(folder(1));
    await store.start(never);
    const [load, prepare] = [settings.load, settings.prepare];
    const requests = { on: true };
    let [uses, failed, mixed] = [0, 0, 0];
    const seen = new Set<string>();
    const user = async (patience: number) => {
      while (requests.on) {
        try {
          await store.use(async (active) => {
            const { revision } = active.bundle;
            for (let step = 0; step < patience; step++) {
              const answer = await active.engine.evaluate(new Uint8Array(), "assay/decision", {
                now: NOW,
                timeoutMs: 1,
              });
              if (!answer.ok || !open.has(active.prepared)) failed++;
              if (active.engine.bundle.revision !== revision || !active.prepared.startsWith(`${revision} `))
                mixed++;
              await setImmediate();
            }
            seen.add(revision);
          });
        } catch {
          failed++;
        }
        uses++;
      }
    };
    const users = Array.from({ length: 20 }, (_, i) => user(i + 1));

    const outcomes: Record<string, number> = {};
    let most = 0;
    for (let i = 2; i <= SWAPS + 1; i++) {
      Object.assign(settings, { load, prepare });
      const kind = i % 12;
      if (kind === 0) source.fail();
      else if (kind === 1) source.give(folder(i, { sequence: 1 }));
      else if (kind === 2) source.give(folder(i, { name: "other" }));
      else if (kind === 3) source.give(folder(i, { examples: [FAILING] }));
      else if (kind === 4) source.give(GARBAGE);
      else source.give(folder(i));
      if (kind === 5) settings.load = () => Promise.resolve(failure("bundle.module_invalid", "no module"));
      if (kind === 6) settings.prepare = () => Promise.reject(new Error("no trust"));
      const { kind: outcome } = await store.refresh();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      most = Math.max(most, engines.opened - engines.closed);
      if (i % 3 === 0) await setImmediate();
    }
    requests.on = false;
    await Promise.all(users);

    expect({ failed, mixed }).to.deep.equal({ failed: 0, mixed: 0 });
    expect(outcomes).to.deep.equal({ activated: 4165, refused: 5002, failed: 833 });
    expect(uses).to.be.greaterThan(1000);
    expect(seen.size).to.be.greaterThan(100);
    // As many as there are users could be at different revisions, and two more: the current one and the next.
    expect(most).to.be.at.most(users.length + 2);
    await store.close();
    expect([engines.opened - engines.closed, open.size, all.clock.timers]).to.deep.equal([0, 0, 0]);
    const count = (kind: string) => events.filter((event) => event.kind === kind).length;
    expect([count("activated"), count("retired")]).to.deep.equal([4166, 4166]);
    expect(events.some((event) => event.kind === "retired" && event.message !== null)).to.equal(false);
  }).timeout(60_000);

  it("signed archives in worker threads: a decision's answer is that of the revision that it holds", async () => {
    const source = new FakeSource();
    const archive = (sequence: number) =>
      archiveFor({
        version: `1.${sequence}.0`,
        sequence,
        key: KEYS.release.privateKey,
        files: { "/policy.wasm": forgeModule({ result: `{{"result":"1.${sequence}.0"}}` }) },
      });
    let engines = 0;
    const store = new PolicyStore<null>({
      name: "default",
      source,
      signers: [signerOf()],
      prepare: () => Promise.resolve(success(null)),
      dispose: () => void engines--,
      load: async (bundle) => {
        const engine = await loadEngine(bundle, { workers: 1 });
        if (engine.ok) engines++;
        return engine;
      },
      refreshMs: 0,
      limits: { leastGapMs: 0 },
    });
    source.give(delivered(archive(1)));
    const start = await store.start(never);
    if (!start.ok) throw new Error(start.reason.message);
    const requests = { on: true };
    const answers = new Map<string, Set<string>>();
    const user = async () => {
      while (requests.on) {
        await store.use(async ({ bundle, engine }) => {
          const answer = await engine.evaluate(Buffer.from("{}"), "assay/decision", {
            now: NOW,
            timeoutMs: 10_000,
          });
          const set = answers.get(bundle.revision) ?? new Set();
          answers.set(
            bundle.revision,
            set.add(answer.ok ? JSON.stringify(answer.value) : answer.reason.code),
          );
        });
      }
    };
    const users = Array.from({ length: 8 }, user);
    for (let sequence = 2; sequence <= 13; sequence++) {
      const good = archive(sequence);
      source.give(delivered(sequence % 3 === 0 ? good.subarray(0, good.length - 9) : good));
      await store.refresh();
    }
    requests.on = false;
    await Promise.all(users);
    for (const [revision, found] of answers) expect([...found]).to.deep.equal([JSON.stringify(revision)]);
    expect(store.status.sequence).to.equal(13);
    await store.close();
    expect(engines).to.equal(0);
  }).timeout(60_000);
});
