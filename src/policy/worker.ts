import { parentPort } from "node:worker_threads";
import { PolicyRunner } from "./engine/runner.ts";
import type { FromWorker, ToWorker } from "./engine/protocol.ts";

/** A policy worker: evaluates one message after the other until it is terminated. */
const port = parentPort;
if (port === null) throw new Error("this file is the entry of a worker thread");

const runner = new PolicyRunner();
port.on("message", (message: ToWorker) => {
  void handle(message);
});

async function handle(message: ToWorker): Promise<void> {
  port?.postMessage(await answer(message));
  // A spent instance is replaced while nobody waits for it.
  runner.refresh();
}

function answer(message: ToWorker): Promise<FromWorker> {
  return message.kind === "load" ? runner.load(message) : Promise.resolve(runner.evaluate(message));
}
