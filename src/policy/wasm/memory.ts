import { PolicyFault } from "./fault.ts";

export const PAGE_BYTES = 65_536;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The linear memory of one instance, read as if the module lied about every address. */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** Past the last byte that the host wrote. */
  #written = 0;

  constructor(initialPages: number, maximumPages: number) {
    this.memory = new WebAssembly.Memory({
      initial: Math.min(initialPages, maximumPages),
      maximum: maximumPages,
    });
  }

  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  write(address: number, bytes: Uint8Array): void {
    const start = address >>> 0;
    if (start === 0 || start + bytes.length > this.byteLength) throw outside(start);
    new Uint8Array(this.memory.buffer).set(bytes, start);
    this.#written = Math.max(this.#written, start + bytes.length);
  }

  /** The text up to the next NUL; a module that never ends its text is at fault, not endless (threat T162). */
  readText(address: number, limit: number): string {
    const start = address >>> 0;
    if (start === 0 || start >= this.byteLength) throw outside(start);
    const window = new Uint8Array(this.memory.buffer, start, Math.min(limit + 1, this.byteLength - start));
    const length = window.indexOf(0);
    if (length < 0)
      throw new PolicyFault("policy.bad_result", `the module's text does not end within ${limit} bytes`);
    try {
      return utf8.decode(window.subarray(0, length));
    } catch {
      throw new PolicyFault("policy.bad_result", "the module's text is not UTF-8");
    }
  }

  /**
   * Zeroes from `start` to the heap's high-water mark and to the end of whatever the host wrote, so that nothing of
   * one evaluation is there in the next (threat T163).
   */
  clearFrom(start: number, heapEnd: number): void {
    const end = Math.min(Math.max(heapEnd >>> 0, this.#written), this.byteLength);
    if (end > start) new Uint8Array(this.memory.buffer).fill(0, start, end);
    this.#written = start;
  }
}

function outside(address: number): PolicyFault {
  return new PolicyFault(
    "policy.runtime_error",
    `the module gave the address ${address}, which is outside of its memory`,
  );
}
