import { oneLine, type Digest, type Reason } from "../../core/index.ts";
import type { Delivery } from "../types.ts";
import type { Origin, RefusalCode, StoreClock, StoreEvent, StoreStatus } from "./types.ts";

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;

/** What no second look at the same bytes changes; all others may pass later (a signature that is pushed after its bundle). */
const FINAL: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "bundle.not_found",
  "bundle.invalid",
  "bundle.limit_exceeded",
  "bundle.entrypoint_missing",
  "bundle.builtin_refused",
  "bundle.data_invalid",
  "activation.lock_mismatch",
  "activation.sequence_missing",
  "activation.sequence_not_higher",
  "activation.version_lower",
  "activation.rollback_invalid",
  "activation.name_changed",
  "activation.examples_missing",
  "activation.example_invalid",
  "activation.example_failed",
]);

/** What the source has and is not taken. */
interface Refusal {
  readonly version: string;
  readonly reason: Reason<RefusalCode>;
  readonly tries: number;
  /** On the clock that only goes forward. */
  readonly retryAt: number;
}

/** What keeps the source's policy from being active: refused versions are remembered, and said once. */
export class Refusals {
  readonly #policy: string;
  readonly #clock: StoreClock;
  readonly #report: (event: StoreEvent) => void;
  #refusal: Refusal | null = null;
  #last: StoreStatus["lastRefusal"] = null;

  constructor(policy: string, clock: StoreClock, report: (event: StoreEvent) => void) {
    this.#policy = policy;
    this.#clock = clock;
    this.#report = report;
  }

  /** `null` once the source has what is active. */
  get last(): StoreStatus["lastRefusal"] {
    return this.#last;
  }

  /** The version that the source had and that was refused. */
  get version(): string | null {
    return this.#refusal?.version ?? null;
  }

  /** Why it was refused. */
  get reason(): Reason<RefusalCode> | null {
    return this.#refusal?.reason ?? null;
  }

  /** Whether it is to be looked at again: its time has come, or somebody asks for it now. */
  isDue(asked: boolean): boolean {
    if (this.#refusal === null || FINAL.has(this.#refusal.reason.code)) return false;
    return asked || this.#clock.elapsed() >= this.#refusal.retryAt;
  }

  /** The source has something that is not taken. */
  refused(delivery: Delivery, reason: Reason<RefusalCode>): void {
    const { version } = delivery;
    const before = this.#refusal;
    if (before?.version !== version || before.reason.code !== reason.code) {
      this.say(reason, version, delivery.kind === "archive" ? delivery.digest : null, "source");
    }
    const tries = before?.version === version ? before.tries + 1 : 1;
    const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries - 1, 20), LONGEST_RETRY_MS);
    this.#refusal = { version, reason, tries, retryAt: this.#clock.elapsed() + wait };
    this.note(reason);
  }

  /** The source gave nothing; `failures` in a row before. */
  gaveNothing(reason: Reason<RefusalCode>, failures: number): void {
    if (failures === 0 || this.#last?.code !== reason.code) {
      this.#report({ kind: "source_failed", policy: this.#policy, reason });
    }
    this.note(reason);
  }

  /** What is wrong now. */
  note({ code, message }: Reason<RefusalCode>): void {
    const time = this.#last?.code === code ? this.#last.time : this.#clock.now();
    this.#last = { code, message: oneLine(message), time };
  }

  /** The source has what is active. */
  clear(): void {
    this.#refusal = null;
    this.#last = null;
  }

  say(reason: Reason<RefusalCode>, version: string, digest: Digest | null, origin: Origin): void {
    this.#report({ kind: "refused", policy: this.#policy, reason, version, digest, origin });
  }
}
