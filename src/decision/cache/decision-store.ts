import type { Digest } from "../../core/index.ts";
import type { Decision } from "../types.ts";
import { ByteLru, type LruLimits } from "./byte-lru.ts";
import type { Clocks } from "./clock.ts";
import { readDecision, writeDecision } from "./decision-code.ts";
import type { CacheSettings } from "./settings.ts";
import type { Tier } from "./tier.ts";

interface Kept {
  readonly decision: Decision;
  /** Of the wall's clock. */
  readonly from: number;
  readonly until: number;
}

/** Memory that a character of JSON takes as part of an object, at most. */
const BYTES_OF_CHARACTER = 8;

/**
 * Decisions that were reached, each under the question that it answers. One is given out until its `validUntil` and no
 * longer than configured, as it was made: with its own time and id. What could not be decided is never kept (T208).
 */
export class DecisionStore {
  readonly #kept: ByteLru<Kept>;
  readonly #settings: CacheSettings;
  readonly #clocks: Clocks;
  readonly #shared: Tier | undefined;

  constructor(limits: LruLimits, settings: CacheSettings, clocks: Clocks, shared?: Tier) {
    this.#kept = new ByteLru(limits);
    this.#settings = settings;
    this.#clocks = clocks;
    this.#shared = shared;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#kept.bytes;
  }

  /** From this process's memory. */
  find(question: string, digest: Digest): Decision | undefined {
    const kept = this.#kept.find(keyOf(question, digest), this.#clocks.elapsed());
    if (kept === undefined) return undefined;
    // The wall's clock may have been set, back or ahead.
    const now = this.#clocks.now().getTime();
    return kept.from <= now && now < kept.until ? kept.decision : undefined;
  }

  /** … and from what replicas share. `isAnswer` tells whether a decision is one to this question at all. */
  async findShared(
    question: string,
    digest: Digest,
    isAnswer: (decision: Decision) => boolean,
  ): Promise<Decision | undefined> {
    const key = keyOf(question, digest);
    const bytes = await this.#shared?.get(key);
    const decision = bytes === undefined ? undefined : readDecision(bytes);
    if (bytes === undefined || decision === undefined) return undefined;
    if (decision.image.digest !== digest || !isAnswer(decision)) return undefined;
    const age = this.#clocks.now().getTime() - Date.parse(decision.time);
    const lifetime = this.#lifetime(decision, age);
    if (age < 0 || lifetime <= 0) return undefined;
    this.#remember(key, decision, bytes.byteLength, this.#clocks.elapsed() + lifetime);
    return decision;
  }

  /**
   * `began`: when the evidence was first asked for, by the clock that only goes forward; `shareable`: whether replicas may
   * have it.
   */
  keep(
    question: string,
    decision: Decision,
    { began, shareable }: { readonly began: number; readonly shareable: boolean },
  ): void {
    const { digest } = decision.image;
    if (digest === null || decision.outcome === "undecided") return;
    const age = this.#clocks.elapsed() - began;
    const lifetime = this.#lifetime(decision, age);
    if (lifetime <= 0) return;
    const key = keyOf(question, digest);
    const bytes = writeDecision(decision);
    this.#remember(key, decision, bytes.byteLength, began + age + lifetime);
    if (shareable) this.#shared?.keep(key, bytes, lifetime);
  }

  #remember(key: string, decision: Decision, characters: number, until: number): void {
    const kept: Kept = {
      decision,
      from: Date.parse(decision.time),
      until: Date.parse(decision.validUntil ?? decision.time),
    };
    this.#kept.keep(key, kept, BYTES_OF_CHARACTER * characters, until);
  }

  /** Milliseconds for which a decision that is `age` old is still good. */
  #lifetime({ allow, validUntil }: Decision, age: number): number {
    const { decisions, denials } = this.#settings;
    if (validUntil === null) return 0;
    const left = Date.parse(validUntil) - this.#clocks.now().getTime();
    return Math.min((allow ? decisions : denials) - age, left);
  }
}

function keyOf(question: string, digest: Digest): string {
  return `decision ${digest} ${question}`;
}
