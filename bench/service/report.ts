/** One line of a table: what was measured, and its figures by name, units in the names. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number | null>>;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What was to be reached, and whether it was. */
  readonly goals: readonly Goal[];
}

export interface Goal {
  readonly goal: string;
  /** `≤ 105`. */
  readonly limit: string;
  readonly found: string;
  readonly reached: boolean;
}

/** A goal of at most, or at least, so much. */
export function atMost(goal: string, limit: number, found: number): Goal {
  return { goal, limit: `≤ ${shown(limit)}`, found: shown(found), reached: found <= limit };
}

export function atLeast(goal: string, limit: number, found: number): Goal {
  return { goal, limit: `≥ ${shown(limit)}`, found: shown(found), reached: found >= limit };
}

export function headingsOf({ rows }: Section): readonly string[] {
  return [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
}

/** Three digits that count. */
export function shown(figure: number | null | undefined): string {
  if (figure === null || figure === undefined || Number.isNaN(figure)) return "";
  const decimals = Math.abs(figure) >= 100 || Number.isInteger(figure) ? 0 : Math.abs(figure) >= 10 ? 1 : 2;
  return figure.toFixed(Math.abs(figure) < 1 && !Number.isInteger(figure) ? 3 : decimals);
}
