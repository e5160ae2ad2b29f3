import { success, type Digest, type Result } from "../../core/index.ts";
import type { PolicyBundle } from "../../policy/index.ts";
import type { Delivery } from "../types.ts";
import { further, historyWith, NO_HISTORY, type History } from "./admissible.ts";
import { LastGood, type KeptRelease, type KeptState } from "./last-good.ts";
import type { StoreClock } from "./types.ts";

/** Milliseconds between two notes of when the source last confirmed the policy. */
const NOTE_EVERY_MS = 600_000;

export interface KeeperSettings {
  /** `null`: in memory only. */
  readonly folder: string | null;
  readonly name: string;
  readonly clock: StoreClock;
  /** Told when the active policy could not be kept. */
  readonly notKept: (message: string) => void;
}

/** What was active, in memory and, where the settings name a folder, beyond the process. */
export class Keeper {
  readonly #settings: KeeperSettings;
  readonly #lastGood: LastGood | null;
  #history: History = NO_HISTORY;
  #found: KeptState | null = null;
  #active: { readonly delivery: Delivery; readonly state: KeptState } | null = null;
  #kept: boolean | null = null;
  #noted = -Infinity;

  constructor(settings: KeeperSettings) {
    this.#settings = settings;
    this.#lastGood =
      settings.folder === null ? null : new LastGood(settings.folder, settings.name, settings.clock);
  }

  get history(): History {
    return this.#history;
  }

  /** Whether the active policy is there at the next start; `null` where that is not asked for. */
  get kept(): boolean | null {
    return this.#kept;
  }

  /** When the source last had the policy that was found at start. */
  get confirmedBefore(): Date | null {
    return this.#found?.confirmed ?? null;
  }

  /** When a bundle was first active here; `null`: it was not, as far as is known. */
  activatedBefore(digest: Digest): Date | null {
    return this.#found?.history.digest === digest ? this.#found.activated : null;
  }

  /**
   * Finds out what was active before. Until that is known nothing may become active, for it could be older (T180); once it
   * is known, a folder that fails changes nothing. Code: `activation.kept_invalid`.
   */
  async look(): Promise<Result<void, "activation.kept_invalid">> {
    if (this.#lastGood === null) return success(undefined);
    const state = await this.#lastGood.state();
    if (!state.ok) return this.#found === null ? state : success(undefined);
    this.#found ??= state.value;
    // Another replica may have gone further meanwhile.
    this.#history = further(this.#history, state.value.history);
    return success(undefined);
  }

  async releases(): Promise<readonly KeptRelease[]> {
    if (this.#lastGood === null) return [];
    const releases = await this.#lastGood.releases();
    return releases.ok ? releases.value : [releases];
  }

  /** Remembers what is about to be active. */
  async remember(
    delivery: Delivery,
    bundle: PolicyBundle,
    activated: Date,
    confirmed: Date | null,
  ): Promise<void> {
    this.#history = historyWith(bundle);
    this.#active = { delivery, state: { history: this.#history, activated, confirmed } };
    await this.#keep();
  }

  /** Notes now and then that the source has what is active, and tries again to keep what could not be kept. */
  async confirm(confirmed: Date): Promise<void> {
    if (this.#active === null) return;
    this.#active = { ...this.#active, state: { ...this.#active.state, confirmed } };
    if (this.#kept === false && this.#active.delivery.kind === "archive") await this.#keep();
    else if (this.#kept === true && this.#settings.clock.elapsed() - this.#noted >= NOTE_EVERY_MS) {
      this.#noted = this.#settings.clock.elapsed();
      await this.#lastGood?.confirm(this.#active.state);
    }
  }

  async #keep(): Promise<void> {
    if (this.#lastGood === null || this.#active === null) return;
    const { delivery, state } = this.#active;
    this.#noted = this.#settings.clock.elapsed();
    if (delivery.kind === "folder") {
      this.#told("a policy folder is compiled anew at every start, and cannot be kept");
      return;
    }
    const kept = await this.#lastGood.keep(delivery, state);
    if (kept.ok) this.#kept = true;
    else this.#told(kept.reason.message);
  }

  /** Once, until it is kept again. */
  #told(message: string): void {
    if (this.#kept !== false) this.#settings.notKept(message);
    this.#kept = false;
  }
}
