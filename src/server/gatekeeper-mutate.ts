import { success, type Digest, type Result } from "../core/index.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { FaultCode } from "./fault.ts";
import { systemError, wrap, type ProviderResponse } from "./gatekeeper.ts";
import {
  errorItem,
  forEachKey,
  openKeys,
  transientCodes,
  type ErrorItem,
  type KeyResult,
} from "./provider-keys.ts";
import type { Service } from "./service-parts.ts";
import type { Decider } from "./types.ts";

/** What Gatekeeper writes in place of the key: always a string, or the key has an error (threat T221). */
export interface MutationItem {
  readonly key: string;
  readonly value: string;
}

export type MutationResponse = ProviderResponse<MutationItem | ErrorItem>;

/**
 * The keys' images with the digest that each names now: `nginx:1.27` is answered with `nginx:1.27@sha256:…`, so that
 * what is judged afterwards is what runs (threats A054, T239). Nothing is judged here: a denied image gets its digest too, and
 * validation, which follows mutation, denies exactly that digest.
 */
export async function mutateKeys(
  keys: readonly string[],
  exchange: Exchange,
  decider: Decider,
  service: Service,
): Promise<Result<Answer, FaultCode>> {
  const results = await forEachKey(keys, exchange, service, (request, signal) =>
    decider.resolve(request, { signal }),
  );
  const body = mutationResponse(results);
  const failed = body.response.systemError !== undefined;
  return success({
    status: failed ? 503 : 200,
    body,
    decisions: [],
    log: { resolved: failed ? 0 : keys.length },
  });
}

function mutationResponse(results: readonly KeyResult<Digest>[]): MutationResponse {
  const open = transientCodes(results);
  if (open.length > 0) {
    return systemError(openKeys(open, results.length, "resolved"), { idempotent: true });
  }
  const items = results.map(({ key, image, result }) =>
    result.ok ? { key, value: pinned(image, result.value) } : errorItem(key, result.reason),
  );
  return wrap({ idempotent: true, items });
}

/** A reference that brings a digest is answered as it is: mutation runs until nothing changes any more. */
function pinned(image: string, digest: Digest): string {
  return image.includes("@") ? image : `${image}@${digest}`;
}
