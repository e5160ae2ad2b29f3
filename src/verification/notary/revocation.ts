import type { Certificate } from "../certificate.ts";
import { refuse } from "../refusal.ts";
import type { NotaryStore } from "./store.ts";

/** cRLDistributionPoints, and authorityInfoAccess, which may name an OCSP responder. */
const DISTRIBUTION_POINTS = "2.5.29.31";
const INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
const OCSP = Buffer.from("06082b06010505073001", "hex");

/**
 * "Certificate Revocation Evaluation" from the lists of the store alone: no address in a certificate is ever asked. A
 * certificate that is listed is revoked, whatever the dates; one whose issuer runs a service for that, or any where the
 * store has lists, must be covered by a list that counts now. Codes: `certificate.revoked`,
 * `certificate.revocation_unknown`.
 */
export function requireNotRevoked(chain: readonly Certificate[], store: NotaryStore, now: number): void {
  if (store.revocation === "skip") return;
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined) continue;
    const lists = store.revocationLists.filter((list) => list.isIssuedBy(issuer));
    if (lists.some((list) => list.revokedSince(certificate.serialNumber) !== undefined)) {
      refuse("certificate.revoked", `the certificate ${certificate.serialNumber} was revoked`);
    }
    const asked = store.revocationLists.length > 0 || namesService(certificate);
    if (asked && !lists.some((list) => list.thisUpdate <= now && now <= list.nextUpdate)) {
      refuse(
        "certificate.revocation_unknown",
        `no revocation list of the trust store ${store.name} that counts now covers the certificate ${certificate.serialNumber}; renew its list`,
      );
    }
  }
}

function namesService({ extensions }: Certificate): boolean {
  return (
    extensions.has(DISTRIBUTION_POINTS) || extensions.get(INFORMATION_ACCESS)?.value.includes(OCSP) === true
  );
}
