import type { LookupFunction } from "node:net";
import { success, type Result } from "../core/index.ts";
import { guarded } from "./fault.ts";
import type { RegistryCode } from "./reasons.ts";
import { DEFAULT_REGISTRY_LIMITS, type RegistryLimits } from "./settings.ts";
import { Transport, type HttpAnswer, type HttpRequest } from "./transport.ts";

/** Servers other than registries, spoken to as warily: see `Transport`. */
export interface HttpClient {
  /** One exchange; answers of any status. No redirect is followed, nothing is asked twice. */
  exchange(request: HttpRequest): Promise<Result<HttpAnswer, RegistryCode>>;
  close(): void;
}

export function createHttpClient(
  settings: { readonly limits?: Partial<RegistryLimits>; readonly lookup?: LookupFunction } = {},
): HttpClient {
  const transport = new Transport({ ...DEFAULT_REGISTRY_LIMITS, ...settings.limits }, settings.lookup);
  return {
    exchange: (request) => guarded(request.signal, async () => success(await transport.exchange(request))),
    close: () => transport.close(),
  };
}
