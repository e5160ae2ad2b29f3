import { BuiltinError } from "../contract.ts";
import {
  civilFromSeconds,
  daysBefore,
  isLeap,
  LONG_DAYS,
  LONG_MONTHS,
  weekday,
  type CivilTime,
} from "./calendar.ts";
import { chunksOf, isZoneElement, type Element, type Fraction, type ZoneElement } from "./layout.ts";
import { UTC, type Zone } from "./zone.ts";

interface Moment {
  readonly civil: CivilTime;
  readonly weekday: number;
  readonly offset: number;
  readonly zone: Zone;
}

/** Go's `Time.Format`. */
export function formatTime(ns: bigint, zone: Zone, layout: string): string {
  const nanosecond = Number(BigInt.asUintN(64, ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n));
  const seconds = Number((ns - BigInt(nanosecond)) / 1_000_000_000n);
  const offset = zone.offsetAt(seconds);
  const local = seconds + offset;
  const moment = { civil: civilFromSeconds(local), weekday: weekday(local), offset, zone };
  let out = "";
  for (const chunk of chunksOf(layout)) {
    out += chunk.prefix;
    if (chunk.element !== undefined) out += formatElement(chunk.element, moment);
    else if (chunk.fraction !== undefined) out += formatFraction(chunk.fraction, nanosecond);
  }
  return out;
}

function formatElement(element: Element, moment: Moment): string {
  const { civil } = moment;
  if (isZoneElement(element)) return formatOffset(element, moment.offset);
  switch (element) {
    case "January":
      return LONG_MONTHS[civil.month - 1] ?? "";
    case "Jan":
      return LONG_MONTHS[civil.month - 1]?.slice(0, 3) ?? "";
    case "1":
      return String(civil.month);
    case "01":
      return padded(civil.month, 2);
    case "Monday":
      return LONG_DAYS[moment.weekday] ?? "";
    case "Mon":
      return LONG_DAYS[moment.weekday]?.slice(0, 3) ?? "";
    case "2":
      return String(civil.day);
    case "_2":
      return String(civil.day).padStart(2);
    case "02":
      return padded(civil.day, 2);
    case "__2":
      return String(dayOfYear(civil)).padStart(3);
    case "002":
      return padded(dayOfYear(civil), 3);
    case "15":
      return padded(civil.hour, 2);
    case "3":
      return String(civil.hour % 12 || 12);
    case "03":
      return padded(civil.hour % 12 || 12, 2);
    case "4":
      return String(civil.minute);
    case "04":
      return padded(civil.minute, 2);
    case "5":
      return String(civil.second);
    case "05":
      return padded(civil.second, 2);
    case "2006":
      return padded(civil.year, 4);
    case "06":
      return padded(civil.year % 100, 2);
    case "PM":
      return civil.hour >= 12 ? "PM" : "AM";
    case "pm":
      return civil.hour >= 12 ? "pm" : "am";
    case "MST":
      // The database of Node.js does not have Go's abbreviations, and a guess would be another answer than OPA's.
      if (moment.zone !== UTC)
        throw new BuiltinError(`the abbreviation of zone ${moment.zone.name} is not known`);
      return "UTC";
    default:
      return element satisfies never;
  }
}

function dayOfYear(civil: CivilTime): number {
  return daysBefore(civil.month) + civil.day + (civil.month > 2 && isLeap(civil.year) ? 1 : 0);
}

function formatOffset(element: ZoneElement, offset: number): string {
  if (offset === 0 && element.startsWith("Z")) return "Z";
  const colon = element.includes(":") ? ":" : "";
  const minutes = Math.trunc(offset / 60);
  const sign = minutes < 0 ? "-" : "+";
  let out = sign + padded(Math.floor(Math.abs(minutes) / 60), 2);
  if (element.length > 3) out += colon + padded(Math.abs(minutes) % 60, 2);
  if (element.length > 6) out += colon + padded((minutes < 0 ? -offset : offset) % 60, 2);
  return out;
}

function formatFraction(fraction: Fraction, nanosecond: number): string {
  if (fraction.trim && nanosecond === 0) return "";
  const digits = padded(nanosecond, 9).slice(0, fraction.digits);
  const text = fraction.trim ? digits.replace(/0+$/, "") : digits;
  return text === "" ? "" : fraction.separator + text;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
