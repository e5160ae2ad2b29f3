import type { StoreClock } from "./types.ts";

/** The longest that `setTimeout` waits; more would be no wait at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: StoreClock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  after: (milliseconds, call) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      const now = Math.min(left, LONGEST_TIMER_MS);
      timer = setTimeout(() => (left > now ? wait(left - now) : call()), now).unref();
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * What `work` gives within milliseconds, `undefined` where it takes longer; what it gives then goes to `late`, so that
 * nothing stays open. Rejects as `work` does.
 */
export function within<T>(
  work: Promise<T>,
  milliseconds: number,
  clock: StoreClock,
  late: (value: T) => void = () => undefined,
): Promise<T | undefined> {
  const over = Promise.withResolvers<undefined>();
  let isOver = false;
  const stop = clock.after(milliseconds, () => {
    isOver = true;
    over.resolve(undefined);
  });
  const done = async () => {
    const value = await work;
    if (isOver) late(value);
    return value;
  };
  return Promise.race([done(), over.promise]).finally(stop);
}
