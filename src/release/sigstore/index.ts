export { attachSigstoreBundle, type AttachedBundle } from "./attach.ts";
export { COSIGN_SIGN_PREDICATE, signatureStatement, statementAbout, type SigningContent } from "./content.ts";
export type { SigningCode } from "./fault.ts";
export { ambientToken, readIdentityToken, type Environment, type IdentityToken } from "./identity-token.ts";
export { readPrivateKey } from "./private-key.ts";

export {
  SIGSTORE_BUNDLE_MEDIA_TYPE,
  signWithSigstore,
  type SigningBy,
  type SigningSettings,
  type SigstoreSignature,
} from "./sign.ts";
export {
  NO_SERVICES,
  PUBLIC_GOOD_SERVICES,
  readSigningConfig,
  servicesNamed,
  type NamedServices,
  type SigningServices,
} from "./signing-config.ts";
export { verifySigstoreEvidence } from "./verify.ts";
