import { describeThrown, failure, type Failure } from "../core/index.ts";
import type { RegistryCode } from "./reasons.ts";

/** What the leaves of this stage throw; `guarded` makes a value of it at the border. */
export class RegistryFault extends Error {
  readonly code: RegistryCode;
  /** Whether asking again may help. */
  readonly retryable: boolean;
  /** Milliseconds that the registry asked us to wait. */
  readonly retryAfter: number | undefined;

  constructor(code: RegistryCode, message: string, retry?: { readonly after?: number }) {
    super(message);
    this.code = code;
    this.retryable = retry !== undefined;
    this.retryAfter = retry?.after;
  }
}

/** Runs a step of this stage and turns everything it throws, of whatever type, into a failure. */
export async function guarded<T>(
  signal: AbortSignal,
  step: () => Promise<T>,
): Promise<T | Failure<RegistryCode>> {
  try {
    return await step();
  } catch (thrown) {
    if (thrown instanceof RegistryFault) return failure(thrown.code, describeThrown(thrown));
    if (signal.aborted) return failure("registry.timeout", "the registry did not answer before the deadline");
    return failure("registry.unavailable", `the request failed: ${describeThrown(thrown)}`);
  }
}
