import { canonicalJson, oneLine } from "../../core/index.ts";
import type { InputDocument, InputEvidence } from "../../normalization/index.ts";
import type { Signer } from "../../verification/index.ts";
import { generaliseRef, literal, type Generalised } from "./generalise.ts";

/** A signer for policy.yaml, made of whom the evidence shows. */
export type ProposedSigner = { readonly name: string } & (
  | {
      /** Certified by a Sigstore. */
      readonly kind: "certificate";
      readonly issuer: string;
      readonly identity: Generalised;
      readonly trustRoot: string;
    }
  | { readonly kind: "key"; readonly keyId: string }
  | {
      /** Certified by an authority of one's own: by a name, the subject, or both. */
      readonly kind: "authority";
      readonly authority: string;
      readonly identity: Generalised | null;
      readonly subject: string | null;
    }
  | {
      /** Of the Notary Project: by the subject alone. */
      readonly kind: "notary";
      readonly store: string;
      readonly subject: string;
    }
);

/** Who signed what. */
export interface ProposedSigners {
  readonly signers: readonly ProposedSigner[];
  /** Names of the signers of one piece of evidence. */
  readonly of: (evidence: string) => readonly string[];
  /** Why somebody who signed is no signer of the proposal. */
  readonly left: readonly string[];
}

/**
 * Signers of the verified evidence; those of releases of one workflow are one. `notaryStores` are the names of the Notary
 * Project's trust stores: what they prove looks like what an authority of one's own does.
 */
export function proposeSigners(
  input: InputDocument,
  notaryStores: ReadonlySet<string> = new Set(),
): ProposedSigners {
  const signers = new Map<string, ProposedSigner>();
  const left: string[] = [];
  const byEvidence = new Map<string, string[]>();
  for (const piece of input.evidence.filter(isVerified)) {
    for (const signer of piece.signers) {
      const proposal = proposalOf(signer, notaryStores);
      if (typeof proposal === "string") {
        left.push(proposal);
        continue;
      }
      const key = keyOf(proposal);
      const known = signers.get(key) ?? { ...proposal, name: freeName(proposal.name, [...signers.values()]) };
      signers.set(key, known);
      byEvidence.set(piece.id, [...(byEvidence.get(piece.id) ?? []), known.name]);
    }
  }
  return {
    signers: [...signers.values()],
    of: (evidence) => byEvidence.get(evidence) ?? [],
    left: [...new Set(left)],
  };
}

function isVerified({ status }: InputEvidence): boolean {
  return status === "verified";
}

/** What tells signers apart: all but their names, and the pattern in place of what was seen. */
function keyOf(signer: ProposedSigner): string {
  const { name: _name, ...others } = signer;
  const identity = "identity" in others ? (others.identity?.pattern ?? null) : null;
  return canonicalJson({ ...others, identity });
}

/** The signer, or why there is none. */
function proposalOf(signer: Signer, notaryStores: ReadonlySet<string>): ProposedSigner | string {
  if (signer.kind === "key") {
    return { kind: "key", name: nameFrom(signer.trustRoot, "key"), keyId: signer.keyId };
  }
  if (signer.kind === "certificate") return ofSigstore(signer);
  return notaryStores.has(signer.trustRoot) ? ofNotary(signer) : ofAuthority(signer);
}

type CertificateSigner = Exclude<Signer, { readonly kind: "key" }>;

function ofSigstore({
  identity,
  identityType,
  issuer,
  trustRoot,
}: CertificateSigner): ProposedSigner | string {
  const generalised = generaliseRef(identity);
  if (
    issuer === null ||
    literal(issuer) === undefined ||
    generalised === undefined ||
    identityType === "several"
  ) {
    return unnameable(identity);
  }
  const [, workflow] = /\/([\w.-]+?)\.ya?ml@/.exec(identity) ?? [];
  const [, person] = /^([\w.+-]+)@/.exec(identity) ?? [];
  const name = nameFrom(workflow ?? person ?? "", "signer");
  return { kind: "certificate", name, issuer, identity: generalised, trustRoot };
}

/** The first of its names that a pattern can say, and its subject where it has one: as narrow as can be. */
function ofAuthority(signer: CertificateSigner): ProposedSigner | string {
  const { identity: shown, trustRoot: authority, subjectAlternativeNames } = signer;
  const [identity = null] = subjectAlternativeNames.flatMap(({ value }) => generaliseRef(value) ?? []);
  const subject = subjectOf(signer.subject);
  if (identity === null && subject === null) return unnameable(shown);
  const name = nameFrom(commonName(subject) ?? identity?.seen ?? "", "signer");
  return { kind: "authority", name, authority, identity, subject };
}

/** Trust policies of the Notary Project name country, state and organization at least (trust-store-trust-policy.md). */
function ofNotary(signer: CertificateSigner): ProposedSigner | string {
  const subject = subjectOf(signer.subject);
  const isNamed = ["C", "ST", "O"].every((type) => new RegExp(`(?:^|, )${type}=`).test(subject ?? ""));
  if (subject === null || !isNamed) return unnameable(signer.identity);
  return {
    kind: "notary",
    name: nameFrom(commonName(subject) ?? "", "signer"),
    store: signer.trustRoot,
    subject,
  };
}

function unnameable(identity: string): string {
  return `${oneLine(identity, 200)}: nothing in policy.yaml can name this identity exactly`;
}

/** A subject as policy.yaml can repeat it. */
function subjectOf(subject: string | null): string | null {
  return subject !== null && subject.length <= 1000 && literal(subject.replaceAll("\\", "")) !== undefined
    ? subject
    : null;
}

function commonName(subject: string | null): string | undefined {
  return /(?:^|, )CN=([^,]+)/.exec(subject ?? "")?.[1];
}

function nameFrom(text: string, otherwise: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return name === "" ? otherwise : name.slice(0, 60).replace(/[^A-Za-z0-9]+$/, "");
}

function freeName(name: string, taken: readonly ProposedSigner[]): string {
  const isTaken = (candidate: string) => taken.some((signer) => signer.name === candidate);
  for (let number = 2; isTaken(name); number++) {
    const candidate = `${name}-${number}`;
    if (!isTaken(candidate)) return candidate;
  }
  return name;
}
