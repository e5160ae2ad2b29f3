/** Milliseconds of a time written as `2500ms` or `5s`; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^([0-9]{1,6})(ms|s)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === "s" ? 1000 : 1);
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `30m`, `12h` or `7d`; `undefined` for anything else. */
export function parseInterval(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,3})([mhd])$/.exec(text);
  const unit = match?.[2];
  if (match === null || (unit !== "m" && unit !== "h" && unit !== "d")) return undefined;
  return Number(match[1]) * UNITS[unit];
}

const LIFETIME_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a time for which something is remembered: `0s`, `500ms`, `10s`, `5m` or `1h`. */
export function parseLifetime(text: string): number | undefined {
  const match = /^([0-9]{1,4})(ms|s|m|h)$/.exec(text);
  const unit = match?.[2];
  if (match === null || (unit !== "ms" && unit !== "s" && unit !== "m" && unit !== "h")) return undefined;
  return Number(match[1]) * LIFETIME_UNITS[unit];
}

const PERIOD_UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `30s`, `1m`, `24h` or `7d`; `undefined` for anything else. */
export function parsePeriod(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,3})([smhd])$/.exec(text);
  const unit = match?.[2];
  if (match === null || (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d")) return undefined;
  return Number(match[1]) * PERIOD_UNITS[unit];
}

/** Bytes of a size written as `256MiB` or `2GiB`; `undefined` for anything else. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit] = /^([1-9][0-9]{0,4})(MiB|GiB)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (unit === "GiB" ? 1024 ** 3 : 1024 ** 2);
}
