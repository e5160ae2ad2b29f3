import type { CertificateSigner, FulcioExtensions } from "./types.ts";
import { context, contextConstructed, parseDer, TAG, type DerElement } from "./der.ts";
import type { Certificate } from "./certificate.ts";
import { refuse } from "./refusal.ts";

const FULCIO = "1.3.6.1.4.1.57264.1";
const OTHER_NAME_USERNAME = `${FULCIO}.7`;

/** Who a certificate says its holder is; proven only once the chain is. */
export type CertificateIdentity = Pick<
  CertificateSigner,
  "kind" | "identity" | "identityType" | "issuer" | "certificate" | "serialNumber"
>;

/**
 * Reads the identity in a leaf certificate: exactly one subject alternative name (threats T083, T084), not empty and
 * without control characters (A143), and the OIDC issuer, on which both generations of the extension must agree (T086).
 */
export function readIdentity(leaf: Certificate): CertificateIdentity {
  const issuer = readIssuer(leaf);
  return {
    kind: issuer === null ? "x509" : "certificate",
    ...readName(leaf),
    issuer,
    certificate: readExtensions(leaf),
    serialNumber: leaf.serialNumber,
  };
}

/** The identity in a certificate of one's own authority: its name alone. */
export function readOwnIdentity(leaf: Certificate): CertificateIdentity {
  return {
    kind: "x509",
    ...readName(leaf),
    issuer: null,
    certificate: NO_EXTENSIONS,
    serialNumber: leaf.serialNumber,
  };
}

function readName(leaf: Certificate): Pick<CertificateSigner, "identity" | "identityType"> {
  const extension = leaf.subjectAlternativeName;
  if (extension === undefined)
    refuse("certificate.identity", "the certificate has no subject alternative name");
  const names = parseDer(extension.value, "certificate.identity").expect(TAG.sequence).children();
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    refuse(
      "certificate.identity",
      `the certificate has ${names.length} subject alternative names; exactly one is needed`,
    );
  }
  switch (name.tag) {
    case context(6):
      return { identityType: "uri", identity: checkText(name.content.toString("latin1"), ASCII) };
    case context(1):
      return { identityType: "email", identity: checkText(name.content.toString("latin1"), ASCII) };
    case context(2):
      return { identityType: "dns", identity: checkText(name.content.toString("latin1"), ASCII) };
    case contextConstructed(0):
      return readOtherName(name);
    default:
      return refuse("certificate.identity", "the subject alternative name is of a kind that names no signer");
  }
}

/** Fulcio's username: otherName with a UTF8String (fulcio docs/oid-info.md, 1.3.6.1.4.1.57264.1.7). */
function readOtherName(name: DerElement): Pick<CertificateSigner, "identity" | "identityType"> {
  const fields = name.fields(contextConstructed(0));
  const type = fields.next().oid();
  const text = utf8(fields.next(contextConstructed(0)).inner().expect(TAG.utf8String).content);
  fields.end();
  return {
    identityType: type === OTHER_NAME_USERNAME ? "username" : "other",
    identity: checkText(text, VISIBLE),
  };
}

const ASCII = /^[\x21-\x7e]+$/;
const VISIBLE = /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u;
const VISIBLE_OR_EMPTY = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

function checkText(text: string, pattern: RegExp): string {
  if (!pattern.test(text))
    refuse(
      "certificate.identity",
      "a name in the certificate is empty or has characters that do not belong there",
    );
  return text;
}

function readIssuer(leaf: Certificate): string | null {
  const v1 = rawText(leaf, 1);
  const v2 = wrappedText(leaf, 8);
  if (v1 === "" || v2 === "") refuse("certificate.identity", "the certificate names an empty issuer");
  if (v1 !== null && v2 !== null && v1 !== v2) {
    refuse("certificate.identity", "the certificate names two different issuers");
  }
  return v2 ?? v1;
}

function readExtensions(leaf: Certificate): FulcioExtensions {
  return {
    githubWorkflowTrigger: rawText(leaf, 2),
    githubWorkflowSHA: rawText(leaf, 3),
    githubWorkflowName: rawText(leaf, 4),
    githubWorkflowRepository: rawText(leaf, 5),
    githubWorkflowRef: rawText(leaf, 6),
    buildSignerURI: wrappedText(leaf, 9),
    buildSignerDigest: wrappedText(leaf, 10),
    runnerEnvironment: wrappedText(leaf, 11),
    sourceRepositoryURI: wrappedText(leaf, 12),
    sourceRepositoryDigest: wrappedText(leaf, 13),
    sourceRepositoryRef: wrappedText(leaf, 14),
    sourceRepositoryIdentifier: wrappedText(leaf, 15),
    sourceRepositoryOwnerURI: wrappedText(leaf, 16),
    sourceRepositoryOwnerIdentifier: wrappedText(leaf, 17),
    buildConfigURI: wrappedText(leaf, 18),
    buildConfigDigest: wrappedText(leaf, 19),
    buildTrigger: wrappedText(leaf, 20),
    runInvocationURI: wrappedText(leaf, 21),
    sourceRepositoryVisibility: wrappedText(leaf, 22),
  };
}

/** Extensions .1 to .6 hold the text itself. */
function rawText(leaf: Certificate, number: number): string | null {
  const extension = leaf.extensions.get(`${FULCIO}.${number}`);
  return extension === undefined ? null : checkText(utf8(extension.value), VISIBLE_OR_EMPTY);
}

/** Extensions .8 and later hold a DER UTF8String. */
function wrappedText(leaf: Certificate, number: number): string | null {
  const extension = leaf.extensions.get(`${FULCIO}.${number}`);
  if (extension === undefined) return null;
  const text = parseDer(extension.value, "certificate.invalid").expect(TAG.utf8String).content;
  return checkText(utf8(text), VISIBLE_OR_EMPTY);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return refuse("certificate.identity", "a name in the certificate is not valid UTF-8");
  }
}

/** Of a certificate that is not Fulcio's. */
export const NO_EXTENSIONS: FulcioExtensions = {
  githubWorkflowTrigger: null,
  githubWorkflowSHA: null,
  githubWorkflowName: null,
  githubWorkflowRepository: null,
  githubWorkflowRef: null,
  buildSignerURI: null,
  buildSignerDigest: null,
  runnerEnvironment: null,
  sourceRepositoryURI: null,
  sourceRepositoryDigest: null,
  sourceRepositoryRef: null,
  sourceRepositoryIdentifier: null,
  sourceRepositoryOwnerURI: null,
  sourceRepositoryOwnerIdentifier: null,
  buildConfigURI: null,
  buildConfigDigest: null,
  buildTrigger: null,
  runInvocationURI: null,
  sourceRepositoryVisibility: null,
};
