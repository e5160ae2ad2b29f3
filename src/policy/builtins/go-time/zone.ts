import { BuiltinError } from "../contract.ts";
import { secondsFromCivil } from "./calendar.ts";

/** Seconds east of UTC at seconds since the epoch. */
export interface Zone {
  readonly name: string;
  offsetAt(seconds: number): number;
}

export const UTC: Zone = { name: "UTC", offsetAt: () => 0 };

const known = new Map<string, Zone>();
const MAX_KNOWN = 700;

/**
 * The IANA zone of a name, out of Node.js' own copy of the database. `Local` is refused: the machine's zone is no
 * part of a decision.
 */
export function zoneOf(name: string): Zone {
  if (name === "" || name === "UTC") return UTC;
  const found = known.get(name);
  if (found !== undefined) return found;
  if (name === "Local") throw new BuiltinError("the zone Local depends on the machine");
  const zone = loadZone(name);
  if (known.size < MAX_KNOWN) known.set(name, zone);
  return zone;
}

function loadZone(name: string): Zone {
  // Intl would also take offsets and any case.
  if (!/^[A-Z][A-Za-z0-9_+\-/]*$/.test(name)) throw unknown(name);
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw unknown(name);
  }
  const canonical = format.resolvedOptions().timeZone;
  if (canonical !== name && canonical.toLowerCase() === name.toLowerCase()) throw unknown(name);
  return { name, offsetAt: (seconds) => wallClock(format, seconds) - seconds };
}

function wallClock(format: Intl.DateTimeFormat, seconds: number): number {
  const parts = new Map(format.formatToParts(seconds * 1000).map((part) => [part.type, Number(part.value)]));
  return secondsFromCivil({
    year: parts.get("year") ?? 0,
    month: parts.get("month") ?? 0,
    day: parts.get("day") ?? 0,
    hour: parts.get("hour") ?? 0,
    minute: parts.get("minute") ?? 0,
    second: parts.get("second") ?? 0,
  });
}

function unknown(name: string): BuiltinError {
  return new BuiltinError(`unknown time zone ${name}`);
}
