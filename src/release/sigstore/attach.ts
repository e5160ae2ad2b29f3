import type { Digest, Result } from "../../core/index.ts";
import { pushReferrer, type PushOptions } from "../sources/oci/push.ts";
import type { SourceCode } from "../types.ts";
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from "./sign.ts";

/** A Sigstore bundle of a DSSE statement about an image or artifact. */
export interface AttachedBundle {
  readonly subject: Digest;
  readonly bundle: Uint8Array;
  readonly predicateType: string;
  readonly created: Date;
}

/**
 * Attaches a Sigstore bundle to its subject in `oci://HOST/REPOSITORY` as cosign 3 does: a referrer whose artifact type
 * is the bundle's media type. Its annotations are hints for whoever lists; they prove nothing. Yields the referrer's
 * digest.
 */
export function attachSigstoreBundle(
  target: string,
  { subject, bundle, predicateType, created }: AttachedBundle,
  options: PushOptions,
): Promise<Result<Digest, SourceCode>> {
  return pushReferrer(
    target,
    {
      artifactType: SIGSTORE_BUNDLE_MEDIA_TYPE,
      mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
      bytes: bundle,
      subject,
      annotations: {
        "org.opencontainers.image.created": created.toISOString().replace(/\.\d+Z$/, "Z"),
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": predicateType,
      },
    },
    options,
  );
}
