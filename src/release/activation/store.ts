import { describeThrown, failure, success, type Reason, type Result } from "../../core/index.ts";
import type { Delivery, SignedBy } from "../types.ts";
import { versionOf } from "./admissible.ts";
import { askSource } from "./ask-source.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { Freshness } from "./freshness.ts";
import { Keeper } from "./keeper.ts";
import { makeReady, type Ready } from "./make-ready.ts";
import { Poller, type Answer } from "./poller.ts";
import { Refusals } from "./refusals.ts";
import { closeParts, Revisions } from "./revision.ts";
import type {
  Active,
  Lease,
  Origin,
  RefreshOutcome,
  RefusalCode,
  StoreClock,
  StoreEvent,
  StoreLimits,
  StoreSettings,
  StoreStatus,
} from "./types.ts";

const DEFAULT_REFRESH_MS = 60_000;

const DEFAULT_LIMITS: StoreLimits = {
  fetchMs: 120_000,
  startMs: 20_000,
  prepareMs: 30_000,
  provenanceMs: 60_000,
  examplesMs: 60_000,
  leastGapMs: 1000,
  longestWaitMs: 300_000,
};

/** Thrown by `PolicyStore.use` where no policy is active. */
export class NotReady extends Error {
  readonly code = "activation.not_ready";
}

/**
 * One policy of the service, whatever its source has: verified, loaded beside the old one, tried by its own examples and
 * only then swapped in. Whatever fails, the last good one stays.
 */
export class PolicyStore<Prepared> {
  readonly #settings: StoreSettings<Prepared>;
  readonly #limits: StoreLimits;
  readonly #clock: StoreClock;
  readonly #poller: Poller<RefreshOutcome>;
  readonly #revisions: Revisions<Prepared>;
  readonly #keeper: Keeper;
  readonly #freshness: Freshness;
  readonly #refusals: Refusals;
  readonly #closing = new AbortController();
  #unwatch: () => void = () => undefined;
  /** The source's version of what is active; `null`: it has not told. */
  #version: string | null = null;
  #checked: Date | null = null;
  #triedKept = false;

