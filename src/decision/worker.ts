import { parentPort } from "node:worker_threads";
import { describeThrown, failure, success, type Result } from "../core/index.ts";
import { trustFromData, type TrustMaterial } from "../verification/index.ts";
import { appraise } from "./appraisal/appraise.ts";
import { encodedInput, type EncodedInput } from "./appraisal/encoded-input.ts";
import type { AppraiseMessage, FromThread, ToThread } from "./appraisal/protocol.ts";

/** An appraisal thread: one appraisal at a time until it is terminated, which is how a deadline reaches it. */
const port = parentPort;
if (port === null) throw new Error("this file is the entry of a worker thread");

const NEVER = new AbortController().signal;
let trust: Result<TrustMaterial> = failure("internal", "no trust was given");

port.on("message", (message: ToThread) => {
  if (message.kind === "trust") trust = trustFromData(message.data);
  else void answer(message);
});

async function answer(message: AppraiseMessage): Promise<void> {
  try {
    const appraised = await inputOf(message);
    if (!appraised.ok) {
      port?.postMessage({ kind: "failed", reason: appraised.reason } satisfies FromThread);
      return;
    }
    // A buffer of its own: what is handed over must not be a part of Node's pool.
    const bytes = new Uint8Array(appraised.value.bytes);
    const answered: FromThread = { kind: "appraised", input: { ...appraised.value, bytes } };
    port?.postMessage(answered, [bytes.buffer]);
  } catch (thrown) {
    const reason = {
      code: "internal",
      message: `the evidence could not be appraised: ${describeThrown(thrown)}`,
    };
    port?.postMessage({ kind: "failed", reason } satisfies FromThread);
  }
}

async function inputOf(message: AppraiseMessage): Promise<Result<EncodedInput>> {
  if (!trust.ok) return trust;
  if (trust.value.digest !== message.trust) {
    return failure("internal", "the thread's trust is another than the decision's");
  }
  const document = await appraise(message.appraisal, trust.value, { signal: NEVER, cache: null });
  if (!document.ok) return document;
  return success(encodedInput(document.value));
}
