/** What was found, and for how many milliseconds it may be given out again. */
export interface Found<T> {
  readonly value: T;
  readonly lifetime: number;
  /** Bytes, about. */
  readonly weight: number;
}

interface Entry<T> extends Found<T> {
  /** When it was asked for, by the clock that only goes forward. */
  readonly asked: number;
}

export interface RememberedLimits {
  readonly entries: number;
  readonly weight: number;
  /** Milliseconds within which what was found is fresh enough even for who wants it fresh. */
  readonly fresh: number;
}

/** Remembers briefly, within bounds, and asks once for all who ask at the same time. */
export class Remembered<T> {
  readonly #limits: RememberedLimits;
  readonly #elapsed: () => number;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #open = new Map<string, Promise<T>>();
  #weight = 0;

  constructor(limits: RememberedLimits, elapsed: () => number) {
    this.#limits = limits;
    this.#elapsed = elapsed;
  }

  get(key: string, { fresh }: { readonly fresh: boolean }, find: () => Promise<Found<T>>): Promise<T> {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      const age = this.#elapsed() - entry.asked;
      if (age < (fresh ? Math.min(this.#limits.fresh, entry.lifetime) : entry.lifetime)) {
        return Promise.resolve(entry.value);
      }
    }
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const finding = this.#find(key, find);
    this.#open.set(key, finding);
    return finding;
  }

  async #find(key: string, find: () => Promise<Found<T>>): Promise<T> {
    const asked = this.#elapsed();
    try {
      const found = await find();
      this.#keep(key, { ...found, asked });
      return found.value;
    } finally {
      this.#open.delete(key);
    }
  }

  #keep(key: string, entry: Entry<T>): void {
    this.#drop(key);
    this.#entries.set(key, entry);
    this.#weight += entry.weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entries && this.#weight <= this.#limits.weight) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}
