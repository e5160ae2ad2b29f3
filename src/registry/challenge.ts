/** One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export interface Challenge {
  /** In lowercase. */
  readonly scheme: string;
  /** Names in lowercase. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_LENGTH = 8 * 1024;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const AFTER_SCHEME = /[ \t]+|(?=,)/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const COMMAS = /(?:[ \t]*,)*[ \t]*/y;

/**
 * Reads all challenges of a header; `undefined` where it is too long, no valid header, or names a parameter twice
 * (T024). Every expression is anchored at one place and advances, so the time is linear.
 */
export function parseChallenges(header: string): readonly Challenge[] | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const cursor = new Cursor(header);
  const challenges: Challenge[] = [];
  cursor.take(COMMAS);
  while (!cursor.atEnd) {
    const scheme = cursor.take(TOKEN);
    if (scheme === undefined) return undefined;
    if (!cursor.atEnd && cursor.take(AFTER_SCHEME) === undefined) return undefined;
    const parameters = readParameters(cursor);
    if (parameters === undefined) return undefined;
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return challenges;
}

/** Reads parameters up to the end or to the token that begins the next challenge. */
function readParameters(cursor: Cursor): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  if (cursor.take(TOKEN68) !== undefined) {
    cursor.take(COMMAS);
    return parameters;
  }
  for (let first = true; ; first = false) {
    const separated = cursor.take(COMMAS)?.includes(",") === true;
    if (cursor.atEnd || (first && separated)) return parameters;
    if (!first && !separated) return undefined;
    const start = cursor.position;
    const name = cursor.take(TOKEN)?.toLowerCase();
    if (name === undefined) return undefined;
    if (cursor.take(EQUALS) === undefined) {
      cursor.position = start;
      return first ? undefined : parameters;
    }
    const value = cursor.take(QUOTED) ?? cursor.take(TOKEN);
    if (value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : value);
  }
}

class Cursor {
  readonly #text: string;
  position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.#text.length;
  }

  /** The match of a sticky expression at this place, which moves behind it. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.position;
    const found = expression.exec(this.#text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }
}
