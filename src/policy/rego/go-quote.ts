/** Go's `strconv.Quote`; with `ascii` its `QuoteToASCII`. */
export function quote(text: string, ascii = false): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return `"${Array.from(text, (c) => escapeCharacter(c, '"', ascii)).join("")}"`;
}

/** Go's `strconv.QuoteRune`; what is no Unicode scalar value is U+FFFD. */
export function quoteRune(codePoint: bigint, ascii = false): string {
  return `'${escapeCharacter(characterOf(codePoint), "'", ascii)}'`;
}

/** The character of a code point, U+FFFD where there is none. */
export function characterOf(codePoint: bigint): string {
  const valid = codePoint >= 0n && codePoint <= 0x10ffffn && !(codePoint >= 0xd800n && codePoint <= 0xdfffn);
  return String.fromCodePoint(valid ? Number(codePoint) : 0xfffd);
}

/** Go's `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return character === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

function escapeCharacter(character: string, delimiter: string, ascii: boolean): string {
  if (character === delimiter || character === "\\") return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && !(ascii && code > 0x7e)) return character;
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
