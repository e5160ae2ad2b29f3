/** One element of a Go layout, named by the reference time's own notation. */
export type Element =
  | "January" | "Jan" | "1" | "01"
  | "Monday" | "Mon"
  | "2" | "_2" | "02" | "__2" | "002"
  | "15" | "3" | "03" | "4" | "04" | "5" | "05"
  | "2006" | "06" | "PM" | "pm" | "MST"
  | ZoneElement;

export type ZoneElement =
  | "-07" | "-0700" | "-07:00" | "-070000" | "-07:00:00"
  | "Z07" | "Z0700" | "Z07:00" | "Z070000" | "Z07:00:00";

/** `.000` (always so many digits) or `,999` (without trailing zeros). */
export interface Fraction {
  readonly separator: string;
  readonly digits: number;
  readonly trim: boolean;
}

export type Chunk = { readonly prefix: string; readonly rest: string } & (
  | { readonly element: Element; readonly fraction?: never }
  | { readonly fraction: Fraction; readonly element?: never }
  | { readonly element?: never; readonly fraction?: never }
);

/** In the order in which Go tries them where they begin alike. */
const ELEMENTS: readonly Element[] = [
  "January", "Jan", "Monday", "Mon", "MST",
  "01", "02", "03", "04", "05", "06", "002",
  "15", "1", "2006", "2", "_2", "__2", "3", "4", "5", "PM", "pm",
  "-070000", "-07:00:00", "-0700", "-07:00", "-07",
  "Z070000", "Z07:00:00", "Z0700", "Z07:00", "Z07",
];

const FRACTION = /^[.,](?:0+|9+)(?![0-9])/;

/** Layouts that OPA knows by name. */
export const NAMED_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ["ANSIC", "Mon Jan _2 15:04:05 2006"],
  ["UnixDate", "Mon Jan _2 15:04:05 MST 2006"],
  ["RubyDate", "Mon Jan 02 15:04:05 -0700 2006"],
  ["RFC822", "02 Jan 06 15:04 MST"],
  ["RFC822Z", "02 Jan 06 15:04 -0700"],
  ["RFC850", "Monday, 02-Jan-06 15:04:05 MST"],
  ["RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"],
  ["RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"],
  ["RFC3339", "2006-01-02T15:04:05Z07:00"],
  ["RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"],
]);

export const RFC3339 = "2006-01-02T15:04:05Z07:00";
export const RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";

/** The text before the first element of a layout, the element, and what follows; without one, all is prefix. */
export function nextChunk(layout: string): Chunk {
  for (let i = 0; i < layout.length; i++) {
    const rest = layout.slice(i, i + 40);
    if (rest.startsWith("_2006")) return { prefix: layout.slice(0, i + 1), element: "2006", rest: layout.slice(i + 5) };
    const element = ELEMENTS.find((candidate) => startsWithElement(rest, candidate));
    if (element !== undefined) {
      return { prefix: layout.slice(0, i), element, rest: layout.slice(i + element.length) };
    }
    const text = layout[i] === "." || layout[i] === "," ? FRACTION.exec(layout.slice(i))?.[0] : undefined;
    if (text !== undefined) {
      const fraction = { separator: text.charAt(0), digits: text.length - 1, trim: text.charAt(1) === "9" };
      return { prefix: layout.slice(0, i), fraction, rest: layout.slice(i + text.length) };
    }
  }
  return { prefix: layout, rest: "" };
}

function startsWithElement(rest: string, element: Element): boolean {
  if (!rest.startsWith(element)) return false;
  if (element !== "Jan" && element !== "Mon") return true;
  return !/^[a-z]/.test(rest.slice(3));
}

export function isZoneElement(element: Element): element is ZoneElement {
  return /^[-Z]07/.test(element);
}
