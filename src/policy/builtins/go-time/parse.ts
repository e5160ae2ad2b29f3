import { BuiltinError } from "../contract.ts";
import { daysBefore, daysIn, isLeap, LONG_DAYS, LONG_MONTHS, secondsFromCivil } from "./calendar.ts";
import { chunksOf, isZoneElement, type Chunk, type Element, type ZoneElement } from "./layout.ts";

interface Fields {
  year: number;
  month: number | undefined;
  day: number | undefined;
  dayOfYear: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: "am" | "pm" | undefined;
  /** Seconds east; absent is UTC, and so is a zone known by abbreviation only. */
  offset: number;
}

/** Go's `time.Parse` on a machine whose own zone is UTC, as nanoseconds since the epoch. */
export function parseTime(layout: string, value: string): bigint {
  const fields = new Parser(layout, value).run();
  const seconds = secondsFromCivil({
    ...dateOf(fields),
    hour: hourOf(fields),
    minute: fields.minute,
    second: fields.second,
  });
  return BigInt(seconds - fields.offset) * 1_000_000_000n + BigInt(fields.nanosecond);
}

class Parser {
  readonly #fields: Fields = {
    year: 0,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    offset: 0,
  };
  readonly #chunks: readonly Chunk[];
  #value: string;

  constructor(layout: string, value: string) {
    this.#chunks = chunksOf(layout);
    this.#value = value;
  }

  run(): Fields {
    for (const [i, chunk] of this.#chunks.entries()) {
      this.#skip(chunk.prefix);
      if (chunk.element !== undefined) {
        this.#element(chunk.element);
        if (chunk.element === "5" || chunk.element === "05") this.#unannouncedFraction(this.#chunks[i + 1]);
      } else if (chunk.fraction !== undefined) this.#fraction(chunk.fraction.digits, chunk.fraction.trim);
    }
    if (this.#value !== "") throw bad("extra text");
    return this.#fields;
  }

  /** The layout's own text; a run of spaces matches any run, also none at the end. */
  #skip(prefix: string): void {
    for (let rest = prefix; rest !== "";) {
      if (rest.startsWith(" ")) {
        if (this.#value !== "" && !this.#value.startsWith(" ")) throw bad("expected a space");
        rest = rest.replace(/^ +/, "");
        this.#value = this.#value.replace(/^ +/, "");
      } else {
        if (this.#value === "" || this.#value[0] !== rest[0]) throw bad("does not match the layout");
        rest = rest.slice(1);
        this.#value = this.#value.slice(1);
      }
    }
  }

  #element(element: Element): void {
    const fields = this.#fields;
    if (isZoneElement(element)) {
      this.#zoneOffset(element);
      return;
    }
    switch (element) {
      case "06": {
        const year = integer(this.#take(2));
        fields.year = year + (year >= 69 ? 1900 : 2000);
        break;
      }
      case "2006":
        if (!isDigit(this.#value, 0)) throw bad("year");
        fields.year = integer(this.#take(4));
        break;
      case "Jan":
        fields.month = this.#name(LONG_MONTHS.map((name) => name.slice(0, 3))) + 1;
        break;
      case "January":
        fields.month = this.#name(LONG_MONTHS) + 1;
        break;
      case "1":
      case "01":
        fields.month = this.#number(element === "01", 1, 12);
        break;
      case "Mon":
        this.#name(LONG_DAYS.map((name) => name.slice(0, 3)));
        break;
      case "Monday":
        this.#name(LONG_DAYS);
        break;
      case "2":
      case "_2":
      case "02":
        if (element === "_2" && this.#value.startsWith(" ")) this.#take(1);
        fields.day = this.#number(element === "02", 0, 99);
        break;
      case "__2":
      case "002":
        fields.dayOfYear = this.#threeDigits(element === "002");
        break;
      case "15":
        fields.hour = this.#number(false, 0, 23);
        break;
      case "3":
      case "03":
        fields.hour = this.#number(element === "03", 0, 12);
        break;
      case "4":
      case "04":
        fields.minute = this.#number(element === "04", 0, 59);
        break;
      case "5":
      case "05":
        fields.second = this.#number(element === "05", 0, 59);
        break;
      case "PM":
      case "pm":
        fields.half = this.#half(element === "PM");
        break;
      case "MST":
        this.#zoneName();
        break;
    }
  }

  #number(twoDigits: boolean, least: number, most: number): number {
    if (!isDigit(this.#value, 0) || (twoDigits && !isDigit(this.#value, 1))) throw bad("number expected");
    const number = integer(this.#take(isDigit(this.#value, 1) ? 2 : 1));
    if (number < least || number > most) throw bad("out of range");
    return number;
  }

  #threeDigits(fixed: boolean): number {
    if (!fixed) for (let i = 0; i < 2 && this.#value.startsWith(" "); i++) this.#take(1);
    const digits = /^\d{1,3}/.exec(this.#value)?.[0] ?? "";
    if (digits === "" || (fixed && digits.length < 3)) throw bad("day of the year");
    return integer(this.#take(digits.length));
  }

  /** Seconds may carry a fraction that the layout does not announce. */
  #unannouncedFraction(next: Chunk | undefined): void {
    if (next?.fraction !== undefined || !/^[.,]\d/.test(this.#value)) return;
    this.#takeFraction(/^[.,]\d+/.exec(this.#value)?.[0].length ?? 0);
  }

  #fraction(digits: number, optional: boolean): void {
    if (!optional) {
      if (this.#value.length < digits + 1) throw bad("fraction");
      this.#takeFraction(digits + 1);
      return;
    }
    const text = /^[.,]\d+/.exec(this.#value)?.[0];
    if (text !== undefined) this.#takeFraction(text.length);
  }

  #takeFraction(length: number): void {
    const text = this.#take(length);
    if (!/^[.,]\d+$/.test(text)) throw bad("fraction");
    this.#fields.nanosecond = integer(text.slice(1, 10).padEnd(9, "0"));
  }

  #half(upper: boolean): "am" | "pm" {
    const text = this.#take(2);
    if (text === (upper ? "PM" : "pm")) return "pm";
    if (text === (upper ? "AM" : "am")) return "am";
    throw bad("AM or PM");
  }

  #name(names: readonly string[]): number {
    const index = names.findIndex((name) => sameLetters(this.#value.slice(0, name.length), name));
    if (index < 0) throw bad("name");
    this.#take(names[index]?.length ?? 0);
    return index;
  }

  #zoneOffset(element: ZoneElement): void {
    if (element.startsWith("Z") && this.#value.startsWith("Z")) {
      this.#take(1);
      this.#fields.offset = 0;
      return;
    }
    const text = this.#take(element.length);
    const parts = zonePattern(element).exec(text);
    if (parts === null) throw bad("zone offset");
    const [hours, minutes, seconds] = [
      integer(parts[2] ?? ""),
      integer(parts[3] ?? "0"),
      integer(parts[4] ?? "0"),
    ];
    if (hours > 24 || minutes > 60 || seconds > 60) throw bad("zone offset out of range");
    const offset = (hours * 60 + minutes) * 60 + seconds;
    // -1 is Go's own mark for "no offset seen".
    this.#fields.offset = parts[1] === "-" ? (offset === 1 ? 0 : -offset) : offset;
  }

  /** An abbreviation is read but moves nothing: Go knows only those of its own zone, which is UTC. */
  #zoneName(): void {
    const length = zoneNameLength(this.#value);
    if (length === 0) throw bad("zone name");
    this.#take(length);
  }

  #take(length: number): string {
    if (this.#value.length < length) throw bad("too short");
    const text = this.#value.slice(0, length);
    this.#value = this.#value.slice(length);
    return text;
  }
}

/** Sign, hours and as many further pairs of digits as the layout has, with its colons. */
function zonePattern(element: ZoneElement): RegExp {
  const separator = element.includes(":") ? ":" : "";
  const pairs = element.replaceAll(/[^0-9]/g, "").length / 2;
  return new RegExp(`^([+-])${Array.from({ length: pairs }, () => "(\\d\\d)").join(separator)}$`);
}

function zoneNameLength(value: string): number {
  if (/^(?:ChST|MeST)/.test(value)) return 4;
  if (value.startsWith("GMT")) return 3 + signedOffsetLength(value.slice(3));
  if (/^[+-]/.test(value)) return value.length < 3 ? 0 : signedOffsetLength(value);
  const upper = /^[A-Z]{0,6}/.exec(value)?.[0] ?? "";
  if (upper.length === 3) return 3;
  if (upper.length === 4) return upper.endsWith("T") || upper === "WITA" ? 4 : 0;
  return upper.length === 5 && upper.endsWith("T") ? 5 : 0;
}

function signedOffsetLength(value: string): number {
  const text = /^[+-]\d+/.exec(value)?.[0] ?? "";
  return text !== "" && Number(text.slice(1)) <= 23 ? text.length : 0;
}

function hourOf(fields: Fields): number {
  if (fields.half === "pm" && fields.hour < 12) return fields.hour + 12;
  return fields.half === "am" && fields.hour === 12 ? 0 : fields.hour;
}

function dateOf(fields: Fields): { year: number; month: number; day: number } {
  const { year } = fields;
  const fromDayOfYear = fields.dayOfYear === undefined ? undefined : monthAndDay(fields.dayOfYear, year);
  if (fromDayOfYear !== undefined) {
    if (fields.month !== undefined && fields.month !== fromDayOfYear.month)
      throw bad("day of the year and month");
    if (fields.day !== undefined && fields.day !== fromDayOfYear.day) throw bad("day of the year and day");
  }
  const { month, day } = fromDayOfYear ?? { month: fields.month ?? 1, day: fields.day ?? 1 };
  if (day < 1 || day > daysIn(month, year)) throw bad("day out of range");
  return { year, month, day };
}

function monthAndDay(dayOfYear: number, year: number): { month: number; day: number } {
  if (isLeap(year) && dayOfYear === 60) return { month: 2, day: 29 };
  const day = isLeap(year) && dayOfYear > 60 ? dayOfYear - 1 : dayOfYear;
  if (day < 1 || day > 365) throw bad("day of the year out of range");
  let month = Math.floor((day - 1) / 31) + 1;
  if (daysBefore(month + 1) < day) month++;
  return { month, day: day - daysBefore(month) };
}

function sameLetters(a: string, b: string): boolean {
  return /^[A-Za-z]*$/.test(a) && a.toLowerCase() === b.toLowerCase();
}

/** Go's `atoi`, which takes a sign. */
function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw bad("number expected");
  return Number(text);
}

function isDigit(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0x30 && unit <= 0x39;
}

function bad(what: string): BuiltinError {
  return new BuiltinError(`cannot parse the time: ${what}`);
}
