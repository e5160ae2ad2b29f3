import { EXTENDED_KEY_USAGE, type Certificate } from "./certificate.ts";

/** Milliseconds since 1970; both ends belong to it, no end is `Infinity` (protobuf-specs, TimeRange). */
export interface Validity {
  readonly start: number;
  readonly end: number;
}

export function validDuring(validity: Validity, time: number): boolean {
  return validity.start <= time && time <= validity.end;
}

export type Purpose = "codeSigning" | "timeStamping";

/** The trusted certificates above a leaf, from its issuer to the anchor. */
export type CertificationPath = readonly Certificate[];

/**
 * A certificate or timestamp authority of a trust root: its own certificates and nothing else lead to its anchor, the
 * last of them. What lies above a leaf is verified once and remembered: it never changes.
 */
export class Authority {
  readonly uri: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: Validity;
  /** Names the service, however many of its chains and periods are configured: by address, else by the anchor's key. */
  readonly service: string;
  readonly #purpose: Purpose;
  readonly #upperPaths = new Map<Certificate, CertificationPath | undefined>();
  readonly #ownLeaves = new Map<Certificate, boolean>();

  constructor(uri: string, certificates: readonly Certificate[], validFor: Validity, purpose: Purpose) {
    this.uri = uri;
    this.certificates = certificates;
    this.validFor = validFor;
    this.service = uri === "" ? (certificates.at(-1)?.spki.toString("hex") ?? "") : uri;
    this.#purpose = purpose;
  }

  /** Certificates here that say they issued `leaf`; nothing is proven yet. */
  namedIssuers(leaf: Certificate): readonly Certificate[] {
    return this.certificates.filter((candidate) => leaf.namesIssuer(candidate));
  }

  /**
   * The path (RFC 5280 §6) above `leaf`, each signature on it verified: each certificate may sign certificates, keeps
   * to its path length, and is not meant for another purpose. `undefined` where there is none. Validity in time is the
   * caller's to check.
   */
  pathTo(leaf: Certificate): CertificationPath | undefined {
    if (this.certificates.length === 1 && this.certificates[0] === leaf) return [];
    for (const issuer of this.namedIssuers(leaf)) {
      const path = this.#pathFrom(issuer);
      if (path !== undefined && this.#issued(issuer, leaf)) return path;
    }
    return undefined;
  }

  #issued(issuer: Certificate, leaf: Certificate): boolean {
    if (!this.certificates.includes(leaf)) return leaf.isSignedBy(issuer);
    const known = this.#ownLeaves.get(leaf) ?? leaf.isSignedBy(issuer);
    this.#ownLeaves.set(leaf, known);
    return known;
  }

  #pathFrom(issuer: Certificate): CertificationPath | undefined {
    if (!this.#upperPaths.has(issuer)) this.#upperPaths.set(issuer, this.#buildPath(issuer));
    return this.#upperPaths.get(issuer);
  }

  #buildPath(issuer: Certificate): CertificationPath | undefined {
    const anchor = this.certificates.at(-1);
    const path: Certificate[] = [];
    let current: Certificate | undefined = issuer;
    while (current !== undefined) {
      if (path.includes(current) || !this.#mayIssue(current, path.length)) return undefined;
      path.push(current);
      if (current === anchor || current.issuer.equals(current.subject)) return path;
      const child: Certificate = current;
      current = this.namedIssuers(child).find((candidate) => child.isSignedBy(candidate));
    }
    return undefined;
  }

  #mayIssue(certificate: Certificate, authoritiesBelow: number): boolean {
    const usages = certificate.extendedKeyUsage;
    return (
      certificate.isAuthority &&
      certificate.mayUse("keyCertSign") &&
      certificate.unknownCriticalExtension() === undefined &&
      (certificate.pathLength === undefined || certificate.pathLength >= authoritiesBelow) &&
      (usages === undefined ||
        usages.includes(EXTENDED_KEY_USAGE[this.#purpose]) ||
        usages.includes(EXTENDED_KEY_USAGE.any))
    );
  }
}
