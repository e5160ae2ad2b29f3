import { Worker } from "node:worker_threads";
import { describeThrown, failure, type Reason, type Result } from "../../core/index.ts";
import type { BundleCode, EvaluationCode } from "../types.ts";
import type { EvaluateMessage, FromWorker, LoadMessage, ToWorker } from "./protocol.ts";

/** The worker's own heap; the policy's memory is bounded apart from it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/** Beside this file's folder in the source tree; beside the bundle in dist/. */
function workerFile(): URL {
  const inSource = import.meta.url.endsWith(".ts");
  return new URL(inSource ? "../worker.ts" : "./policy-worker.mjs", import.meta.url);
}

export type EvaluationReply = Result<string, EvaluationCode>;

/**
 * One worker thread that answers one message at a time. When it dies, of whatever, the waiting message gets a
 * failure, and `onExit` tells the pool to forget it.
 */
export class PolicyWorker {
  readonly #worker: Worker;
  #waiting: ((reply: FromWorker) => void) | undefined;
  #deadReason: Reason<EvaluationCode> = { code: "policy.closed", message: "the policy worker has ended" };
  #dead = false;

  constructor(onExit: () => void) {
    this.#worker = new Worker(workerFile(), {
      resourceLimits: RESOURCE_LIMITS,
      env: {},
      argv: [],
      name: "assay-policy",
    });
    this.#worker.unref();
    this.#worker.on("message", (reply: FromWorker) => this.#settle(reply));
    this.#worker.on(
      "messageerror",
      () => void this.kill({ code: "policy.runtime_error", message: "unreadable answer" }),
    );
    this.#worker.on("error", (thrown: unknown) => {
      this.#deadReason = deathReason(thrown);
    });
    this.#worker.on("exit", () => {
      this.#dead = true;
      this.#settle({ kind: "failed", reason: this.#deadReason });
      onExit();
    });
  }

  async load(message: LoadMessage): Promise<Result<void, BundleCode>> {
    const reply = await this.#ask(message, []);
    if (reply.kind === "loaded") return { ok: true, value: undefined };
    if (reply.kind === "load-failed") return { ok: false, reason: reply.reason };
    const why = reply.kind === "failed" ? reply.reason.message : "unexpected answer";
    return failure("bundle.module_invalid", `the policy could not be started: ${why}`);
  }

  async evaluate(message: EvaluateMessage, transfer: ArrayBuffer): Promise<EvaluationReply> {
    const reply = await this.#ask(message, [transfer]);
    if (reply.kind === "result") return { ok: true, value: reply.json };
    if (reply.kind === "failed") return { ok: false, reason: reply.reason };
    return failure("policy.runtime_error", "unexpected answer of the policy worker");
  }

  /** Stops the thread wherever it is; whoever waits gets the reason. */
  async kill(reason: Reason<EvaluationCode>): Promise<void> {
    this.#deadReason = reason;
    this.#dead = true;
    this.#settle({ kind: "failed", reason });
    await this.#worker.terminate();
  }

  #ask(message: ToWorker, transfer: readonly ArrayBuffer[]): Promise<FromWorker> {
    if (this.#dead) return Promise.resolve({ kind: "failed", reason: this.#deadReason });
    return new Promise((resolve) => {
      this.#waiting = resolve;
      // Only a thread with work keeps the process alive.
      this.#worker.ref();
      try {
        this.#worker.postMessage(message, [...transfer]);
      } catch (thrown) {
        this.#settle({ kind: "failed", reason: deathReason(thrown) });
      }
    });
  }

  #settle(reply: FromWorker): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    if (!this.#dead) this.#worker.unref();
    resolve?.(reply);
  }
}

function deathReason(thrown: unknown): Reason<EvaluationCode> {
  const outOfMemory =
    thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_OUT_OF_MEMORY";
  return outOfMemory
    ? { code: "policy.memory", message: "the evaluation needs more memory than it may have" }
    : { code: "policy.runtime_error", message: `the policy worker died: ${describeThrown(thrown)}` };
}
