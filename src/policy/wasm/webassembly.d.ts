/**
 * The part of the WebAssembly JavaScript interface that the host uses. Node.js has it, but its types come with
 * TypeScript's DOM library only, whose hundreds of browser globals have no place here.
 */
declare namespace WebAssembly {
  type ImportExportKind = "function" | "global" | "memory" | "table" | "tag";

  class Module {
    constructor(bytes: ArrayBuffer | ArrayBufferView);
    static imports(
      module: Module,
    ): readonly { readonly module: string; readonly name: string; readonly kind: ImportExportKind }[];
    static exports(module: Module): readonly { readonly name: string; readonly kind: ImportExportKind }[];
  }

  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    /** In pages of 64 KiB; returns the pages there were. */
    grow(pages: number): number;
  }

  type ModuleImports = Record<string, unknown>;

  class Instance {
    constructor(module: Module, imports?: Record<string, ModuleImports>);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Global {
    get value(): unknown;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function compile(bytes: ArrayBuffer | ArrayBufferView): Promise<Module>;
  function validate(bytes: ArrayBuffer | ArrayBufferView): boolean;
}
