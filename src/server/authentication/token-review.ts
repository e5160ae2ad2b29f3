import { createHash } from "node:crypto";
import { arrayAt, at, member, objectAt, stringAt } from "../../core/index.ts";
import { ApiServer, type ApiServerSettings } from "../kubernetes/index.ts";
import { isSubject } from "./jwt.ts";

/** Asks the API server whose a token is (`authentication.k8s.io/v1`). */
export interface TokenReviewSettings extends ApiServerSettings {
  /** The token must have been made for it. */
  readonly audience: string;
  /** Patterns of the user's name, one of which must fit; empty: whoever the API server knows. */
  readonly subjects: readonly string[];
}

const LARGEST_ANSWER = 256 * 1024;

/** Milliseconds for which an answer is remembered: so long a revoked token stays good. */
const REMEMBERED_MS = { good: 60_000, bad: 5_000 } as const;

/** Tokens that are remembered, and questions that may be open at once: strangers send any number of tokens. */
const MOST_REMEMBERED = 1_000;
const MOST_OPEN = 16;

interface Remembered {
  readonly good: boolean;
  readonly until: number;
}

/** `null`: nobody could say. It is remembered nowhere. */
export type Verdict = boolean | null;

/** Reviews tokens; those seen within a minute without asking again. Never throws. */
export class TokenReviewer {
  readonly #settings: TokenReviewSettings;
  readonly #server: ApiServer;
  readonly #elapsed: () => number;
  readonly #remembered = new Map<string, Remembered>();
  readonly #open = new Map<string, Promise<Verdict>>();

  constructor(settings: TokenReviewSettings, elapsed: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#server = new ApiServer(settings);
    this.#elapsed = elapsed;
  }

  async isGood(token: string): Promise<Verdict> {
    const key = createHash("sha256").update(token).digest("base64");
    const known = this.#remembered.get(key);
    if (known !== undefined && this.#elapsed() < known.until) return known.good;
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    if (this.#open.size >= MOST_OPEN) return null;
    const asked = this.#ask(token).catch(() => null);
    this.#open.set(key, asked);
    const good = await asked;
    this.#open.delete(key);
    if (good !== null) this.#remember(key, good);
    return good;
  }

  #remember(key: string, good: boolean): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, { good, until: this.#elapsed() + REMEMBERED_MS[good ? "good" : "bad"] });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }

  async #ask(token: string): Promise<Verdict> {
    const { audience, subjects } = this.#settings;
    const review = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token, audiences: [audience] },
    };
    const path = ["apis", "authentication.k8s.io", "v1", "tokenreviews"];
    const answer = await this.#server.post(path, review, LARGEST_ANSWER);
    if (answer.status !== 200 && answer.status !== 201) return null;
    const status = objectAt(answer.body, "status");
    if (status === undefined) return null;
    return (
      at(status, "authenticated") === true &&
      // A server that knows nothing of audiences answers without them.
      (arrayAt(status, "audiences") ?? []).includes(audience) &&
      isSubject(stringAt(status, "user", "username"), subjects) &&
      member(status, "error") === undefined
    );
  }
}
