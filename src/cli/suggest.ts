import { editDistance } from "../core/index.ts";

/** The known name that was probably meant; `undefined` where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  if (name.length > 50) return undefined;
  for (const candidate of known) {
    if (Math.abs(name.length - candidate.length) > 10) continue;
    const distance = editDistance(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
