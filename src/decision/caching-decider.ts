import { describeThrown, type Digest, type Reason } from "../core/index.ts";
import { parseReference } from "../image/index.ts";
import type { PolicyEngine } from "../policy/index.ts";
import type { ContentSource } from "../registry/index.ts";
import { CachedContent, type ContentPool } from "./cache/cached-content.ts";
import { ByteLru, type LruLimits } from "./cache/byte-lru.ts";
import type { Clocks } from "./cache/clock.ts";
import { DecisionStore } from "./cache/decision-store.ts";
import { Flights } from "./cache/flights.ts";
import { questionOf } from "./cache/question.ts";
import type { CacheSettings, CacheTiers } from "./cache/settings.ts";
import { deadlineExceeded } from "./deadline.ts";
import { decide, undecided } from "./decide.ts";
import { guardedContent } from "./load/guarded-content.ts";
import { RegistryGuards } from "./load/registry-guards.ts";
import type { LoadSettings } from "./load/settings.ts";
import { WorkQueue, type Lane, type Ticket } from "./load/work-queue.ts";
import type { Decision, DecidingContext, DecisionRequest } from "./types.ts";

export interface CachingSettings {
  readonly cache: CacheSettings;
  readonly load: LoadSettings;
  readonly clocks: Clocks;
  readonly tiers?: CacheTiers;
}

export interface CachingOptions {
  /** Aborts at the caller's own deadline; others who wait for the same decision are not concerned. */
  readonly signal: AbortSignal;
  /** Default: `admission`. */
  readonly lane?: Lane;
}

/** For operators. */
export interface CachingState {
  /** Answers given from memory, and from what replicas share, since the start. */
  readonly remembered: number;
  readonly shared: number;
  /** Decisions made since the start. */
  readonly made: number;
  /** Turned away since the start because too many waited. */
  readonly overloaded: number;
  /** Entries, and the memory they take, in bytes. */
  readonly decisions: { readonly size: number; readonly bytes: number };
  readonly content: { readonly size: number; readonly bytes: number };
  readonly queue: { readonly running: number; readonly waiting: number };
  /** Registries that failed again and again and are not asked now. */
  readonly pausedRegistries: readonly string[];
}

/** The service's own credentials. */
const SERVICE = "service";

/** What of the memory for caches is for content of registries; the rest is for decisions. */
const CONTENT_SHARE = 2 / 3;

/** One entry takes at most this part of its cache. */
const ENTRY_SHARE = 1 / 8;

/** Milliseconds for which at least one may join others who wait for a tag's decision. */
const LEAST_SHARING = 1_000;

/** One question on its way to an answer. */
interface Asked {
  readonly question: string;
  readonly request: DecisionRequest;
  readonly context: DecidingContext;
  /** The image's, where it is known without asking. */
  readonly digest: Digest | undefined;
  readonly ticket: Ticket;
  /** Whether replicas may share it: nothing that was found with a tenant's credentials. */
  readonly shareable: boolean;
}

/**
 * Makes decisions for many callers: those who ask for the same at the same time share one; a decision that was reached is
 * remembered until the same evidence might be judged otherwise, and what was fetched is not fetched again. Whatever it does
 * not remember it decides as `decide` does, and no answer is older than `CacheSettings` say. Never throws.
 */
export class CachingDecider {
  readonly #settings: CachingSettings;
  readonly #pool: ContentPool;
  readonly #decisions: DecisionStore;
  readonly #flights = new Flights<Decision>();
  /** Of the decisions that are being made, by question. */
  readonly #tickets = new Map<string, Ticket>();
  readonly #queue: WorkQueue;
  readonly #guards: RegistryGuards;
  readonly #engines = new WeakMap<PolicyEngine, number>();
  #enginesSeen = 0;
  readonly #counts = { remembered: 0, shared: 0, made: 0, overloaded: 0 };

  constructor(settings: CachingSettings) {
    this.#settings = settings;
    const { cache, load, clocks, tiers } = settings;
    const content = Math.floor(cache.bytes * CONTENT_SHARE);
    this.#pool = new ByteLru(limitsOf(content));
    this.#decisions = new DecisionStore(limitsOf(cache.bytes - content), cache, clocks, tiers?.shared);
    this.#queue = new WorkQueue({ running: load.decisions, waiting: load.queue });
    this.#guards = new RegistryGuards(load, clocks.elapsed);
  }

