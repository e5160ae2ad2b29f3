import { refuse } from "./refusal.ts";
import type { ReasonCode } from "./reasons.ts";

/** Identifier octets (X.690 §8.1.2) of what X.509, CMS and RFC 3161 use. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific tags: `[n]` primitive and constructed. */
export const context = (n: number): number => 0x80 | n;
export const contextConstructed = (n: number): number => 0xa0 | n;

const MAX_CHILDREN = 1000;

/**
 * One element of DER (X.690 §10), read lazily: nothing below it is looked at before somebody asks, so hostile depth
 * costs nothing. Every fault is refused with the code of whoever reads (threat A021): lengths must be definite and
 * minimal, nothing may follow, tags beyond 30 do not occur in these formats.
 */
export class DerElement {
  readonly tag: number;
  /** The whole element, its header included: what signatures and digests are made over. */
  readonly raw: Buffer;
  readonly content: Buffer;
  readonly #fault: ReasonCode;

  constructor(tag: number, raw: Buffer, content: Buffer, fault: ReasonCode) {
    this.tag = tag;
    this.raw = raw;
    this.content = content;
    this.#fault = fault;
  }

  fail(message: string): never {
    return refuse(this.#fault, message);
  }

  expect(tag: number): this {
    if (this.tag !== tag) {
      this.fail(`DER element 0x${this.tag.toString(16)} where 0x${tag.toString(16)} was expected`);
    }
    return this;
  }

  /** The elements of a constructed one; together they fill it exactly. */
  children(limit = MAX_CHILDREN): readonly DerElement[] {
    if ((this.tag & 0x20) === 0) this.fail("a primitive DER element has no members");
    const found: DerElement[] = [];
    let offset = 0;
    while (offset < this.content.length) {
      if (found.length === limit) this.fail(`more than ${limit} members in one DER element`);
      const child = readElement(this.content, offset, this.#fault);
      found.push(child);
      offset += child.raw.length;
    }
    return found;
  }

  /** A reader over the members of a SEQUENCE, SET or constructed context tag. */
  fields(tag: number = TAG.sequence): DerFields {
    return new DerFields(this.expect(tag));
  }

  /** The DER document wrapped in this element's content, as in an OCTET STRING. */
  inner(): DerElement {
    return parseDer(this.content, this.#fault);
  }

  /** Dotted object identifier; arcs that a double cannot hold are refused rather than cut (threat A021). */
  oid(): string {
    this.expect(TAG.oid);
    const bytes = this.content;
    if (bytes.length === 0) this.fail("an empty object identifier");
    const arcs: number[] = [];
    let arc = 0;
    let fresh = true;
    for (const byte of bytes) {
      if (fresh && byte === 0x80) this.fail("an object identifier is not minimally encoded");
      arc = arc * 128 + (byte & 0x7f);
      if (arc > Number.MAX_SAFE_INTEGER) this.fail("an object identifier has an arc beyond all use");
      fresh = (byte & 0x80) === 0;
      if (fresh) {
        arcs.push(arc);
        arc = 0;
      }
    }
    if (!fresh) this.fail("an object identifier is cut short");
    const [first = 0, ...rest] = arcs;
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - root * 40, ...rest].join(".");
  }

  boolean(): boolean {
    this.expect(TAG.boolean);
    const [value] = this.content;
    if (this.content.length !== 1 || (value !== 0x00 && value !== 0xff)) this.fail("not a DER boolean");
    return value === 0xff;
  }

  /** Content octets of an INTEGER, checked to be minimal. */
  integer(): Buffer {
    this.expect(TAG.integer);
    const [first, second] = this.content;
    if (first === undefined) this.fail("an empty integer");
    if (second !== undefined) {
      const padded = (first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80);
      if (padded) this.fail("an integer is not minimally encoded");
    }
    return this.content;
  }

  /** A small non-negative INTEGER (versions, path lengths, states). */
  smallInteger(): number {
    const bytes = this.integer();
    const [first = 0] = bytes;
    if (bytes.length > 4 || first >= 0x80) this.fail("an integer is out of range");
    return bytes.readUIntBE(0, bytes.length);
  }

  /** The octets of a BIT STRING without unused bits (keys, signatures). */
  bitString(): Buffer {
    this.expect(TAG.bitString);
    if (this.content[0] !== 0) this.fail("a bit string has unused bits where octets were expected");
    return this.content.subarray(1);
  }

  octets(): Buffer {
    return this.expect(TAG.octetString).content;
  }

  /** UTCTime or GeneralizedTime as milliseconds since 1970; fractions as RFC 3161 §2.4.2 allows, cut to milliseconds. */
  time(): number {
    const utc = this.tag === TAG.utcTime;
    if (!utc) this.expect(TAG.generalizedTime);
    const pattern = utc
      ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
      : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,12}))?Z$/;
    const match = pattern.exec(this.content.toString("latin1"));
    if (match === null) this.fail("a time is not in the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSS[.f]Z");
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
    const fullYear = utc ? year + (year < 50 ? 2000 : 1900) : year;
    const fraction = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
    const date = new Date(0);
    date.setUTCFullYear(fullYear, month - 1, day);
    date.setUTCHours(hour, minute, second, fraction);
    const real =
      date.getUTCMonth() === month - 1 &&
      date.getUTCDate() === day &&
      hour < 24 &&
      minute < 60 &&
      second < 60;
    if (!real) this.fail("a time names a moment that does not exist");
    return date.getTime();
  }
}

/** Walks the members of an element in order; what is left at the end is refused. */
export class DerFields {
  readonly #parent: DerElement;
  readonly #members: readonly DerElement[];
  #next = 0;

  constructor(parent: DerElement) {
    this.#parent = parent;
    this.#members = parent.children();
  }

  next(tag?: number): DerElement {
    const member = this.#members[this.#next];
    if (member === undefined) return this.#parent.fail("a DER element has too few members");
    this.#next++;
    return tag === undefined ? member : member.expect(tag);
  }

  optional(tag: number): DerElement | undefined {
    const member = this.#members[this.#next];
    if (member?.tag !== tag) return undefined;
    this.#next++;
    return member;
  }

  more(): boolean {
    return this.#next < this.#members.length;
  }

  end(): void {
    if (this.more()) this.#parent.fail("a DER element has members beyond those that are defined");
  }
}

/** Reads one DER element that is the whole of `bytes`. Throws a `Refusal` with the code `fault`. */
export function parseDer(bytes: Buffer, fault: ReasonCode): DerElement {
  const element = readElement(bytes, 0, fault);
  if (element.raw.length !== bytes.length) refuse(fault, "bytes follow the end of the DER element");
  return element;
}

function readElement(bytes: Buffer, start: number, fault: ReasonCode): DerElement {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) return refuse(fault, "a DER element is cut short");
  if ((tag & 0x1f) === 0x1f) return refuse(fault, "a DER tag number beyond 30");
  let length = first;
  let contentStart = start + 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) return refuse(fault, "a DER length is indefinite or beyond all use");
    contentStart += octets;
    if (contentStart > bytes.length) return refuse(fault, "a DER element is cut short");
    length = bytes.readUIntBE(start + 2, octets);
    const minimal = length >= 0x80 && length >= 256 ** (octets - 1);
    if (!minimal) return refuse(fault, "a DER length is not minimally encoded");
  }
  const end = contentStart + length;
  if (end > bytes.length) return refuse(fault, "a DER element is longer than what holds it");
  return new DerElement(tag, bytes.subarray(start, end), bytes.subarray(contentStart, end), fault);
}
