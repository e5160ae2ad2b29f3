import { editDistance } from "../../core/index.ts";

/** ` did you mean "…"?` for the candidate nearest to what was written, or nothing where none is near. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  let best: { name: string; distance: number } | undefined;
  for (const name of candidates) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  const near = best !== undefined && best.distance <= Math.max(2, Math.floor(written.length / 3));
  return near && best !== undefined ? `; did you mean ${JSON.stringify(best.name)}?` : "";
}
