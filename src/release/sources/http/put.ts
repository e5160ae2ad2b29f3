import { oneLine, success, type Result } from "../../../core/index.ts";
import { createHttpClient, type HttpClient } from "../../../registry/index.ts";
import type { SourceCode } from "../../types.ts";
import { guarded, SourceFault } from "../fault.ts";
import { fromRegistry } from "../registry-reason.ts";
import type { PushOptions } from "../oci/push.ts";
import { readProof, type Proof } from "./credentials.ts";
import { readOrigin, type Origin } from "./origin.ts";

/** What a server does with what it has got shows no progress. */
const STALL_MS = 60_000;
const TAKEN: ReadonlySet<number> = new Set([200, 201, 204]);

/**
 * Publishes a bundle by PUT, in place of what was there, as WebDAV servers, object stores and artifact repositories take it;
 * its evidence goes first, so that nobody meets the bundle without. No redirect is followed: what is written, and the
 * token with it, goes to the given server alone. Codes: `source.invalid`, `source.unauthorized`, `source.unreachable`.
 */
export async function putBundle(
  target: string,
  archive: Uint8Array,
  evidence: readonly { readonly suffix: string; readonly bytes: Uint8Array }[],
  options: PushOptions,
): Promise<Result<void, SourceCode>> {
  const { settings, signal, progress } = options;
  const origin = readOrigin(target, settings);
  if (!origin.ok) return origin;
  const client = createHttpClient();
  try {
    return await guarded(origin.value.name, signal, async () => {
      const proof = await readProof(settings.credentials ?? {}, signal);
      for (const { suffix, bytes } of evidence) {
        const url = new URL(origin.value.url);
        url.pathname += suffix;
        await put(client, origin.value, { url, bytes, mediaType: "application/json", proof, signal });
      }
      const { url } = origin.value;
      const mediaType = "application/gzip";
      await put(client, origin.value, { url, bytes: archive, mediaType, proof, signal, progress });
      return success(undefined);
    });
  } finally {
    client.close();
  }
}

interface Put {
  readonly url: URL;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly proof: Proof;
  readonly signal: AbortSignal;
  readonly progress?: PushOptions["progress"];
}

async function put(
  client: HttpClient,
  { reach }: Origin,
  { url, bytes, mediaType, proof, signal, progress }: Put,
): Promise<void> {
  const { authorization, ca, client: own } = proof;
  const { status } = fromRegistry(
    await client.exchange({
      method: "PUT",
      url,
      headers: {
        "content-type": mediaType,
        "content-length": String(bytes.byteLength),
        "user-agent": "assay",
        ...(authorization !== undefined && { authorization }),
      },
      body: bytes,
      reach,
      ca,
      client: own,
      limit: 1024 * 1024,
      signal,
      stallMs: STALL_MS,
      progress,
    }),
  );
  if (TAKEN.has(status)) return;
  const said = `the server answered ${oneLine(url.pathname)} with status ${status}`;
  if (status === 401 || status === 403 || status === 407) throw new SourceFault("source.unauthorized", said);
  if (status === 429 || status >= 500) throw new SourceFault("source.unreachable", said);
  throw new SourceFault("source.invalid", `${said}; expected 200, 201 or 204`);
}
