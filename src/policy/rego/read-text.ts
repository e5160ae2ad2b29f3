import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from "./value.ts";

/** Deeper values than any policy passes to a builtin; the reader recurses. */
const MAX_DEPTH = 1000;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_STRING = /"([^"\\]*)"/y;

/**
 * Reads the text that `opa_value_dump` writes: JSON with set literals (`{1, 2}`, `set()`) and keys of any type.
 * Throws on anything else: the module, not the policy, is then at fault.
 */
export function readRegoText(text: string): RegoValue {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/**
 * Reads JSON with the text of its numbers kept; the last of duplicate keys wins, as in Go. `undefined` where it is
 * not JSON.
 */
export function readJsonText(text: string): RegoValue | undefined {
  try {
    JSON.parse(text);
    return withoutDuplicates(readRegoText(text));
  } catch {
    return undefined;
  }
}

function withoutDuplicates(value: RegoValue): RegoValue {
  if (value instanceof RegoObject) {
    const last = new Map(value.entries.map(([key, member]) => [key, withoutDuplicates(member)]));
    return new RegoObject([...last]);
  }
  return value !== null && typeof value !== "boolean" && isRegoArray(value)
    ? value.map(withoutDuplicates)
    : value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): RegoValue {
    if (depth > MAX_DEPTH) throw new RangeError(`value nested more than ${MAX_DEPTH} levels deep`);
    switch (this.#peek()) {
      case '"':
        return this.#string();
      case "[":
        return this.#array(depth);
      case "{":
        return this.#objectOrSet(depth);
      case "n":
        return this.#word("null", null);
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "s":
        return this.#word("set()", new RegoSet([]));
      default:
        return this.#number();
    }
  }

  end(): void {
    if (this.#peek() !== "") throw this.#unexpected();
  }

  #array(depth: number): RegoValue {
    this.#at++;
    const elements: RegoValue[] = [];
    if (this.#take("]")) return elements;
    do elements.push(this.value(depth + 1));
    while (this.#take(","));
    this.#expect("]");
    return elements;
  }

  #objectOrSet(depth: number): RegoValue {
    this.#at++;
    if (this.#take("}")) return new RegoObject([]);
    const first = this.value(depth + 1);
    return this.#take(":") ? this.#object(first, depth) : this.#set(first, depth);
  }

  #object(firstKey: RegoValue, depth: number): RegoObject {
    const entries: [RegoValue, RegoValue][] = [[firstKey, this.value(depth + 1)]];
    while (this.#take(",")) {
      const key = this.value(depth + 1);
      this.#expect(":");
      entries.push([key, this.value(depth + 1)]);
    }
    this.#expect("}");
    return new RegoObject(entries);
  }

  #set(first: RegoValue, depth: number): RegoSet {
    const elements = [first];
    while (this.#take(",")) elements.push(this.value(depth + 1));
    this.#expect("}");
    return new RegoSet(elements);
  }

  #string(): string {
    PLAIN_STRING.lastIndex = this.#at;
    const plain = PLAIN_STRING.exec(this.#text)?.[1];
    if (plain !== undefined) {
      this.#at = PLAIN_STRING.lastIndex;
      return plain;
    }
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') {
      if (this.#at >= this.#text.length) throw this.#unexpected();
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    this.#at++;
    const parsed: unknown = JSON.parse(this.#text.slice(start, this.#at));
    if (typeof parsed !== "string") throw this.#unexpected();
    return parsed;
  }

  #number(): RegoNumber {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#unexpected();
    this.#at += text.length;
    return new RegoNumber(text);
  }

  #word<T extends RegoValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  /** The next character that is not white space; empty at the end. */
  #peek(): string {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#unexpected();
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(`not a Rego value at character ${this.#at}`);
  }
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}
