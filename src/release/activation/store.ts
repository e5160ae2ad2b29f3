import type { Result } from "../../core/index.ts";
import type { Active, Lease, RefreshOutcome, RefusalCode, StoreSettings, StoreStatus } from "./types.ts";

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

  constructor(settings: StoreSettings<Prepared>) {
    this.#settings = settings;
  }

  /**
   * Loads the first policy: from the source, or where that gives nothing that counts, the one kept from an earlier run,
   * verified as if it were delivered now. Where it fails, the store still asks on and may become ready later; `close`
   * ends that. Never throws.
   */
  start(_signal: AbortSignal): Promise<Result<Active<Prepared>, RefusalCode>> {
    throw new Error(`${this.#settings.name}: not written yet`);
  }

  get current(): Active<Prepared> | undefined {
    return undefined;
  }

  /** The current revision, kept alive until it is released; `undefined` where there is none. */
  acquire(): Lease<Prepared> | undefined {
    return undefined;
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

  /** Asks the source now (webhook, SIGHUP). One question at a time; however many ask meanwhile, one more follows. Never throws. */
  refresh(): Promise<RefreshOutcome> {
    throw new Error("not written yet");
  }

  get status(): StoreStatus {
    throw new Error("not written yet");
  }

  /** Asks no more, and closes the policy once the last decision with it has ended. Never throws. */
  close(): Promise<void> {
    throw new Error("not written yet");
  }
}
