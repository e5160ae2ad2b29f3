const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads a day (`2026-12-31`) or an RFC 3339 moment into `2026-12-31T23:59:59Z`, whose text sorts as time does. A day
 * stands for its first second, or with `end` for its last. `undefined` for anything else, also for days that no
 * calendar has (threat A133).
 */
export function toMoment(text: string, end: "start" | "end"): string | undefined {
  const day = DAY.test(text);
  if (!day && !MOMENT.test(text)) return undefined;
  const full = day ? `${text}T${end === "start" ? "00:00:00" : "23:59:59"}Z` : text;
  const time = new Date(full);
  if (Number.isNaN(time.getTime()) || !hasSuchDay(text)) return undefined;
  return `${time.toISOString().slice(0, 19)}Z`;
}

function hasSuchDay(text: string): boolean {
  const noon = new Date(`${text.slice(0, 10)}T12:00:00Z`);
  return !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(text.slice(0, 10));
}
