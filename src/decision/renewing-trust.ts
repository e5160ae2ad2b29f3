import { describeThrown, type JsonValue, type Result } from "../core/index.ts";
import { openTufRoot, type TrustMaterial, type TufSource } from "../verification/index.ts";
import type { KnownRoot, RootMemory } from "./root-memory.ts";

/** What became of one root in one round; for logs. */
export interface RenewalEvent {
  readonly root: string;
  /** `mirror`: the repository gave or confirmed it now; else the last good one serves on. */
  readonly source: "mirror" | "cache" | "seed" | "none";
  /** Milliseconds since the repository last confirmed it; `null` where nothing is known of it. */
  readonly age: number | null;
  /** What went wrong, a line each; empty where all is well. */
  readonly faults: readonly string[];
}

export interface RenewalSettings {
  /** A private folder in which the repositories' state survives a restart; `null`: in memory only. */
  readonly cacheFolder: string | null;
  /** Milliseconds between rounds; each is up to a tenth shorter, so that replicas do not ask all at once. */
  readonly everyMs: number;
  readonly clock: () => Date;
  readonly report: (event: RenewalEvent) => void;
  readonly fetch?: typeof fetch;
  /** What others were given by the same repositories: it is taken where it is younger than half of `everyMs`. */
  readonly memory?: RootMemory;
}

/** Milliseconds until the next try after a round in which some repository gave nothing. */
const RETRY_MS = 5 * 60_000;

/** `setTimeout` takes more for nothing at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Trust whose Sigstore roots are renewed by TUF while decisions are made. `current` is always whole: a new root counts
 * only once it is proven and all trust was built anew with it; whatever fails (T107, T113, A102 to A108), the last good
 * trust stays. One decision takes `current` once, so that it is made with one trust throughout.
 */
export class RenewingTrust {
  readonly #sources: ReadonlyMap<string, TufSource>;
  readonly #rebuild: (roots: ReadonlyMap<string, JsonValue>) => Result<TrustMaterial>;
  readonly #settings: RenewalSettings;
  readonly #roots = new Map<string, JsonValue>();
  readonly #closing = new AbortController();
  #current: TrustMaterial;
  #timer: NodeJS.Timeout | undefined;

  /** `rebuild` makes all trust with the named roots in place of those that `initial` was made with. */
  constructor(
    initial: TrustMaterial,
    sources: ReadonlyMap<string, TufSource>,
    rebuild: (roots: ReadonlyMap<string, JsonValue>) => Result<TrustMaterial>,
    settings: RenewalSettings,
  ) {
    this.#current = initial;
    this.#sources = sources;
    this.#rebuild = rebuild;
    this.#settings = settings;
  }

  get current(): TrustMaterial {
    return this.#current;
  }

  /**
   * Takes what an earlier run kept, and what others were given, without the network; then asks the repositories again and
   * again. Never throws.
   */
  async start(): Promise<void> {
    await this.renew(false);
    this.#schedule(this.#untilDue());
  }

  /** One round over all roots; whether every repository that was asked gave something. Never throws. */
  async renew(network: boolean): Promise<boolean> {
    const outcomes = await Promise.all(
      [...this.#sources].map(([name, source]) => this.#renewRoot(name, source, network)),
    );
    return outcomes.every(Boolean);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closing.abort();
  }

  /** Milliseconds until some root must be asked for. */
  #untilDue(): number {
    const { memory, everyMs } = this.#settings;
    const ages = [...this.#sources.values()].map((source) => this.#ageOf(memory?.find(source)));
    return Math.max(0, everyMs - Math.max(0, ...ages));
  }

  /** Infinite where nothing is known, or the clock was set back. */
  #ageOf(known: KnownRoot | undefined): number {
    if (known === undefined) return Infinity;
    const age = this.#settings.clock().getTime() - known.confirmed.getTime();
    return age < 0 ? Infinity : age;
  }

  #schedule(delay: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#round(), Math.min(delay, LONGEST_TIMER_MS));
    // Renewal alone keeps no process alive.
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    const good = await this.renew(true);
    const { everyMs } = this.#settings;
    this.#schedule((good ? everyMs : Math.min(everyMs, RETRY_MS)) * (0.9 + Math.random() / 10));
  }

  /** One asks a repository at a time; the others then find what it was given. Without the network, nobody waits for that. */
  #renewRoot(name: string, source: TufSource, network: boolean): Promise<boolean> {
    const { memory } = this.#settings;
    const open = () => this.#recall(name, source, network) ?? this.#openRoot(name, source, network);
    return memory === undefined || !network ? open() : memory.inTurn(source, open);
  }

  /** Takes what others were given, where the repository may be asked only what is recent; `undefined` where there is nothing. */
  #recall(name: string, source: TufSource, network: boolean): Promise<boolean> | undefined {
    const { memory, everyMs, report } = this.#settings;
    const known = memory?.find(source);
    const age = this.#ageOf(known);
    if (known === undefined || (network && age > everyMs / 2)) return undefined;
    const refused = this.#take(name, known.root);
    report({ root: name, source: "cache", age, faults: refused === undefined ? [] : [refused] });
    return Promise.resolve(refused === undefined);
  }

  async #openRoot(name: string, source: TufSource, network: boolean): Promise<boolean> {
    const { cacheFolder, clock, report, fetch, memory } = this.#settings;
    try {
      const opened = await openTufRoot(source, {
        cacheFolder,
        refresh: network,
        now: clock(),
        signal: this.#closing.signal,
        ...(fetch === undefined ? {} : { fetch }),
      });
      if (this.#closing.signal.aborted) return false;
      if (!opened.ok) {
        // Without the network a first start has nothing kept: that is no fault.
        if (network) report({ root: name, source: "none", age: null, faults: [opened.reason.message] });
        return false;
      }
      const { root, source: from, age, notices } = opened.value;
      if (from === "mirror") memory?.keep(source, { root, confirmed: new Date(clock().getTime() - age) });
      const faults = notices.map(({ message }) => message);
      const refused = from === "seed" ? undefined : this.#take(name, root);
      report({
        root: name,
        source: from,
        age,
        faults: refused === undefined ? faults : [...faults, refused],
      });
      return from === "mirror" && refused === undefined;
    } catch (thrown) {
      report({ root: name, source: "none", age: null, faults: [describeThrown(thrown)] });
      return false;
    }
  }

  /** Swaps the trust as a whole; the line that says why not, where it cannot. */
  #take(name: string, root: JsonValue): string | undefined {
    const roots = new Map(this.#roots).set(name, root);
    const rebuilt = this.#rebuild(roots);
    if (!rebuilt.ok) return `the renewed root is left aside: ${rebuilt.reason.message}`;
    this.#roots.set(name, root);
    this.#current = rebuilt.value;
    return undefined;
  }
}
