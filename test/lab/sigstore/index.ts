/**
 * The signing lab: a private Sigstore in memory, for tests and the demo. Synchronous, without network; whatever it
 * makes is accepted by @sigstore/verify unless an option spoils it.
 */
export {
  createAuthority,
  type CertificateAuthority,
  type LeafOptions,
  type SigningIdentity,
} from "./authority.ts";
export { issueCertificate, OID, type Certificate, type Extension } from "./certificate.ts";
export {
  cosignAttestation,
  cosignSignature,
  simpleSigningPayload,
  type CosignLayer,
  type CosignOptions,
} from "./cosign-legacy.ts";
export { createCTLog, type CTLog } from "./ct-log.ts";
export { dsseEnvelope, IN_TOTO_PAYLOAD_TYPE, preAuthEncoding, type EnvelopeJson } from "./dsse.ts";
export {
  emailIdentity,
  GITHUB_ISSUER,
  githubIdentity,
  githubRun,
  signerWorkflow,
  uriIdentity,
  type GithubRun,
  type Identity,
} from "./identity.ts";
export { KEY_KINDS, keyPair, sharedKeyPair, type HashName, type KeyKind, type KeyPair } from "./keys.ts";
export { createRekor, type EntryKind, type LogEntryJson, type RekorLog } from "./rekor.ts";
export {
  BUNDLE_MEDIA_TYPES,
  createSigstore,
  type BundleJson,
  type Content,
  type KeySignOptions,
  type LogRequest,
  type Sigstore,
  type SignOptions,
} from "./sigstore.ts";
export {
  buildkitProvenanceV02,
  buildkitProvenanceV1,
  cosignSignStatement,
  PREDICATE,
  provenanceV02,
  provenanceV1,
  SLSA_GENERATOR,
  spdxStatement,
  statement,
  type Subject,
} from "./statements.ts";
export type { TrustedRootJson } from "./trusted-root.ts";
export { createTimestampAuthority, type TimestampAuthority, type TimestampOptions } from "./tsa.ts";
