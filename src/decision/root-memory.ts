import { hash } from "node:crypto";
import type { JsonValue } from "../core/index.ts";
import type { TufSource } from "../verification/index.ts";

/** A root as its repository confirmed it. */
export interface KnownRoot {
  readonly root: JsonValue;
  readonly confirmed: Date;
}

/** Repositories that are remembered; the one that was told of longest ago is forgotten first. */
const MOST = 100;

/**
 * Roots that were proven, by repository and by the first root that they were proven with: one policy takes what another,
 * or its own former revision, has been given, instead of asking again. It holds nothing that its asker would not have found
 * proven itself.
 */
export class RootMemory {
  readonly #roots = new Map<string, KnownRoot>();
  readonly #turns = new Map<string, Promise<unknown>>();

  find(source: TufSource): KnownRoot | undefined {
    return this.#roots.get(keyOf(source));
  }

  keep(source: TufSource, known: KnownRoot): void {
    const key = keyOf(source);
    const earlier = this.#roots.get(key);
    if (earlier !== undefined && earlier.confirmed > known.confirmed) return;
    this.#roots.delete(key);
    this.#roots.set(key, known);
    for (const oldest of this.#roots.keys()) {
      if (this.#roots.size <= MOST) break;
      this.#roots.delete(oldest);
    }
  }

  /** Does one thing at a time with a repository, so that who comes next finds what the first was given. */
  async inTurn<T>(source: TufSource, work: () => Promise<T>): Promise<T> {
    const key = keyOf(source);
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }
}

function keyOf({ mirror, initialRoot }: TufSource): string {
  return `${hash("sha256", initialRoot)} ${mirror}`;
}
