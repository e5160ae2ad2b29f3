import type { KeyObject } from "node:crypto";
import { digestOf, success, type JsonObject, type Result } from "../../core/index.ts";
import { proveBundle, type Signer, type TrustMaterial } from "../../verification/index.ts";
import { IN_TOTO_PAYLOAD_TYPE, signedBytes, type SigningContent } from "./content.ts";
import { failedSigning, refuseSigning, type SigningCode } from "./fault.ts";
import { certify } from "./fulcio.ts";
import type { IdentityToken } from "./identity-token.ts";
import { record, requireRecorded, type MadeSignature } from "./rekor.ts";
import type { SigningServices } from "./signing-config.ts";
import { digestWith, ephemeralKey, signingKey } from "./signing-key.ts";
import { stamp } from "./timestamp.ts";
import { trustedKey } from "./trusted-key.ts";

export const SIGSTORE_BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** With a key of one's own, or keyless: a key of the moment, certified for an identity. */
export type SigningBy = { readonly privateKey: KeyObject } | { readonly token: IdentityToken };

export interface SigningSettings {
  readonly by: SigningBy;
  readonly services: SigningServices;
  /** What the services are proven by; `null`: their part of the signature is not verified before it is handed on. */
  readonly trust: TrustMaterial | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export interface SigstoreSignature {
  /** A Sigstore bundle v0.3 in JSON. */
  readonly bundle: Uint8Array;
  /** Who signed, as verified; `null` where nothing was there to verify it by. */
  readonly signer: Signer | null;
}

/**
 * Signs a file (message signature) or a statement (DSSE), has the services certify, log and stamp it, and verifies the
 * outcome as anybody else would before it is handed on. Never throws.
 */
export async function signWithSigstore(
  content: SigningContent,
  settings: SigningSettings,
): Promise<Result<SigstoreSignature, SigningCode>> {
  try {
    const made = await makeSignature(content, settings);
    const { services, signal } = settings;
    const logEntries = [];
    for (const log of services.rekor) {
      const entry = await record(log, made, signal);
      requireRecorded(entry, made, log.url);
      logEntries.push(entry);
    }
    const timestamps = [];
    for (const authority of services.timestampAuthorities) {
      timestamps.push(await stamp(authority, made.signature, signal));
    }
    const bundle = Buffer.from(JSON.stringify(bundleOf(made, logEntries, timestamps)));
    return success({ bundle, signer: provenSigner(bundle, made, settings) });
  } catch (thrown) {
    return failedSigning(thrown);
  }
}

async function makeSignature(
  content: SigningContent,
  { by, services, signal }: SigningSettings,
): Promise<MadeSignature> {
  if ("privateKey" in by) {
    const registered = services.rekor.some(({ version }) => version === 2);
    const key = signingKey(by.privateKey, { registered });
    return { content, key, signature: key.sign(signedBytes(content)), certificate: null };
  }
  const { fulcio, rekor, timestampAuthorities } = services;
  if (fulcio === null)
    return refuseSigning("signing.config_invalid", "keyless signing needs a Fulcio: none is named");
  if (!rekor.some(({ version }) => version === 1) && timestampAuthorities.length === 0) {
    return refuseSigning(
      "signing.config_invalid",
      "nothing would prove when it was signed, and a certificate lasts minutes: name a Rekor of version 1 or a timestamp authority",
    );
  }
  const key = ephemeralKey();
  const certificate = await certify(fulcio, by.token, key, signal);
  return { content, key, signature: key.sign(signedBytes(content)), certificate };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** sigstore_bundle.proto, v0.3. */
function bundleOf(
  { content, key, signature, certificate }: MadeSignature,
  tlogEntries: readonly JsonObject[],
  timestamps: readonly Buffer[],
): JsonObject {
  // cosign names keys by the hash of their DER.
  const verifier =
    certificate === null
      ? { publicKey: { hint: base64(digestWith("sha256", key.spki)) } }
      : { certificate: { rawBytes: base64(certificate) } };
  const rfc3161Timestamps = timestamps.map((der) => ({ signedTimestamp: base64(der) }));
  const verificationMaterial = {
    ...verifier,
    tlogEntries,
    ...(timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps } }),
  };
  const signed: JsonObject =
    content.kind === "file"
      ? {
          messageSignature: {
            messageDigest: {
              algorithm: key.hash.replace("sha", "SHA2_"),
              digest: base64(digestWith(key.hash, content.bytes)),
            },
            signature: base64(signature),
          },
        }
      : {
          dsseEnvelope: {
            payload: base64(content.bytes),
            payloadType: IN_TOTO_PAYLOAD_TYPE,
            signatures: [{ sig: base64(signature) }],
          },
        };
  return { mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE, verificationMaterial, ...signed };
}

/** A signature that nobody will accept must not leave the machine as if it were one. */
function provenSigner(
  bundle: Uint8Array,
  { content, key, certificate }: MadeSignature,
  { trust, now }: SigningSettings,
): Signer | null {
  if (certificate !== null && trust === null) return null;
  const artifact =
    content.kind === "file"
      ? { digest: digestOf(content.bytes), artifactBytes: content.bytes }
      : { digest: content.subject };
  const roots = trust?.roots ?? [];
  const keys = certificate === null ? [trustedKey("the signing key", key.publicKey)] : [];
  const proven = proveBundle(bundle, artifact, { roots, keys, digest: digestOf(bundle) }, now());
  if (!proven.ok) {
    const { code, message } = proven.reason;
    return refuseSigning(
      "signing.not_verified",
      `what was signed does not verify, so it is not handed on: ${code}: ${message}`,
    );
  }
  return proven.value.signers[0] ?? null;
}
