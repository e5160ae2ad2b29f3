/** Assembles WebAssembly by hand: modules that no compiler of Rego would make. */

export const I32 = 0x7f;

export interface FunctionCode {
  readonly name: string;
  readonly parameters: number;
  readonly hasResult: boolean;
  /** Instructions without the closing `end`. */
  readonly code: readonly number[];
}

export interface ModuleParts {
  readonly imports?: readonly {
    readonly name: string;
    readonly from?: string;
    readonly parameters: number;
  }[];
  readonly functions: readonly FunctionCode[];
  /** Exported constants. */
  readonly globals: Readonly<Record<string, number>>;
  /** First values of what is mutable and not exported; numbered after the constants. */
  readonly variables: readonly number[];
  readonly data?: readonly { readonly at: number; readonly text: string }[];
}

/** Unsigned LEB128. */
export function u(value: number): number[] {
  const bytes = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** `i32.const` of a number that is not negative. */
export function constant(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if (rest === 0 && (byte & 0x40) === 0) return [0x41, ...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

const text = (value: string): number[] => [...u(Buffer.byteLength(value)), ...Buffer.from(value)];
const vector = (items: readonly (readonly number[])[]): number[] => [...u(items.length), ...items.flat()];
const section = (id: number, body: readonly number[]): number[] => [id, ...u(body.length), ...body];

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export function assemble(parts: ModuleParts): Uint8Array {
  const imports = parts.imports ?? [];
  const signatures = [
    ...imports.map(({ parameters }) => ({ parameters, hasResult: true })),
    ...parts.functions.map(({ parameters, hasResult }) => ({ parameters, hasResult })),
  ];
  const types = signatures.map(({ parameters, hasResult }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    ...vector(hasResult ? [[I32]] : []),
  ]);
  const imported = [
    [...text("env"), ...text("memory"), 2, 0, 1],
    ...imports.map(({ name, from = "env" }, i) => [...text(from), ...text(name), 0, ...u(i)]),
  ];
  const globals = [
    ...Object.values(parts.globals).map((value) => [I32, 0, ...constant(value), 0x0b]),
    ...parts.variables.map((value) => [I32, 1, ...constant(value), 0x0b]),
  ];
  const exports = [
    ...parts.functions.map(({ name }, i) => [...text(name), 0, ...u(imports.length + i)]),
    ...Object.keys(parts.globals).map((name, i) => [...text(name), 3, ...u(i)]),
  ];
  const bodies = parts.functions.map(({ code }) => {
    const body = [0, ...code, 0x0b];
    return [...u(body.length), ...body];
  });
  const data = (parts.data ?? []).map(({ at, text: content }) => [
    0,
    ...constant(at),
    0x0b,
    ...text(content),
  ]);
  return Uint8Array.from([
    ...HEADER,
    ...section(1, vector(types)),
    ...section(2, vector(imported)),
    ...section(3, vector(parts.functions.map((_, i) => u(imports.length + i)))),
    ...section(6, vector(globals)),
    ...section(7, vector(exports)),
    ...section(10, vector(bodies)),
    ...section(11, vector(data)),
  ]);
}
