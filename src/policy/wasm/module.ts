import { PolicyFault } from "./fault.ts";

/** What an OPA module may import from `env`; nothing else is given to it. */
const IMPORTS: ReadonlyMap<string, string> = new Map([
  ["memory", "memory"],
  ["opa_abort", "function"],
  ["opa_println", "function"],
  ["opa_builtin0", "function"],
  ["opa_builtin1", "function"],
  ["opa_builtin2", "function"],
  ["opa_builtin3", "function"],
  ["opa_builtin4", "function"],
]);

const FUNCTIONS = [
  "eval",
  "builtins",
  "entrypoints",
  "opa_malloc",
  "opa_json_parse",
  "opa_json_dump",
  "opa_value_parse",
  "opa_value_dump",
  "opa_heap_ptr_get",
  "opa_heap_ptr_set",
  "opa_eval_ctx_new",
  "opa_eval_ctx_set_input",
  "opa_eval_ctx_set_data",
  "opa_eval_ctx_set_entrypoint",
  "opa_eval_ctx_get_result",
] as const;

type FunctionName = (typeof FUNCTIONS)[number];

/** The functions of the OPA WASM ABI; addresses and lengths are unsigned 32-bit integers. */
export type OpaExports = Readonly<Record<FunctionName, (...operands: number[]) => number>>;

/**
 * Compiles a policy module and checks its imports and exports; nothing of it runs yet. Throws `PolicyFault` with
 * `bundle.module_invalid`.
 */
export async function compileModule(bytes: Uint8Array): Promise<WebAssembly.Module> {
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(new Uint8Array(bytes));
  } catch {
    throw invalid("policy.wasm is not a WebAssembly module");
  }
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (from !== "env" || IMPORTS.get(name) !== kind) {
      throw invalid(`policy.wasm imports ${from}.${name}, which no OPA module does`);
    }
  }
  const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = FUNCTIONS.find((name) => exported.get(name) !== "function");
  if (missing !== undefined)
    throw invalid(`policy.wasm does not export ${missing}: not built by OPA 0.28 or newer`);
  return module;
}

/** The exports of an instance, checked for ABI 1.2 or a later 1.x. */
export function opaExports(instance: WebAssembly.Instance): OpaExports {
  const version = globalValue(instance, "opa_wasm_abi_version");
  const minor = globalValue(instance, "opa_wasm_abi_minor_version");
  if (version !== 1 || minor === undefined || minor < 2) {
    throw invalid(
      `policy.wasm has ABI ${version ?? "?"}.${minor ?? "?"}; 1.2 or a later 1.x is needed: build it anew`,
    );
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compileModule has checked every name
  return instance.exports as OpaExports;
}

function globalValue(instance: WebAssembly.Instance, name: string): number | undefined {
  const found: unknown = instance.exports[name];
  if (!(found instanceof WebAssembly.Global)) return undefined;
  const value: unknown = found.value;
  return typeof value === "number" ? value : undefined;
}

function invalid(message: string): PolicyFault {
  return new PolicyFault("bundle.module_invalid", message);
}
