import { validDuring, type Authority, type CertificationPath } from "./authority.ts";
import { Certificate, EXTENDED_KEY_USAGE } from "./certificate.ts";
import { isSignatureOf, type SignedEvidence } from "./evidence-form.ts";
import { readIdentity } from "./fulcio.ts";
import { refuse } from "./refusal.ts";
import { verifyCertificateTransparency } from "./sct.ts";
import { hearTestimony, type Testimony } from "./testimony.ts";
import type { LogEntry, Signer, TrustedKey, TrustMaterial, TrustRoot, VerifiedTime } from "./types.ts";

/** Who signed, and when: all of it proven. */
export interface Proof {
  readonly signers: readonly Signer[];
  readonly times: readonly VerifiedTime[];
  readonly transparencyLog: readonly LogEntry[];
}

/** Proves signed evidence against trust roots or configured keys; throws a `Refusal` saying why it cannot. */
export function prove(evidence: SignedEvidence, trust: TrustMaterial, now: Date): Proof {
  if (evidence.signatures.length > 1 && (evidence.certificate !== null || evidence.logEntries.length > 0)) {
    refuse(
      "signature.count",
      `${evidence.signatures.length} signatures beside one certificate or log entry; exactly one is needed`,
    );
  }
  return evidence.certificate === null
    ? proveByKeys(evidence, trust, now)
    : proveByCertificate(evidence, evidence.certificate, trust.roots, now);
}

function proveByCertificate(
  evidence: SignedEvidence,
  der: Buffer,
  roots: readonly TrustRoot[],
  now: Date,
): Proof {
  const [signature] = evidence.signatures;
  if (signature === undefined) return refuse("signature.absent", "there is no signature");
  const leaf = new Certificate(der, "certificate.invalid");
  checkLeaf(leaf);
  const identity = readIdentity(leaf);
  const candidates = issuersOf(leaf, roots);
  if (candidates.length === 0) {
    return refuse(
      "certificate.untrusted",
      "the signing certificate was issued by no authority of the trust roots",
    );
  }
  if (!isSignatureOf(leaf.key, evidence.signed, signature)) {
    return refuse("signature.invalid", "the signature does not fit the content and the certificate's key");
  }
  const testimony = hearTestimony(evidence, signature, { kind: "certificate", der }, roots, now);
  if (testimony.times.length === 0) {
    return refuse("time.absent", "no trusted log or timestamp authority says when the signature was made");
  }
  const { root, path } = chainAt(leaf, candidates, testimony.times);
  checkThresholds(root, testimony);
  if (root.material.certificateLogs.size > 0) {
    verifyCertificateTransparency(leaf, path[0] ?? leaf, root.material.certificateLogs);
  }
  return {
    signers: [{ ...identity, trustRoot: root.name }],
    times: testimony.verifiedTimes,
    transparencyLog: testimony.entries,
  };
}

/** What a signer's certificate must be (RFC 5280; threats A026, T115). */
function checkLeaf(leaf: Certificate): void {
  const unknown = leaf.unknownCriticalExtension();
  if (unknown !== undefined) {
    refuse(
      "certificate.invalid",
      `the signing certificate has the critical extension ${unknown}, which is not understood`,
    );
  }
  const mayCodeSign = leaf.extendedKeyUsage?.includes(EXTENDED_KEY_USAGE.codeSigning) === true;
  if (leaf.isAuthority || !mayCodeSign || !leaf.mayUse("digitalSignature")) {
    refuse("certificate.usage", "the signing certificate was not issued for code signing");
  }
}

interface Candidate {
  readonly root: TrustRoot;
  readonly authority: Authority;
}

function issuersOf(leaf: Certificate, roots: readonly TrustRoot[]): readonly Candidate[] {
  return roots.flatMap((root) =>
    root.material.certificateAuthorities
      .filter((authority) => authority.namedIssuers(leaf).length > 0)
      .map((authority) => ({ root, authority })),
  );
}

/** The chain that was valid, link by link, at every trusted time (A008, A024, T097); it never crosses roots (A142). */
function chainAt(
  leaf: Certificate,
  candidates: readonly Candidate[],
  times: readonly number[],
): { readonly root: TrustRoot; readonly path: CertificationPath } {
  if (!times.every((time) => leaf.validAt(time))) {
    return refuse(
      "certificate.expired",
      "the signing certificate was not valid at the time of the signature",
    );
  }
  let outsideValidity = false;
  for (const { root, authority } of candidates) {
    const inForce = times.every((time) => validDuring(authority.validFor, time));
    const path = inForce ? authority.pathTo(leaf) : undefined;
    if (path !== undefined && times.every((time) => path.every((link) => link.validAt(time)))) {
      return { root, path };
    }
    outsideValidity ||= !inForce || path !== undefined;
  }
  return outsideValidity
    ? refuse("certificate.expired", "the certificate's authority was not valid at the time of the signature")
    : refuse("certificate.untrusted", "the authority that the signing certificate names did not sign it");
}

/** A root that has logs demands an entry in one of them (docs/decisions/verification.md). */
function checkThresholds(root: TrustRoot, testimony: Testimony): void {
  const { logs } = root.material;
  if (logs.size > 0 && !logs.keys().some((id) => testimony.logs.has(id))) {
    refuse("log.absent", `no log of the trust root ${root.name} holds the signature`);
  }
}

function proveByKeys(evidence: SignedEvidence, trust: TrustMaterial, now: Date): Proof {
  const made = signaturesByKeys(evidence, trust.keys);
  const [first] = made;
  if (first === undefined) {
    return refuse("key.unknown", `none of the ${trust.keys.length} configured keys made the signature`);
  }
  const spki = first.key.key.export({ type: "spki", format: "der" });
  const testimony = hearTestimony(evidence, first.signature, { kind: "key", spki }, trust.roots, now);
  const times = testimony.times.length > 0 ? testimony.times : [now.getTime()];
  const valid = made.filter(({ key }) => times.every((time) => keyValidAt(key, time)));
  if (valid.length === 0) {
    return refuse("key.expired", `the key ${first.key.name} was not valid at the time of the signature`);
  }
  return {
    signers: valid.map(({ key }) => ({ kind: "key", keyId: key.keyId, trustRoot: key.name })),
    times: testimony.verifiedTimes,
    transparencyLog: testimony.entries,
  };
}

/** Each key counts once, whatever key ids the envelope claims (T058, T059). */
function signaturesByKeys(
  evidence: SignedEvidence,
  keys: readonly TrustedKey[],
): readonly { readonly key: TrustedKey; readonly signature: Buffer }[] {
  return keys.flatMap((key) => {
    const signature = evidence.signatures.find((candidate) =>
      isSignatureOf(key.key, evidence.signed, candidate),
    );
    return signature === undefined ? [] : [{ key, signature }];
  });
}

function keyValidAt({ from, to }: TrustedKey, time: number): boolean {
  return (from === null || from.getTime() <= time) && (to === null || time <= to.getTime());
}
