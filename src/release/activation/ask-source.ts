import { describeThrown, failure, type Result } from "../../core/index.ts";
import type { BundleSource, Delivery, SourceCode } from "../types.ts";
import { within } from "./clock.ts";
import type { StoreClock } from "./types.ts";

/** Asks a source once, bounded in time whatever it does with the signal. Never throws. */
export async function askSource(
  source: BundleSource,
  known: string | null,
  milliseconds: number,
  clock: StoreClock,
  closing: AbortSignal,
): Promise<Result<Delivery | "unchanged", SourceCode>> {
  const ending = new AbortController();
  const signal = AbortSignal.any([closing, ending.signal]);
  try {
    const fetched = await within(source.fetch({ known, signal }), milliseconds, clock);
    if (fetched === undefined) {
      return failure("source.unreachable", `${source.name}: no answer within ${milliseconds} ms`);
    }
    return fetched.ok && fetched.value === "unchanged" && known === null
      ? failure("source.invalid", `${source.name}: answered that nothing had changed, to who had nothing`)
      : fetched;
  } catch (thrown) {
    return failure("source.unreachable", `${source.name}: ${describeThrown(thrown)}`);
  } finally {
    ending.abort();
  }
}
