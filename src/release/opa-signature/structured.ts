import {
  DEFAULT_JSON_LIMITS,
  failure,
  parseStrictJson,
  success,
  type Result,
  type StrictJsonCode,
} from "../../core/index.ts";
import { BUNDLE_LIMITS } from "../../policy/index.ts";

/**
 * Of `.manifest` and data.json. Values are bounded as anywhere: whoever wrote the file is not known yet, and megabytes of
 * the smallest ones would take a minute and gigabytes.
 */
const LIMITS = { ...DEFAULT_JSON_LIMITS, bytes: BUNDLE_LIMITS.dataBytes };

/**
 * The bytes that OPA hashes of a structured file (v1/bundle/hash.go): no white space, keys in the order of their UTF-8,
 * strings as Go writes them, numbers as they are written. OPA itself keeps the last of duplicate keys, takes YAML for
 * JSON, and reads halves of surrogate pairs as U+FFFD: documents of other content would have the same hash. Here these
 * are refused (threat T176); what remains differs from the signed document in white space, order and escapes alone.
 */
export function structuredForm(bytes: Uint8Array): Result<Buffer, StrictJsonCode> {
  const parsed = parseStrictJson(bytes, LIMITS);
  if (!parsed.ok) return parsed;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const writer = new FormWriter(text);
  const form = writer.value();
  return writer.wellFormed
    ? success(Buffer.from(form))
    : failure("json.not_utf8", "a string holds half of a surrogate pair, which is no character");
}

/** Goes once through a text that `parseStrictJson` has taken; what that has checked is not checked again. */
class FormWriter {
  /** Whether no string so far held half of a surrogate pair. */
  wellFormed = true;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): string {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return `[${this.#elements("]", () => this.value()).join(",")}]`;
      case '"':
        return goString(this.#string());
      default:
        return this.#word();
    }
  }

  #object(): string {
    const members = this.#elements("}", () => {
      const key = this.#string();
      this.#skipSpace();
      // The colon.
      this.#at++;
      return { key, form: this.value() };
    });
    const inOrder = members.sort(members.some(({ key }) => SURROGATE.test(key)) ? byBytes : byUnits);
    return `{${inOrder.map(({ key, form }) => `${goString(key)}:${form}`).join(",")}}`;
  }

  #elements<T>(close: string, read: () => T): T[] {
    const elements: T[] = [];
    this.#at++;
    this.#skipSpace();
    while (this.#at < this.#text.length && this.#text[this.#at] !== close) {
      elements.push(read());
      this.#skipSpace();
      if (this.#text[this.#at] === ",") this.#at++;
      this.#skipSpace();
    }
    this.#at++;
    return elements;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#isEscaped(end, start)) end = this.#text.indexOf('"', end + 1);
    this.#at = (end === -1 ? this.#text.length : end) + 1;
    const literal = this.#text.slice(start, this.#at);
    const value: unknown = literal.includes("\\") ? JSON.parse(literal) : literal.slice(1, -1);
    const text = typeof value === "string" ? value : "";
    this.wellFormed &&= text.isWellFormed();
    return text;
  }

  #isEscaped(quote: number, start: number): boolean {
    let first = quote;
    while (first - 1 > start && this.#text[first - 1] === "\\") first--;
    return (quote - first) % 2 === 1;
  }

  /** A number, `true`, `false` or `null`: OPA hashes `1` and `1.0` as two things. */
  #word(): string {
    WORD_END.lastIndex = this.#at;
    const end = WORD_END.exec(this.#text)?.index ?? this.#text.length;
    const word = this.#text.slice(this.#at, end);
    this.#at = end;
    return word;
  }

  #skipSpace(): void {
    while (SPACE.has(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}

const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const WORD_END = /[\s,\]}]/g;
const SURROGATE = /[\ud800-\udfff]/;

interface Member {
  readonly key: string;
  readonly form: string;
}

/** The order of UTF-16, which is that of UTF-8 where no surrogate is. Keys are distinct. */
function byUnits(a: Member, b: Member): number {
  return a.key < b.key ? -1 : 1;
}

function byBytes(a: Member, b: Member): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

/** As Go's encoder writes it without escaping HTML: JavaScript's way, but for two line separators. */
function goString(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
