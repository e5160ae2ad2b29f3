import { digestOf } from "../../../src/core/index.ts";
import type { PolicyBundle } from "../../../src/policy/index.ts";
import { assemble, constant, u, type FunctionCode, type ModuleParts } from "./wasm.ts";

const ENTRYPOINTS_AT = 1024;
const BUILTINS_AT = 2048;
export const RESULT_AT = 4096;
export const HEAP_AT = 32_768;

export interface Forged {
  /** `builtins()` as JSON. */
  readonly builtins?: string;
  readonly entrypoints?: string;
  /** What evaluation answers. */
  readonly result?: string;
  /** Instructions of `eval`, which leave a number. */
  readonly evaluation?: readonly number[];
  /** Address of the text that `opa_value_dump` answers, as instructions. */
  readonly dump?: readonly number[];
  /** Instructions of `builtins`. */
  readonly listing?: readonly number[];
  readonly minor?: number;
  readonly parts?: Partial<ModuleParts>;
  readonly without?: string;
}

const HEAP = 2;
const get = (variable: number) => [0x23, ...u(variable)];
const set = (variable: number) => [0x24, ...u(variable)];
const local = (index: number) => [0x20, ...u(index)];
const ADD = 0x6a;

/** A module with the exports of OPA's, each as short as can be; `forged` says what is wrong with it. */
export function forgeModule(forged: Forged = {}): Uint8Array {
  const simple = (
    name: string,
    parameters: number,
    code: readonly number[],
    hasResult = true,
  ): FunctionCode => ({
    name,
    parameters,
    hasResult,
    code,
  });
  const functions = [
    simple("eval", 1, forged.evaluation ?? constant(0)),
    simple("builtins", 0, forged.listing ?? constant(BUILTINS_AT)),
    simple("entrypoints", 0, constant(ENTRYPOINTS_AT)),
    // Answers the heap pointer and moves it on, past the block it had.
    simple("opa_malloc", 1, [...get(HEAP), ...get(HEAP), ...local(0), ADD, ...set(HEAP)]),
    simple("opa_json_parse", 2, local(0)),
    simple("opa_json_dump", 1, local(0)),
    simple("opa_value_parse", 2, local(0)),
    simple("opa_value_dump", 1, forged.dump ?? local(0)),
    simple("opa_heap_ptr_get", 0, get(HEAP)),
    simple("opa_heap_ptr_set", 1, [...local(0), ...set(HEAP)], false),
    simple("opa_eval_ctx_new", 0, constant(8)),
    simple("opa_eval_ctx_set_input", 2, [], false),
    simple("opa_eval_ctx_set_data", 2, [], false),
    simple("opa_eval_ctx_set_entrypoint", 2, [], false),
    simple("opa_eval_ctx_get_result", 1, constant(RESULT_AT)),
  ].filter(({ name }) => name !== forged.without);
  return assemble({
    functions,
    globals: { opa_wasm_abi_version: 1, opa_wasm_abi_minor_version: forged.minor ?? 3 },
    variables: [HEAP_AT],
    data: [
      { at: ENTRYPOINTS_AT, text: `${forged.entrypoints ?? '{"assay/decision":0}'}\0` },
      { at: BUILTINS_AT, text: `${forged.builtins ?? "{}"}\0` },
      { at: RESULT_AT, text: `${forged.result ?? '{{"result": true}}'}\0` },
    ],
    ...forged.parts,
  });
}

/** A bundle around a module. */
export function forgeBundle(forged: Forged = {}): PolicyBundle {
  const wasm = forgeModule(forged);
  return {
    name: "forged",
    revision: "1",
    digest: digestOf(wasm),
    entrypoints: ["assay/decision"],
    wasm,
    data: {},
  };
}

/** `loop br 0 end`, with a number for the compiler's sake. */
export const ENDLESS = [0x03, 0x40, 0x0c, 0x00, 0x0b, ...constant(0)];
/** Grows the memory page by page until it may not, touching nothing; then traps. */
export const HOG = [0x03, 0x40, ...constant(256), 0x40, 0x00, ...constant(0), 0x4e, 0x0d, 0x00, 0x0b, 0x00];
export const TRAP = [0x00];
