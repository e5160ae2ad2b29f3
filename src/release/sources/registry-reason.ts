import type { Reason, Result } from "../../core/index.ts";
import type { RegistryCode } from "../../registry/index.ts";
import type { SourceCode } from "../types.ts";
import { SourceFault } from "./fault.ts";

const CODES: Readonly<Record<RegistryCode, SourceCode>> = {
  "registry.not_found": "source.not_found",
  "registry.unavailable": "source.unreachable",
  "registry.timeout": "source.unreachable",
  "registry.throttled": "source.unreachable",
  "registry.auth_failed": "source.unauthorized",
  "registry.auth_refused": "source.unauthorized",
  "registry.auth_protocol": "source.unauthorized",
  "registry.tls": "source.unreachable",
  "registry.protocol": "source.invalid",
  "registry.not_allowed": "source.unreachable",
  "registry.digest_mismatch": "source.invalid",
  "registry.size_mismatch": "source.invalid",
  "registry.limit_exceeded": "source.limit_exceeded",
  "registry.media_type": "source.invalid",
  "registry.manifest_invalid": "source.invalid",
};

/** The value, or what the registry stage says against it as a fault of this source. */
export function fromRegistry<T>(result: Result<T, RegistryCode>): T {
  if (result.ok) return result.value;
  throw registryFault(result.reason);
}

export function registryFault({ code, message }: Reason<RegistryCode>): SourceFault {
  return new SourceFault(CODES[code], message);
}
