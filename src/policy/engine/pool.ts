import { describeThrown, failure, type Result } from "../../core/index.ts";
import type { BundleCode, EvaluationCode } from "../types.ts";
import { PolicyWorker, type EvaluationReply } from "./policy-worker.ts";
import type { EvaluateMessage, LoadMessage } from "./protocol.ts";

interface Job {
  readonly message: EvaluateMessage;
  readonly transfer: ArrayBuffer;
  readonly timer: NodeJS.Timeout;
  readonly settle: (reply: EvaluationReply) => void;
  settled: boolean;
  /** Who works on it; absent while it waits. */
  worker: PolicyWorker | undefined;
}

/**
 * Workers of one policy: one is started at once, more while jobs wait, each killed when a job's time is over and
 * replaced when the next job needs it. Jobs wait in a bounded queue.
 */
export class WorkerPool {
  readonly #load: LoadMessage;
  readonly #size: number;
  readonly #queueLength: number;
  readonly #workers = new Set<PolicyWorker>();
  readonly #idle: PolicyWorker[] = [];
  readonly #jobs = new Set<Job>();
  readonly #queue: Job[] = [];
  #closed = false;

  constructor(load: LoadMessage, size: number, queueLength: number) {
    this.#load = load;
    this.#size = size;
    this.#queueLength = queueLength;
  }

  /** Starts the first worker; its failure is the bundle's failure. */
  async start(first: PolicyWorker, timeoutMs: number): Promise<Result<void, BundleCode>> {
    this.#workers.add(first);
    const timer = setTimeout(
      () => void first.kill({ code: "policy.timeout", message: `it did not start within ${timeoutMs} ms` }),
      timeoutMs,
    );
    const loaded = await first.load(this.#load);
    clearTimeout(timer);
    if (loaded.ok) this.#idle.push(first);
    else await this.close();
    return loaded;
  }

  evaluate(message: EvaluateMessage, transfer: ArrayBuffer, timeoutMs: number): Promise<EvaluationReply> {
    if (this.#closed) return Promise.resolve(closed());
    if (this.#queue.length >= this.#queueLength) {
      return Promise.resolve(
        failure("policy.overloaded", `${this.#queue.length} evaluations are waiting already`),
      );
    }
    return new Promise((resolve) => {
      const job: Job = {
        message,
        transfer,
        timer: setTimeout(() => this.#expire(job, timeoutMs), timeoutMs),
        settle: resolve,
        settled: false,
        worker: undefined,
      };
      this.#jobs.add(job);
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs) this.#finish(job, closed());
    this.#queue.length = 0;
    const reason = closed().reason;
    await Promise.all([...this.#workers].map((worker) => worker.kill(reason)));
  }

  /** Forgets a worker that has ended. */
  forget(worker: PolicyWorker): void {
    this.#workers.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    if (!this.#closed) this.#dispatch();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop();
      if (worker === undefined) {
        if (this.#workers.size < Math.min(this.#size, this.#busyCount() + this.#queue.length))
          void this.#grow();
        return;
      }
      const job = this.#queue.shift();
      if (job !== undefined) void this.#run(job, worker);
    }
  }

  #busyCount(): number {
    let busy = 0;
    for (const job of this.#jobs) if (job.worker !== undefined) busy++;
    return busy;
  }

  async #grow(): Promise<void> {
    let worker: PolicyWorker;
    try {
      const fresh: PolicyWorker = new PolicyWorker(() => this.forget(fresh));
      worker = fresh;
    } catch (thrown) {
      const message = `no thread can be started: ${describeThrown(thrown)}`;
      for (const job of this.#queue.splice(0)) this.#finish(job, failure("policy.runtime_error", message));
      return;
    }
    this.#workers.add(worker);
    const loaded = await worker.load(this.#load);
    if (this.#closed) return;
    if (!loaded.ok) {
      // A bundle that loaded once loads again, unless the machine is at its limits: nobody may wait for that.
      for (const job of this.#queue.splice(0))
        this.#finish(job, failure("policy.runtime_error", loaded.reason.message));
      await worker.kill({ code: "policy.runtime_error", message: loaded.reason.message });
      return;
    }
    this.#idle.push(worker);
    this.#dispatch();
  }

  async #run(job: Job, worker: PolicyWorker): Promise<void> {
    job.worker = worker;
    const reply = await worker.evaluate(job.message, job.transfer);
    const expired = job.settled;
    this.#finish(job, reply);
    if (expired || this.#closed) return;
    if (this.#workers.has(worker)) this.#idle.push(worker);
    this.#dispatch();
  }

  #expire(job: Job, timeoutMs: number): void {
    const reply = failure("policy.timeout", `no answer of the policy within ${timeoutMs} ms`);
    const { worker } = job;
    const index = this.#queue.indexOf(job);
    if (index >= 0) this.#queue.splice(index, 1);
    this.#finish(job, reply);
    if (worker === undefined) return;
    this.#workers.delete(worker);
    void worker.kill(reply.reason);
    this.#dispatch();
  }

  #finish(job: Job, reply: EvaluationReply): void {
    if (job.settled) return;
    job.settled = true;
    clearTimeout(job.timer);
    this.#jobs.delete(job);
    job.settle(reply);
  }
}

function closed(): { ok: false; reason: { code: EvaluationCode; message: string } } {
  return failure("policy.closed", "the policy engine is closed");
}
