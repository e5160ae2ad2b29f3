import { describeThrown, type Reason } from "../../core/index.ts";
import { loadBuiltins } from "../builtins/catalogue.ts";
import type { Builtin } from "../builtins/contract.ts";
import type { BundleCode, EvaluationCode } from "../types.ts";
import { PolicyFault } from "../wasm/fault.ts";
import { PolicyInstance } from "../wasm/instance.ts";
import { checkJson } from "../wasm/json-input.ts";
import type { EvaluateMessage, FromWorker, LoadMessage } from "./protocol.ts";

interface Loaded {
  readonly message: LoadMessage;
  readonly builtins: ReadonlyMap<string, Builtin>;
}

/** What a worker thread does: keeps one instance of one policy, replaces it when it is spent, evaluates. */
export class PolicyRunner {
  #loaded: Loaded | undefined;
  #instance: PolicyInstance | undefined;

  /** Runs the module for the first time; every check that needs it running is made here. */
  async load(message: LoadMessage): Promise<FromWorker> {
    try {
      const instance = new PolicyInstance(message.module, message.moduleBytes, message.limits);
      checkEntrypoints(message.entrypoints, [...instance.entrypoints.keys()]);
      const builtins = await loadBuiltins([...instance.builtinNames.values()]);
      instance.start(builtins, message.data);
      this.#loaded = { message, builtins };
      this.#instance = instance;
      return { kind: "loaded" };
    } catch (thrown) {
      return { kind: "load-failed", reason: loadReason(thrown) };
    }
  }

  evaluate(message: EvaluateMessage): FromWorker {
    try {
      checkJson(message.input);
      const context = { nowNs: BigInt(message.now) * 1_000_000n };
      const json = this.#ready().evaluate(message.input, message.entrypoint, context);
      return { kind: "result", json };
    } catch (thrown) {
      return { kind: "failed", reason: evaluationReason(thrown) };
    }
  }

  /** Makes a fresh instance where the last one failed or has grown too large. */
  refresh(): void {
    const limit = this.#loaded?.message.limits.recycleBytes ?? 0;
    const { memoryBytes = 0, usable = true } = this.#instance ?? {};
    if (usable && memoryBytes <= limit) return;
    this.#instance = undefined;
    try {
      this.#ready();
    } catch {
      // The next evaluation meets the same failure and reports it.
    }
  }

  #ready(): PolicyInstance {
    if (this.#instance?.usable === true) return this.#instance;
    if (this.#loaded === undefined) throw new PolicyFault("policy.runtime_error", "no policy is loaded");
    const { message, builtins } = this.#loaded;
    const instance = new PolicyInstance(message.module, message.moduleBytes, message.limits);
    instance.start(builtins, message.data);
    this.#instance = instance;
    return instance;
  }
}

function checkEntrypoints(declared: readonly string[], found: readonly string[]): void {
  const missing = declared.find((name) => !found.includes(name));
  const extra = found.find((name) => !declared.includes(name));
  if (missing !== undefined) {
    throw new PolicyFault(
      "bundle.entrypoint_missing",
      `policy.wasm lacks the entrypoint ${missing} of the manifest`,
    );
  }
  if (extra !== undefined) {
    throw new PolicyFault(
      "bundle.module_invalid",
      `policy.wasm has the entrypoint ${extra}, which the manifest lacks`,
    );
  }
}

function loadReason(thrown: unknown): Reason<BundleCode> {
  const code =
    thrown instanceof PolicyFault && isBundleCode(thrown.code) ? thrown.code : "bundle.module_invalid";
  return { code, message: describeThrown(thrown) };
}

function evaluationReason(thrown: unknown): Reason<EvaluationCode> {
  const code =
    thrown instanceof PolicyFault && !isBundleCode(thrown.code) ? thrown.code : "policy.runtime_error";
  return { code, message: describeThrown(thrown) };
}

function isBundleCode(code: BundleCode | EvaluationCode): code is BundleCode {
  return code.startsWith("bundle.");
}
