const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** A time of RFC 3339; `undefined` for anything else, also for days that no calendar has. */
export function parseTime(text: string): Date | undefined {
  const fields = RFC_3339.exec(text);
  if (fields === null) return undefined;
  const [year = 0, month = 0, day = 0] = fields.slice(1, 4).map(Number);
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