  constructor(settings: StoreSettings<Prepared>) {
    const { name: policy } = settings;
    const clock = settings.clock ?? SYSTEM_CLOCK;
    this.#settings = settings;
    this.#limits = { ...DEFAULT_LIMITS, ...settings.limits };
    this.#clock = clock;
    this.#poller = new Poller({
      ask: (asked) => this.#ask(asked),
      clock,
      random: settings.random ?? Math.random,
      refreshMs: settings.refreshMs ?? DEFAULT_REFRESH_MS,
      leastGapMs: this.#limits.leastGapMs,
      longestWaitMs: this.#limits.longestWaitMs,
    });
    this.#refusals = new Refusals(policy, clock, (event) => this.#report(event));
    this.#revisions = new Revisions(settings.dispose, ({ bundle: { revision, digest } }, message) => {
      this.#report({ kind: "retired", policy, revision, digest, message });
    });
    this.#keeper = new Keeper({
      folder: settings.lastGood ?? null,
      name: policy,
      clock,
      notKept: (message) => this.#report({ kind: "not_kept", policy, message }),
    });
    this.#freshness = new Freshness({
      maxAgeMs: settings.maxAgeMs ?? null,
      maxReleaseAgeMs: settings.maxReleaseAgeMs ?? null,
      clock,
      stale: (why, since) => this.#report({ kind: "stale", policy, why, since }),
    });
  }

  /**
   * Loads the first policy: from the source, or where that gives nothing that counts, the one kept from an earlier run,
   * verified as if it were delivered now. Where it fails, the store still asks on and may become ready later, until it is
   * closed; a signal that aborts meanwhile ends it for good. Never throws.
   */
  async start(signal: AbortSignal): Promise<Result<Active<Prepared>, RefusalCode>> {
    const end = () => this.#closing.abort();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const outcome = await this.#poller.trigger();
    signal.removeEventListener("abort", end);
    this.#watch();
    const { current } = this;
    if (current !== undefined) return success(current);
    return "reason" in outcome
      ? { ok: false, reason: outcome.reason }
      : failure("activation.failed", "no policy became active");
  }

  get current(): Active<Prepared> | undefined {
    return this.#revisions.current;
  }

  /** The current revision, kept alive until it is released; `undefined` where there is none. */
  acquire(): Lease<Prepared> | undefined {
    return this.#revisions.acquire();
  }

  /**
   * Runs work with the current revision, which stays alive until the work has ended, however many swaps come between.
   * Throws `NotReady` where there is none, and what the work throws.
   */
  async use<T>(work: (active: Active<Prepared>) => T | Promise<T>): Promise<T> {
    const lease = this.acquire();
    if (lease === undefined) throw new NotReady(`${this.#settings.name}: no policy is active`);
    try {
      return await work(lease.active);
    } finally {
      lease.release();
    }
  }

  /**
   * Asks the source now (webhook, SIGHUP). One question at a time; however many ask meanwhile, one more follows. While the
   * server wants to be left alone (Retry-After), nothing is asked. Never throws.
   */
  refresh(): Promise<RefreshOutcome> {
    const quiet = this.#poller.quietMs;
    if (quiet <= 0) return this.#poller.trigger();
    const message = `the server asked to be left alone for ${Math.ceil(quiet / 1000)} s more`;
    return Promise.resolve({ kind: "failed", reason: { code: "source.unreachable", message } });
  }

  get status(): StoreStatus {
    const { current } = this;
    const { name, source, expire = false } = this.#settings;
    const stale = current !== undefined && this.#freshness.staleness.length > 0;
    return {
      name,
      source: source.name,
      ready: current !== undefined && !this.#closing.signal.aborted && !(stale && expire),
      policy: current?.bundle.name ?? null,
      revision: current?.bundle.revision ?? null,
      version: current === undefined ? null : versionOf(current.bundle),
      digest: current?.bundle.digest ?? null,
      sequence: current?.sequence ?? null,
      highestSequence: this.#keeper.history.sequence,
      signedBy: current?.signedBy ?? [],
      origin: current?.origin ?? null,
      activated: current?.activated ?? null,
      checked: this.#checked,
      confirmed: this.#freshness.confirmed,
      released: this.#freshness.released,
      lastRefusal: this.#refusals.last,
      failures: this.#poller.failures,
      stale,
      kept: this.#keeper.kept,
    };
  }

  /** Asks no more, and closes the policy once the last decision with it has ended. Never throws. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#unwatch();
    this.#freshness.close();
    await this.#poller.stop();
    await this.#revisions.close();
    try {
      this.#settings.source.close();
    } catch {
      // It is left alone in any case.
    }
  }

  #watch(): void {
    this.#unwatch();
    if (this.#closing.signal.aborted) return;
    try {
      this.#unwatch = this.#settings.source.watch?.(() => void this.refresh()) ?? this.#unwatch;
    } catch {
      // Asking now and then is enough.
    }
  }

  /** Never rejects. */
  async #ask(asked: boolean): Promise<Answer<RefreshOutcome>> {
    const { source } = this.#settings;
    let outcome: RefreshOutcome;
    try {
      outcome = await this.#question(asked);
    } catch (thrown) {
      outcome = this.#gaveNothing({ code: "activation.failed", message: describeThrown(thrown) });
    }
    const failed = outcome.kind === "failed";
    return {
      outcome,
      failed,
      retryAfterMs: failed ? (source.retryAfterMs ?? null) : null,
      holds: source.holds === true && (outcome.kind === "activated" || outcome.kind === "unchanged"),
    };
  }

  async #question(asked: boolean): Promise<RefreshOutcome> {
    if (this.#closing.signal.aborted) {
      return { kind: "failed", reason: { code: "activation.closed", message: "the service is ending" } };
    }
    const looked = await this.#keeper.look();
    if (!looked.ok) return this.#gaveNothing(looked.reason);
    const outcome = await this.#askSource(asked);
    if (this.current === undefined && !this.#triedKept) await this.#takeKept();
    return outcome;
  }

  async #askSource(asked: boolean): Promise<RefreshOutcome> {
    const { name, source } = this.#settings;
    const refusals = this.#refusals;
    const known = refusals.isDue(asked) ? null : (refusals.version ?? this.#version);
    const milliseconds = this.#checked === null ? this.#limits.startMs : this.#limits.fetchMs;
    const fetched = await askSource(source, known, milliseconds, this.#clock, this.#closing.signal);
    this.#checked = this.#clock.now();
    if (!fetched.ok) return this.#gaveNothing(fetched.reason);
    const { failures } = this.#poller;
    if (failures > 0) this.#report({ kind: "source_recovered", policy: name, failures });
    if (fetched.value !== "unchanged") return this.#take(fetched.value);
    // What it had: what is active, or what was refused.
    const { reason } = refusals;
    if (reason === null) return this.#confirm();
    refusals.note(reason);
    return { kind: "refused", reason };
  }

  async #take(delivery: Delivery): Promise<RefreshOutcome> {
    const ready = await this.#makeReady(delivery);
    if (!ready.ok) {
      this.#refusals.refused(delivery, ready.reason);
      return { kind: "refused", reason: ready.reason };
    }
    this.#version = delivery.version;
    this.#refusals.clear();
    return ready.value === "same" ? this.#confirm() : this.#activate(ready.value, delivery, "source");
  }

  /** What an earlier run kept, as if it were delivered now (T191). */
  async #takeKept(): Promise<void> {
    this.#triedKept = true;
    for (const release of await this.#keeper.releases()) {
      const ready = release.ok ? await this.#makeReady(release.value) : release;
      if (!ready.ok) {
        const digest = release.ok ? release.value.digest : null;
        this.#refusals.say(ready.reason, "kept", digest, "last-good");
      } else if (release.ok && ready.value !== "same") {
        await this.#activate(ready.value, release.value, "last-good");
        return;
      }
    }
  }

  #makeReady(delivery: Delivery): Promise<Result<Ready<Prepared> | "same", RefusalCode>> {
    return makeReady(delivery, {
      settings: this.#settings,
      limits: this.#limits,
      clock: this.#clock,
      history: this.#keeper.history,
      activeDigest: this.current?.bundle.digest ?? null,
      signal: this.#closing.signal,
    });
  }

  async #activate(ready: Ready<Prepared>, delivery: Delivery, origin: Origin): Promise<RefreshOutcome> {
    const { name, source, dispose } = this.#settings;
    const { bundle, signedBy } = ready;
    if (this.#closing.signal.aborted) {
      await closeParts(ready.engine, () => dispose(ready.prepared));
      return { kind: "failed", reason: { code: "activation.closed", message: "the service is ending" } };
    }
    const now = this.#clock.now();
    const first = this.#keeper.activatedBefore(bundle.digest) ?? now;
    const confirmed = origin === "source" ? now : this.#keeper.confirmedBefore;
    const sequence = bundle.sequence ?? null;
    await this.#keeper.remember(delivery, bundle, first, confirmed);
    const previous = this.current?.bundle.revision ?? null;
    this.#revisions.swap({ ...ready, sequence, activated: now, source: source.name, origin });
    this.#freshness.begin(provenTime(signedBy) ?? first, confirmed);
    const { revision, digest, rollback } = bundle;
    this.#report({
      kind: "activated",
      policy: name,
      revision,
      digest,
      sequence,
      signedBy,
      origin,
      previous,
      rollback: rollback?.reason ?? null,
    });
    return { kind: "activated", digest };
  }

  /** The source has what is active. */
  async #confirm(): Promise<RefreshOutcome> {
    this.#refusals.clear();
    this.#freshness.confirm();
    await this.#keeper.confirm(this.#clock.now());
    return { kind: "unchanged" };
  }

  #gaveNothing(reason: Reason<RefusalCode>): RefreshOutcome {
    this.#refusals.gaveNothing(reason, this.#poller.failures);
    return { kind: "failed", reason };
  }

  #report(event: StoreEvent): void {
    try {
      this.#settings.report?.(event);
    } catch {
      // Who listens badly stops no policy.
    }
  }
}

/** When it is proven to have been signed, by the latest signature; `null`: nothing proves it. */
function provenTime(signedBy: readonly SignedBy[]): Date | null {
  const times = signedBy.flatMap(({ time }) => (time === null ? [] : [time.getTime()]));
  return times.length === 0 ? null : new Date(Math.max(...times));
}
