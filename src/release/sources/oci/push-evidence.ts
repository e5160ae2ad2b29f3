import {
  failure,
  objectAt,
  parseStrictJson,
  stringAt,
  type Digest,
  type Result,
} from "../../../core/index.ts";
import type { SourceCode } from "../../types.ts";
import { pushReferrer, type PushOptions } from "./push.ts";

const BUNDLE_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d+\.\d+)?\+json/;

/**
 * Attaches a Sigstore bundle to the artifact of this digest, as cosign does: its own media type is the artifact's and
 * the layer's, an annotation hints at what is inside. The same bundle is the same manifest each time.
 */
export async function pushEvidence(
  target: string,
  document: Uint8Array,
  subject: Digest,
  options: PushOptions,
): Promise<Result<Digest, SourceCode>> {
  const parsed = parseStrictJson(document);
  const mediaType = parsed.ok ? BUNDLE_TYPE.exec(stringAt(parsed.value, "mediaType") ?? "")?.[0] : undefined;
  if (!parsed.ok || mediaType === undefined) {
    return failure("source.invalid", "evidence beside the bundle is no Sigstore bundle");
  }
  const isEnvelope = objectAt(parsed.value, "dsseEnvelope") !== undefined;
  const content = isEnvelope ? "dsse-envelope" : "message-signature";
  return pushReferrer(
    target,
    {
      artifactType: mediaType,
      mediaType,
      bytes: document,
      subject,
      annotations: { "dev.sigstore.bundle.content": content },
    },
    options,
  );
}
