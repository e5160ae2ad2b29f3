import { dockerCredentials } from "../registry/index.ts";
import type { HttpCredentials, SourceSettings } from "../release/index.ts";

/** How commands ask for policies: registries with the credentials that Docker's tools keep. */
export function sourceSettings(credentials: HttpCredentials = {}): SourceSettings {
  return { registries: { credentials: dockerCredentials() }, credentials };
}
