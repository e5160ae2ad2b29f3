import type { AdmissionSettings } from "./admission/settings.ts";
import type { Log } from "./log.ts";
import type { Operations } from "./operations/index.ts";
import type { Budgets, DataApiSettings, Decider, Limits, ListenerName } from "./types.ts";

/** All that the HTTP surfaces share. */
export interface Service {
  /** `null` until it is there: nothing is answered before (threat T255). */
  readonly decider: () => Decider | null;
  /** True once the process has been asked to end. */
  readonly draining: () => boolean;
  readonly budgets: Budgets;
  readonly limits: Limits;
  readonly admission: AdmissionSettings;
  readonly dataApi: DataApiSettings;
  readonly log: Log;
  readonly operations: Operations;
  /** Listeners whose callers are known, or on this host: they may have the policies' sources asked. Absent is none. */
  readonly guarded?: ReadonlySet<ListenerName>;
}
