import { expect } from "chai";
import { digestOf, failure, success } from "../../../src/core/index.ts";
import type { Decision } from "../../../src/decision/index.ts";
import { NotReady, type StoreSettings } from "../../../src/release/index.ts";
import { composeBundle, readBundle, type PolicyEngine } from "../../../src/policy/index.ts";
import {
  archiveFor,
  cleanUp,
  delivered,
  kinds,
  KEYS,
  never,
  NOW,
  signerOf,
  world,
  type Release,
  type World,
} from "./world.ts";

const FIRST: Release = { version: "1.0.0", sequence: 1, key: KEYS.release.privateKey };
const SECOND: Release = { version: "1.1.0", sequence: 2, key: KEYS.release.privateKey };
const GOOD_AGAIN: Release = { version: "1.2.0", sequence: 3, key: KEYS.release.privateKey };
const signers = [signerOf()];

function corrupted(archive: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(archive);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

async function started(
  settings: Partial<StoreSettings<string>> = {},
  first: Release = FIRST,
): Promise<World> {
  const all = world({ signers, ...settings });
  all.source.give(first);
  const start = await all.store.start(never);
  if (!start.ok) throw new Error(start.reason.message);
  return all;
}

function decision(changes: Partial<Decision>): Decision {
  return { allow: false, outcome: "deny", violations: [], reason: null, ...changes } as Decision;
}

interface Spoiling {
  readonly name: string;
  readonly code: string;
  readonly says?: RegExp;
  readonly release?: Release;
  readonly archive?: () => Uint8Array;
  readonly settings?: Partial<StoreSettings<string>>;
  /** Made where the spoiling is not the bundle's. */
  readonly opened?: number;
}

const SPOILINGS: readonly Spoiling[] = [
  { name: "T173: an unsigned bundle", release: { ...SECOND, key: null }, code: "signature.missing" },
  {
    name: "T175: a bundle by another key",
    release: { ...SECOND, key: KEYS.other.privateKey },
    code: "signature.signer_unknown",
  },
  { name: "T175: a byte changed", archive: () => corrupted(archiveFor(SECOND)), code: "signature.invalid" },
  {
    name: "T180: a sequence as before",
    release: { ...SECOND, sequence: 1 },
    code: "activation.sequence_not_higher",
  },
  {
    name: "T180: no sequence any more",
    release: { ...SECOND, sequence: undefined as never },
    code: "activation.sequence_missing",
  },
  {
    name: "T180: a lower version that does not say so",
    release: { ...SECOND, version: "0.9.0" },
    code: "activation.version_lower",
  },
  {
    name: "T180: a rollback to something else",
    release: { ...SECOND, version: "0.9.0", rollback: { to: "0.8.0", reason: "why" } },
    code: "activation.rollback_invalid",
  },
  {
    name: "T193: roots without the decision",
    release: { ...SECOND, roots: ["policy", "assay/rules"] },
    code: "bundle.invalid",
  },
  {
    name: "T193: roots that overlap",
    release: { ...SECOND, roots: ["assay", "assay/rules", "policy"] },
    code: "bundle.invalid",
  },
  {
    name: "T193: data outside of the roots",
    release: { ...SECOND, roots: ["assay"] },
    code: "bundle.data_invalid",
  },
  {
    name: "the policy of another name",
    release: { ...SECOND, policy: "other" },
    code: "activation.name_changed",
    says: /"other"; expected "acme"/,
  },
  {
    name: "T189: an example decided otherwise",
    release: { ...SECOND, examples: [true, false] },
    code: "activation.example_failed",
    says: /examples\/2\.yaml: expected deny, decided allow/,
    opened: 2,
  },
  {
    name: "an example that is none",
    release: { ...SECOND, examples: [true], files: { "/examples/001.json": "{}" } },
    code: "activation.example_invalid",
    opened: 2,
  },
  {
    name: "an example too few",
    release: { ...SECOND, examples: [true], files: { "/examples/001.json": undefined } },
    code: "bundle.invalid",
  },
  {
    name: "T194: no entrypoint",
    release: { ...SECOND, files: { "/.manifest": "{}" } },
    code: "bundle.entrypoint_missing",
  },
  {
    name: "T194: an empty archive",
    release: {
      ...SECOND,
      files: { "/.manifest": undefined, "/data.json": undefined, "/policy.wasm": undefined },
    },
    code: "bundle.invalid",
  },
  { name: "a sequence that is a text", release: { ...SECOND, sequence: "2" }, code: "bundle.invalid" },
  {
    name: "a sequence below zero",
    release: { ...SECOND, sequence: -1 },
    code: "bundle.invalid",
  },
  { name: "a sequence of zero", release: { ...SECOND, sequence: 0 }, code: "bundle.invalid" },
  { name: "a rollback that is a text", release: { ...SECOND, rollback: "back" }, code: "bundle.invalid" },
];

/** What surrounds the bundle fails, at its second activation. */
const AROUND: readonly Spoiling[] = [
  {
    name: "the engine is refused",
    settings: { load: () => Promise.resolve(failure("bundle.builtin_refused", "calls http.send")) },
    code: "bundle.builtin_refused",
  },
  {
    name: "the engine throws",
    settings: {
      load: () => {
        throw "a string";
      },
    },
    code: "activation.failed",
  },
  {
    name: "prepare is refused",
    settings: { prepare: () => Promise.resolve(failure("trust.invalid", "no root")) },
    code: "activation.prepare_failed",
    says: /trust\.invalid: no root/,
    opened: 2,
  },
  {
    name: "prepare throws null",
    settings: { prepare: () => Promise.reject(null) },
    code: "activation.prepare_failed",
    opened: 2,
  },
  {
    name: "provenance denies",
    settings: { judgeProvenance: () => Promise.resolve(success(decision({}))) },
    code: "activation.provenance_refused",
  },
  {
    name: "provenance is undecided",
    settings: {
      judgeProvenance: () => Promise.resolve(success(decision({ allow: true, outcome: "undecided" }))),
    },
    code: "activation.provenance_refused",
  },
  {
    name: "provenance cannot be judged",
    settings: { judgeProvenance: () => Promise.resolve(failure("provenance.missing", "none")) },
    code: "activation.provenance_refused",
    says: /provenance\.missing/,
  },
  {
    name: "examples are demanded",
    settings: { requireExamples: true },
    code: "activation.examples_missing",
    opened: 2,
  },
];

describe("PolicyStore", () => {
  after(cleanUp);

  it("verifies, loads, tries and prepares the first policy, and says so", async () => {
    const { store, source, events, engines } = world({
      signers,
      judgeProvenance: () => Promise.resolve(success(decision({ allow: true, outcome: "allow" }))),
    });
    expect(store.current).to.equal(undefined);
    expect(store.status).to.deep.include({ ready: false, revision: null, kept: null });
    source.give({ ...FIRST, examples: [true] });
    const start = await store.start(never);
    if (!start.ok) throw new Error(start.reason.message);
    expect(start.value.bundle.revision).to.equal("1.0.0");
    expect(start.value.prepared).to.equal("1.0.0 1");
    expect(start.value).to.deep.include({
      sequence: 1,
      activated: NOW,
      source: source.name,
      origin: "source",
    });
    expect(start.value.signedBy.map(({ signer, form }) => [signer, form])).to.deep.equal([
      ["release", "opa"],
    ]);
    expect(store.status).to.deep.include({
      name: "default",
      ready: true,
      policy: "acme",
      revision: "1.0.0",
      version: "1.0.0",
      sequence: 1,
      highestSequence: 1,
      digest: start.value.bundle.digest,
      origin: "source",
      activated: NOW,
      checked: NOW,
      confirmed: NOW,
      released: NOW,
      lastRefusal: null,
      failures: 0,
      stale: false,
      kept: null,
    });
    expect(events).to.deep.equal([
      {
        kind: "activated",
        policy: "default",
        revision: "1.0.0",
        digest: start.value.bundle.digest,
        sequence: 1,
        signedBy: start.value.signedBy,
        origin: "source",
        previous: null,
        rollback: null,
      },
    ]);
    expect(engines.opened).to.equal(1);
  });

  it("swaps in a later one, and closes the old one once its last decision has ended", async () => {
    const { store, source, clock, engines, open, events } = await started();
    const lease = store.acquire();
    const another = store.acquire();
    const used = Promise.withResolvers<undefined>();
    const use = store.use(async ({ bundle }) => {
      await used.promise;
      return bundle.revision;
    });
    source.give(SECOND);
    expect(await store.refresh()).to.deep.include({ kind: "activated" });
    expect(store.current?.bundle.revision).to.equal("1.1.0");
    expect([engines.opened, engines.closed, [...open]]).to.deep.equal([2, 0, ["1.0.0 1", "1.1.0 2"]]);
    used.resolve(undefined);
    expect(await use).to.equal("1.0.0");
    expect(engines.closed).to.equal(0);
    lease?.release();
    lease?.release();
    await clock.pass(0);
    expect(engines.closed).to.equal(0);
    another?.release();
    await store.close();
    expect([engines.opened, engines.closed, [...open]]).to.deep.equal([2, 2, []]);
    expect(kinds(events)).to.deep.equal(["activated", "activated", "retired", "retired"]);
    expect([source.closed, store.status.ready, store.acquire()]).to.deep.equal([1, false, undefined]);
  });

  it("has no policy to use before its start, and ends a use that fails", async () => {
    const { store } = world();
    const thrown: unknown = await store.use(() => 1).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(NotReady).and.have.property("code", "activation.not_ready");
    const running = await started();
    const failed: unknown = await running.store
      .use(() => Promise.reject(new Error("mine")))
      .catch((error: unknown) => error);
    expect(failed).to.have.property("message", "mine");
    await running.store.close();
    expect(running.engines.closed).to.equal(1);
  });

  it("takes an unsigned policy where nobody is to sign, also without sequence, and the same version again", async () => {
    const { store, source } = await started({ signers: [] }, { version: "2" });
    source.give({ version: "1" });
    expect(await store.refresh()).to.deep.include({ kind: "activated" });
    expect(await store.refresh()).to.deep.equal({ kind: "unchanged" });
    expect(store.status.sequence).to.equal(null);
  });

  it("goes back to a lower version where a later release says so", async () => {
    const { store, source, events } = await started();
    source.give({
      ...SECOND,
      version: "0.9.0",
      rollback: { to: "0.9.0", reason: "1.0.0 denies base images" },
    });
    expect(await store.refresh()).to.deep.include({ kind: "activated" });
    expect(events.at(1)).to.deep.include({
      kind: "activated",
      rollback: "1.0.0 denies base images",
      previous: "1.0.0",
    });
  });

  it("takes a bundle of the same bytes under another version for what it is", async () => {
    const { store, source, engines } = await started();
    const archive = archiveFor(FIRST);
    source.give(delivered(archive, "another ETag"));
    expect(await store.refresh()).to.deep.equal({ kind: "unchanged" });
    expect(engines.opened).to.equal(1);
    await store.refresh();
    expect(source.asked).to.deep.equal([null, digestOf(archive), "another ETag"]);
  });

  describe("keeps the last good one where the next has", () => {
    for (const spoiling of [...SPOILINGS, ...AROUND]) {
      it(spoiling.name, async () => {
        const { name, code, says, release = SECOND, settings = {}, opened = 1 } = spoiling;
        const archive = spoiling.archive?.() ?? archiveFor(release);
        const all = await started({}, { ...FIRST, examples: [true] });
        const { store, source, engines, open, events } = all;
        const before = store.current;
        Object.assign(all.settings, settings);
        source.give(delivered(archive));
        const outcome = await store.refresh();
        if (outcome.kind !== "refused") throw new Error(`${name}: ${outcome.kind}`);
        expect(outcome.reason.code).to.equal(code);
        expect(outcome.reason.message)
          .to.match(says ?? /./)
          .and.not.match(/\n/);
        expect(store.current).to.equal(before);
        expect(store.status.ready).to.equal(true);
        expect(store.status.lastRefusal).to.deep.equal({ ...outcome.reason, time: NOW });
        expect(events.at(-1)).to.deep.equal({
          kind: "refused",
          policy: "default",
          reason: outcome.reason,
          version: digestOf(archive),
          digest: digestOf(archive),
          origin: "source",
        });
        // Nothing of it stays open, and what is active still decides.
        expect([engines.opened - engines.closed, engines.opened]).to.deep.equal([1, opened]);
        expect([...open]).to.deep.equal(["1.0.0 1"]);
        expect(
          await store.use(({ engine }) =>
            engine.evaluate(new Uint8Array(), "assay/decision", { now: NOW, timeoutMs: 1 }),
          ),
        ).to.have.property("ok", true);
        // Once the source has the good one again, all is well again.
        source.give(delivered(archiveFor(GOOD_AGAIN), "good"));
        Object.assign(all.settings, {
          requireExamples: false,
          judgeProvenance: undefined,
          load: engines.load,
          prepare: () => Promise.resolve(success("third")),
        });
        open.add("third");
        expect(await store.refresh()).to.have.property("kind", "activated");
        expect(store.status.lastRefusal).to.equal(null);
      });
    }
  });

  it("says a refusal once, and looks again only at what a second look may change", async () => {
    const { store, source, clock, events } = await started({ refreshMs: 10_000 });
    source.give({ ...SECOND, sequence: 1 });
    await clock.pass(600_000);
    expect(kinds(events)).to.deep.equal(["activated", "refused"]);
    const asked = new Set(source.asked.slice(2));
    expect([source.asked.length, asked.size, asked.has(null)]).to.deep.equal([61, 1, false]);
    expect(await store.refresh()).to.have.nested.property("reason.code", "activation.sequence_not_higher");
    expect(source.asked.at(-1)).not.to.equal(null);
  });

  it("takes a bundle whose signature comes after it, though the version stays", async () => {
    const { store, source, clock, events } = await started({ refreshMs: 10_000 });
    const [unsigned, signed] = [archiveFor({ ...SECOND, key: null }), archiveFor(SECOND)];
    source.give(delivered(unsigned, "v2"));
    await clock.pass(10_000);
    expect(store.status.lastRefusal).to.have.property("code", "signature.missing");
    // Looked at again after half a minute, which is no news.
    await clock.pass(30_000);
    expect([source.asked.filter((known) => known === null).length, kinds(events)]).to.deep.equal([
      2,
      ["activated", "refused"],
    ]);
    source.give(delivered(signed, "v2"));
    await clock.pass(50_000);
    expect(store.current?.bundle.revision).to.equal("1.0.0");
    await clock.pass(10_000);
    expect(store.current?.bundle.revision).to.equal("1.1.0");
    expect(kinds(events)).to.deep.equal(["activated", "refused", "activated", "retired"]);
    expect(source.asked.filter((known) => known === null)).to.have.length(3);
  });

  it("looks again at once where somebody asks", async () => {
    const { store, source } = await started();
    source.give(delivered(archiveFor({ ...SECOND, key: null }), "v2"));
    await store.refresh();
    source.give(delivered(archiveFor(SECOND), "v2"));
    expect(await store.refresh()).to.have.property("kind", "activated");
  });

  it("bounds how long anything takes, and disposes of what comes too late", async () => {
    const all = await started({ limits: { prepareMs: 500, provenanceMs: 500, fetchMs: 500, leastGapMs: 0 } });
    const { store, source, clock, engines, open } = all;
    const prepared = Promise.withResolvers<string>();
    all.settings.prepare = async () => success(await prepared.promise);
    source.give(SECOND);
    const refreshed = store.refresh();
    await clock.pass(500);
    expect(await refreshed).to.have.nested.property("reason.code", "activation.timeout");
    open.add("late");
    prepared.resolve("late");
    await clock.pass(0);
    expect([[...open], engines.opened - engines.closed]).to.deep.equal([["1.0.0 1"], 1]);

    let aborted = false;
    all.settings.judgeProvenance = (_, signal) => {
      signal.addEventListener("abort", () => (aborted = true));
      return new Promise(() => undefined);
    };
    const judged = store.refresh();
    await clock.pass(500);
    expect(await judged).to.have.nested.property("reason.code", "activation.timeout");
    expect(aborted).to.equal(true);

    source.answer(() => new Promise(() => undefined));
    const hanging = store.refresh();
    await clock.pass(500);
    expect(await hanging).to.have.nested.property("reason.code", "source.unreachable");
    expect(store.current?.bundle.revision).to.equal("1.0.0");
  });

  it("bounds how long a bundle's examples take, one by one and together", async () => {
    const all = await started();
    const { store, source, clock, engines } = all;
    const limits: number[] = [];
    all.settings.load = async (bundle) => {
      const engine = await engines.load(bundle);
      if (!engine.ok) return engine;
      const evaluate: PolicyEngine["evaluate"] = (input, entrypoint, options) => {
        limits.push(options.timeoutMs);
        clock.jump(28_000);
        return engine.value.evaluate(input, entrypoint, options);
      };
      return success({ ...engine.value, evaluate });
    };
    source.give({ ...SECOND, examples: [true, true, true, true] });
    const outcome = await store.refresh();
    expect(outcome).to.deep.equal({
      kind: "refused",
      reason: {
        code: "activation.timeout",
        message: "its examples take longer than 60000 ms: 3 of 4 were decided",
      },
    });
    expect(limits).to.deep.equal([10_000, 10_000, 4000]);
    expect(engines.opened - engines.closed).to.equal(1);
  });

  it("closes while a policy is made ready, and leaves nothing open", async () => {
    const all = await started();
    const prepared = Promise.withResolvers<string>();
    all.settings.prepare = async () => success(await prepared.promise);
    all.source.give(SECOND);
    const refreshed = all.store.refresh();
    await all.clock.pass(0);
    const closed = all.store.close();
    all.open.add("late");
    prepared.resolve("late");
    expect(await refreshed).to.have.nested.property("reason.code", "activation.closed");
    await closed;
    expect([all.engines.opened - all.engines.closed, [...all.open]]).to.deep.equal([0, []]);
    expect(await all.store.refresh()).to.have.nested.property("reason.code", "activation.closed");
    expect(all.clock.timers).to.equal(0);
  });

  it("does not start where the signal has aborted, or the source lies", async () => {
    const { store, source } = world();
    expect(await store.start(AbortSignal.abort())).to.have.nested.property(
      "reason.code",
      "activation.closed",
    );
    expect(source.asked).to.deep.equal([]);
    const lying = world();
    lying.source.answer(() => success("unchanged"));
    expect(await lying.store.start(never)).to.have.nested.property("reason.code", "source.invalid");
    lying.source.answer(() => {
      throw null;
    });
    expect(await lying.store.refresh()).to.have.nested.property("reason.code", "source.unreachable");
    lying.source.give({ ...delivered(archiveFor(FIRST)), digest: digestOf(new Uint8Array()) });
    expect(await lying.store.refresh()).to.have.nested.property("reason.code", "source.invalid");
  });

  it("takes a policy folder where nobody is to sign, and refuses it where somebody is", async () => {
    const read = readBundle(archiveFor({ version: "3.0.0" }));
    if (!read.ok) throw new Error(read.reason.message);
    const bundle = composeBundle(read.value, {
      name: "acme",
      revision: "3",
      data: { policy: { name: "acme" } },
    });
    if (!bundle.ok) throw new Error(bundle.reason.message);
    const folder = { kind: "folder", bundle: bundle.value, version: "1" } as const;
    const open = world();
    open.source.give(folder);
    expect(await open.store.start(never)).to.have.property("ok", true);
    const closed = world({ signers });
    closed.source.give(folder);
    expect(await closed.store.start(never)).to.have.nested.property("reason.code", "signature.missing");
    const judged = world({
      judgeProvenance: () => Promise.resolve(success(decision({ allow: true, outcome: "allow" }))),
    });
    judged.source.give(folder);
    expect(await judged.store.start(never)).to.have.nested.property(
      "reason.code",
      "activation.provenance_refused",
    );
  });
});
