import { isUtf8 } from "node:buffer";
import { PolicyFault } from "./fault.ts";

/** Deeper documents than any evidence; the module's parser recurses. */
const MAX_DEPTH = 512;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const LOWER_U = 0x75;

/**
 * Makes sure that bytes are JSON (RFC 8259) before the module parses them: its parser takes trailing commas and
 * trailing garbage, and where it fails the policy would see no input at all (threat T165). Escapes of lone
 * surrogates become U+FFFD as in Go; the bytes are changed in place. Throws `policy.input_invalid`.
 */
export function checkJson(bytes: Uint8Array): void {
  if (!isUtf8(bytes)) throw invalid("not valid UTF-8");
  new Scanner(bytes).document();
}

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  document(): void {
    this.#value(0);
    this.#space();
    if (this.#at !== this.#bytes.length) throw this.#unexpected();
  }

  #value(depth: number): void {
    this.#space();
    const byte = this.#bytes[this.#at];
    switch (byte) {
      case QUOTE:
        this.#string();
        return;
      case OPEN_OBJECT:
        this.#object(depth + 1);
        return;
      case OPEN_ARRAY:
        this.#array(depth + 1);
        return;
      case 0x74:
        this.#word("true");
        return;
      case 0x66:
        this.#word("false");
        return;
      case 0x6e:
        this.#word("null");
        return;
      default:
        this.#number();
    }
  }

  #object(depth: number): void {
    if (depth > MAX_DEPTH) throw invalid(`nested more than ${MAX_DEPTH} levels deep`);
    this.#at++;
    this.#space();
    if (this.#take(CLOSE_OBJECT)) return;
    do {
      this.#space();
      if (this.#bytes[this.#at] !== QUOTE) throw this.#unexpected();
      this.#string();
      this.#space();
      if (!this.#take(COLON)) throw this.#unexpected();
      this.#value(depth);
      this.#space();
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_OBJECT)) throw this.#unexpected();
  }

  #array(depth: number): void {
    if (depth > MAX_DEPTH) throw invalid(`nested more than ${MAX_DEPTH} levels deep`);
    this.#at++;
    this.#space();
    if (this.#take(CLOSE_ARRAY)) return;
    do {
      this.#value(depth);
      this.#space();
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_ARRAY)) throw this.#unexpected();
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === undefined || byte < 0x20) throw this.#unexpected(at);
      at = byte === BACKSLASH ? this.#escape(at + 1) : at + 1;
    }
    this.#at = at + 1;
  }

  /** Reads what follows a backslash; the index behind it. */
  #escape(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined || !isEscape(byte)) throw this.#unexpected(at);
    if (byte !== LOWER_U) return at + 1;
    const unit = this.#hexUnit(at + 1);
    if (unit < 0xd800 || unit > 0xdfff) return at + 5;
    if (unit < 0xdc00 && this.#bytes[at + 5] === BACKSLASH && this.#bytes[at + 6] === LOWER_U) {
      const low = this.#hexUnit(at + 7);
      if (low >= 0xdc00 && low <= 0xdfff) return at + 11;
    }
    // "fffd"
    this.#bytes.set([0x66, 0x66, 0x66, 0x64], at + 1);
    return at + 5;
  }

  #hexUnit(at: number): number {
    let unit = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = hexDigit(this.#bytes[i] ?? 0);
      if (digit < 0) throw this.#unexpected(i);
      unit = unit * 16 + digit;
    }
    return unit;
  }

  #number(): void {
    this.#take(0x2d);
    if (!this.#take(0x30) && !this.#digits()) throw this.#unexpected();
    if (this.#take(0x2e) && !this.#digits()) throw this.#unexpected();
    const byte = this.#bytes[this.#at];
    if (byte !== 0x65 && byte !== 0x45) return;
    this.#at++;
    if (!this.#take(0x2b)) this.#take(0x2d);
    if (!this.#digits()) throw this.#unexpected();
  }

  #digits(): boolean {
    const start = this.#at;
    for (let byte = this.#bytes[start] ?? 0; byte >= 0x30 && byte <= 0x39;)
      byte = this.#bytes[++this.#at] ?? 0;
    return this.#at > start;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) throw this.#unexpected();
    }
    this.#at += word.length;
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #unexpected(at = this.#at): PolicyFault {
    return invalid(`not JSON at byte ${at}`);
  }
}

const ESCAPES = new Set('"\\/bfnrtu'.split("").map((c) => c.charCodeAt(0)));

function isEscape(byte: number): boolean {
  return ESCAPES.has(byte);
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function invalid(message: string): PolicyFault {
  return new PolicyFault("policy.input_invalid", `the input document is ${message}`);
}
