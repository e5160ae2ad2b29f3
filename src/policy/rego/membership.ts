import { compareValues, equalValues } from "./compare.ts";
import type { RegoValue } from "./value.ts";

/** Whether a value is among the elements, prepared for many questions. */
export function contains(elements: readonly RegoValue[]): (value: RegoValue) => boolean {
  const sorted = [...elements].sort(compareValues);
  return (value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareValues(sorted[middle] ?? null, value) < 0) low = middle + 1;
      else high = middle;
    }
    const found = sorted[low];
    return found !== undefined && equalValues(found, value);
  };
}
