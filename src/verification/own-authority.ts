import { validDuring, type Validity } from "./authority.ts";
import { EXTENDED_KEY_USAGE, type Certificate } from "./certificate.ts";
import { requireWithinConstraints } from "./name-constraints.ts";
import { faultOf, Refusal, refuse } from "./refusal.ts";
import type { RevocationList } from "./revocation-list.ts";

/** Certificates above a leaf. */
const MAX_PATH = 10;
/** Signatures that are verified at most in search of one path. */
const MAX_ATTEMPTS = 64;

/** When a certificate must have been good, and when that is asked: milliseconds since 1970. */
export interface Moments {
  readonly signing: readonly number[];
  readonly now: number;
}

/**
 * A certificate authority of one's own. Its anchors are the self-issued certificates among those configured, or all of
 * them where none is; the others, and what stands in the evidence, only lead there.
 */
export class OwnAuthority {
  readonly name: string;
  readonly #anchors: readonly Certificate[];
  readonly #intermediates: readonly Certificate[];
  /** Where there are any, every certificate below the anchor must be covered by one. */
  readonly #revocationLists: readonly RevocationList[];
  readonly #validFor: Validity;

  constructor(
    name: string,
    certificates: readonly Certificate[],
    revocationLists: readonly RevocationList[],
    validFor: Validity,
  ) {
    const selfIssued = certificates.filter(isSelfIssued);
    this.name = name;
    this.#anchors = selfIssued.length > 0 ? selfIssued : certificates;
    this.#intermediates = certificates.filter((certificate) => !this.#anchors.includes(certificate));
    this.#revocationLists = revocationLists;
    this.#validFor = validFor;
  }

  /**
   * Proves the path (RFC 5280 §6) from `leaf` to an anchor: signatures, validity at every time of signing, path lengths,
   * usages, critical extensions, name constraints, revocation. Throws a `Refusal` with what was wrong with the path that
   * came nearest; `certificate.untrusted` where none leads to an anchor.
   */
  provePath(leaf: Certificate, fromEvidence: readonly Certificate[], moments: Moments): void {
    const pool = [...this.#anchors, ...this.#intermediates, ...fromEvidence];
    let attempts = 0;
    let fault: Refusal | undefined;
    const search = (path: readonly Certificate[]): boolean => {
      const last = path.at(-1) ?? leaf;
      if (this.#anchors.includes(last)) {
        fault = faultOf(() => this.#requireGood(path, moments));
        return fault === undefined;
      }
      if (path.length > MAX_PATH) return false;
      return pool.some((issuer) => {
        if (path.includes(issuer) || !last.namesIssuer(issuer)) return false;
        if (++attempts > MAX_ATTEMPTS)
          refuse("limit.exceeded", "the certificates lead nowhere in too many ways");
        return last.isSignedBy(issuer) && search([...path, issuer]);
      });
    };
    if (search([leaf])) return;
    throw (
      fault ?? new Refusal("certificate.untrusted", "the certificate was issued by no configured authority")
    );
  }

  /** Whether the path might lead here, judged by names alone: cheap, proves nothing. */
  mayHaveIssued(leaf: Certificate, fromEvidence: readonly Certificate[]): boolean {
    const known = [...this.#anchors, ...this.#intermediates];
    return [leaf, ...fromEvidence].some((below) => known.some((issuer) => below.namesIssuer(issuer)));
  }

  #requireGood(path: readonly Certificate[], moments: Moments): void {
    if (!moments.signing.every((time) => validDuring(this.#validFor, time))) {
      refuse(
        "certificate.expired",
        `the authority ${this.name} was not trusted at the time of the signature`,
      );
    }
    for (const [index, certificate] of path.entries()) {
      if (!moments.signing.every((time) => certificate.validAt(time))) {
        refuse("certificate.expired", "the certificate's chain was not valid at the time of the signature");
      }
      if (index > 0) requireMayIssue(certificate, path.slice(0, index));
      const issuer = path[index + 1];
      if (issuer !== undefined) this.#requireNotRevoked(certificate, issuer, moments);
    }
  }

  /** A signature that was proven to be older than the revocation stays good: that is what trusted times are for. */
  #requireNotRevoked(certificate: Certificate, issuer: Certificate, { signing, now }: Moments): void {
    if (this.#revocationLists.length === 0) return;
    const lists = this.#revocationLists.filter((list) => list.isIssuedBy(issuer));
    for (const list of lists) {
      const since = list.revokedSince(certificate.serialNumber);
      if (since !== undefined && signing.some((time) => since <= time)) {
        refuse(
          "certificate.revoked",
          `the certificate ${certificate.serialNumber} was revoked before the signature`,
        );
      }
    }
    if (!lists.some((list) => list.thisUpdate <= now && now <= list.nextUpdate)) {
      refuse(
        "certificate.revocation_unknown",
        `no revocation list of the authority ${this.name} that counts now covers the certificate; renew its list`,
      );
    }
  }
}

function requireMayIssue(certificate: Certificate, below: readonly Certificate[]): void {
  const usages = certificate.extendedKeyUsage;
  const authoritiesBelow = below.slice(1).filter((one) => !isSelfIssued(one)).length;
  const unknown = certificate.unknownCriticalExtension("nameConstraints");
  if (unknown !== undefined) {
    refuse("certificate.invalid", `an authority's certificate has the critical extension ${unknown}`);
  }
  if (!certificate.isAuthority || !certificate.mayUse("keyCertSign")) {
    refuse("certificate.usage", "a certificate above the signer's may not issue certificates");
  }
  if (certificate.pathLength !== undefined && certificate.pathLength < authoritiesBelow) {
    refuse("certificate.usage", "more authorities stand below a certificate than its path length allows");
  }
  const codeSigning = usages?.some(
    (usage) => usage === EXTENDED_KEY_USAGE.codeSigning || usage === EXTENDED_KEY_USAGE.any,
  );
  if (codeSigning === false)
    refuse("certificate.usage", "an authority's certificate is not for code signing");
  const constraints = certificate.nameConstraints;
  if (constraints === undefined) return;
  requireWithinConstraints(
    constraints,
    below.filter((one, index) => index === 0 || !isSelfIssued(one)),
  );
}

function isSelfIssued(certificate: Certificate): boolean {
  return certificate.issuer.equals(certificate.subject);
}
