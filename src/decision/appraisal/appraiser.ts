import { Worker } from "node:worker_threads";
import {
  describeThrown,
  failure,
  success,
  type Digest,
  type JsonValue,
  type Result,
} from "../../core/index.ts";
import type { Artifact } from "../../evidence/index.ts";
import { deadlineExceeded } from "../deadline.ts";
import type { Appraisal } from "./appraise.ts";
import type { EncodedInput } from "./encoded-input.ts";
import type { FromThread, ToThread } from "./protocol.ts";

/** The trust of one decision, with the data that a thread reads it from. */
export interface TrustSource {
  readonly digest: Digest;
  readonly data: JsonValue;
}

/**
 * Bytes of one image's artifacts beyond which they are appraised in a thread. Verifying and normalizing takes some
 * 30 ms a megabyte; a thread costs 1 ms a megabyte for the copy and, once, 100 ms to start
 * (docs/decisions/large-evidence.md).
 */
const LARGE_BYTES = 512 * 1024;

/** Large appraisals that wait for the thread; more are turned away at once. */
const MOST_WAITING = 16;

/** A statement of 64 MB takes 600 MB while it is read. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1536, maxYoungGenerationSizeMb: 64 };

export function isLarge(artifacts: readonly Artifact[]): boolean {
  let bytes = 0;
  for (const { content } of artifacts) bytes += "bytes" in content ? content.bytes.byteLength : 0;
  return bytes > LARGE_BYTES;
}

/**
 * Appraises large evidence in one thread of its own, so that an SBOM of 60 MB keeps nobody else waiting. A deadline
 * that passes ends the thread in the midst of its work; whoever waits behind is answered by a fresh one. Whatever a
 * thread dies of, its work ends as a failure, never as an allowance.
 */
export class Appraiser {
  #worker: Worker | undefined;
  /** Of the trust that the thread has read. */
  #trust: Digest | undefined;
  /** Takes the answer to the one appraisal that is under way. */
  #settle: ((result: Result<EncodedInput>) => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /** One at a time, in the order in which they came. Never throws. */
  async appraise(
    appraisal: Appraisal,
    trust: TrustSource,
    signal: AbortSignal,
  ): Promise<Result<EncodedInput>> {
    if (this.#waiting >= MOST_WAITING) {
      return failure(
        "evidence.overloaded",
        `${this.#waiting} images with large evidence are waiting already`,
      );
    }
    this.#waiting++;
    const turn = this.#turn.then(() => this.#run(appraisal, trust, signal));
    this.#turn = turn;
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(failure("internal", "the appraiser is closed"));
  }

  async #run(appraisal: Appraisal, trust: TrustSource, signal: AbortSignal): Promise<Result<EncodedInput>> {
    if (this.#closed) return failure("internal", "the appraiser is closed");
    if (signal.aborted) return deadlineExceeded();
    const onAbort = () => void this.#end(deadlineExceeded());
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.#ask(appraisal, trust);
    } catch (thrown) {
      return failure("internal", `the evidence could not be appraised: ${describeThrown(thrown)}`);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #ask(appraisal: Appraisal, trust: TrustSource): Promise<Result<EncodedInput>> {
    const worker = this.#thread();
    const { promise, resolve } = Promise.withResolvers<Result<EncodedInput>>();
    this.#settle = resolve;
    if (this.#trust !== trust.digest) {
      worker.postMessage({ kind: "trust", ...trust } satisfies ToThread, []);
      this.#trust = trust.digest;
    }
    worker.ref();
    const message: ToThread = { kind: "appraise", trust: trust.digest, appraisal };
    worker.postMessage(message, []);
    return promise.finally(() => worker.unref());
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerFile(), {
      resourceLimits: RESOURCE_LIMITS,
      env: {},
      argv: [],
      name: "assay-appraisal",
    });
    this.#worker = worker;
    this.#trust = undefined;
    worker.unref();
    worker.on("message", (answer: FromThread) => {
      // What a thread says that has been ended meanwhile answers nothing.
      if (this.#worker !== worker) return;
      this.#settle?.(
        answer.kind === "appraised" ? success(answer.input) : { ok: false, reason: answer.reason },
      );
    });
    let death = "it ended";
    worker.on("error", (thrown: unknown) => {
      death = describeThrown(thrown);
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#forget(failure("internal", `the appraisal thread died: ${death}`));
    });
    return worker;
  }

  #forget(result: Result<EncodedInput>): void {
    this.#worker = undefined;
    this.#trust = undefined;
    this.#settle?.(result);
  }

  async #end(result: Result<EncodedInput>): Promise<void> {
    const worker = this.#worker;
    this.#forget(result);
    await worker?.terminate();
  }
}

/** Beside this file's folder in the source tree; beside the bundle in dist/. */
function workerFile(): URL {
  const inSource = import.meta.url.endsWith(".ts");
  return new URL(inSource ? "../worker.ts" : "./appraisal-worker.mjs", import.meta.url);
}
