import type { PolicyFault } from "../types.ts";

/** Either a value or everything that is wrong, in the order of the files. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly [PolicyFault, ...PolicyFault[]] };
