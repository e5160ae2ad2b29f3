/** Milliseconds of a time written as `2500ms` or `5s`; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^([0-9]{1,6})(ms|s)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === "s" ? 1000 : 1);
}
