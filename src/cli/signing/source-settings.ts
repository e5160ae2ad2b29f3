import { dockerCredentials } from "../../registry/index.ts";
import type { SourceSettings } from "../../release/index.ts";

/** How commands ask for policies: registries with the credentials that Docker's tools keep. */
export function sourceSettings(): SourceSettings {
  return { registries: { credentials: dockerCredentials() } };
}
