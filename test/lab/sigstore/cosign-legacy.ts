import type { JsonObject } from "../../../src/core/index.ts";
import { base64, type KeyPair } from "./keys.ts";
import { certificatePem, envelopeBytes } from "./rekor.ts";
import type { BundleJson, Sigstore, SignOptions } from "./sigstore.ts";

/** A layer of cosign's `.sig` or `.att` manifest: the evidence is the bytes together with the annotations. */
export interface CosignLayer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface CosignOptions extends SignOptions {
  /** Signs with this key instead of a certificate; logged unless `log: "none"`. */
  readonly key?: KeyPair;
  /** cosign 2 stamps the whole envelope of an attestation instead of its signature. */
  readonly stampEnvelope?: boolean;
}

export interface SimpleSigningOptions extends CosignOptions {
  readonly reference?: string;
  readonly optional?: JsonObject | null;
}

/** The payload of a container signature (containers/image, "simple signing"). */
export function simpleSigningPayload(digest: string, options: SimpleSigningOptions = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": options.reference ?? "registry.test/acme/app" },
        image: { "docker-manifest-digest": digest },
        type: "cosign container image signature",
      },
      optional: options.optional ?? null,
    }),
  );
}

/** What cosign 1 and 2 push under the tag `sha256-….sig`. */
export function cosignSignature(
  sigstore: Sigstore,
  digest: string,
  options: SimpleSigningOptions = {},
): CosignLayer {
  const bytes = simpleSigningPayload(digest, options);
  const bundle = signWith(sigstore, { message: bytes }, options);
  return {
    mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
    bytes,
    annotations: {
      "dev.cosignproject.cosign/signature": bundle.messageSignature?.signature ?? "",
      ...annotationsOf(sigstore, bundle),
    },
  };
}

/** What cosign 1 and 2 push under the tag `sha256-….att`. */
export function cosignAttestation(
  sigstore: Sigstore,
  statement: JsonObject,
  options: CosignOptions = {},
): CosignLayer {
  const { stampEnvelope = false, ...sign } = options;
  const bundle = signWith(sigstore, { statement }, stampEnvelope ? { ...sign, timestamp: false } : sign);
  // The very bytes that the log entry's envelope hash is over: cosign compares them.
  const bytes = Buffer.from(bundle.dsseEnvelope === undefined ? "" : envelopeBytes(bundle.dsseEnvelope));
  const stamp = sigstore.timestampAuthority.stamp(bytes, sign.time ?? sigstore.clock());
  const predicateType = statement["predicateType"];
  return {
    mediaType: "application/vnd.dsse.envelope.v1+json",
    bytes,
    annotations: {
      "dev.cosignproject.cosign/signature": "",
      ...(typeof predicateType === "string" ? { predicateType } : {}),
      ...annotationsOf(sigstore, bundle),
      ...(stampEnvelope ? timestampAnnotation(base64(stamp)) : {}),
    },
  };
}

function signWith(
  sigstore: Sigstore,
  content: { readonly message: Uint8Array } | { readonly statement: JsonObject },
  options: CosignOptions,
): BundleJson {
  const { key, ...sign } = options;
  return key === undefined
    ? sigstore.sign(content, sign)
    : sigstore.signWithKey(content, key, { log: "rekor-v1", ...sign });
}

function annotationsOf(sigstore: Sigstore, bundle: BundleJson): Readonly<Record<string, string>> {
  const material = bundle.verificationMaterial;
  const annotations: Record<string, string> = {};
  const leaf = material.certificate?.rawBytes;
  if (leaf !== undefined) {
    annotations["dev.sigstore.cosign/certificate"] = certificatePem(Buffer.from(leaf, "base64"));
    const { intermediate, root } = sigstore.authority;
    annotations["dev.sigstore.cosign/chain"] = certificatePem(intermediate.der) + certificatePem(root.der);
  }
  const [entry] = material.tlogEntries;
  const promise = entry?.["inclusionPromise"];
  if (entry !== undefined && typeof promise === "object" && promise !== null) {
    annotations["dev.sigstore.cosign/bundle"] = JSON.stringify({
      SignedEntryTimestamp: Object.values(promise)[0],
      Payload: {
        body: entry.canonicalizedBody,
        integratedTime: Number(entry.integratedTime),
        logIndex: Number(entry.logIndex),
        logID: Buffer.from(entry.logId.keyId, "base64").toString("hex"),
      },
    });
  }
  const [stamp] = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  return stamp === undefined
    ? annotations
    : { ...annotations, ...timestampAnnotation(stamp.signedTimestamp) };
}

function timestampAnnotation(token: string) {
  return { "dev.sigstore.cosign/rfc3161timestamp": JSON.stringify({ SignedRFC3161Timestamp: token }) };
}
