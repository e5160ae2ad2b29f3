import { describeThrown, failure, type Failure, type Result } from "../core/index.ts";
import type { Limits } from "./limits.ts";

/**
 * Asks content sources, a bounded number at a time. Whatever a source does, its answer is a value: a thrown thing
 * becomes a failure, and at the deadline every question still open is answered with a timeout.
 */
export class Asking {
  readonly limits: Limits;
  readonly #signal: AbortSignal;
  readonly #aborted: Promise<Failure>;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(signal: AbortSignal, limits: Limits) {
    this.limits = limits;
    this.#signal = signal;
    this.#free = limits.concurrency;
    this.#aborted = new Promise((resolve) => {
      const giveUp = () => {
        resolve(timedOut());
        for (const proceed of this.#waiting.splice(0)) proceed();
      };
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  async ask<T>(question: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (this.#signal.aborted) return timedOut();
      return await Promise.race([question(), this.#aborted]);
    } catch (thrown) {
      return failure("internal", `the question for content failed: ${describeThrown(thrown)}`);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

function timedOut(): Failure {
  return failure("registry.timeout", "the deadline passed before the registry had answered");
}
