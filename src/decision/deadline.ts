import { failure, type Failure } from "../core/index.ts";

export type DeadlineCode = "deadline.exceeded";

export function deadlineExceeded(): Failure<DeadlineCode> {
  return failure(
    "deadline.exceeded",
    "the decision's deadline passed before all evidence was judged: raise the timeout or try again",
  );
}

/**
 * The promise's value, or `deadline.exceeded` as soon as the signal aborts: a stage that does not heed the signal
 * must not keep the caller waiting (invariant I7).
 */
export async function beforeDeadline<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | Failure<DeadlineCode>> {
  const { promise: aborted, resolve } = Promise.withResolvers<Failure<DeadlineCode>>();
  const onAbort = () => resolve(deadlineExceeded());
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    // The race is run also when it is lost before it begins, or the promise's failure would be nobody's to handle.
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Lets timers and sockets have their turn between two pieces of synchronous work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
