import { RegoNumber, isRegoArray, type RegoValue } from "../rego/value.ts";
import { BuiltinError, type BuiltinTable } from "./contract.ts";
import {
  civilFromSeconds,
  daysIn,
  LONG_DAYS,
  secondsFromCivil,
  weekday,
  type CivilTime,
} from "./go-time/calendar.ts";
import { parseDuration } from "./go-time/duration.ts";
import { formatTime } from "./go-time/format.ts";
import { NAMED_LAYOUTS, RFC3339, RFC3339_NANO } from "./go-time/layout.ts";
import { parseTime } from "./go-time/parse.ts";
import { UTC, zoneOf, type Zone } from "./go-time/zone.ts";
import { anyOperand, intOperand, stringOperand, toInteger, wrongType } from "./operands.ts";

const INT64_MAX = 2n ** 63n - 1n;
const BILLION = 1_000_000_000n;

/** The clock is `input.time`, so that the same input gives the same answer at any time. */
export const timeBuiltins: BuiltinTable = {
  "time.now_ns": (_operands, context) => RegoNumber.of(context.nowNs),

  "time.parse_rfc3339_ns": (operands) => nanoseconds(parseTime(RFC3339, stringOperand(operands, 0))),

  "time.parse_ns": (operands) => {
    const layout = stringOperand(operands, 0);
    return nanoseconds(parseTime(NAMED_LAYOUTS.get(layout) ?? layout, stringOperand(operands, 1)));
  },

  "time.parse_duration_ns": (operands) => RegoNumber.of(parseDuration(stringOperand(operands, 0))),

  "time.format": (operands) => {
    const { ns, zone, layout } = timeOperand(operands, 0);
    return formatTime(ns, zone, layout === "" ? RFC3339_NANO : (NAMED_LAYOUTS.get(layout) ?? layout));
  },

  "time.date": (operands) => {
    const { year, month, day } = civilOf(timeOperand(operands, 0));
    return integers([year, month, day]);
  },

  "time.clock": (operands) => {
    const { hour, minute, second } = civilOf(timeOperand(operands, 0));
    return integers([hour, minute, second]);
  },

  "time.weekday": (operands) => LONG_DAYS[weekday(localSeconds(timeOperand(operands, 0)))],

  "time.add_date": (operands) => {
    const time = timeOperand(operands, 0);
    const civil = civilOf(time);
    const moved = {
      ...civil,
      year: civil.year + calendarStep(operands, 1),
      month: civil.month + calendarStep(operands, 2),
      day: civil.day + calendarStep(operands, 3),
    };
    const seconds = toUtc(secondsFromCivil(moved), time.zone);
    return nanoseconds(BigInt(seconds) * BILLION + nanosecondOf(time.ns));
  },

  "time.diff": (operands) => {
    const first = timeOperand(operands, 0);
    const second = { ...timeOperand(operands, 1), zone: first.zone };
    const [from, to] = first.ns > second.ns ? [second, first] : [first, second];
    return integers(difference(civilOf(from), civilOf(to)));
  },
};

interface TimeOperand {
  readonly ns: bigint;
  readonly zone: Zone;
  readonly layout: string;
}

/** `ns`, `[ns, zone]` or `[ns, zone, layout]`. */
function timeOperand(operands: readonly RegoValue[], index: number): TimeOperand {
  const operand = anyOperand(operands, index);
  if (operand instanceof RegoNumber) return { ns: timestamp(operand), zone: UTC, layout: "" };
  if (operand === null || typeof operand === "boolean" || !isRegoArray(operand) || operand.length === 0) {
    throw wrongType(index, operand, "either number (ns) or [number (ns), string (tz)]");
  }
  const ns = operand[0];
  if (!(ns instanceof RegoNumber)) throw new BuiltinError("operand 1 must be number");
  return {
    ns: timestamp(ns),
    zone: operand.length > 1 ? zoneOf(stringOperand(operand, 1)) : UTC,
    layout: operand.length > 2 ? stringOperand(operand, 2) : "",
  };
}

function timestamp(number: RegoNumber): bigint {
  const ns = toInteger(number);
  if (ns === undefined || ns > INT64_MAX || ns < -INT64_MAX - 1n) throw new BuiltinError("timestamp too big");
  return ns;
}

function nanoseconds(ns: bigint): RegoNumber {
  if (ns > INT64_MAX || ns < -INT64_MAX - 1n) throw new BuiltinError("time outside of valid range");
  return RegoNumber.of(ns);
}

function nanosecondOf(ns: bigint): bigint {
  return ((ns % BILLION) + BILLION) % BILLION;
}

function localSeconds({ ns, zone }: TimeOperand): number {
  const seconds = Number((ns - nanosecondOf(ns)) / BILLION);
  return seconds + zone.offsetAt(seconds);
}

function civilOf(time: TimeOperand): CivilTime {
  return civilFromSeconds(localSeconds(time));
}

/** Wall clock to UTC as Go's `time.Date` does it around a change of offset. */
function toUtc(wall: number, zone: Zone): number {
  if (Math.abs(wall) > 1e11) throw new BuiltinError("time outside of valid range");
  const offset = zone.offsetAt(wall);
  return offset === 0 ? wall : wall - zone.offsetAt(wall - offset);
}

function calendarStep(operands: readonly RegoValue[], index: number): number {
  const step = intOperand(operands, index);
  // Far beyond what nanoseconds since the epoch can hold.
  if (step > 10_000_000n || step < -10_000_000n) throw new BuiltinError("time outside of valid range");
  return Number(step);
}

/** Years, months, days, hours, minutes and seconds from one civil time to a later one. */
function difference(from: CivilTime, to: CivilTime): readonly number[] {
  let [year, month, day] = [to.year - from.year, to.month - from.month, to.day - from.day];
  let [hour, minute, second] = [to.hour - from.hour, to.minute - from.minute, to.second - from.second];
  if (second < 0) [second, minute] = [second + 60, minute - 1];
  if (minute < 0) [minute, hour] = [minute + 60, hour - 1];
  if (hour < 0) [hour, day] = [hour + 24, day - 1];
  if (day < 0) [day, month] = [day + daysIn(from.month, from.year), month - 1];
  if (month < 0) [month, year] = [month + 12, year - 1];
  return [year, month, day, hour, minute, second];
}

function integers(values: readonly number[]): RegoValue {
  return values.map((value) => RegoNumber.of(value));
}
