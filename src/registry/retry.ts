import { setTimeout as sleep } from "node:timers/promises";
import { RegistryFault } from "./fault.ts";
import type { RegistryLimits } from "./settings.ts";

/**
 * Repeats an attempt while its fault is retryable, within the caller's deadline. Each wait is doubled, or as long as
 * the registry asked for, but never longer than `maxBackoffMs` (T027). A deadline that ends a wait yields the fault
 * that was waited for, not a timeout: the registry did answer.
 */
export async function withRetries<T>(
  limits: RegistryLimits,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (thrown) {
      const retryable = thrown instanceof RegistryFault && thrown.retryable;
      if (!retryable || number >= limits.attempts || signal.aborted) throw thrown;
      const usual = limits.backoffMs * 2 ** (number - 1) * (0.75 + Math.random() / 2);
      const wait = Math.min(Math.max(thrown.retryAfter ?? 0, usual), limits.maxBackoffMs);
      try {
        await sleep(wait, undefined, { signal });
      } catch {
        throw thrown;
      }
    }
  }
}

/** The fault of a status that says "later", with the wait it asks for; `undefined` for every other status. */
export function laterFault(
  status: number,
  retryAfter: string | undefined,
  host: string,
): RegistryFault | undefined {
  if (status !== 429 && status < 500) return undefined;
  const after = retryAfterMs(retryAfter);
  const retry = after === undefined ? {} : { after };
  return status === 429
    ? new RegistryFault("registry.throttled", `${host} throttles our requests (429)`, retry)
    : new RegistryFault("registry.unavailable", `${host} answered with status ${status}`, retry);
}

/** RFC 9110 §10.2.3: seconds or a date; nonsense and the past are as if absent. */
export function retryAfterMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return milliseconds > 0 ? milliseconds : undefined;
}
