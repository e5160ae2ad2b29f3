import {
  countJsonValues,
  failure,
  oneLine,
  success,
  type Reason,
  type Result,
  type Success,
} from "../../core/index.ts";
import { patternMatcher } from "../../policy/index.ts";
import {
  proveBundle,
  type BundleArtifact,
  type TrustMaterial,
  type VerifiedConclusion,
} from "../../verification/index.ts";
import type {
  DeliveredArchive,
  IdentitySigner,
  KeySigner,
  ReleaseSigner,
  SignatureCode,
  SignedBy,
} from "../types.ts";
import { COSIGN_SIGN_PREDICATE } from "./content.ts";
import { trustedKey } from "./trusted-key.ts";

/** Bundles that are looked at, bytes and values of one: a signature has a few thousand, and a few hundred. */
const MAX_BUNDLES = 256;
const MAX_BUNDLE_BYTES = 128 * 1024;
const MAX_BUNDLE_VALUES = 10_000;

/**
 * Bytes of the archive that signatures are held against, all tries together: each hashes it several times. Beyond, those
 * count that can be checked by its digest, as most can.
 */
const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;

/**
 * Which of the signers have signed the archive, or the artifact that holds it, with Sigstore: a message signature over it,
 * or the statement that `cosign sign` makes about it. Other statements, such as provenance, are signed by their makers to
 * say something else, and count for nothing here. One good bundle is enough, whatever lies beside it; where none is good,
 * the reason is that of the one which comes nearest. Empty: there is no evidence at all.
 */
export function verifySigstoreEvidence(
  delivery: DeliveredArchive,
  signers: readonly ReleaseSigner[],
  now: Date,
): Result<readonly SignedBy[], SignatureCode> {
  // Large ones are no signatures, and are left aside before anything is counted.
  const small = delivery.evidence.filter(isSmall);
  if (delivery.evidence.length === 0 || signers.length === 0) return success([]);
  const faults: Fault[] = [];
  const signed = new Map<string, SignedBy>();
  let archiveBytes = 0;
  for (const bundle of small.slice(0, MAX_BUNDLES)) {
    for (const signer of signers) {
      archiveBytes += delivery.archive.byteLength;
      const judged = judge(bundle, artifactsOf(delivery, archiveBytes <= MAX_ARCHIVE_BYTES), signer, now);
      if (judged.ok) {
        const { signer: name, identity, issuer } = judged.value;
        const key = JSON.stringify([name, identity, issuer]);
        signed.set(key, later(judged.value, signed.get(key)));
        break;
      }
      faults.push(judged.reason);
    }
  }
  if (signed.size > 0) return success([...signed.values()]);
  const nearest = faults.toSorted((a, b) => b.nearness - a.nearness)[0];
  const over = small.length - MAX_BUNDLES;
  const more = over > 0 ? `; ${over} more Sigstore bundles were not looked at` : "";
  return nearest === undefined
    ? failure(
        "signature.invalid",
        "what lies beside the policy as Sigstore bundles is too large for signatures",
      )
    : failure(nearest.code, oneLine(`${nearest.message}${more}`));
}

/** Of two signatures of one signer. */
function later(one: SignedBy, other: SignedBy | undefined): SignedBy {
  const [time, before] = [one.time?.getTime() ?? -Infinity, other?.time?.getTime() ?? -Infinity];
  return other !== undefined && before > time ? other : one;
}

function isSmall(bundle: Uint8Array): boolean {
  return bundle.byteLength <= MAX_BUNDLE_BYTES && countJsonValues(bundle, MAX_BUNDLE_VALUES) !== undefined;
}

interface Fault extends Reason<SignatureCode> {
  /** Higher, the more it says about why this policy is refused. */
  readonly nearness: number;
}

/** Signed, but something else. */
const MISMATCH = 3;

function fault(code: SignatureCode, message: string, nearness: number): Failed {
  return { ok: false, reason: { code, message: oneLine(message), nearness } };
}

interface Failed {
  readonly ok: false;
  readonly reason: Fault;
}

