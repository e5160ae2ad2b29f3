import type { StoreClock } from "./types.ts";

/** Of another replica's clock against ours; what is further ahead tells nothing. */
const CLOCK_SKEW_MS = 300_000;

export interface FreshnessSettings {
  readonly maxAgeMs: number | null;
  readonly maxReleaseAgeMs: number | null;
  readonly clock: StoreClock;
  /** Called once each time that the policy becomes stale. */
  readonly stale: (why: Staleness, since: Date) => void;
}

export type Staleness = "not_confirmed" | "old_release";

interface Moment {
  readonly time: Date;
  /** On the clock that only goes forward: setting the wall's clock back makes nothing younger. */
  readonly elapsed: number;
}

/** How long ago the source confirmed the active policy, and how old that is as a release (T181). */
export class Freshness {
  readonly #settings: FreshnessSettings;
  #confirmed: Moment | null = null;
  #released: Moment | null = null;
  #said = new Set<Staleness>();
  #stopTimer: () => void = () => undefined;

  constructor(settings: FreshnessSettings) {
    this.#settings = settings;
  }

  get confirmed(): Date | null {
    return this.#confirmed?.time ?? null;
  }

  get released(): Date | null {
    return this.#released?.time ?? null;
  }

  /** Why the policy is stale now; empty where it is not, also before there is any. */
  get staleness(): readonly Staleness[] {
    return this.#limits()
      .filter(({ left }) => left <= 0)
      .map(({ why }) => why);
  }

  /** Another policy is active, released and confirmed at these times; `null`: nobody knows, which is long ago. */
  begin(released: Date | null, confirmed: Date | null): void {
    this.#released = this.#momentOf(released);
    this.#confirmed = this.#momentOf(confirmed);
    this.#said.clear();
    this.#watch();
  }

  /** The source has the active policy now. */
  confirm(): void {
    this.#confirmed = this.#momentOf(this.#settings.clock.now());
    this.#said.delete("not_confirmed");
    this.#watch();
  }

  close(): void {
    this.#stopTimer();
  }

  /** Says what has become stale, and sets the timer to when something next will. */
  #watch(): void {
    this.#stopTimer();
    const limits = this.#limits();
    for (const { why, left, since } of limits) {
      if (left > 0 || this.#said.has(why)) continue;
      this.#said.add(why);
      this.#settings.stale(why, since);
    }
    const next = Math.min(...limits.map(({ left }) => left).filter((left) => left > 0));
    if (next !== Infinity) this.#stopTimer = this.#settings.clock.after(next, () => this.#watch());
  }

  #limits(): readonly { readonly why: Staleness; readonly left: number; readonly since: Date }[] {
    const { maxAgeMs, maxReleaseAgeMs, clock } = this.#settings;
    const limit = (why: Staleness, moment: Moment | null, most: number | null) =>
      moment === null || most === null
        ? []
        : [{ why, left: moment.elapsed + most - clock.elapsed(), since: moment.time }];
    return [
      ...limit("not_confirmed", this.#confirmed, maxAgeMs),
      ...limit("old_release", this.#released, maxReleaseAgeMs),
    ];
  }

  #momentOf(time: Date | null): Moment {
    const { clock } = this.#settings;
    const age = time === null ? Infinity : clock.now().getTime() - time.getTime();
    const known = time !== null && age > -CLOCK_SKEW_MS;
    return {
      time: known ? time : new Date(0),
      elapsed: known ? clock.elapsed() - Math.max(0, age) : -Infinity,
    };
  }
}
