import { failure, oneLine, success, type Result } from "../../core/index.ts";
import { dockerCredentials } from "../../registry/index.ts";
import { openSource, type Delivery, type SourceSettings } from "../../release/index.ts";

/** How commands ask for policies: registries with the credentials that Docker's tools keep. */
export function sourceSettings(): SourceSettings {
  return { registries: { credentials: dockerCredentials() } };
}

/** What a source has now, with what lies beside it; nothing of it is believed yet. */
export async function fetchPolicy(source: string, signal: AbortSignal): Promise<Result<Delivery>> {
  const opened = await openSource(source, sourceSettings());
  if (!opened.ok) return opened;
  try {
    const fetched = await opened.value.fetch({ known: null, signal });
    if (!fetched.ok) return fetched;
    return fetched.value === "unchanged"
      ? failure("source.invalid", `${oneLine(source)}: answered that nothing had changed`)
      : success(fetched.value);
  } finally {
    opened.value.close();
  }
}
