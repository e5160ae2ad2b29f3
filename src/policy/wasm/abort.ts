import { describeThrown } from "../../core/index.ts";
import { PolicyFault } from "./fault.ts";

/** What `opa_abort` says, with the place in the Rego where OPA knows it. */
export function abortFault(message: string): PolicyFault {
  if (/conflict|multiple outputs/.test(message)) return new PolicyFault("policy.conflict", message);
  if (message.includes("opa_malloc: failed")) return outOfMemory();
  return new PolicyFault("policy.runtime_error", message);
}

/** Anything that came out of the module as the failure that it is: traps, exhausted stacks and memories. */
export function faultOf(thrown: unknown): PolicyFault {
  if (thrown instanceof PolicyFault) return thrown;
  if (thrown instanceof RangeError && /memory|allocation/i.test(thrown.message)) return outOfMemory();
  return new PolicyFault("policy.runtime_error", `evaluation stopped: ${describeThrown(thrown)}`);
}

function outOfMemory(): PolicyFault {
  return new PolicyFault("policy.memory", "the evaluation needs more memory than it may have");
}
