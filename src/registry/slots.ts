/** Bounds how many things of one key are done at once; the rest wait in order. */
export class Slots {
  readonly #size: number;
  readonly #keys = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Runs `task` when a slot is free; an aborted signal ends the wait with its reason. */
  async run<T>(key: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#take(key, signal);
    try {
      return await task();
    } finally {
      this.#give(key);
    }
  }

  async #take(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let slot = this.#keys.get(key);
    if (slot === undefined) {
      slot = { taken: 0, waiting: [] };
      this.#keys.set(key, slot);
    }
    if (slot.taken < this.#size) {
      slot.taken++;
      return;
    }
    const { waiting } = slot;
    await new Promise<void>((resolve, reject) => {
      const proceed = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(proceed), 1);
        reject(new Error("aborted while waiting for a connection"));
      };
      waiting.push(proceed);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  #give(key: string): void {
    const slot = this.#keys.get(key);
    if (slot === undefined) return;
    const next = slot.waiting.shift();
    if (next !== undefined) next();
    else if (--slot.taken === 0) this.#keys.delete(key);
  }
}
