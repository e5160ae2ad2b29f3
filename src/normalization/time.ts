import type { JsonValue } from "../core/index.ts";
import { isObject } from "../core/index.ts";

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Rego's clock counts nanoseconds in 64 bits: a year beyond these would fail the rule that reads it. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2261;

/** A time of any RFC 3339 spelling in UTC, fractions kept to the nanosecond; `null` for anything else. */
export function canonicalTime(text: string | null): string | null {
  const match = text === null || text.length > 64 ? null : RFC_3339.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal = local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!isReal || hour > 23 || minute > 59 || second > 59) return null;
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (match[8] === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  return utc(local.getTime() - offset * 60_000, match[7] ?? "");
}

/** A protobuf timestamp as protojson's older form writes it: `{ "seconds": …, "nanos": … }` (Witness). */
export function timeOfProtobuf(value: JsonValue): string | null {
  if (!isObject(value)) return null;
  const seconds = Number(Object.hasOwn(value, "seconds") ? value["seconds"] : 0);
  const nanos = Number(Object.hasOwn(value, "nanos") ? value["nanos"] : 0);
  if (!Number.isSafeInteger(seconds) || !Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
    return null;
  }
  return utc(seconds * 1000, String(nanos).padStart(9, "0"));
}

/** The decision's time as the document writes it. */
export function timeOfDate(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, "Z");
}

function utc(milliseconds: number, fraction: string): string | null {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (Number.isNaN(milliseconds) || !(year >= FIRST_YEAR && year <= LAST_YEAR)) return null;
  const digits = fraction.replace(/0+$/, "");
  return `${date.toISOString().slice(0, 19)}${digits === "" ? "" : `.${digits}`}Z`;
}