  /**
   * A source to decide with: `registry` within bounds and with a memory. `scope` names whose credentials it asks with, the
   * service's own by default: nothing that was found with one's credentials is ever given to another (T207, T240), and
   * only what was found with the service's own leaves this process's memory.
   */
  content(registry: ContentSource, scope = SERVICE): ContentSource {
    const { cache: settings, clocks } = this.#settings;
    const tiers = scope === SERVICE ? (this.#settings.tiers ?? {}) : {};
    const guarded = guardedContent(registry, this.#guards, { isTenants: scope !== SERVICE });
    return new CachedContent(guarded, { pool: this.#pool, settings, clocks, tiers, scope });
  }

  get state(): CachingState {
    const { size, bytes } = this.#pool;
    const { running, waiting } = this.#queue;
    return {
      ...this.#counts,
      decisions: { size: this.#decisions.size, bytes: this.#decisions.bytes },
      content: { size, bytes },
      queue: { running, waiting },
      pausedRegistries: this.#guards.paused,
    };
  }

  /**
   * As `decide`. Remembered and shared is only what is decided over a source of `content`, with no evidence but a
   * registry's: files and layouts are a caller's own.
   */
  async decide(
    request: DecisionRequest,
    context: DecidingContext,
    { signal, lane = "admission" }: CachingOptions,
  ): Promise<Decision> {
    const { registry, layouts, files } = context;
    const parsed = parseReference(request.reference);
    const isOwn = layouts.length > 0 || files.length > 0;
    if (!parsed.ok || isOwn || !(registry instanceof CachedContent)) {
      return (await decide(request, context, { signal })).decision;
    }
    const { digest, tag = "latest", registry: group } = parsed.value;
    const question = questionOf(request, context, registry.scope);
    const asked: Asked = {
      question,
      request,
      context,
      digest: digest ?? registry.digestOfTag(parsed.value, tag),
      ticket: { lane, group },
      shareable: registry.scope === SERVICE,
    };
    const known = asked.digest === undefined ? undefined : this.#decisions.find(question, asked.digest);
    if (known !== undefined) {
      this.#counts.remembered++;
      return known;
    }
    const others = this.#tickets.get(question);
    if (others !== undefined && lane === "admission") this.#queue.promote(others);
    // An engine that is replaced is closed once its own callers have left: nobody else's decision may depend on it (T188).
    const instance = `${this.#nameOf(context.engine)} ${question}`;
    const key = digest === undefined ? `${instance} ${this.#epoch()}` : instance;
    return this.#flights.join(
      key,
      signal,
      (shared) => this.#lead(asked, shared),
      () => open(asked, deadlineExceeded().reason),
    );
  }

  /** One engine's own, also where another has the same bundle. */
  #nameOf(engine: PolicyEngine): number {
    const known = this.#engines.get(engine);
    if (known !== undefined) return known;
    const name = ++this.#enginesSeen;
    this.#engines.set(engine, name);
    return name;
  }

  /** Whoever asks for a tag joins nobody who asked longer ago than a tag is remembered. */
  #epoch(): number {
    const { cache, clocks } = this.#settings;
    return Math.floor(clocks.elapsed() / Math.max(cache.tags, LEAST_SHARING));
  }

  async #lead(asked: Asked, signal: AbortSignal): Promise<Decision> {
    const { question, digest, ticket } = asked;
    this.#tickets.set(question, ticket);
    try {
      const shared = digest === undefined ? undefined : await this.#findShared(asked, digest);
      if (shared !== undefined) return shared;
      return await this.#queue.run(ticket, signal, () => this.#make(asked, signal), {
        full: () => {
          this.#counts.overloaded++;
          return open(asked, OVERLOADED);
        },
        left: () => open(asked, deadlineExceeded().reason),
      });
    } catch (thrown) {
      return open(asked, { code: "internal", message: describeThrown(thrown) });
    } finally {
      if (this.#tickets.get(question) === ticket) this.#tickets.delete(question);
    }
  }

  async #make(asked: Asked, signal: AbortSignal): Promise<Decision> {
    const { question, request, context } = asked;
    const { cache, clocks } = this.#settings;
    const began = clocks.elapsed();
    let found: Decision | undefined;
    const known = async (digest: Digest) => {
      found = this.#decisions.find(question, digest);
      if (found !== undefined) this.#counts.remembered++;
      // Of a digest that was known before, the replicas have been asked already.
      else if (digest !== asked.digest) found = await this.#findShared(asked, digest);
      return found;
    };
    const longest = cache.decisions > 0 ? { longestValidity: cache.decisions } : {};
    const { decision } = await decide(request, { ...context, ...longest }, { signal, known });
    if (decision === found) return decision;
    this.#counts.made++;
    this.#decisions.keep(question, decision, { began, shareable: asked.shareable });
    return decision;
  }

  async #findShared(
    { question, request, context, shareable }: Asked,
    digest: Digest,
  ): Promise<Decision | undefined> {
    if (!shareable) return undefined;
    const found = await this.#decisions.findShared(
      question,
      digest,
      ({ image, policy, trust }) =>
        image.reference === request.reference &&
        policy.digest === context.engine.bundle.digest &&
        trust.digest === context.trust.digest,
    );
    if (found !== undefined) this.#counts.shared++;
    return found;
  }
}

const OVERLOADED: Reason<"service.overloaded"> = {
  code: "service.overloaded",
  message: "too many decisions wait already: try again",
};

function open({ request, context, digest }: Asked, reason: Reason): Decision {
  return undecided(request, context, context.clock(), reason, digest ?? null).decision;
}

function limitsOf(bytes: number): LruLimits {
  return { bytes, entryBytes: Math.floor(bytes * ENTRY_SHARE) };
}
