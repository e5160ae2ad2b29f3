const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** An example's time of RFC 3339; `undefined` where it is none. */
export function timeOf(written: string | undefined): Date | undefined {
  if (written === undefined || !TIME.test(written)) return undefined;
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
