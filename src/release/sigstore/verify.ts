import { failure, oneLine, success, type Digest, type Reason, type Result } from "../../core/index.ts";
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

/** Bundles that are looked at, and bytes of one: a signature has a few thousand. */
const MAX_BUNDLES = 256;
const MAX_BUNDLE_BYTES = 1024 * 1024;

/**
 * Whether one of the signers has signed the archive, or the artifact that holds it, with Sigstore: a message signature
 * over it, or the statement that `cosign sign` makes about it. Other statements, such as provenance, are signed by their
 * makers to say something else, and count for nothing here. One good bundle is enough, whatever lies beside it; where
 * none is good, the reason is that of the one which comes nearest. `null`: there is no evidence at all.
 */
export function verifySigstoreEvidence(
  delivery: DeliveredArchive,
  signers: readonly ReleaseSigner[],
  now: Date,
): Result<SignedBy | null, SignatureCode> {
  // Large ones are no signatures, and are left aside before anything is counted.
  const small = delivery.evidence.filter(({ byteLength }) => byteLength <= MAX_BUNDLE_BYTES);
  if (delivery.evidence.length === 0 || signers.length === 0) return success(null);
  const faults: Fault[] = [];
  for (const bundle of small.slice(0, MAX_BUNDLES)) {
    for (const signer of signers) {
      for (const subject of delivery.subjects) {
        const judged = judge(bundle, artifactOf(delivery, subject), signer, now);
        if (judged.ok) return judged;
        faults.push(judged.reason);
      }
    }
  }
  const worst = faults.toSorted((a, b) => NEARNESS.indexOf(a.code) - NEARNESS.indexOf(b.code))[0];
  const over = small.length - MAX_BUNDLES;
  const more = over > 0 ? `; ${over} more Sigstore bundles were not looked at` : "";
  return worst === undefined
    ? failure(
        "signature.invalid",
        "what lies beside the policy as Sigstore bundles is too large for signatures",
      )
    : failure(worst.code, oneLine(`${worst.message}${more}`));
}

type Fault = Reason<SignatureCode>;

/** What says most about a policy that is refused comes first. */
const NEARNESS: readonly SignatureCode[] = [
  "signature.expired",
  "signature.signer_unknown",
  "signature.invalid",
];

function artifactOf({ archive, digest }: DeliveredArchive, subject: Digest): BundleArtifact {
  return subject === digest ? { digest, artifactBytes: archive } : { digest: subject };
}

function judge(
  bundle: Uint8Array,
  artifact: BundleArtifact,
  signer: ReleaseSigner,
  now: Date,
): Result<SignedBy, SignatureCode> {
  const proven = proveBundle(bundle, artifact, trustIn(signer), now);
  if (!proven.ok) {
    const { code, message } = proven.reason;
    return failure(CODES[code] ?? "signature.invalid", `${code}: ${message}`);
  }
  const fault = meaningFault(proven.value);
  if (fault !== undefined) return failure("signature.invalid", fault);
  return signer.kind === "key" ? byKey(proven.value, signer) : byIdentity(proven.value, signer);
}

/** Trust in one signer and nobody else: a key is never proven by another signer's roots, nor the other way round. */
function trustIn(signer: ReleaseSigner): TrustMaterial {
  if (signer.kind === "identity") return { ...signer.trust, keys: [] };
  const key = trustedKey(signer.name, signer.key, signer);
  const { roots = [], distrusted = [] } = signer.trust ?? {};
  return { roots, distrusted, keys: [key], digest: key.keyId };
}

const CODES: Readonly<Record<string, SignatureCode>> = {
  "key.unknown": "signature.signer_unknown",
  "certificate.untrusted": "signature.signer_unknown",
  "identity.mismatch": "signature.signer_unknown",
  "key.expired": "signature.expired",
  "key.distrusted": "signature.expired",
  "certificate.expired": "signature.expired",
};

function meaningFault({ statement }: VerifiedConclusion): string | undefined {
  if (statement === null || statement.predicateType === COSIGN_SIGN_PREDICATE) return undefined;
  return `a statement ${statement.predicateType} is no signature: expected ${COSIGN_SIGN_PREDICATE}`;
}

function byKey(conclusion: VerifiedConclusion, { name }: KeySigner): Result<SignedBy, SignatureCode> {
  const signer = conclusion.signers.find(({ kind }) => kind === "key");
  return signer?.kind === "key"
    ? success({ ...signedBy(name, conclusion), identity: signer.keyId, issuer: null })
    : failure("signature.signer_unknown", `signed with a certificate, not with the key ${name}`);
}

function byIdentity(
  conclusion: VerifiedConclusion,
  { name, issuer, identity }: IdentitySigner,
): Result<SignedBy, SignatureCode> {
  const pattern = patternMatcher(identity);
  if (!pattern.ok)
    return failure("signature.signer_unknown", `the signer ${name}: ${pattern.reason.message}`);
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
  return failure(
    "signature.signer_unknown",
    oneLine(`signed by ${others.join(", ")}, not by ${name}, which is ${identity} of ${issuer}`),
  );
}

/** The earliest of the proven times: by then the signature was there. */
function signedBy(signer: string, { times }: VerifiedConclusion): Pick<SignedBy, "signer" | "form" | "time"> {
  const [first] = times.map(({ time }) => Date.parse(time)).toSorted((a, b) => a - b);
  return { signer, form: "sigstore", time: first === undefined ? null : new Date(first) };
}
