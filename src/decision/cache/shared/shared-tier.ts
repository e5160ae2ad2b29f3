import { hash } from "node:crypto";
import { oneLine } from "../../../core/index.ts";
import { CircuitBreaker } from "../../load/circuit-breaker.ts";
import type { Clocks } from "../clock.ts";
import { Seal } from "../seal.ts";
import type { Tier } from "../tier.ts";
import { RespClient, type RespAnswer, type RespServer } from "./resp-client.ts";

export interface SharedCacheSettings {
  readonly server: RespServer;
  /** All replicas have the same; at least 32 bytes. */
  readonly secret: Uint8Array;
  /** Of assay: what one decides and normalizes, another one may do otherwise, so that they share nothing (T257). */
  readonly version: string;
  /** Milliseconds that one may wait for the server. */
  readonly timeout: number;
  /** Told when the server is given up for a while, and why; for logs. */
  readonly report?: (message: string) => void;
}

/** Bytes of the largest thing that is kept or read. */
const LARGEST = 4 * 1024 * 1024;

const LIMITS = { replyBytes: LARGEST + 1024, pending: 256, unsentBytes: 16 * 1024 * 1024 };

/** Failures in a row after which the server is not asked for a while, and how long: a dead cache costs nothing then. */
const FAILURES = 3;
const PAUSE_MS = 5_000;

/** Names of entries begin so: another layout has other names. */
const PREFIX = "assay:1:";

/**
 * A cache in a Redis or Valkey that is not trusted. What it gives counts only where whoever has the secret sealed just
 * these bytes under just this key for a time that has not passed (`Seal`); whatever else it gives, or that it gives
 * nothing, or late, is as if nothing were kept.
 */
export class SharedTier implements Tier {
  readonly #client: RespClient;
  readonly #version: string;
  readonly #seal: Seal;
  readonly #clocks: Clocks;
  readonly #breaker: CircuitBreaker;
  readonly #report: (message: string) => void;

  constructor(
    { server, secret, version, timeout, report = () => undefined }: SharedCacheSettings,
    clocks: Clocks,
  ) {
    this.#version = version;
    this.#client = new RespClient(server, { ...LIMITS, timeout });
    this.#seal = new Seal(secret);
    this.#clocks = clocks;
    this.#breaker = new CircuitBreaker({ failures: FAILURES, pause: PAUSE_MS, elapsed: clocks.elapsed });
    this.#report = report;
  }

  async get(asked: string): Promise<Uint8Array | undefined> {
    const key = this.#versioned(asked);
    const answer = await this.#command(["GET", nameOf(key)]);
    if (answer?.ok !== true || answer.value.kind !== "bytes") return undefined;
    return this.#seal.open(key, answer.value.bytes, this.#clocks.now().getTime());
  }

  keep(kept: string, bytes: Uint8Array, lifetime: number): void {
    const key = this.#versioned(kept);
    const milliseconds = Math.floor(lifetime);
    if (milliseconds <= 0 || bytes.byteLength > LARGEST) return;
    const sealed = this.#seal.close(key, bytes, this.#clocks.now().getTime() + milliseconds);
    void this.#command(["SET", nameOf(key), sealed, "PX", String(milliseconds)]);
  }

  /** The next to keep something there writes over it. */
  forget(): void {}

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  #versioned(key: string): string {
    return `${this.#version} ${key}`;
  }

  async #command(words: readonly (string | Uint8Array)[]): Promise<RespAnswer | undefined> {
    const attempt = this.#breaker.attempt();
    if (attempt === undefined) return undefined;
    const answer = await this.#client.command(words);
    if (answer.ok && answer.value.kind !== "error") {
      attempt.succeeded();
      return answer;
    }
    if (!answer.ok && answer.reason.code === "cache.busy") {
      attempt.withdrawn();
      return answer;
    }
    const wasOpen = this.#breaker.isOpen;
    attempt.failed();
    if (this.#breaker.isOpen && !wasOpen) this.#report(wordsFor(answer));
    return answer;
  }
}

function wordsFor(answer: RespAnswer): string {
  if (!answer.ok) return answer.reason.message;
  return answer.value.kind === "error"
    ? `the shared cache answered: ${oneLine(answer.value.text, 200)}`
    : "the shared cache answers otherwise than asked";
}

/** Names tell whoever reads them nothing. */
function nameOf(key: string): string {
  return `${PREFIX}${hash("sha256", key, "base64url")}`;
}
