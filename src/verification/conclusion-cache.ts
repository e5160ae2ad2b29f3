import { createHash } from "node:crypto";
import type { Artifact, ArtifactContent } from "../evidence/index.ts";
import { CLOCK_SKEW } from "./testimony.ts";
import type { TrustMaterial, VerificationTarget, VerifiedConclusion } from "./types.ts";

export interface CacheLimits {
  readonly entries: number;
  /** Of the evidence from which the kept conclusions were drawn. */
  readonly bytes: number;
  /** Of one piece of evidence: an SBOM of some megabytes must not push out a thousand provenances. */
  readonly entryBytes: number;
}

const LIMITS: CacheLimits = { entries: 4096, bytes: 64 * 1024 * 1024, entryBytes: 4 * 1024 * 1024 };

interface Entry {
  readonly conclusion: VerifiedConclusion;
  readonly bytes: number;
  /** The conclusion holds at this time and at every later one. */
  readonly since: number;
}

/**
 * Remembers verified conclusions by the evidence's own bytes, the trust and the target, the least recently used one
 * given up first. Only such are kept as never change while time goes on: those that rest on trusted times. A signature
 * that is held against "now" (a key's validity, a revocation list's age) is proven anew each time, and so is whatever
 * failed (I3, A070). What is handed out is shared, and must not be changed.
 */
export class ConclusionCache {
  readonly #limits: CacheLimits;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: Partial<CacheLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of evidence behind what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  find(key: string, now: Date): VerifiedConclusion | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || now.getTime() < entry.since) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.conclusion;
  }

  keep(key: string, conclusion: VerifiedConclusion, bytes: number): void {
    const since = validSince(conclusion);
    if (since === undefined || bytes > this.#limits.entryBytes) return;
    this.#drop(key);
    this.#entries.set(key, { conclusion, bytes, since });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entries && this.#bytes <= this.#limits.bytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

/** Times that lie ahead of a clock are refused: a conclusion holds from when its last one no longer does. */
function validSince({ times, signers }: VerifiedConclusion): number | undefined {
  if (times.length === 0 || signers.some(({ kind }) => kind === "x509")) return undefined;
  return Math.max(...times.map(({ time }) => Date.parse(time))) - CLOCK_SKEW;
}

/**
 * Names a question by everything that its answer depends on, time apart; `undefined` where there are no bytes to judge.
 * The artifact's id is not used: it is whoever found the artifact that says it.
 */
export function questionKey(
  { content }: Artifact,
  target: VerificationTarget,
  trust: TrustMaterial,
): string | undefined {
  if (!("bytes" in content)) return undefined;
  const platforms = target.platforms.map(({ platform, digest }) => [platform, digest]);
  // JSON holds no raw line break, so that what follows one is the evidence and nothing else.
  const question = JSON.stringify([
    content.kind,
    annotationsOf(content),
    target.digest,
    platforms,
    trust.digest,
  ]);
  return createHash("sha256").update(question).update("\n").update(content.bytes).digest("base64");
}

function annotationsOf(content: ArtifactContent): readonly (readonly [string, string])[] {
  return "annotations" in content ? Object.entries(content.annotations).sort(byName) : [];
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
