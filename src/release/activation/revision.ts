import { describeThrown } from "../../core/index.ts";
import type { Active, Lease } from "./types.ts";

export type Dispose<Prepared> = (prepared: Prepared) => void | Promise<void>;

/** One revision with those who still decide by it. */
class Revision<Prepared> {
  readonly active: Active<Prepared>;
  readonly #ended = Promise.withResolvers<undefined>();
  #leases = 0;
  #retired = false;

  constructor(active: Active<Prepared>) {
    this.active = active;
  }

  acquire(): Lease<Prepared> {
    this.#leases++;
    let released = false;
    return {
      active: this.active,
      release: () => {
        if (released) return;
        released = true;
        this.#leases--;
        this.#endIfUnused();
      },
    };
  }

  /** Resolves once the last decision with it has ended; nobody acquires it any more. */
  retire(): Promise<undefined> {
    this.#retired = true;
    this.#endIfUnused();
    return this.#ended.promise;
  }

  #endIfUnused(): void {
    if (this.#retired && this.#leases === 0) this.#ended.resolve(undefined);
  }
}

/** The current revision, and those that it took the place of as long as somebody decides by them. */
export class Revisions<Prepared> {
  readonly #dispose: Dispose<Prepared>;
  readonly #retired: (active: Active<Prepared>, message: string | null) => void;
  readonly #retiring = new Set<Promise<void>>();
  #current: Revision<Prepared> | undefined;

  /** `retired` is told of every revision that is closed, with what went wrong, if anything. */
  constructor(
    dispose: Dispose<Prepared>,
    retired: (active: Active<Prepared>, message: string | null) => void,
  ) {
    this.#dispose = dispose;
    this.#retired = retired;
  }

  get current(): Active<Prepared> | undefined {
    return this.#current?.active;
  }

  acquire(): Lease<Prepared> | undefined {
    return this.#current?.acquire();
  }

  /** From now on this one is acquired, and no other; the one before ends with its last decision. */
  swap(active: Active<Prepared>): void {
    const before = this.#current;
    this.#current = new Revision(active);
    this.#end(before);
  }

  /** Resolves once the last decision with any of them has ended. */
  async close(): Promise<void> {
    this.#end(this.#current);
    this.#current = undefined;
    await Promise.all(this.#retiring);
  }

  #end(revision: Revision<Prepared> | undefined): void {
    if (revision === undefined) return;
    const { active } = revision;
    const ending = revision
      .retire()
      .then(() => closeParts(active.engine, () => this.#dispose(active.prepared)))
      .then((message) => this.#retired(active, message))
      .finally(() => this.#retiring.delete(ending));
    this.#retiring.add(ending);
  }
}

/** Both, whatever the other does; never rejects. The line that says what went wrong, `null` where nothing did. */
export async function closeParts(
  engine: { close(): Promise<void> },
  dispose: () => void | Promise<void>,
): Promise<string | null> {
  const outcomes = await Promise.allSettled([(async () => dispose())(), (async () => engine.close())()]);
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [describeThrown(outcome.reason)] : [],
  );
  return faults.length === 0 ? null : faults.join("; ");
}
