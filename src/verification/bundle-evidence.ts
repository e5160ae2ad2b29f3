import { hash } from "node:crypto";
import { algorithmOf, digestOf, hexOf, parseDigest } from "../core/index.ts";
import type { Bundle, BundleContent } from "./bundle.ts";
import type { SignedBytes, SignedEvidence } from "./evidence-form.ts";
import { envelopeWritings } from "./envelope-writings.ts";
import { refuse } from "./refusal.ts";
import { matchDigest } from "./subject.ts";
import type { SubjectMatch, VerificationTarget } from "./types.ts";

/** A bundle as evidence to be proven. A message signature needs the artifact, or its digest, to be checked against. */
export function evidenceOfBundle(
  bundle: Bundle,
  target: VerificationTarget,
  artifactBytes: Buffer | undefined,
): SignedEvidence {
  const { content, verifier, logEntries, timestamps } = bundle;
  const material = {
    certificate: verifier.kind === "certificate" ? verifier.der : null,
    intermediates: verifier.kind === "certificate" ? verifier.intermediates : [],
    logEntries,
    timestamps,
    storedEnvelope: null,
  };
  if (content.kind === "message") {
    const signed = signedMessage(content.digest, target, artifactBytes);
    return { ...material, signed, signatures: [content.signature], payload: null };
  }
  const { envelope } = content;
  const { preAuthEncoding, signatures, payload } = envelope;
  return {
    ...material,
    signed: { kind: "bytes", bytes: preAuthEncoding, hash: undefined },
    signatures: signatures.map((signature) => signature.bytes),
    payload,
    envelopeWritings: () => envelopeWritings(envelope, material.certificate),
  };
}

type DeclaredDigest = Extract<BundleContent, { readonly kind: "message" }>["digest"];

/**
 * What a message signature is over: the artifact where it is at hand; else the digest that the bundle declares, to be
 * bound to the image afterwards; else the image's own.
 */
function signedMessage(
  declared: DeclaredDigest,
  target: VerificationTarget,
  artifactBytes: Buffer | undefined,
): SignedBytes {
  if (artifactBytes === undefined) {
    return declared === null
      ? {
          kind: "digest",
          hash: algorithmOf(target.digest),
          digest: Buffer.from(hexOf(target.digest), "hex"),
        }
      : { kind: "digest", hash: declared.hash, digest: declared.value };
  }
  if (declared !== null && !hash(declared.hash, artifactBytes, "buffer").equals(declared.value)) {
    return refuse("subject.mismatch", "the bundle's message digest is not the artifact's");
  }
  return { kind: "bytes", bytes: artifactBytes, hash: declared?.hash };
}

/** Binds a message whose signature is proven to the image; throws `subject.mismatch`. */
export function bindMessage(signed: SignedBytes, target: VerificationTarget): SubjectMatch {
  const digest =
    signed.kind === "bytes"
      ? digestOf(signed.bytes, algorithmOf(target.digest))
      : parseDigest(`${signed.hash}:${signed.digest.toString("hex")}`);
  const match = digest === undefined ? undefined : matchDigest(digest, target);
  return (
    match ??
    refuse(
      "subject.mismatch",
      `the signature is over ${digest ?? "something else"}, not over ${target.digest} or its platforms`,
    )
  );
}
