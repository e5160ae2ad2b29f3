import type { Result } from "../../core/index.ts";
import type { Delivery } from "../../release/index.ts";
import { fetchDelivery } from "../policy.ts";

export { sourceSettings } from "../source-settings.ts";

/** What a source has now, with what lies beside it; nothing of it is believed yet. */
export function fetchPolicy(source: string, _signal?: AbortSignal): Promise<Result<Delivery>> {
  return fetchDelivery(source, {});
}
