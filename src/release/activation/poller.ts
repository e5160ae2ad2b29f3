import type { StoreClock } from "./types.ts";

export interface PollerSettings<Outcome> {
  /** Asks once; never rejects. `asked`: somebody wants to know now, not only the time has come. */
  readonly ask: (asked: boolean) => Promise<Answer<Outcome>>;
  readonly clock: StoreClock;
  readonly random: () => number;
  /** Milliseconds; 0: only triggers ask. */
  readonly refreshMs: number;
  readonly leastGapMs: number;
  readonly longestWaitMs: number;
}

export interface Answer<Outcome> {
  readonly outcome: Outcome;
  /** Whether the next question waits longer and longer. */
  readonly failed: boolean;
  /** Milliseconds that the source asked to be left alone for. */
  readonly retryAfterMs: number | null;
  /** The source holds questions: the next one may follow at once. */
  readonly holds: boolean;
}

/** Milliseconds before the second try after a failure; doubled before each further one. */
const FIRST_WAIT_MS = 10_000;
/** A source that asks for more is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * When to ask: again and again, earlier by chance so that replicas do not ask all at once, less and less often while it
 * fails (T190), and when triggered. There is one question at a time; whoever triggers meanwhile shares the one that follows.
 */
export class Poller<Outcome> {
  readonly #settings: PollerSettings<Outcome>;
  #running: Promise<Outcome> | undefined;
  #next: Promise<Outcome> | undefined;
  #stopTimer: () => void = () => undefined;
  #stopGap: () => void = () => undefined;
  #lastAsked = -Infinity;
  #quietUntil = -Infinity;
  #failures = 0;
  #stopped = false;

  constructor(settings: PollerSettings<Outcome>) {
    this.#settings = settings;
  }

  /** Questions in a row that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Asks as soon as it may be asked; never rejects. After `stop` it asks all the same, once, and nothing follows. */
  trigger(): Promise<Outcome> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#run(true);
    this.#next = this.#running.then(() => {
      this.#next = undefined;
      return this.#run(true);
    });
    return this.#next;
  }

  /** Until when the source asked to be left alone; milliseconds from now, 0: it did not. */
  get quietMs(): number {
    return Math.max(0, this.#quietUntil - this.#settings.clock.elapsed());
  }

  /** No question follows by itself any more; resolves once the last one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    this.#stopGap();
    await this.#next;
    await this.#running;
  }

  #run(asked: boolean): Promise<Outcome> {
    this.#stopTimer();
    const run = this.#askOnce(asked);
    this.#running = run;
    return run;
  }

  async #askOnce(asked: boolean): Promise<Outcome> {
    const { ask, clock } = this.#settings;
    await this.#gap();
    this.#lastAsked = clock.elapsed();
    const { outcome, ...rest } = await ask(asked);
    this.#running = undefined;
    this.#schedule(rest);
    return outcome;
  }

  /** However many triggers come, the source has a moment between two questions. */
  #gap(): Promise<void> {
    const { clock, leastGapMs } = this.#settings;
    const left = this.#lastAsked + leastGapMs - clock.elapsed();
    if (left <= 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = clock.after(left, resolve);
      this.#stopGap = () => {
        stop();
        resolve();
      };
    });
  }

  #schedule({ failed, retryAfterMs, holds }: Omit<Answer<Outcome>, "outcome">): void {
    const { clock, refreshMs } = this.#settings;
    this.#failures = failed ? this.#failures + 1 : 0;
    const quiet = Math.min(Math.max(0, retryAfterMs ?? 0), LONGEST_RETRY_AFTER_MS);
    this.#quietUntil = clock.elapsed() + quiet;
    // A trigger that waited is about to ask.
    if (refreshMs <= 0 || this.#stopped || this.#next !== undefined) return;
    const wait = failed ? this.#backoff() : holds ? 0 : refreshMs * this.#jitter(0.8);
    this.#stopTimer = clock.after(Math.max(wait, quiet), () => {
      if (!this.#stopped && this.#running === undefined) void this.#run(false);
    });
  }

  /** From a first wait, or the interval where that is shorter, doubled up to the longest; half of it by chance. */
  #backoff(): number {
    const { refreshMs, longestWaitMs } = this.#settings;
    const first = Math.min(refreshMs, FIRST_WAIT_MS);
    const doubled = first * 2 ** Math.min(this.#failures - 1, 30);
    return Math.min(doubled, Math.max(longestWaitMs, refreshMs)) * this.#jitter(0.5);
  }

  /** From `least` to 1. */
  #jitter(least: number): number {
    return least + (1 - least) * this.#settings.random();
  }
}
