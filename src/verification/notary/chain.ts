import { Certificate, type Extension } from "../certificate.ts";
import { parseDer, TAG } from "../der.ts";
import { requireWithinConstraints } from "../name-constraints.ts";
import { refuse } from "../refusal.ts";

/** Signing certificate, whatever stands between, root: each issued by the next, going by their names. */
export type Chain = readonly [Certificate, ...Certificate[]];

const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
/** digitalSignature and contentCommitment, in the first octet of keyUsage. */
const LEAF_USAGES = 0xc0;
const DIGITAL_SIGNATURE = 0x80;
/** anyExtendedKeyUsage, serverAuth, clientAuth, emailProtection, timeStamping. */
const FOREIGN_USAGES: ReadonlySet<string> = new Set([
  "2.5.29.37.0",
  "1.3.6.1.5.5.7.3.1",
  "1.3.6.1.5.5.7.3.2",
  "1.3.6.1.5.5.7.3.4",
  "1.3.6.1.5.5.7.3.8",
]);

/**
 * Reads the chain of an envelope and holds it to "Certificate Requirements" of signature-specification.md: complete and
 * in order, nothing besides, each certificate fit for its place, no SHA-1. Beyond these, name constraints are kept to
 * and other critical extensions refused. No signature is verified yet (`requireSignedChain`), and neither trust nor time is
 * asked here. Codes: `certificate.invalid`, `.usage`, `.constraints`.
 */
export function readChain(ders: readonly Buffer[]): Chain {
  const [leaf, ...above] = ders.map((der) => new Certificate(der, "certificate.invalid"));
  if (leaf === undefined) return refuse("certificate.invalid", "there is no certificate");
  requireSigner(leaf);
  const chain: Chain = [leaf, ...above];
  for (const [index, certificate] of chain.entries()) {
    const unknown = certificate.unknownCriticalExtension(index === 0 ? undefined : "nameConstraints");
    if (unknown !== undefined) {
      refuse("certificate.invalid", `a certificate has the extension ${unknown}, which is not understood`);
    }
    requireNamed(certificate, chain[index + 1]);
    if (index > 0) requireAuthority(certificate, chain.slice(0, index));
  }
  return chain;
}

/** By the next, or where there is none, by itself; a root anywhere else is no part of the chain. */
function requireNamed(certificate: Certificate, next: Certificate | undefined): void {
  const selfIssued = certificate.issuer.equals(certificate.subject);
  if (selfIssued !== (next === undefined)) {
    refuse("certificate.invalid", "the certificates are no whole chain that ends in its root");
  }
  if (!certificate.namesIssuer(next ?? certificate)) notIssued();
}

function notIssued(): never {
  return refuse("certificate.invalid", "a certificate of the chain was not issued by the next");
}

/**
 * Verifies every signature of the chain from the root downwards: below a trusted root, what a stranger put there costs
 * one signature, however long it is and whatever its keys. Throws `certificate.invalid`.
 */
export function requireSignedChain(chain: Chain): void {
  for (let index = chain.length - 1; index >= 0; index--) {
    const certificate = chain[index] ?? notIssued();
    if (!certificate.isSignedBy(chain[index + 1] ?? certificate)) notIssued();
  }
}

function requireSigner(leaf: Certificate): void {
  const extension = leaf.extensions.get(KEY_USAGE);
  const [unused, first, ...more] = usageBits(extension);
  const signsOnly =
    extension?.critical === true &&
    unused !== undefined &&
    first !== undefined &&
    (first & DIGITAL_SIGNATURE) !== 0 &&
    (first & ~LEAF_USAGES) === 0 &&
    more.every((octet) => octet === 0);
  const foreign = leaf.extendedKeyUsage?.find((usage) => FOREIGN_USAGES.has(usage));
  if (leaf.isAuthority || !signsOnly || foreign !== undefined) {
    refuse("certificate.usage", "the signing certificate is not for signatures alone");
  }
}

function usageBits(extension: Extension | undefined): readonly number[] {
  if (extension === undefined) return [];
  return [...parseDer(extension.value, "certificate.invalid").expect(TAG.bitString).content];
}

function requireAuthority(certificate: Certificate, below: readonly Certificate[]): void {
  const { extensions, isAuthority, pathLength, nameConstraints } = certificate;
  const marked = [KEY_USAGE, BASIC_CONSTRAINTS].every((oid) => extensions.get(oid)?.critical === true);
  if (!marked || !isAuthority || !certificate.mayUse("keyCertSign")) {
    refuse("certificate.usage", "a certificate above the signer's may not issue certificates");
  }
  if (pathLength !== undefined && pathLength < below.length - 1) {
    refuse("certificate.usage", "more authorities stand below a certificate than its path length allows");
  }
  if (nameConstraints !== undefined) requireWithinConstraints(nameConstraints, below);
}
