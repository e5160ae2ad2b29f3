import { describeThrown, failure, type Failure } from "../../core/index.ts";
import type { SourceCode } from "../types.ts";

/** What the leaves of this folder throw; `guarded` makes a value of it at the border. */
export class SourceFault extends Error {
  readonly code: SourceCode;
  /** Milliseconds for which the server asked to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(code: SourceCode, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Runs a source's work and turns everything it throws, of whatever type, into a failure that names the source. */
export async function guarded<T>(
  name: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | Failure<SourceCode>> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SourceFault) && signal.aborted) {
      return failure("source.unreachable", `${name}: the policy was not there before the deadline`);
    }
    const code = thrown instanceof SourceFault ? thrown.code : "source.unreachable";
    return failure(code, `${name}: ${describeThrown(thrown)}`);
  }
}
