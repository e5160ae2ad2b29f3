import { describeThrown, oneLine, type Reason } from "../core/index.ts";
import type { Artifact, ArtifactContent } from "../evidence/index.ts";
import { bindMessage, evidenceOfBundle } from "./bundle-evidence.ts";
import { parseBundle, type Bundle } from "./bundle.ts";
import { readCloudBuildProvenance, requireAgreement } from "./cloud-build.ts";
import { claimedPredicateType } from "./claim.ts";
import { hasSignature, readSimpleSigning, readSimpleSigningPayload, readStoredEnvelope } from "./cosign.ts";
import { questionKey, type ConclusionCache } from "./conclusion-cache.ts";
import { requireInTotoPayload, type Envelope } from "./dsse.ts";
import { concludeNotary } from "./notary/index.ts";
import { prove, type Proof } from "./prove.ts";
import { Refusal } from "./refusal.ts";
import type { ReasonCode } from "./reasons.ts";
import { parseStatement, readStatement } from "./statement.ts";
import { bindSubject, findSubject } from "./subject.ts";
import type { Conclusion, TrustMaterial, VerificationTarget, VerifiedConclusion } from "./types.ts";

export interface VerificationOptions {
  /** The decision's time: what is held against "now" where no trusted time exists. */
  readonly now: Date;
  /** Where verified conclusions are remembered; absent or `null`: nowhere. */
  readonly cache?: ConclusionCache | null;
}

/**
 * Comes to the one conclusion about one artifact: who signed it and when, proven against the trust given, and whether
 * it speaks of this image. Never throws: what is wrong is a reason with a stable code. What was verified before against
 * the same trust is remembered where a `ConclusionCache` is given, and equal to what would be concluded anew.
 */
export function verify(
  artifact: Artifact,
  target: VerificationTarget,
  trust: TrustMaterial,
  options: VerificationOptions,
): Conclusion {
  try {
    const { cache = null } = options;
    const key = cache === null ? undefined : questionKey(artifact, target, trust);
    if (cache === null || key === undefined) return conclude(artifact.content, target, trust, options);
    const known = cache.find(key, options.now);
    if (known !== undefined) return known;
    const conclusion = conclude(artifact.content, target, trust, options);
    if (conclusion.status === "verified") cache.keep(key, conclusion, sizeOf(artifact.content));
    return conclusion;
  } catch (thrown) {
    return {
      status: "failed",
      reason: reasonOf(thrown),
      predicateType: claimedPredicateType(artifact),
    };
  }
}

function sizeOf(content: ArtifactContent): number {
  return "bytes" in content ? content.bytes.byteLength : 0;
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
      if (envelope.signatures.length > 0) {
        return concludeEnvelope(envelope, prove(evidence, trust, options.now), target);
      }
      requireInTotoPayload(envelope);
      return unsigned("the envelope has no signatures", envelope.payload, target);
    }
    case "cloud-build-provenance": {
      const provenance = readCloudBuildProvenance(content.bytes);
      const { envelope, evidence } = provenance;
      if (envelope.signatures.length === 0) {
        return unsigned("the envelope has no signatures", envelope.payload, target);
      }
      const conclusion = concludeEnvelope(envelope, prove(evidence, trust, options.now), target);
      requireAgreement(provenance, conclusion);
      return conclusion;
    }
    case "simple-signing": {
      if (!hasSignature(content.annotations)) return unsigned("the layer carries no signature", null, target);
      const proof = prove(readSimpleSigning(content.bytes, content.annotations), trust, options.now);
      const { subject, annotations } = readSimpleSigningPayload(content.bytes, target);
      return { status: "verified", ...proof, kind: "signature", statement: null, annotations, subject };
    }
    case "notary-signature":
      return concludeNotary(content, target, trust, options.now);
    case "statement":
      return unsigned("the statement stands without an envelope", content.bytes, target);
    case "document":
      return unsigned("the document stands without an envelope", null, target);
    default:
      return { status: content.kind === "unreachable" ? "unreachable" : "skipped", reason: content.reason };
  }
}

/** Proves a parsed bundle and binds it to the target; throws a `Refusal`. `artifactBytes` help a message signature. */
export function concludeBundle(
  bundle: Bundle,
  target: VerificationTarget,
  trust: TrustMaterial,
  options: VerificationOptions,
  artifactBytes: Buffer | undefined,
): VerifiedConclusion {
  const evidence = evidenceOfBundle(bundle, target, artifactBytes);
  const proof = prove(evidence, trust, options.now);
  if (bundle.content.kind === "dsse") return concludeEnvelope(bundle.content.envelope, proof, target);
  const subject = bindMessage(evidence.signed, target);
  return { status: "verified", ...proof, kind: "signature", statement: null, annotations: {}, subject };
}

/** Only now is the payload looked at: the very bytes that were verified (A009, A039, T063). */
function concludeEnvelope(envelope: Envelope, proof: Proof, target: VerificationTarget): VerifiedConclusion {
  requireInTotoPayload(envelope);
  const statement = readStatement(envelope.payload);
  const subject = bindSubject(statement, target);
  return { status: "verified", ...proof, kind: "attestation", statement, annotations: {}, subject };
}

/** No signature at all. What is stated is kept where it can be read, as claimed by nobody. */
function unsigned(why: string, payload: Uint8Array | null, target: VerificationTarget): Conclusion {
  const parsed = payload === null ? undefined : parseStatement(payload);
  const statement = parsed?.ok === true ? parsed.value : null;
  const flaw = parsed?.ok === false ? `, and it is malformed: ${parsed.reason.message}` : "";
  return {
    status: "unsigned",
    reason: { code: "signature.absent", message: `${why}${flaw}` },
    statement,
    subject: statement === null ? null : (findSubject(statement, target) ?? null),
  };
}

/** Anything that was thrown, as a reason: what is no `Refusal` is a fault of assay, and ends as `internal`. */
export function reasonOf(thrown: unknown): Reason<ReasonCode> {
  return thrown instanceof Refusal
    ? { code: thrown.code, message: oneLine(thrown.message) }
    : { code: "internal", message: `assay could not judge the artifact: ${describeThrown(thrown)}` };
}
