/** One element of a Go layout, named by the reference time's own notation. */
export type Element =
  | "January"
  | "Jan"
  | "1"
  | "01"
  | "Monday"
  | "Mon"
  | "2"
  | "_2"
  | "02"
  | "__2"
  | "002"
  | "15"
  | "3"
  | "03"
  | "4"
  | "04"
  | "5"
  | "05"
  | "2006"
  | "06"
  | "PM"
  | "pm"
  | "MST"
  | ZoneElement;

export type ZoneElement =
  "-07" | "-0700" | "-07:00" | "-070000" | "-07:00:00" | "Z07" | "Z0700" | "Z07:00" | "Z070000" | "Z07:00:00";

/** `.000` (always so many digits) or `,999` (without trailing zeros). */
export interface Fraction {
  readonly separator: string;
  readonly digits: number;
  readonly trim: boolean;
}

/** The layout's own text, and the element behind it; the last chunk has none. */
export type Chunk = { readonly prefix: string } & (
  | { readonly element: Element; readonly fraction?: never }
  | { readonly fraction: Fraction; readonly element?: never }
  | { readonly element?: never; readonly fraction?: never }
);

/** In the order in which Go tries them where they begin alike. */
const ELEMENTS: readonly Element[] = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "002",
  "15",
  "1",
  "2006",
  "2",
  "_2",
  "__2",
  "3",
  "4",
  "5",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
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

const MAX_KNOWN = 100;
const known = new Map<string, readonly Chunk[]>();

/** A layout taken apart; policies use few of them, over and over. */
export function chunksOf(layout: string): readonly Chunk[] {
  const found = known.get(layout);
  if (found !== undefined) return found;
  const chunks = [...split(layout)];
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(layout, chunks);
  return chunks;
}

function* split(layout: string): Generator<Chunk> {
  let start = 0;
  for (let at = 0; at < layout.length;) {
    const found = elementAt(layout, at);
    if (found === undefined) {
      at++;
      continue;
    }
    yield { prefix: layout.slice(start, at + found.skip), ...found.what };
    at += found.length;
    start = at;
  }
  yield { prefix: layout.slice(start) };
}

interface Found {
  readonly what: { readonly element: Element } | { readonly fraction: Fraction };
  readonly length: number;
  /** Characters at its beginning that are the layout's own text. */
  readonly skip: number;
}

function elementAt(layout: string, at: number): Found | undefined {
  if (layout.startsWith("_2006", at)) return { what: { element: "2006" }, length: 5, skip: 1 };
  const rest = layout.slice(at, at + 10);
  const element = ELEMENTS.find((candidate) => startsWithElement(rest, candidate));
  if (element !== undefined) return { what: { element }, length: element.length, skip: 0 };
  const text =
    rest.startsWith(".") || rest.startsWith(",") ? FRACTION.exec(layout.slice(at))?.[0] : undefined;
  if (text === undefined) return undefined;
  const fraction = { separator: text.charAt(0), digits: text.length - 1, trim: text.charAt(1) === "9" };
  return { what: { fraction }, length: text.length, skip: 0 };
}

function startsWithElement(rest: string, element: Element): boolean {
  if (!rest.startsWith(element)) return false;
  if (element !== "Jan" && element !== "Mon") return true;
  return !/^[a-z]/.test(rest.slice(3));
}

export function isZoneElement(element: Element): element is ZoneElement {
  return /^[-Z]07/.test(element);
}
