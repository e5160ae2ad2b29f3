import { failure, type Reason, type Result } from "../core/index.ts";
import type { DecisionRequest } from "../decision/index.ts";
import type { Exchange } from "./exchange.ts";
import { parseKey } from "./key.ts";
import { reasonLine } from "./results.ts";
import type { Service } from "./service-parts.ts";
import { within } from "./within.ts";

/** A key that will never have a value; Gatekeeper shows templates the text alone. */
export interface ErrorItem {
  readonly key: string;
  readonly error: string;
}

/** What came of one key. */
export interface KeyResult<T> {
  readonly key: string;
  /** The key's image as it was given, without its namespace. */
  readonly image: string;
  readonly result: Result<T>;
}

export type KeyWork<T> = (request: DecisionRequest, signal: AbortSignal) => Promise<Result<T>>;

/**
 * Does the same work for every key of a `ProviderRequest`: a result for each, duplicates included, in their order, never later than
 * the exchange's signal. Equal keys are worked on once (threats T217, T218, T223).
 */
export async function forEachKey<T>(
  keys: readonly string[],
  exchange: Exchange,
  { limits, log }: Service,
  work: KeyWork<T>,
): Promise<readonly KeyResult<T>[]> {
  const results = new Map<string, KeyResult<T>>();
  const waiting = new Set(keys).values();
  const report = (thrown: string) => log.error("fault", { requestId: exchange.id, thrown });
  const run = async () => {
    for (const key of waiting) {
      const parsed = parseKey(key);
      if (!parsed.ok) {
        results.set(key, { key, image: key, result: parsed });
        continue;
      }
      const request = requestFor(parsed.value.image, parsed.value.namespace);
      const result = await within(exchange.signal, () => work(request, exchange.signal), report);
      results.set(key, { key, image: request.reference, result });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.parallelImages, keys.length) }, run));
  return keys.map((key) => {
    const nothing = failure("internal", "the key was not worked on");
    return results.get(key) ?? { key, image: key, result: nothing };
  });
}

export function requestFor(reference: string, namespace: string | null): DecisionRequest {
  return { reference, surface: "gatekeeper", namespace, parameters: {}, platform: null };
}

/**
 * Failures that asking again will not mend. All others are transient: Gatekeeper would cache an item, also an item's
 * error, for minutes, so they are a `systemError` without any item (threat T219).
 */
const PERMANENT =
  /^(?:reference\.|key\.|image\.platform_missing$|input\.too_large$|policy\.not_assigned$|registry\.(?:not_found|not_allowed)$)/;

export function isPermanent(code: string): boolean {
  return PERMANENT.test(code);
}

/** The codes of what a second try may mend. */
export function transientCodes<T>(results: readonly KeyResult<T>[]): readonly string[] {
  return results.flatMap(({ result }) => {
    return result.ok || isPermanent(result.reason.code) ? [] : [result.reason.code];
  });
}

/** Words for a `systemError`: how many of all keys have no answer, and why. */
export function openKeys(codes: readonly string[], all: number, what: string): string {
  const distinct = [...new Set(codes)].sort().join(", ");
  return `${codes.length} of ${all} images could not be ${what} (${distinct}): try again`;
}

export function errorItem(key: string, reason: Reason): ErrorItem {
  return { key, error: `assay: ${reasonLine(reason)}` };
}
