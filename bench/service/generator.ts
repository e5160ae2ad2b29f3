import { fork } from "node:child_process";
import { join } from "node:path";
import type { Load, LoadResult } from "./load.ts";

/** The load generator's process. */
export interface Generator {
  run(load: Load): Promise<LoadResult>;
  close(): void;
}

export function startGenerator(): Generator {
  const child = fork(join(import.meta.dirname, "load.ts"));
  return {
    run: (load) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error("the load generator ended"));
        child.once("exit", ended);
        child.once("message", (result: LoadResult) => {
          child.off("exit", ended);
          resolve(result);
        });
        child.send(load);
      }),
    close: () => void child.kill(),
  };
}
