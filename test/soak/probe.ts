// Loaded into the service's process before it (`node --expose-gc --import …/probe.ts`): tells, when it is asked, what is
// left after all garbage is collected. Nothing of the service is touched.
import { readdirSync } from "node:fs";

/** What a process holds when nothing is under way. Bytes, and numbers. */
export interface Held {
  readonly heap: number;
  /** Buffers and what else lies outside of the heap. */
  readonly external: number;
  readonly resident: number;
  readonly descriptors: number;
  /** Sockets, timers, servers and the like that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

async function measure(): Promise<Held> {
  // What is only reachable from what the first round frees, finalizers and callbacks, takes another one.
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const descriptors = readdirSync("/proc/self/fd").length;
  return { heap: heapUsed, external, resident: rss, descriptors, resources };
}

process.on("message", () => {
  void measure().then((held) => process.send?.(held));
});
// Whoever asks does not keep the service from ending.
process.channel?.unref();