/** … about any of the digests. That it is not about the others as well is no fault of it. */
function judge(
  bundle: Uint8Array,
  artifacts: readonly BundleArtifact[],
  signer: ReleaseSigner,
  now: Date,
): Success<SignedBy> | Failed {
  let failed = fault("signature.invalid", "subject.mismatch: there is no digest to be signed", MISMATCH);
  for (const artifact of artifacts) {
    const judged = judgeFor(bundle, artifact, signer, now);
    if (judged.ok) return judged;
    if (failed.reason.nearness === MISMATCH) failed = judged;
  }
  return failed;
}

function artifactsOf(
  { archive, digest, subjects }: DeliveredArchive,
  withBytes: boolean,
): readonly BundleArtifact[] {
  return subjects.map((subject) =>
    subject === digest && withBytes ? { digest, artifactBytes: archive } : { digest: subject },
  );
}

function judgeFor(
  bundle: Uint8Array,
  artifact: BundleArtifact,
  signer: ReleaseSigner,
  now: Date,
): Success<SignedBy> | Failed {
  const proven = proveBundle(bundle, artifact, trustIn(signer), now);
  if (!proven.ok) return unproven(proven.reason, signer);
  const { statement } = proven.value;
  if (statement !== null && statement.predicateType !== COSIGN_SIGN_PREDICATE) {
    const message = `a statement ${statement.predicateType} is no signature: expected ${COSIGN_SIGN_PREDICATE}`;
    return fault("signature.invalid", message, 1);
  }
  return signer.kind === "key" ? byKey(proven.value, signer) : byIdentity(proven.value, signer);
}

function unproven({ code, message }: Reason, { kind, name }: ReleaseSigner): Failed {
  const told = `${code}: ${message}`;
  switch (code) {
    case "key.expired":
    case "certificate.expired":
      return fault("signature.expired", told, 4);
    case "subject.mismatch":
      return fault("signature.invalid", told, MISMATCH);
    case "key.unknown":
      return fault(
        "signature.signer_unknown",
        `no signature of ${name}: ${kind === "key" ? told : "a key made it"}`,
        2,
      );
    case "certificate.untrusted":
      return fault("signature.signer_unknown", `no signature of ${name}: ${told}`, 2);
    default:
      return fault("signature.invalid", told, 0);
  }
}

/** Trust in one signer and nobody else: a key is never proven by another signer's roots, nor the other way round. */
function trustIn(signer: ReleaseSigner): TrustMaterial {
  if (signer.kind === "identity") return { ...signer.trust, keys: [] };
  const key = trustedKey(signer.name, signer.key, signer);
  const { roots = [], distrusted = [] } = signer.trust ?? {};
  return { roots, distrusted, keys: [key], digest: key.keyId };
}

function byKey(conclusion: VerifiedConclusion, { name }: KeySigner): Success<SignedBy> | Failed {
  const signer = conclusion.signers.find(({ kind }) => kind === "key");
  return signer?.kind === "key"
    ? success({ ...signedBy(name, conclusion), identity: signer.keyId, issuer: null })
    : fault("signature.signer_unknown", `signed with a certificate, not with the key ${name}`, 2);
}

function byIdentity(
  conclusion: VerifiedConclusion,
  { name, issuer, identity }: IdentitySigner,
): Success<SignedBy> | Failed {
  const pattern = patternMatcher(identity);
  if (!pattern.ok)
    return fault("signature.signer_unknown", `the signer ${name}: ${pattern.reason.message}`, 2);
  const found = conclusion.signers.find(
    (signer) =>
      signer.kind === "certificate" &&
      signer.issuer === issuer &&
      signer.subjectAlternativeNames.length === 1 &&
      pattern.value(signer.identity),
  );
  if (found?.kind === "certificate") {
    return success({ ...signedBy(name, conclusion), identity: found.identity, issuer });
  }
  const others = conclusion.signers.map((signer) =>
    signer.kind === "key"
      ? `the key ${signer.keyId}`
      : `${signer.identity} of ${signer.issuer ?? "no issuer"}`,
  );
  const message = `signed by ${others.join(", ")}, not by ${name}, which is ${identity} of ${issuer}`;
  return fault("signature.signer_unknown", message, 2);
}

/** The earliest of the proven times: by then the signature was there. */
function signedBy(signer: string, { times }: VerifiedConclusion): Pick<SignedBy, "signer" | "form" | "time"> {
  const [first] = times.map(({ time }) => Date.parse(time)).toSorted((a, b) => a - b);
  return { signer, form: "sigstore", time: first === undefined ? null : new Date(first) };
}
