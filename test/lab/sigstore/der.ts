/** A small DER writer (X.690): every function gives one whole tag-length-value. */

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = unsigned(BigInt(length));
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function unsigned(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tlv(0x30, ...items);

/** SET OF in DER order. */
export const set = (...items: readonly Uint8Array[]): Buffer =>
  tlv(0x31, ...items.map((item) => Buffer.from(item)).sort((a, b) => Buffer.compare(a, b)));

export const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const nothing = (): Buffer => tlv(0x05);
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));

/** A BIT STRING; the named bits of a key usage need `unusedBits`. */
export const bits = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  tlv(0x03, Buffer.from([unusedBits]), bytes);

/** A non-negative INTEGER from a number or from its big-endian bytes. */
export function integer(value: number | bigint | Uint8Array): Buffer {
  const bytes =
    value instanceof Uint8Array
      ? Buffer.from(value.subarray(value.findIndex((byte) => byte !== 0)))
      : unsigned(BigInt(value));
  return tlv(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      septets.unshift(0x80 | (left % 128));
    }
    return septets;
  });
  return tlv(0x06, Buffer.from(bytes));
}

/** `[number]` around whole values. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer =>
  tlv(0xa0 | number, ...items);

/** `[number]` in place of a primitive's own tag. */
export const implicit = (number: number, bytes: Uint8Array): Buffer => tlv(0x80 | number, bytes);

/** X.509 Time: UTCTime through 2049, GeneralizedTime after that (RFC 5280 4.1.2.5). */
export function time(date: Date): Buffer {
  const text = stamp(date);
  return date.getUTCFullYear() < 2050 && date.getUTCFullYear() >= 1950
    ? tlv(0x17, Buffer.from(`${text.slice(2)}Z`))
    : generalizedTime(date);
}

/** GeneralizedTime; `fraction` are digits after the point, written as given. */
export const generalizedTime = (date: Date, fraction = ""): Buffer =>
  tlv(0x18, Buffer.from(`${stamp(date)}${fraction === "" ? "" : `.${fraction}`}Z`));

function stamp(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "");
}
