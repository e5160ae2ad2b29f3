import type { Flags } from "./arguments.ts";

export const OUTPUTS = ["text", "json", "sarif", "junit", "markdown"] as const;

/** Who must have signed the policy that decides, and what proves us to the server that has it. */
export const POLICY_SIGNER_FLAGS = {
  "policy-key": { value: "FILE", repeatable: true, help: "a public key that may have signed the policy" },
  "policy-scope": { value: "SCOPE", help: "the scope that an OPA signature of it must be for" },
  "policy-certificate-identity": {
    value: "S",
    help: "who may have signed it, by the certificate; * within a path segment, ** across",
  },
  "policy-certificate-oidc-issuer": { value: "S", help: "the OIDC issuer that vouched for them" },
  "policy-trusted-root": {
    value: "FILE",
    help: "a trusted_root.json for it in place of the public Sigstore's",
  },
  "policy-token-file": { value: "FILE", help: "a bearer token for the policy's HTTP(S) server" },
  "policy-ca-file": { value: "FILE", help: "PEM roots that alone prove that server" },
} satisfies Flags;

/** Which policy decides. */
export const POLICY_FLAGS = {
  policy: {
    value: "BUNDLE|DIR|URL",
    help: "the policy: a bundle, a policy folder, https://… or oci://HOST/REPOSITORY[:TAG]",
  },
  ...POLICY_SIGNER_FLAGS,
  "policy-lock": { value: "FILE", help: "a policy.lock: the policy must be the very one that it pins" },
} satisfies Flags;

/** Who must have signed a bundle that is fetched. */
export const RELEASE_SIGNER_FLAGS = {
  key: { value: "FILE", repeatable: true, help: "a public key that may sign; each of several may" },
  "key-id": { value: "ID", help: "the key's name that an OPA signature must bear" },
  scope: { value: "SCOPE", help: "the scope that an OPA signature must be for" },
  "certificate-identity": {
    value: "S",
    help: "the identity in the signer's certificate; * matches within a path segment, ** across",
  },
  "certificate-oidc-issuer": { value: "S", help: "the OIDC issuer that vouched for it" },
  "trusted-root": { value: "FILE", help: "a trusted_root.json in place of the public Sigstore's" },
} satisfies Flags;

/** How a policy's HTTP(S) server is spoken to. */
export const TRANSFER_FLAGS = {
  "token-file": { value: "FILE", help: "a bearer token for an HTTP(S) server" },
  "client-cert": { value: "FILE", help: "a client certificate in PEM for it" },
  "client-key": { value: "FILE", help: "the client certificate's key" },
  "ca-file": { value: "FILE", help: "PEM roots that alone prove the server" },
} satisfies Flags;

/** Where evidence is looked for besides the registry, and what of the image is looked at. */
export const EVIDENCE_FLAGS = {
  evidence: { value: "FILE|DIR", repeatable: true, help: "evidence from a file or folder" },
  layout: {
    value: "OCI_LAYOUT",
    repeatable: true,
    help: "an OCI layout, folder or tar, that holds the image",
  },
  platform: { value: "P", help: "judge only this platform of an index: linux/amd64" },
  offline: { help: "use nothing of the network" },
  timeout: { value: "S", help: "seconds until the decision must be there (default 60)" },
} satisfies Flags;

/** Whom to trust where no policy says it. */
export const TRUST_FLAGS = {
  "trusted-root": { value: "FILE", repeatable: true, help: "a Sigstore trusted_root.json" },
  key: { value: "FILE|DIR", repeatable: true, help: "public keys or certificates in PEM" },
  "certificate-authority": {
    value: "FILE",
    repeatable: true,
    help: "an X.509 authority of one's own in PEM, with its CRLs",
  },
  "notary-store": {
    value: "FILE",
    repeatable: true,
    help: "a Notary Project trust store (ca) in PEM, with its CRLs",
  },
} satisfies Flags;

export const IDENTITY_FLAGS = {
  "certificate-identity": { value: "S", help: "the exact identity in the signer's certificate" },
  "certificate-oidc-issuer": { value: "S", help: "the OIDC issuer that vouched for it" },
} satisfies Flags;

/** Beside `TRUST_FLAGS`: whom an authority or store of one's own certifies. */
export const SUBJECT_FLAG = {
  "certificate-subject": {
    value: "S",
    help: "parts of the subject in a certificate of one's own: O=acme, CN=release",
  },
} satisfies Flags;

export const AT_FLAG = {
  at: { value: "TIME", help: "decide as of this time (RFC 3339)" },
} satisfies Flags;

export const NAMESPACE_FLAG = {
  namespace: { value: "NS", help: "the Kubernetes namespace that rules see" },
} satisfies Flags;

export const EXPLAIN_FLAG = {
  explain: { help: "tell how each rule came to its result (with --output text)" },
} satisfies Flags;
