import { oneLine } from "../../core/index.ts";
import type { Appraisal, Decision } from "../../decision/index.ts";
import type { LogFields } from "../log.ts";
import type { ShadowResult } from "../types.ts";

/** Where the shadow decided otherwise; codes are those of violations. */
export interface ShadowDifference {
  /** The policy's name in the configuration. */
  readonly name: string;
  readonly namespace: string | null;
  readonly surface: string;
  readonly enforced: Decision;
  readonly shadow: Decision;
  readonly onlyEnforced: readonly string[];
  readonly onlyShadow: readonly string[];
}

/** For the service's log. */
export function differenceFields(difference: ShadowDifference): LogFields {
  const { name, namespace, surface, enforced, shadow, onlyEnforced, onlyShadow } = difference;
  return {
    policy: name,
    namespace,
    surface,
    decisionId: enforced.decisionId,
    reference: enforced.image.reference,
    digest: enforced.image.digest,
    enforced: enforced.outcome,
    enforcedRevision: enforced.policy.revision,
    enforcedPolicy: enforced.policy.digest,
    shadow: shadow.outcome,
    shadowRevision: shadow.policy.revision,
    shadowPolicy: shadow.policy.digest,
    onlyEnforced: codesText(onlyEnforced),
    onlyShadow: codesText(onlyShadow),
  };
}

/** Codes that one line lists; a policy's author chooses them. */
const MOST_CODES = 20;

function codesText(codes: readonly string[]): string {
  return oneLine(codes.slice(0, MOST_CODES).join(" "));
}

export interface ShadowSettings {
  readonly name: string;
  /** Decides the same evidence again; `undefined` where no shadow policy is loaded. */
  readonly judge: (
    evidence: Appraisal,
    signal: AbortSignal,
    enforced: Decision,
  ) => Promise<Decision | undefined>;
  /** Whether callers wait for decisions: nothing is done beside them then. */
  readonly busy: () => boolean;
  readonly report: (difference: ShadowDifference) => void;
  readonly limits?: Partial<ShadowLimits>;
}

export interface ShadowLimits {
  /** Decisions that wait, and the bytes of their evidence together. */
  readonly waiting: number;
  readonly bytes: number;
  /** Milliseconds for one. */
  readonly timeout: number;
}

const LIMITS: ShadowLimits = { waiting: 100, bytes: 64 * 1024 * 1024, timeout: 10_000 };

interface Waiting {
  readonly decision: Decision;
  readonly evidence: Appraisal;
  readonly bytes: number;
}

/**
 * Decides beside a policy what it has decided, one at a time, after the callers have their answers and only while none
 * wait. It is told of decisions and tells of differences; nothing that it does reaches an answer.
 */
export class Shadow {
  readonly #settings: ShadowSettings;
  readonly #limits: ShadowLimits;
  readonly #counts: Record<ShadowResult, number> = { same: 0, different: 0, failed: 0, dropped: 0 };
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #bytes = 0;
  #next: NodeJS.Immediate | undefined;
  #running: Promise<void> | undefined;

  constructor(settings: ShadowSettings) {
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...settings.limits };
  }

  get counts(): Readonly<Record<ShadowResult, number>> {
    return { ...this.#counts };
  }

  /** Takes note of a decision. Returns at once and never throws; what finds no room is dropped and counted. */
  offer(decision: Decision, evidence: Appraisal): void {
    if (this.#closing.signal.aborted) return;
    const bytes = bytesOf(evidence);
    const { waiting, bytes: most } = this.#limits;
    if (this.#waiting.length >= waiting || this.#bytes + bytes > most || this.#settings.busy()) {
      this.#counts.dropped++;
      return;
    }
    this.#bytes += bytes;
    this.#waiting.push({ decision, evidence, bytes });
    this.#schedule();
  }

  /** Ends what runs; what waits is given up. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearImmediate(this.#next);
    this.#waiting.length = 0;
    await this.#running;
  }

  /** Once the answer is on its way: not in the same turn. */
  #schedule(): void {
    if (this.#running !== undefined || this.#next !== undefined) return;
    this.#next = setImmediate(() => {
      this.#next = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#schedule();
      });
    });
  }

  async #run(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    try {
      if (this.#settings.busy()) this.#counts.dropped++;
      else this.#counts[await this.#judge(next)]++;
    } catch {
      this.#counts.failed++;
    } finally {
      this.#bytes -= next.bytes;
    }
  }

  async #judge({ decision, evidence }: Waiting): Promise<ShadowResult> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#limits.timeout)]);
    const shadow = await this.#settings.judge(evidence, signal, decision);
    if (shadow === undefined) return "failed";
    const { name, report } = this.#settings;
    if (shadow.outcome === "undecided" && decision.outcome !== "undecided") return "failed";
    const [enforcedCodes, shadowCodes] = [codesOf(decision), codesOf(shadow)];
    const onlyEnforced = [...enforcedCodes].filter((code) => !shadowCodes.has(code));
    const onlyShadow = [...shadowCodes].filter((code) => !enforcedCodes.has(code));
    const isSame =
      shadow.outcome === decision.outcome &&
      shadow.allow === decision.allow &&
      onlyEnforced.length + onlyShadow.length === 0;
    if (isSame) return "same";
    const { namespace, surface } = evidence.request;
    report({ name, namespace, surface, enforced: decision, shadow, onlyEnforced, onlyShadow });
    return "different";
  }
}

function codesOf({ violations }: Decision): ReadonlySet<string> {
  return new Set(violations.map(({ code }) => code));
}

/** Of the evidence that is kept for it. */
function bytesOf({ artifacts }: Appraisal): number {
  let bytes = 0;
  for (const { content } of artifacts) bytes += "bytes" in content ? content.bytes.byteLength : 0;
  return bytes;
}
