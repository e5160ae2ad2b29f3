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
  if (signal.aborted) return deadlineExceeded();
  const { promise: aborted, resolve } = Promise.withResolvers<Failure<DeadlineCode>>();
  const onAbort = () => resolve(deadlineExceeded());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Lets timers and sockets have their turn between two pieces of synchronous work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
