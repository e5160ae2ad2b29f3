import { hash } from "node:crypto";
import {
  algorithmOf,
  at,
  describeThrown,
  digestOf,
  hexOf,
  oneLine,
  parseDigest,
  parseStrictJson,
  stringAt,
  type Reason,
} from "../core/index.ts";
import type { Artifact, ArtifactContent } from "../evidence/index.ts";
import { parseBundle, type Bundle } from "./bundle.ts";
import { hasSignature, readSimpleSigning, readSimpleSigningPayload, readStoredEnvelope } from "./cosign.ts";
import { readEnvelope, requireInTotoPayload, type Envelope } from "./dsse.ts";
import type { SignedEvidence } from "./evidence-form.ts";
import { prove, type Proof } from "./prove.ts";
import { Refusal, refuse } from "./refusal.ts";
import type { ReasonCode } from "./reasons.ts";
import { parseStatement, readStatement } from "./statement.ts";
import { bindSubject, findSubject, matchDigest } from "./subject.ts";
import type {
  Conclusion,
  Statement,
  SubjectMatch,
  TrustMaterial,
  VerificationOptions,
  VerificationTarget,
  VerifiedConclusion,
} from "./types.ts";

/**
 * Comes to the one conclusion about one artifact: who signed it and when, proven against the trust given, and whether
 * it speaks of this image. Never throws: what is wrong is a reason with a stable code.
 */
export function verify(
  artifact: Artifact,
  target: VerificationTarget,
  trust: TrustMaterial,
  options: VerificationOptions,
): Conclusion {
  try {
    return conclude(artifact.content, target, trust, options);
  } catch (thrown) {
    return {
      status: "failed",
      reason: reasonOf(thrown),
      predicateType: claimedPredicateType(artifact.content),
    };
  }
}

function conclude(
  content: ArtifactContent,
  target: VerificationTarget,
  trust: TrustMaterial,
  options: VerificationOptions,
): Conclusion {
  switch (content.kind) {
    case "sigstore-bundle":
      return concludeBundle(parseBundle(content.bytes), target, trust, options, undefined);
    case "dsse-envelope": {
      const { envelope, evidence } = readStoredEnvelope(content.bytes, content.annotations);
      return envelope.signatures.length === 0
        ? unsigned("the envelope has no signatures", envelope.payload, target)
        : concludeEnvelope(envelope, prove(evidence, trust, options.now), target);
    }
    case "simple-signing": {
      if (!hasSignature(content.annotations)) return unsigned("the layer carries no signature", null, target);
      const proof = prove(readSimpleSigning(content.bytes, content.annotations), trust, options.now);
      const { subject, annotations } = readSimpleSigningPayload(content.bytes, target);
      return { ...verifiedBy(proof), kind: "signature", statement: null, annotations, subject };
    }
    case "statement":
      return unsigned("the statement stands without an envelope", content.bytes, target);
    case "document":
      return unsigned("the document stands without an envelope", null, target);
    default:
      return { status: content.kind === "unreachable" ? "unreachable" : "skipped", reason: content.reason };
  }
}

/** Proves a parsed bundle and binds it to the target. With the artifact's own bytes every kind of key can be checked. */
export function concludeBundle(
  bundle: Bundle,
  target: VerificationTarget,
  trust: TrustMaterial,
  options: VerificationOptions,
  artifactBytes: Buffer | undefined,
): VerifiedConclusion {
  const { content, verifier, logEntries, timestamps } = bundle;
  const material = {
    certificate: verifier.kind === "certificate" ? verifier.der : null,
    logEntries,
    timestamps,
    storedEnvelope: null,
  };
  if (content.kind === "dsse") {
    const { envelope } = content;
    const evidence: SignedEvidence = {
      ...material,
      signed: { kind: "bytes", bytes: envelope.preAuthEncoding, hash: undefined },
      signatures: envelope.signatures.map((signature) => signature.bytes),
      payload: envelope.payload,
    };
    return concludeEnvelope(envelope, prove(evidence, trust, options.now), target);
  }
  const signed = signedMessage(content.digest, target, artifactBytes);
  const evidence: SignedEvidence = { ...material, signed, signatures: [content.signature], payload: null };
  const proof = prove(evidence, trust, options.now);
  return {
    ...verifiedBy(proof),
    kind: "signature",
    statement: null,
    annotations: {},
    subject: bindMessage(signed, target),
  };
}

type DeclaredDigest = (Bundle["content"] & { readonly kind: "message" })["digest"];

/** What a message signature is over: the artifact where it is at hand, else its digest. */
function signedMessage(
  declared: DeclaredDigest,
  target: VerificationTarget,
  artifactBytes: Buffer | undefined,
): SignedEvidence["signed"] {
  if (artifactBytes === undefined) {
    const algorithm = algorithmOf(target.digest);
    return declared === null
      ? { kind: "digest", hash: algorithm, digest: Buffer.from(hexOf(target.digest), "hex") }
      : { kind: "digest", hash: declared.hash, digest: declared.value };
  }
  if (declared !== null && !hash(declared.hash, artifactBytes, "buffer").equals(declared.value)) {
    return refuse("subject.mismatch", "the bundle's message digest is not the artifact's");
  }
  return { kind: "bytes", bytes: artifactBytes, hash: declared?.hash };
}

function bindMessage(signed: SignedEvidence["signed"], target: VerificationTarget): SubjectMatch {
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

/** Only now is the payload looked at: the very bytes that were verified (A009, A039, T063). */
function concludeEnvelope(envelope: Envelope, proof: Proof, target: VerificationTarget): VerifiedConclusion {
  requireInTotoPayload(envelope);
  const statement = readStatement(envelope.payload);
  return {
    ...verifiedBy(proof),
    kind: "attestation",
    statement,
    annotations: {},
    subject: bindSubject(statement, target),
  };
}

function verifiedBy(proof: Proof): Proof & { readonly status: "verified" } {
  return { status: "verified", ...proof };
}

/** No signature at all. What is stated is kept where it can be read, as claimed by nobody. */
function unsigned(why: string, payload: Uint8Array | null, target: VerificationTarget): Conclusion {
  const statement = payload === null ? null : readStatement(payload);
  return {
    status: "unsigned",
    reason: { code: "signature.absent", message: why },
    statement,
    subject: statement === null ? null : (findSubject(statement, target) ?? null),
  };
}

export function reasonOf(thrown: unknown): Reason<ReasonCode> {
  return thrown instanceof Refusal
    ? { code: thrown.code, message: oneLine(thrown.message) }
    : { code: "internal", message: `assay could not judge the artifact: ${describeThrown(thrown)}` };
}

/** What failed evidence says of itself, for people; `null` where it cannot be read. */
function claimedPredicateType(content: ArtifactContent): string | null {
  try {
    const payload = claimedPayload(content);
    const statement: Statement | undefined =
      payload === undefined ? undefined : valueOf(parseStatement(payload));
    return statement === undefined ? null : oneLine(statement.predicateType);
  } catch {
    return null;
  }
}

function claimedPayload(content: ArtifactContent): Uint8Array | undefined {
  if (content.kind === "statement") return content.bytes;
  if (content.kind !== "sigstore-bundle" && content.kind !== "dsse-envelope") return undefined;
  const parsed = parseStrictJson(content.bytes);
  if (!parsed.ok) return undefined;
  const envelope = content.kind === "dsse-envelope" ? parsed.value : at(parsed.value, "dsseEnvelope");
  return stringAt(envelope, "payload") === undefined ? undefined : readEnvelope(envelope).payload;
}

function valueOf<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false },
): T | undefined {
  return result.ok ? result.value : undefined;
}
